// Subjects for npm's phoenix (V2): node phoenix.mjs URL PACKAGE websocket|longpoll
import WebSocket from "ws";
import { Inbox, after, ask, assert, eventually, hex, outcome, run, sleep, subject, within } from "../../../internal/nodetest/harness.mjs";
import { XMLHttpRequest } from "./xhr.mjs";

const [url, name, transportName] = process.argv.slice(2);
const version = name.split("-")[1];
const polling = transportName === "longpoll";

// Before 1.8 the client polls by XMLHttpRequest alone, and looks for it in a browser's `self`.
if (version.startsWith("1.7")) Object.assign(globalThis, { self: globalThis, XMLHttpRequest });
const { Socket, Presence, LongPoll } = await import(name);

/** A socket that connects, with the times of a test: it comes back at once. */
function connect(user, options = {}) {
  const socket = new Socket(`${url.replace("http", "ws")}/socket`, {
    transport: polling ? LongPoll : WebSocket,
    params: { user },
    reconnectAfterMs: () => 20,
    rejoinAfterMs: () => 20,
    ...options,
  });
  socket.closed = new Inbox("the socket's close");
  socket.onClose((event) => socket.closed.put(event.code));
  socket.connect();
  after(() => new Promise((resolve) => socket.disconnect(resolve)));
  return socket;
}

/** A channel that has joined, with what came by its events in `inbox` as [event, payload]. */
async function join(socket, topic, payload = {}, events = []) {
  const channel = socket.channel(topic, payload);
  listen(channel, events);
  const [status, response] = await outcome(channel.join());
  assert.equal(status, "ok", JSON.stringify(response));
  channel.response = response;
  return channel;
}

function listen(channel, events) {
  channel.inbox = new Inbox(`${channel.topic}'s events`);
  for (const event of events) channel.on(event, (payload) => channel.inbox.put([event, payload]));
  channel.errors = new Inbox(`${channel.topic}'s errors`);
  channel.onError(channel.errors.put);
  channel.ends = new Inbox(`${channel.topic}'s end`);
  channel.onClose(() => channel.ends.put("closed"));
}

/** An inbox of the channel's joins, rejoins too. Called before join(). */
function joins(channel) {
  const inbox = new Inbox(`joins of ${channel.topic}`);
  return [channel.join().receive("ok", inbox.put), inbox];
}

/** Has the server say something to a topic, from an HTTP request. */
async function announce(topic, event, payload) {
  const { status } = await fetch(url, { method: "POST", body: JSON.stringify({ topic, event, payload }) });
  assert.equal(status, 204);
}

const bytes = (...list) => new Uint8Array(list).buffer;

/** A callback's one call. */
const called = (what, register) => within(what, new Promise(register));

subject("connect", async () => {
  const socket = connect(undefined, { params: () => ({ user: "ann b&c", nested: { list: ["x", "y"], deep: { z: "1" } }, empty: "" }) });
  await called("open", (resolve) => socket.onOpen(resolve));
  const channel = await join(socket, "room:connect");
  const [status, me] = await outcome(channel.push("whoami", {}));
  assert.equal(status, "ok");
  assert.equal(me.id, "users:ann b&c");
  // The client writes lists with their indices, which makes them objects, as in Phoenix.
  const { vsn, ...params } = me.params;
  assert.deepEqual(params, { user: "ann b&c", nested: { list: { 0: "x", 1: "y" }, deep: { z: "1" } }, empty: "" });
});

if (!version.startsWith("1.7")) {
  subject("token", async () => {
    const socket = connect("ann", { authToken: "secret?/+token ~" });
    const channel = await join(socket, "room:token");
    const [, { token }] = await outcome(channel.push("whoami", {}));
    assert.equal(token, "secret?/+token ~");
  });
}

subject("refused connect", async () => {
  const socket = connect("mallory", { reconnectAfterMs: () => 50 });
  let opened = 0;
  socket.onOpen(() => opened++);
  const errors = new Inbox("errors of a refused socket");
  socket.onError((error) => errors.put(error.message ?? String(error)));
  assert.match(await errors.next(), /403/);
  if (!polling) assert.match(await errors.next(), /403/); // it tries again
  assert.equal(opened, 0);
});

subject("join", async () => {
  const socket = connect("ann");
  const channel = await join(socket, "room:join", { list: [1, null, "ü€😀"], "ünï": { x: 1.5 } }, ["hello"]);
  assert.deepEqual(channel.response, { list: [1, null, "ü€😀"], "ünï": { x: 1.5 } });
  await channel.inbox.expect(["hello", { topic: "room:join" }]);

  for (const [topic, payload, reason] of [
    ["room:refused", { refuse: true }, { reason: "unauthorized" }],
    ["nowhere:1", {}, { reason: "unmatched topic" }],
  ]) {
    const refused = socket.channel(topic, payload);
    const outcomes = new Inbox(`joins of ${topic}`);
    refused.join().receive("error", outcomes.put);
    await outcomes.expect(reason, reason); // and it tries again
    refused.leave();
  }
});

subject("many channels", async () => {
  const socket = connect("ann");
  const joined = await Promise.all(Array.from({ length: 100 }, (_, i) => join(socket, `room:many-${i}`)));
  const extra = socket.channel("room:one-too-many");
  assert.deepEqual(await outcome(extra.join()), ["error", { reason: "too many channels joined" }]);
  extra.leave();
  assert.deepEqual(await outcome(joined[99].push("echo", { alive: true })), ["ok", { alive: true }]);
  await outcome(joined[0].leave());
  await join(socket, "room:one-fewer");
});

subject("push and reply", async () => {
  const socket = connect("ann");
  const early = socket.channel("room:push");
  const joined = early.join();
  const buffered = early.push("echo", { early: true }); // leaves when the join was answered
  assert.equal((await outcome(joined))[0], "ok");
  assert.deepEqual(await outcome(buffered), ["ok", { early: true }]);
  assert.deepEqual(await outcome(early.push("echo", { text: "ü€😀\u2028\"\\" })), ["ok", { text: "ü€😀\u2028\"\\" }]);
  assert.deepEqual(await outcome(early.push("later", { x: 1 })), ["ok", { x: 1 }]);
  assert.deepEqual(await outcome(early.push("deferred", { status: "ok" })), ["ok", { deferred: true }]);
  assert.deepEqual(await outcome(early.push("deferred", { status: "error" })), ["error", { deferred: true }]);
  assert.deepEqual(await outcome(early.push("quiet", {}, 50)), ["timeout", {}]); // undefined is no reply
  const large = "x".repeat(1 << 19);
  assert.deepEqual(await outcome(early.push("echo", { large })), ["ok", { large }]);
  // Long poll takes a hundred in one request; later clients make several.
  const many = polling && version.startsWith("1.7") ? 100 : 250;
  const replies = await Promise.all(Array.from({ length: many }, () => outcome(early.push("count", {}))));
  assert.deepEqual(replies.map(([, { events }]) => events), Array.from({ length: many }, (_, i) => i + 1));
});

subject("error reply", async () => {
  const socket = connect("ann");
  const channel = await join(socket, "room:errors");
  await outcome(channel.push("count", {}));
  assert.deepEqual(await outcome(channel.push("refuse", { x: 1 })), ["error", { reason: "refused", of: { x: 1 } }]);
  assert.deepEqual(await outcome(channel.push("no such event", {})), ["error", { reason: "unknown event" }]);
  assert.deepEqual(await outcome(channel.push("constructor", {})), ["error", { reason: "unknown event" }]);
  assert.deepEqual(await outcome(channel.push("count", {})), ["ok", { events: 2 }]); // it is the same channel
  await channel.errors.nothing(0);
});

subject("broadcast", async () => {
  const [ann, bob] = [connect("ann"), connect("bob")];
  const events = ["said", "labelled"];
  const a = await join(ann, "room:broadcast", {}, events);
  const b = await join(bob, "room:broadcast", {}, events);
  const other = await join(bob, "room:other", {}, events);

  for (let i = 0; i < 50; i++) {
    a.push("say", { i });
    b.push("say", { i });
  }
  const seen = [[], []];
  for (let i = 0; i < 100; i++) for (const [n, c] of [a, b].entries()) seen[n].push((await c.inbox.next())[1].i);
  assert.deepEqual(seen[0].toSorted((x, y) => x - y), Array.from({ length: 100 }, (_, i) => i >> 1));
  assert.deepEqual(seen[1].toSorted((x, y) => x - y), seen[0].toSorted((x, y) => x - y));

  a.push("tell", { from: "ann" });
  await b.inbox.expect(["said", { from: "ann" }]);
  a.push("label", { text: "x" }); // each gets it as `out` makes it
  await a.inbox.expect(["labelled", { text: "x", to: "ann" }]);
  await b.inbox.expect(["labelled", { text: "x", to: "bob" }]);
  await announce("room:broadcast", "said", { by: "the server" });
  await a.inbox.expect(["said", { by: "the server" }]);
  await b.inbox.expect(["said", { by: "the server" }]);
  for (const c of [a, b, other]) await c.inbox.nothing();
});

/** Bytes as they come, in hexadecimal. Over long poll the client understands JSON alone, and gets them in base64. */
const received = (data) => (polling ? hex(Buffer.from(data.base64, "base64")) : hex(data));

subject("binary", async () => {
  const [ann, bob] = [connect("ann"), connect("bob")];
  const a = await join(ann, "room:binary", {}, ["said", "pushed"]);
  const b = await join(bob, "room:binary", {}, ["said", "pushed"]);
  const [status, response] = await outcome(a.push("echo", bytes(0, 1, 2, 254, 255)));
  assert.deepEqual([status, received(response)], ["ok", "000102feff"]);
  assert.equal(received((await outcome(a.push("echo", bytes())))[1]), "");
  const large = new Uint8Array(100_000).map((_, i) => i);
  assert.equal(received((await outcome(a.push("echo", large.buffer)))[1]), hex(large));
  a.push("push", bytes(1, 2));
  assert.equal(received((await a.inbox.next())[1]), "0102");
  a.push("say", bytes(3));
  for (const c of [a, b]) assert.equal(received((await c.inbox.next())[1]), "03");
  b.push("tell", bytes(0x7b, 0x22)); // bytes that would begin as JSON does
  assert.equal(received((await a.inbox.next())[1]), "7b22");
  await b.inbox.nothing();
});

/** A presence on a channel, and what its callbacks were told as "+key device,…" and "-key device,…". */
function watch(channel) {
  const presence = new Presence(channel);
  presence.changes = [];
  const devices = (value) => value.metas.map((meta) => meta.device).join();
  presence.onJoin((key, current, joined) => presence.changes.push(`+${key} ${devices(joined)}`));
  presence.onLeave((key, current, left) => presence.changes.push(`-${key} ${devices(left)}`));
  presence.who = () => Object.fromEntries(presence.list((key, { metas }) => [key, metas.map((m) => m.device)]));
  return presence;
}

async function member(user, topic, device, options) {
  const socket = connect(user, options);
  const channel = socket.channel(topic, { device });
  listen(channel, []);
  const presence = watch(channel);
  const [push, rejoined] = joins(channel);
  assert.equal((await outcome(push))[0], "ok");
  await rejoined.next();
  return { socket, channel, presence, rejoined };
}

subject("presence", async () => {
  const topic = "lobby:presence";
  const ann = await member("ann", topic, "phone");
  await eventually("alone", ann.presence.who, { ann: ["phone"] });
  const bob = await member("bob", topic, "laptop");
  const both = { ann: ["phone"], bob: ["laptop"] };
  await eventually("Ann sees both", ann.presence.who, both);
  await eventually("Bob sees both", bob.presence.who, both);

  const second = await member("ann", topic, "tablet"); // another device of the same key
  const three = { ann: ["phone", "tablet"], bob: ["laptop"] };
  for (const m of [ann, bob, second]) await eventually("two devices", m.presence.who, three);

  bob.channel.push("move", { device: "watch" });
  for (const m of [ann, bob, second]) await eventually("an update", m.presence.who, { ann: ["phone", "tablet"], bob: ["watch"] });
  const [, list] = await outcome(bob.channel.push("list", {}));
  assert.deepEqual(Object.keys(list).toSorted(), ["ann", "bob"]);
  for (const { phx_ref } of list.ann.metas) assert.match(phx_ref, /^[\w-]{16}$/);
  assert.match(list.bob.metas[0].phx_ref_prev, /^[\w-]{16}$/);

  ann.channel.leave();
  for (const m of [bob, second]) await eventually("one device left", m.presence.who, { ann: ["tablet"], bob: ["watch"] });
  bob.channel.push("hide", {});
  for (const m of [bob, second]) await eventually("untracked", m.presence.who, { ann: ["tablet"] });
  second.socket.disconnect();
  await eventually("nobody", bob.presence.who, {});
  assert.deepEqual(bob.presence.changes.slice(-3), ["-ann phone", "-bob watch", "-ann tablet"]);
});

subject("presence after a crash", async () => {
  const topic = "lobby:crash";
  const [ann, bob] = [await member("ann", topic, "phone"), await member("bob", topic, "laptop")];
  const both = { ann: ["phone"], bob: ["laptop"] };
  await eventually("both", ann.presence.who, both);
  bob.channel.push("crash", {});
  await ask("log a member's error");
  await bob.rejoined.next();
  await eventually("Ann was told", () => ann.presence.changes.includes("-bob laptop"), true);
  for (const m of [ann, bob]) await eventually("both again", m.presence.who, both);
  if (!polling) {
    bob.socket.conn.terminate(); // TCP without a word
    await bob.rejoined.next();
    for (const m of [ann, bob]) await eventually("both after a cut", m.presence.who, both);
  }
});

subject("leave", async () => {
  const [ann, bob] = [connect("ann"), connect("bob")];
  const leaves = await join(ann, "log:leaves", {}, ["left"]);
  const a = await join(ann, "room:leave", {}, ["said"]);
  const b = await join(bob, "room:leave", {}, ["said"]);
  assert.deepEqual(await outcome(b.leave()), ["ok", {}]);
  await b.ends.next();
  await leaves.inbox.expect(["left", { topic: "room:leave", user: "bob", reason: "left" }]);
  a.push("say", { n: 1 });
  await a.inbox.expect(["said", { n: 1 }]);
  await b.inbox.nothing();

  const again = await join(bob, "room:leave", {}, ["said"]);
  a.push("say", { n: 2 });
  await again.inbox.expect(["said", { n: 2 }]);

  // Another channel object for the same topic takes its place.
  const third = await join(bob, "room:leave", { third: true }, ["said"]);
  await again.ends.next();
  await leaves.inbox.next();
  a.push("say", { n: 3 });
  await third.inbox.expect(["said", { n: 3 }]);
  await again.inbox.nothing();

  bob.disconnect();
  await leaves.inbox.expect(["left", { topic: "room:leave", user: "bob", reason: "closed" }]);
});

subject("close by the server", async () => {
  const socket = connect("ann");
  const channel = await join(socket, "room:close");
  channel.push("close", {});
  await channel.ends.next();
  await channel.errors.nothing(); // and it does not rejoin
  assert.equal(socket.channels.length, 0);
});

subject("crash and rejoin", async () => {
  const [ann, bob] = [connect("ann"), connect("bob")];
  const channel = ann.channel("room:crash", { n: 1 });
  listen(channel, ["said"]);
  const [first, rejoined] = joins(channel);
  assert.equal((await outcome(first))[0], "ok");
  await rejoined.next();
  const sibling = await join(ann, "room:sibling");
  const b = await join(bob, "room:crash", {}, ["said"]);
  for (const c of [channel, sibling]) await outcome(c.push("count", {}));

  channel.push("crash", {});
  assert.deepEqual(await channel.errors.next(), { reason: "channel_crash" });
  await ask("log a handler's error");
  await rejoined.expect({ n: 1 });
  assert.deepEqual(await outcome(channel.push("count", {})), ["ok", { events: 1 }]); // begun anew
  assert.deepEqual(await outcome(sibling.push("count", {})), ["ok", { events: 2 }]); // nothing happened
  b.push("say", { n: 1 });
  for (const c of [channel, b]) await c.inbox.expect(["said", { n: 1 }]);
  for (const c of [sibling, b]) await c.errors.nothing(0);
});

subject("join that times out", async () => {
  const [ann, bob] = [connect("ann"), connect("bob")];
  const b = await join(bob, "room:late", {}, ["said"]);
  let tries = 0;
  const channel = ann.channel("room:late", () => ({ wait: tries++ === 0 ? 1000 : 0, tries }));
  listen(channel, ["said", "hello"]);
  const outcomes = new Inbox("outcomes of the join");
  const push = channel.join(300);
  for (const status of ["ok", "timeout"]) push.receive(status, () => outcomes.put(status));
  await outcomes.expect("timeout", "ok"); // the client leaves, and joins again
  b.push("say", { n: 1 });
  await channel.inbox.expect(["hello", { topic: "room:late" }], ["said", { n: 1 }]);
  await channel.inbox.nothing(1000); // nothing of the first join comes late
  assert.deepEqual(await outcome(channel.push("count", {})), ["ok", { events: 1 }]);
  await channel.errors.nothing(0);
});

subject("slow join", async () => {
  // A heartbeat that is not answered in 300 ms closes the socket.
  const socket = connect("ann", { heartbeatIntervalMs: 300 });
  const slow = socket.channel("room:slow", { wait: 1500 });
  listen(slow, ["said"]);
  const started = Date.now();
  const joined = outcome(slow.join());
  const quick = await join(socket, "room:quick");
  assert.deepEqual(await outcome(quick.push("echo", { x: 1 })), ["ok", { x: 1 }]);
  assert.ok(Date.now() - started < 1000, `the other topic took ${Date.now() - started} ms`);
  await announce("room:slow", "said", { during: "the join" });
  assert.deepEqual(await joined, ["ok", { wait: 1500 }]);
  assert.ok(Date.now() - started >= 1500);
  await slow.inbox.expect(["said", { during: "the join" }]); // it was a member from the start
  await socket.closed.nothing(0);
});

if (!polling) {
  subject("heartbeat", async () => {
    const socket = connect("ann", { heartbeatIntervalMs: 50 });
    const channel = await join(socket, "room:heartbeat");
    const beats = new Inbox("heartbeats");
    socket.onMessage(({ topic, payload }) => topic === "phoenix" && beats.put(payload));
    for (let i = 0; i < 5; i++) await beats.expect({ status: "ok", response: {} });
    await called("ping", (resolve) => socket.ping(resolve));
    await channel.errors.nothing(0);
    await socket.closed.nothing(0);
  });

  subject("slow reader", async () => {
    const [slow, other] = [connect("slow"), connect("other")];
    const channel = slow.channel("room:slow-reader");
    listen(channel, ["said"]);
    const [, rejoined] = joins(channel);
    await rejoined.next();
    const b = await join(other, "room:slow-reader", {}, ["said"]);
    channel.push("flood", { megabytes: 64 }); // more than the buffers of the kernel and of the server
    const { conn } = slow;
    conn.pause();
    await b.inbox.expect(["said", { flooded: true }]);
    b.push("say", { n: 1 }); // the others notice nothing
    await b.inbox.expect(["said", { n: 1 }]);
    conn.resume();
    assert.equal(await slow.closed.next(), 1013);
    await rejoined.next();
    b.push("say", { n: 2 });
    for (const c of [channel, b]) await c.inbox.expect(["said", { n: 2 }]);
  });

  subject("cut connection", async () => {
    const socket = connect("ann");
    let last = 0; // of the messages seen, told at every join
    const channel = socket.channel("room:cut", () => ({ last }));
    listen(channel, ["said"]);
    const [, rejoined] = joins(channel);
    await rejoined.expect({ last: 0 });
    last = 7;
    socket.conn.terminate();
    assert.equal(await socket.closed.next(), 1006);
    await rejoined.expect({ last: 7 });
    await announce("room:cut", "said", { n: 8 });
    await channel.inbox.expect(["said", { n: 8 }]);
    await channel.inbox.nothing(0);
  });
}

subject("disconnect by id", async () => {
  const [ann, bob] = [connect("ann"), connect("bob")];
  const a = ann.channel("room:disconnect");
  listen(a, []);
  const [, rejoined] = joins(a);
  await rejoined.next();
  await join(bob, "room:disconnect");
  await announce("users:ann", "disconnect", {});
  if (!polling) assert.equal(await ann.closed.next(), 1001);
  await rejoined.next(); // it comes back
  await bob.closed.nothing();
});

subject("restart", async () => {
  const [ann, bob, idle] = [connect("ann"), connect("bob"), connect("idle")];
  await eventually("the socket without channels", () => idle.isConnected(), true);
  const a = ann.channel("room:restart");
  const b = bob.channel("room:restart");
  for (const c of [a, b]) listen(c, ["said"]);
  const [[, aJoins], [, bJoins]] = [joins(a), joins(b)];
  for (const inbox of [aJoins, bJoins]) await inbox.next();
  const c = await member("cleo", "lobby:restart", "phone");

  await ask("restart");
  if (!polling) for (const socket of [ann, bob, idle]) assert.equal(await socket.closed.next(), 1012, "drained");
  for (const inbox of [aJoins, bJoins, c.rejoined]) await inbox.next();
  a.push("say", { after: "the restart" });
  for (const channel of [a, b]) await channel.inbox.expect(["said", { after: "the restart" }]);
  await eventually("present again", c.presence.who, { cleo: ["phone"] });
  await eventually("the socket without channels is back", () => idle.isConnected(), true);
});

if (!polling) {
  // The client without a WebSocket that gets through: it falls back to polling, and remembers.
  const memory = () => {
    const items = new Map();
    return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => items.set(key, value), removeItem: (key) => items.delete(key) };
  };
  class Refused extends WebSocket {
    constructor(address, ...rest) {
      super(address.replace(/:\d+/, ":1"), ...rest); // nobody listens there
    }
  }
  class Silent { // a proxy that takes the connection and lets nothing through
    static CONNECTING = 0;
    readyState = 0;
    close() {
      this.readyState = 3;
      this.onclose?.({ code: 1006 });
    }
  }
  for (const [title, transport] of [["refused", Refused], ["silent", Silent]]) {
    subject(`fallback from a ${title} websocket`, async () => {
      const sessionStorage = memory();
      const socket = connect("ann", { transport, longPollFallbackMs: 300, sessionStorage });
      const channel = await join(socket, "room:fallback", {}, ["said"]);
      assert.deepEqual(await outcome(channel.push("echo", { x: 1 })), ["ok", { x: 1 }]);
      await announce("room:fallback", "said", { n: 1 });
      await channel.inbox.expect(["said", { n: 1 }]);
      assert.equal(sessionStorage.getItem("phx:fallback:LongPoll"), "true");
      const next = connect("bob", { transport, longPollFallbackMs: 60_000, sessionStorage });
      await join(next, "room:fallback");
    });
  }
  subject("no fallback from a websocket that works", async () => {
    const sessionStorage = memory();
    const socket = connect("ann", { longPollFallbackMs: 300, sessionStorage });
    await join(socket, "room:primary");
    await sleep(400);
    assert.ok(socket.conn instanceof WebSocket);
    assert.equal(sessionStorage.getItem("phx:fallback:LongPoll"), null);
  });
}

await run();
