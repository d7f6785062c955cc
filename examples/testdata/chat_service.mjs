// The chat service by a client of channels: the subjects are its points, one by one.
import WebSocket from "ws";
import { ask, assert, eventually, Inbox, run, sleep, subject } from "../../internal/nodetest/harness.mjs";
import { connect, http, Member, Presence, server, Socket } from "./chat.mjs";

let rooms = 0;
/** A room that no other subject is in. */
const newRoom = () => `game_${++rooms}`;

const events = ["join_room", "add_user", "user_leave_room", "new_msg"];
const enter = (user, room, params, socket = connect({ user_id: user })) => new Member(socket, `channel:${room}`, events, params);

/** Someone who has joined a room, with the join's reply as `view`. */
async function visit(user, room, params, socket) {
  const member = enter(user, room, params, socket);
  member.view = await member.join();
  return member;
}

/** Says something and returns the reply, which must be ok. */
async function say(member, body) {
  const [status, message] = await member.push("new_msg", { body });
  assert.equal(status, "ok", JSON.stringify(message));
  return message;
}

/** What somebody who comes by finds: a guest, so that the room stays as it is. */
async function look(room) {
  const guest = await visit("Observer", room, { is_embedded: "true" });
  const { users, messages } = guest.view;
  await guest.leave();
  return { users, bodies: messages.map(({ body }) => body) };
}

subject("1 the page of a room is served", async () => {
  const response = await fetch(`${server}/chat_room?user_id=john&channel_id=game_1`);
  assert.equal(response.status, 200);
  assert.match(response.url, /\?user_id=john&channel_id=game_1$/);
  assert.match(await response.text(), /<title>rowan chat room<\/title>/);
});

subject("2 a join makes what is not there and answers with users and history", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  assert.deepEqual(ann.view, { users: ["ann"], messages: [], earlier: false });
  const said = [await say(ann, "one"), await say(ann, "two"), await say(ann, "three")];
  const bob = await visit("bob", room);
  assert.deepEqual(bob.view, { users: ["ann", "bob"], messages: said, earlier: false });
  assert.ok(said[0].id < said[1].id && said[1].id < said[2].id);
  const [, list] = await http("GET", "api/rooms");
  assert.equal(list.find(({ name }) => name === room).members, 2);
});

subject("3 the first join is told to others alone", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  await ann.inbox("join_room").nothing();
  const bob = await visit("bob", room);
  await ann.inbox("join_room").expect({ user: "bob" });
  await bob.inbox("join_room").nothing();
  await visit("bob", room); // once more, on another device
  await ann.inbox("join_room").nothing();
});

subject("4 the list of those who are there is kept up to date", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  const list = new Set(ann.view.users);
  ann.channel.on("join_room", ({ user }) => list.add(user));
  for (const user of ["bob", "cleo"]) await visit(user, room);
  await eventually("the list", () => [...list], ["ann", "bob", "cleo"]);
});

subject("5 a message is stored and heard by all in one order", async () => {
  const room = newRoom();
  const names = ["ann", "bob", "cleo", "dora"];
  const members = await Promise.all(names.map((name) => visit(name, room)));
  const replies = await Promise.all(members.flatMap((member, i) => Array.from({ length: 25 }, (_, n) => say(member, `${names[i]} ${n}`))));
  const late = await visit("late", room);
  assert.equal(late.view.messages.length, 100);
  assert.deepEqual(late.view.messages, replies.toSorted((a, b) => a.id - b.id));
  for (const member of members) {
    await member.inbox("new_msg").expect(...late.view.messages);
    await member.inbox("new_msg").nothing(0);
  }
  const { user, body, at } = late.view.messages[0];
  assert.ok(body.startsWith(user) && Math.abs(at - Date.now()) < 60_000);
});

subject("5 what is acknowledged is there when the server comes back", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  const rejoins = ann.rejoins();
  const acknowledged = [];
  const talk = (async () => {
    for (let i = 0; i < 1000 && ann.socket.isConnected(); i++) {
      const [status, message] = await Promise.race([ann.push("new_msg", { body: `${i}` }), sleep(1000, ["cut off"])]);
      if (status !== "ok") return;
      acknowledged.push(message);
    }
  })();
  await sleep(50);
  await ask("restart");
  await talk;
  const { messages } = await rejoins.next();
  assert.ok(acknowledged.length > 0);
  const found = new Map(messages.map((message) => [message.id, message]));
  for (const message of acknowledged.slice(-150)) assert.deepEqual(found.get(message.id), message);
  await say(ann, "after");
});

subject("6 an empty message is refused", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  for (const body of ["", " \n", undefined, 7]) assert.deepEqual(await ann.push("new_msg", { body }), ["error", { reason: "message is missing" }]);
  assert.deepEqual(await ann.push("new_msg", { body: "x".repeat(1001) }), ["error", { reason: "message is longer than 1000 characters" }]);
  await ann.inbox("new_msg").nothing();
  assert.deepEqual((await look(room)).bodies, []);
});

subject("7 a user is added by another one", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  const bob = await visit("bob", room);
  assert.deepEqual(await ann.push("add_user", { user: " eve " }), ["ok", { user: "eve" }]);
  await ann.inbox("add_user").expect({ user: "eve" });
  await bob.inbox("add_user").expect({ user: "eve" });
  assert.deepEqual(await bob.push("add_user", { user: "eve" }), ["ok", { user: "eve" }]); // is there already
  assert.deepEqual(await bob.push("add_user", { user: " " }), ["error", { reason: "user is missing" }]);
  await ann.inbox("add_user").nothing();
  assert.deepEqual((await look(room)).users, ["ann", "bob", "eve"]);
});

subject("8 who leaves is gone from the room and what was said stays", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  const bob = await visit("bob", room);
  const elsewhere = await visit("bob", room); // bob's other device
  await say(bob, "farewell");
  assert.deepEqual(await bob.push("user_leave_room", { user_id: "ann" }), ["ok", {}]); // whoever is said to leave
  await bob.inbox("phx_close").next();
  await elsewhere.inbox("phx_close").next();
  await ann.inbox("user_leave_room").expect({ user: "bob" });
  assert.deepEqual(await look(room), { users: ["ann"], bodies: ["farewell"] });
  assert.ok(bob.socket.isConnected());
  assert.deepEqual(await ann.push("new_msg", { body: "still here" }).then(([status]) => status), "ok");
});

subject("9 who has left can come back", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  const socket = connect({ user_id: "bob" });
  for (let i = 0; i < 3; i++) {
    const bob = await visit("bob", room, {}, socket);
    assert.deepEqual(bob.view.users, ["ann", "bob"]);
    await ann.inbox("join_room").expect({ user: "bob" });
    await bob.push("user_leave_room", {});
    await bob.inbox("phx_close").next();
    await ann.inbox("user_leave_room").expect({ user: "bob" });
  }
});

subject("10 nobody is a member twice", async () => {
  const room = newRoom();
  const all = await Promise.all(Array.from({ length: 10 }, () => visit("ann", room)));
  for (const member of all) assert.deepEqual(member.view.users, ["ann"]);
  await Promise.all(all.map((member) => member.push("add_user", { user: "bob" })));
  assert.deepEqual((await look(room)).users, ["ann", "bob"]);
});

subject("11 rooms are apart also on one socket", async () => {
  const [a, b] = [newRoom(), newRoom()];
  const socket = connect({ user_id: "ann" });
  const inA = await visit("ann", a, {}, socket);
  const inB = await visit("ann", b, {}, socket);
  await say(inA, "in a");
  await say(inB, "in b");
  await visit("bob", b);
  await inB.inbox("join_room").expect({ user: "bob" });
  await inA.inbox("join_room").nothing();
  await inA.push("user_leave_room", {});
  assert.deepEqual(await look(a), { users: [], bodies: ["in a"] });
  assert.deepEqual(await look(b), { users: ["ann", "bob"], bodies: ["in b"] });
});

subject("12 an embedded page is in the list and no member", async () => {
  const room = newRoom();
  const ann = enter("ann", room);
  const presence = new Presence(ann.channel);
  await ann.join();
  const online = () => presence.list((user, { metas }) => [user, metas[0].guest]);
  const guest = await visit("guest", room, { is_embedded: "true" });
  assert.deepEqual(guest.view.users, ["ann"]);
  await ann.inbox("join_room").nothing();
  await eventually("who is online", online, [["ann", false], ["guest", true]]);
  const [status, { user }] = await guest.push("new_msg", { body: "hello" });
  assert.deepEqual([status, user], ["ok", "guest"]);
  await guest.leave();
  await eventually("who is online", online, [["ann", false]]);
});

subject("13 a message is from whom the socket belongs to", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  const mallory = await visit("mallory", room);
  const [status, message] = await mallory.push("new_msg", { body: "I am Ann", user: "ann", user_id: "ann" });
  assert.deepEqual([status, message.user], ["ok", "mallory"]);
  await ann.inbox("new_msg").expect(message);
  const nobody = new Inbox("error");
  const socket = new Socket(`${server.replace("http", "ws")}/socket`, { transport: WebSocket });
  socket.onError(nobody.put);
  socket.connect(); // without a name
  await nobody.next();
  socket.disconnect();
});

subject("13 messages are acknowledged when all can find them", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  for (let i = 0; i < 10; i++) {
    await say(ann, `${i}`);
    assert.equal((await look(room)).bodies.at(-1), `${i}`);
  }
});

subject("who is online", async () => {
  const room = newRoom();
  const lists = new Map();
  const watch = (member, name) => {
    const presence = new Presence(member.channel);
    presence.onSync(() => lists.set(name, presence.list((user, { metas }) => `${user} ${metas.length}`).toSorted()));
  };
  const ann = enter("ann", room);
  watch(ann, "ann");
  await ann.join();
  const bob = enter("bob", room);
  watch(bob, "bob");
  await bob.join();
  const again = await visit("bob", room);
  for (const name of ["ann", "bob"]) await eventually(name, () => lists.get(name), ["ann 1", "bob 2"]);
  await again.leave();
  for (const name of ["ann", "bob"]) await eventually(name, () => lists.get(name), ["ann 1", "bob 1"]);
  bob.socket.disconnect();
  await eventually("ann", () => lists.get("ann"), ["ann 1"]);
});

subject("a long history comes in pages", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  const said = [];
  for (let i = 0; i < 450; i++) said.push(await say(ann, `${i}`));
  const { view } = await visit("bob", room);
  assert.equal(view.messages.length, 200);
  let [messages, earlier] = [view.messages, view.earlier];
  while (earlier) {
    const [status, page] = await ann.push("history", { before: messages[0].id });
    assert.equal(status, "ok");
    messages = [...page.messages, ...messages];
    earlier = page.earlier;
  }
  assert.deepEqual(messages, said);
  assert.deepEqual(await ann.push("history", { before: "1; DROP TABLE chat" }), ["error", { reason: "before is the id of a message" }]);
});

subject("one who joins while others talk misses nothing", async () => {
  const room = newRoom();
  const ann = await visit("ann", room);
  const all = Array.from({ length: 150 }, (_, i) => `${i}`);
  const talk = (async () => {
    for (const body of all) await say(ann, body);
  })();
  const others = [];
  for (let i = 0; i < 10; i++) {
    others.push(await visit(`user ${i}`, room));
    await sleep(5);
  }
  await talk;
  for (const other of others) {
    const heard = new Map(other.view.messages.map(({ id, body }) => [id, body]));
    while (heard.size < all.length) {
      const { id, body } = await other.inbox("new_msg").next();
      heard.set(id, body);
    }
    assert.deepEqual([...heard.values()], all);
  }
});

await run();
