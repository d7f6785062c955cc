// Subjects for npm's phoenix-channels, which speaks V1: node v1.mjs URL
import phoenix from "phoenix-channels";
import { Inbox, after, ask, assert, eventually, outcome, run, subject } from "../../../internal/nodetest/harness.mjs";

const { Socket, Presence } = phoenix;
const [url] = process.argv.slice(2);

function connect(user, options = {}) {
  // The same function says when a channel joins again. A join that was not answered by then is sent anew without a reference,
  // as is every later one, so the client never joins again: the time must be longer than what a busy machine takes.
  const socket = new Socket(`${url.replace("http", "ws")}/socket`, { params: { user }, reconnectAfterMs: () => 1000, ...options });
  socket.closed = new Inbox("the socket's close");
  socket.onClose((event) => socket.closed.put(event.code));
  socket.connect();
  after(() => {
    socket.reconnectTimer.reset();
    for (const channel of socket.channels) channel.rejoinTimer.reset();
    clearInterval(socket.heartbeatTimer);
    socket.disconnect();
  });
  return socket;
}

async function join(socket, topic, payload = {}, events = []) {
  const channel = socket.channel(topic, payload);
  channel.inbox = new Inbox(`${topic}'s events`);
  for (const event of events) channel.on(event, (payload) => channel.inbox.put([event, payload]));
  channel.errors = new Inbox(`${topic}'s errors`);
  channel.onError(channel.errors.put);
  channel.ends = new Inbox(`${topic}'s end`);
  channel.onClose(() => channel.ends.put("closed"));
  channel.joins = new Inbox(`joins of ${topic}`);
  channel.join().receive("ok", channel.joins.put).receive("error", (response) => channel.joins.put({ error: response }));
  channel.response = await channel.joins.next();
  return channel;
}

subject("connect", async () => {
  const channel = await join(connect("ann b&c"), "room:connect");
  const [, me] = await outcome(channel.push("whoami", {}));
  assert.equal(me.id, "users:ann b&c");
});

subject("refused connect", async () => {
  const socket = connect("mallory");
  let opened = 0;
  socket.onOpen(() => opened++);
  assert.equal(await socket.closed.next(), 1006);
  assert.equal(await socket.closed.next(), 1006); // it tries again
  assert.equal(opened, 0);
});

subject("join", async () => {
  const socket = connect("ann");
  const channel = await join(socket, "room:join", { x: "ü€😀" }, ["hello"]);
  assert.deepEqual(channel.response, { x: "ü€😀" });
  await channel.inbox.expect(["hello", { topic: "room:join" }]);
  const refused = await join(socket, "room:refused", { refuse: true });
  assert.deepEqual(refused.response, { error: { reason: "unauthorized" } });
  const unmatched = await join(socket, "nowhere:1");
  assert.deepEqual(unmatched.response, { error: { reason: "unmatched topic" } });
});

subject("push and reply", async () => {
  const channel = await join(connect("ann"), "room:push");
  assert.deepEqual(await outcome(channel.push("echo", { text: "ü€😀\u2028" })), ["ok", { text: "ü€😀\u2028" }]);
  assert.deepEqual(await outcome(channel.push("deferred", { status: "error" })), ["error", { deferred: true }]);
  assert.deepEqual(await outcome(channel.push("quiet", {}, 50)), ["timeout", {}]);
  assert.deepEqual(await outcome(channel.push("bytes", {})), ["ok", { base64: "AQL/" }]); // V1 has no bytes
  const replies = await Promise.all(Array.from({ length: 100 }, () => outcome(channel.push("count", {}))));
  assert.deepEqual(replies.map(([, { events }]) => events), Array.from({ length: 100 }, (_, i) => i + 1));
});

subject("error reply", async () => {
  const channel = await join(connect("ann"), "room:errors");
  assert.deepEqual(await outcome(channel.push("refuse", { x: 1 })), ["error", { reason: "refused", of: { x: 1 } }]);
  assert.deepEqual(await outcome(channel.push("no such event", {})), ["error", { reason: "unknown event" }]);
  assert.deepEqual(await outcome(channel.push("count", {})), ["ok", { events: 1 }]);
  await channel.errors.nothing(0);
});

subject("broadcast", async () => {
  const events = ["said", "labelled"];
  const a = await join(connect("ann"), "room:broadcast", {}, events);
  const b = await join(connect("bob"), "room:broadcast", {}, events);
  for (let i = 0; i < 50; i++) a.push("say", { i });
  for (const c of [a, b]) await c.inbox.expect(...Array.from({ length: 50 }, (_, i) => ["said", { i }]));
  a.push("tell", { from: "ann" });
  await b.inbox.expect(["said", { from: "ann" }]);
  a.push("label", { text: "x" });
  await a.inbox.expect(["labelled", { text: "x", to: "ann" }]);
  await b.inbox.expect(["labelled", { text: "x", to: "bob" }]);
  for (const c of [a, b]) await c.inbox.nothing();
});

/** The state of presences that a channel keeps as this client's documentation says. */
async function member(user, topic, device, options) {
  const socket = connect(user, options);
  let state = {};
  const channel = socket.channel(topic, { device });
  channel.on("presence_state", (next) => (state = Presence.syncState(state, next)));
  channel.on("presence_diff", (diff) => (state = Presence.syncDiff(state, diff)));
  const joins = new Inbox(`joins of ${topic}`);
  channel.join().receive("ok", joins.put);
  await joins.next();
  // A diff that comes before the state is in both, and this client does not drop what it has twice.
  const who = () => Object.fromEntries(Presence.list(state, (key, { metas }) => [key, [...new Set(metas.map((m) => m.device))]]));
  return { socket, channel, joins, who };
}

subject("presence", async () => {
  const ann = await member("ann", "lobby:v1", "phone");
  await eventually("alone", ann.who, { ann: ["phone"] });
  const bob = await member("bob", "lobby:v1", "laptop");
  for (const m of [ann, bob]) await eventually("both", m.who, { ann: ["phone"], bob: ["laptop"] });
  bob.channel.push("move", { device: "watch" });
  for (const m of [ann, bob]) await eventually("an update", m.who, { ann: ["phone"], bob: ["watch"] });
  bob.channel.leave();
  await eventually("Bob has left", ann.who, { ann: ["phone"] });
});

subject("leave", async () => {
  const [ann, bob] = [connect("ann"), connect("bob")];
  const leaves = await join(ann, "log:leaves", {}, ["left"]);
  const a = await join(ann, "room:leave", {}, ["said"]);
  const b = await join(bob, "room:leave", {}, ["said"]);
  b.leave();
  await b.ends.next();
  await leaves.inbox.expect(["left", { topic: "room:leave", user: "bob", reason: "left" }]);
  a.push("say", { n: 1 });
  await a.inbox.expect(["said", { n: 1 }]);
  await b.inbox.nothing();
});

subject("close by the server", async () => {
  const channel = await join(connect("ann"), "room:close");
  channel.push("close", {});
  await channel.ends.next();
  await channel.errors.nothing();
});

subject("crash and rejoin", async () => {
  const socket = connect("ann");
  const channel = await join(socket, "room:crash", { n: 1 });
  const sibling = await join(socket, "room:sibling");
  for (const c of [channel, sibling]) await outcome(c.push("count", {}));
  channel.push("crash", {});
  await channel.errors.next();
  await ask("log a handler's error");
  await channel.joins.expect({ n: 1 });
  assert.deepEqual(await outcome(channel.push("count", {})), ["ok", { events: 1 }]);
  assert.deepEqual(await outcome(sibling.push("count", {})), ["ok", { events: 2 }]);
  await sibling.errors.nothing(0);
});

subject("slow join", async () => {
  const socket = connect("ann", { heartbeatIntervalMs: 300 });
  const slow = join(socket, "room:slow", { wait: 1500 });
  const started = Date.now();
  const quick = await join(socket, "room:quick");
  assert.deepEqual(await outcome(quick.push("echo", { x: 1 })), ["ok", { x: 1 }]);
  assert.ok(Date.now() - started < 1000, `the other topic took ${Date.now() - started} ms`);
  assert.deepEqual((await slow).response, { wait: 1500 });
  await socket.closed.nothing(0);
});

subject("disconnect by id", async () => {
  const channel = await join(connect("ann"), "room:disconnect");
  const body = JSON.stringify({ topic: "users:ann", event: "disconnect", payload: {} });
  await fetch(url, { method: "POST", body });
  assert.equal(await channel.socket.closed.next(), 1001);
  await channel.joins.next();
});

subject("restart", async () => {
  const options = { reconnectAfterMs: () => 2500 };
  const [a, b] = [await join(connect("ann", options), "room:restart", {}, ["said"]), await join(connect("bob", options), "room:restart", {}, ["said"])];
  const c = await member("cleo", "lobby:restart", "phone", options);
  await ask("restart");
  for (const socket of [a.socket, b.socket, c.socket]) assert.equal(await socket.closed.next(), 1012, "drained");
  for (const { joins } of [a, b, c]) await joins.next();
  a.push("say", { after: "the restart" });
  for (const channel of [a, b]) await channel.inbox.expect(["said", { after: "the restart" }]);
  await eventually("present again", c.who, { cleo: ["phone"] });
});

await run();
