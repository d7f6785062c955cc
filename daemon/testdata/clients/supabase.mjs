// Subjects for npm's @supabase/realtime-js: node supabase.mjs URL 2.0.0|1.0.0
import WebSocket from "ws";
import { RealtimeClient } from "@supabase/realtime-js";
import { Inbox, after, ask, assert, eventually, run, subject } from "../../../internal/nodetest/harness.mjs";

const [url, vsn] = process.argv.slice(2);

function connect(options = {}) {
  const client = new RealtimeClient(`${url.replace("http", "ws")}/socket`, {
    params: { apikey: "key" },
    transport: WebSocket,
    vsn,
    reconnectAfterMs: () => 20,
    ...options,
  });
  after(() => client.disconnect());
  return client;
}

/** Subscribes; what comes by broadcasts is in `inbox`, the states of the subscription in `states` as [state, error's message]. */
function subscribe(client, name, config = {}, events = []) {
  const channel = client.channel(name, { config });
  channel.inbox = new Inbox(`broadcasts of ${name}`);
  for (const event of events) channel.on("broadcast", { event }, channel.inbox.put);
  channel.states = new Inbox(`states of ${name}`);
  channel.subscribe((state, error) => channel.states.put([state, error?.message]));
  return channel;
}

async function join(client, name, config, events) {
  const channel = subscribe(client, name, config, events);
  await channel.states.expect(["SUBSCRIBED", undefined]);
  return channel;
}

const broadcast = (event, payload) => ({ type: "broadcast", event, payload });

subject("subscribe", async () => {
  const client = connect();
  const channel = await join(client, "subscribe");
  assert.equal(channel.state, "joined");
  assert.equal(await channel.unsubscribe(), "ok");
  await channel.states.expect(["CLOSED", undefined]);
  // Here the client does not wait for the server, and in V1 the server's phx_close does not say which join it is about: it would
  // close the next channel of that name.
  await join(client, "meanwhile");
  await join(client, "subscribe"); // and again
});

subject("refused connect", async () => {
  const client = connect({ params: { apikey: "key", user: "mallory" } });
  const errors = new Inbox("errors");
  client.socketAdapter.onError((error) => errors.put(error.message));
  const channel = subscribe(client, "refused");
  for (let i = 0; i < 2; i++) assert.match(await errors.next(), /403/); // it tries again
  assert.equal((await channel.states.next())[0], "CHANNEL_ERROR");
  assert.equal(client.isConnected(), false);
});

subject("refused subscription", async () => {
  const channel = subscribe(connect(), "refused", { private: true });
  await channel.states.expect(["CHANNEL_ERROR", "Unauthorized"]);
});

subject("access token", async () => {
  const client = connect();
  await client.setAuth("token-of-ann");
  const channel = await join(client, "private", { private: true });
  await client.setAuth("token-of-ann-anew");
  await channel.states.nothing();
  const system = new Inbox("system");
  channel.on("system", {}, system.put);
  await client.setAuth("expired");
  await system.expect({ extension: "system", status: "error", message: "the token is not valid", channel: "realtime:private" });
  await channel.states.expect(["CLOSED", undefined]);
});

subject("broadcast", async () => {
  const [ann, bob] = [connect(), connect()];
  const a = await join(ann, "broadcast", { broadcast: { self: false, ack: true } }, ["cursor"]);
  const b = await join(bob, "broadcast", { broadcast: { self: true, ack: false } }, ["*"]);
  const message = { x: 1, text: "ü€😀", list: [null, true] };
  assert.equal(await a.send(broadcast("cursor", message)), "ok"); // acknowledged by the server
  await b.inbox.expect(broadcast("cursor", message));
  await a.inbox.nothing();
  await b.send(broadcast("cursor", { from: "b" }));
  for (const c of [a, b]) await c.inbox.expect(broadcast("cursor", { from: "b" }));
  await b.send(broadcast("other", {}));
  await b.inbox.expect(broadcast("other", {}));
  await a.inbox.nothing();
  for (let i = 0; i < 50; i++) b.send(broadcast("cursor", { i }));
  for (const c of [a, b]) await c.inbox.expect(...Array.from({ length: 50 }, (_, i) => broadcast("cursor", { i })));
});

if (vsn === "2.0.0") {
  subject("broadcast of bytes", async () => {
    const channel = await join(connect(), "bytes", { broadcast: { self: true, ack: true } }, ["cursor"]);
    assert.equal(await channel.send(broadcast("cursor", new Uint8Array([1, 2]).buffer)), "error"); // not offered
    assert.equal(await channel.send(broadcast("cursor", { x: 1 })), "ok");
    await channel.inbox.expect(broadcast("cursor", { x: 1 }));
  });
}

subject("broadcast by the server", async () => {
  const channel = await join(connect(), "server", {}, ["news"]);
  const body = JSON.stringify({ topic: "realtime:server", event: "broadcast", payload: broadcast("news", { n: 1 }) });
  await fetch(url, { method: "POST", body });
  await channel.inbox.expect(broadcast("news", { n: 1 }));
});

subject("broadcast over HTTP", async () => {
  const [ann, bob] = [connect(), connect({ logger() {} })];
  const channel = await join(ann, "http ü/1", {}, ["news"]);
  const other = bob.channel("http ü/1");
  assert.deepEqual(await other.httpSend("news", { n: 1 }), { success: true });
  assert.equal(await other.send(broadcast("news", { n: 2 })), "ok"); // not joined
  await channel.inbox.expect(broadcast("news", { n: 1 }), broadcast("news", { n: 2 }));

  const hidden = await connect().channel("http ü/1", { config: { private: true } });
  await assert.rejects(hidden.httpSend("news", {}), /Unauthorized/);
  await bob.setAuth("token-of-bob");
  const admitted = bob.channel("hidden", { config: { private: true } });
  assert.deepEqual(await admitted.httpSend("news", {}), { success: true });
  await channel.inbox.nothing();
});

subject("unknown event", async () => {
  const channel = await join(connect(), "unknown");
  assert.equal(await channel.send({ type: "postgres_changes", event: "x" }), "error");
  assert.equal(await channel.send({ type: "presence", event: "dance" }), "error");
  await channel.states.nothing(0);
});

/** A client that tracks itself, with the joins and leaves that it was told. */
async function member(name, key) {
  const client = connect();
  const channel = client.channel(name, { config: { presence: { key } } });
  const changes = [];
  channel.on("presence", { event: "sync" }, () => {});
  channel.on("presence", { event: "join" }, ({ key, newPresences }) => changes.push(`+${key} ${newPresences.map((p) => p.at)}`));
  channel.on("presence", { event: "leave" }, ({ key, leftPresences }) => changes.push(`-${key} ${leftPresences.map((p) => p.at)}`));
  const states = new Inbox(`states of ${key}`);
  channel.subscribe((state) => {
    states.put(state);
    if (state === "SUBSCRIBED") channel.track({ at: "home" }); // after every rejoin, as Supabase's documentation says
  });
  assert.equal(await states.next(), "SUBSCRIBED");
  const who = () => Object.fromEntries(Object.entries(channel.presenceState()).map(([key, list]) => [key, list.map((p) => p.at)]));
  return { client, channel, states, changes, who };
}

subject("presence", async () => {
  const ann = await member("presence", "ann");
  await eventually("alone", ann.who, { ann: ["home"] });
  const bob = await member("presence", "bob");
  for (const m of [ann, bob]) await eventually("both", m.who, { ann: ["home"], bob: ["home"] });
  assert.equal(await bob.channel.track({ at: "work" }), "ok"); // again: an update
  for (const m of [ann, bob]) await eventually("an update", m.who, { ann: ["home"], bob: ["work"] });
  const twin = await member("presence", "ann");
  for (const m of [ann, bob, twin]) await eventually("two of a key", m.who, { ann: ["home", "home"], bob: ["work"] });
  twin.client.disconnect();
  for (const m of [ann, bob]) await eventually("one of a key", m.who, { ann: ["home"], bob: ["work"] });
  assert.equal(await bob.channel.untrack(), "ok");
  await eventually("untracked", ann.who, { ann: ["home"] });
  assert.equal(await ann.channel.unsubscribe(), "ok");
  await eventually("nobody", bob.who, {});
  assert.deepEqual(bob.changes.slice(-2), ["-bob work", "-ann home"]);
});

subject("heartbeat", async () => {
  const beats = new Inbox("heartbeats");
  const client = connect({ heartbeatIntervalMs: 50, heartbeatCallback: beats.put });
  const channel = await join(client, "heartbeat");
  await beats.expect("sent", "ok", "sent", "ok", "sent", "ok");
  await channel.states.nothing(0);
});

subject("crash and rejoin", async () => {
  const client = connect();
  const channel = await join(client, "crash", { broadcast: { self: true } }, ["x"]);
  const sibling = await join(client, "sibling");
  channel.send({ type: "presence", event: "track", payload: 1 }); // no object: the handler throws
  await channel.states.find(([state]) => state === "CHANNEL_ERROR");
  await ask("log realtime:crash");
  await channel.states.find(([state]) => state === "SUBSCRIBED");
  await channel.send(broadcast("x", { n: 1 }));
  await channel.inbox.expect(broadcast("x", { n: 1 }));
  await sibling.states.nothing(0);
});

subject("slow join", async () => {
  // A heartbeat that is not answered in 300 ms closes the socket.
  const client = connect({ heartbeatIntervalMs: 300 });
  const started = Date.now();
  const slow = subscribe(client, "slow");
  await join(client, "quick");
  assert.ok(Date.now() - started < 1000, `the other topic took ${Date.now() - started} ms`);
  await slow.states.expect(["SUBSCRIBED", undefined]);
  assert.ok(Date.now() - started >= 1500);
});

subject("cut connection", async () => {
  const client = connect();
  const channel = await join(client, "cut", { broadcast: { self: true } }, ["x"]);
  client.socketAdapter.getSocket().conn.terminate();
  await channel.states.find(([state]) => state === "CHANNEL_ERROR");
  await channel.states.find(([state]) => state === "SUBSCRIBED");
  await channel.send(broadcast("x", { n: 1 }));
  await channel.inbox.expect(broadcast("x", { n: 1 }));
});

subject("restart", async () => {
  const [a, b] = [await member("restart", "ann"), await member("restart", "bob")];
  for (const m of [a, b]) await eventually("both", m.who, { ann: ["home"], bob: ["home"] });
  const code = new Inbox("close codes");
  a.client.socketAdapter.onClose((event) => code.put(event.code));
  await ask("restart");
  await code.expect(1012);
  for (const m of [a, b]) {
    await m.states.find((state) => state === "CHANNEL_ERROR");
    await m.states.find((state) => state === "SUBSCRIBED");
  }
  for (const m of [a, b]) await eventually("both again", m.who, { ann: ["home"], bob: ["home"] });
});

await run();
