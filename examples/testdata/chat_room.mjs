// The chat room by a client of channels: the subjects are its points, one by one.
import { ask, assert, eventually, run, sleep, subject } from "../../internal/nodetest/harness.mjs";
import { connect, http, Member } from "./chat.mjs";

let rooms = 0;
/** A room that no other subject is in. */
const newRoom = () => `room ${++rooms}`;

const enter = (room, socket = connect()) => new Member(socket, `room:${room}`, ["new_message", "killed"]);

/** Someone who has joined a room, and its history. */
async function visit(room, socket) {
  const member = enter(room, socket);
  const { messages } = await member.join();
  return [member, messages];
}

/** Says something and returns the reply, which must be ok. */
async function say(member, sender, text) {
  const [status, message] = await member.push("send_message", { sender, text });
  assert.equal(status, "ok", JSON.stringify(message));
  assert.deepEqual([message.sender, message.text, typeof message.timestamp], [sender, text, "number"]);
  return message;
}

const texts = (messages) => messages.map(({ text }) => text);

subject("1 a room begins once with its first joins", async () => {
  const room = newRoom();
  const members = Array.from({ length: 8 }, () => enter(room));
  for (const member of members) assert.deepEqual(await member.join(), { messages: [] });
  await ask(`contexts ${members.length + 1}`);
  for (const [i, member] of members.entries()) await say(member, "Ann", `${i}`);
  const [, history] = await visit(room);
  assert.deepEqual(texts(history), members.map((_, i) => `${i}`)); // all of it in one room
});

subject("1 a room begins with its first message", async () => {
  const room = newRoom();
  assert.equal((await http("POST", `api/rooms/${room}/messages`, { sender: "Ann", text: "hello" }))[0], 201);
  const [, history] = await visit(room);
  assert.deepEqual(texts(history), ["hello"]);
});

subject("2 the join has the history in order", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  const said = [];
  for (let i = 0; i < 20; i++) said.push(await say(ann, "Ann", `message ${i}`));
  const [, history] = await visit(room);
  assert.deepEqual(history, said);
});

subject("3 send_message is answered with the message", async () => {
  const [ann] = await visit(newRoom());
  const before = Date.now();
  const message = await say(ann, "Ann", "hello <b>&amp; żółw");
  assert.ok(message.timestamp >= before - 1000 && message.timestamp <= Date.now() + 1000);
});

subject("4 everyone in the room hears a message once and others do not", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  const [bob] = await visit(room);
  const [elsewhere] = await visit(newRoom());
  const said = [await say(ann, "Ann", "one"), await say(bob, "Bob", "two")];
  await ann.inbox("new_message").expect(...said);
  await bob.inbox("new_message").expect(...said);
  await ann.inbox("new_message").nothing();
  await bob.inbox("new_message").nothing();
  await elsewhere.inbox("new_message").nothing();
});

subject("4 and 5 all hear many messages in the order of the history", async () => {
  const room = newRoom();
  const members = [];
  for (let i = 0; i < 4; i++) members.push((await visit(room))[0]);
  await Promise.all(members.flatMap((member, i) => Array.from({ length: 25 }, (_, n) => say(member, `${i}`, `${i}.${n}`))));
  const [, history] = await visit(room);
  assert.equal(history.length, 100);
  for (const member of members) await member.inbox("new_message").expect(...history);
  for (const [i, { timestamp }] of history.entries()) assert.ok(i === 0 || timestamp >= history[i - 1].timestamp);
});

subject("2 and 4 one who joins while others talk misses nothing", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  const talk = (async () => {
    for (let i = 0; i < 200; i++) await say(ann, "Ann", `${i}`);
  })();
  for (let n = 0; n < 10; n++) {
    const [bob, history] = await visit(room);
    const heard = new Map(history.map((message) => [message.id, message.text]));
    await sleep(5);
    for (let i = heard.size; i < 200 && i < history.length + 5; ) {
      const { id, text } = await bob.inbox("new_message").next();
      if (heard.has(id)) continue; // it was said while the history was on its way
      assert.equal(text, `${i++}`);
      heard.set(id, text);
    }
    assert.deepEqual([...heard.values()], [...heard.keys()].map((_, i) => `${i}`));
    await bob.leave();
  }
  await talk;
});

subject("6 rooms are apart", async () => {
  const [a, b] = [newRoom(), newRoom()];
  const socket = connect(); // both on one socket
  const [inA] = await visit(a, socket);
  const [inB] = await visit(b, socket);
  await say(inA, "Ann", "in a");
  await say(inB, "Ann", "in b");
  assert.deepEqual(texts((await visit(a))[1]), ["in a"]);
  assert.deepEqual(texts((await visit(b))[1]), ["in b"]);
});

subject("7 the state counts messages", async () => {
  const room = newRoom();
  assert.deepEqual(await http("GET", `api/rooms/${room}`), [200, { messageCount: 0 }]);
  const [ann] = await visit(room);
  await say(ann, "Ann", "one");
  await say(ann, "Ann", "two");
  assert.deepEqual(await http("GET", `api/rooms/${room}`), [200, { messageCount: 2 }]);
});

subject("8 a message over HTTP is heard in channels", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  const [status, message] = await http("POST", `api/rooms/${encodeURIComponent(room)}/messages`, { sender: "Rob", text: "from afar" });
  assert.deepEqual([status, message.sender, message.text, typeof message.timestamp], [201, "Rob", "from afar", "number"]);
  await ann.inbox("new_message").expect(message);
  await ann.inbox("new_message").nothing();
});

subject("8 other paths and broken messages over HTTP", async () => {
  for (const [method, path] of [["GET", "api/rooms"], ["GET", "api/rooms/a/messages"], ["POST", "api/rooms/a"], ["GET", "nothing"]]) {
    assert.equal((await http(method, path, method === "POST" ? {} : undefined))[0], 404, `${method} ${path}`);
  }
  const room = newRoom();
  assert.deepEqual(await http("POST", `api/rooms/${room}/messages`, { sender: "Ann" }), [422, { error: "text is missing" }]);
  assert.deepEqual(await http("GET", `api/rooms/${room}`), [200, { messageCount: 0 }]);
});

subject("9 a room that calls the host goes on when it has its answer", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  const order = [];
  ann.channel.on("new_message", ({ text }) => order.push(`heard ${text}`));
  for (let i = 0; i < 20; i++) {
    await say(ann, "Ann", `${i}`);
    order.push(`answered ${i}`);
  }
  // The room broadcasts by callSync, then returns: the answer comes behind the broadcast.
  assert.deepEqual(order, Array.from({ length: 20 }, (_, i) => [`heard ${i}`, `answered ${i}`]).flat());
});

subject("10 a BroadcastChannel reaches the lobby", async () => {
  const lobby = new Member(connect(), "lobby", ["activity"]);
  await lobby.join();
  const room = newRoom();
  const [ann] = await visit(room);
  await say(ann, "Ann", "hello");
  await lobby.inbox("activity").expect({ type: "activity", room });
  await lobby.inbox("activity").nothing();
});

subject("11 killing a room costs its history and no connection", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  const [bob] = await visit(room);
  const [other] = await visit(newRoom());
  await say(ann, "Ann", "old");
  await say(other, "Cleo", "kept");
  assert.deepEqual(await ann.push("kill", {}), ["ok", {}]);
  await ask("log context lost");
  await bob.inbox("killed").next();
  const message = await say(bob, "Bob", "new");
  await ann.inbox("new_message").find(({ id }) => id === message.id);
  assert.deepEqual((await visit(room))[1], [message]);
  assert.deepEqual(texts((await visit(other.channel.topic.slice("room:".length)))[1]), ["kept"]);
  for (const member of [ann, bob, other]) {
    assert.ok(member.socket.isConnected());
    await member.inbox("phx_error").nothing(0);
  }
});

subject("12 an exception of a script is an error reply", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  const cases = [
    [{ text: "hello" }, "sender is missing"],
    [{ sender: "Ann", text: " " }, "text is missing"],
    [{ sender: "Ann", text: 7 }, "text is missing"],
    [{ sender: "Ann", text: "x".repeat(2001) }, "text is longer than 2000 characters"],
  ];
  for (const [payload, reason] of cases) assert.deepEqual(await ann.push("send_message", payload), ["error", { reason }]);
  assert.deepEqual(await ann.push("dance", {}), ["error", { reason: "unknown event" }]);
  await say(ann, "Ann", "alive");
  await ann.inbox("phx_error").nothing(0);
  const nowhere = new Member(connect(), `room:${"x".repeat(61)}`, []);
  await assert.rejects(nowhere.join(), /error {"reason":"room is longer than 60 characters"}/);
  await nowhere.leave();
});

// The five tests of the room itself, as far as they are not among the points above.

subject("14 a message is sent and found again", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  await say(ann, "alice", "hello");
  await say(ann, "bob", "hi");
  const [, history] = await visit(room);
  assert.deepEqual(history.map(({ sender, text }) => [sender, text]), [["alice", "hello"], ["bob", "hi"]]);
});

subject("14 a subscriber hears a message within a second", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  const [bob] = await visit(room);
  ann.channel.push("send_message", { sender: "alice", text: "broadcast" });
  assert.equal((await bob.inbox("new_message").next(1000)).text, "broadcast");
});

subject("a client that was cut off comes back to its room", async () => {
  const room = newRoom();
  const [ann] = await visit(room);
  await say(ann, "Ann", "before");
  const joins = ann.rejoins();
  await ask("restart");
  assert.deepEqual(await joins.next(), { messages: [] }); // rooms are in memory
  await say(ann, "Ann", "after");
  await eventually("the count", () => ann.socket.isConnected(), true);
});

await run();
