// The client without a server: what it sends, what it makes of what comes, and its clock. Node.js runs it by node --test.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Presence, Socket } from "../client.js";

/** A connection whose other side is the test. */
class Wire {
  static all = [];
  sent = [];
  readyState = 0;

  constructor(url, protocols) {
    Object.assign(this, { url, protocols });
    Wire.all.push(this);
  }

  open() {
    this.readyState = 1;
    this.onopen?.({});
  }

  send(text) {
    assert.equal(this.readyState, 1, "sent before the connection is open");
    this.sent.push(JSON.parse(text));
  }

  /** What was sent since the last call. */
  take() { return this.sent.splice(0); }

  /** A message from the server. */
  say(...message) { this.onmessage({ data: JSON.stringify(message) }); }

  /** The answer to a message. */
  reply([joinRef, ref, topic], status, response) { this.say(joinRef, ref, topic, "phx_reply", { status, response }); }

  close(code, reason) {
    Object.assign(this, { readyState: 3, code, reason });
    this.onclose?.({ code, reason, wasClean: true });
  }
}

let now = 0;
mock.timers.enable({ apis: ["setTimeout"] });
mock.method(performance, "now", () => now);
mock.method(Math, "random", () => 0.999);

function tick(ms) {
  now += ms;
  mock.timers.tick(ms);
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  Wire.all = [];
});

const wire = () => Wire.all.at(-1);

/** A socket that is connected, unless it is said to be not. */
function connect(options = {}, open = true) {
  const socket = new Socket("http://h/socket", { transport: Wire, heartbeatIntervalMs: 1e9, ...options });
  socket.connect();
  if (open) wire().open();
  return socket;
}

/** A channel that has joined, and what was called back. */
function join(socket, topic = "room:a", params) {
  const channel = socket.channel(topic, params);
  const calls = listen(channel);
  calls.of(channel.join(), "join");
  const sent = wire().take();
  wire().reply(sent.at(-1), "ok", { n: 1 });
  assert.equal(channel.state, "joined");
  calls.log = [];
  return { channel, calls };
}

/** What is called back, in order: [name, …what with]. */
class Calls {
  log = [];

  /** Notes what a push receives. */
  of(push, name) {
    for (const status of ["ok", "error", "timeout"]) push.receive(status, (response) => this.log.push([name, status, response]));
  }
}

function listen(channel) {
  const calls = new Calls();
  channel.onError((reason) => calls.log.push(["error", reason]));
  channel.onClose((reason) => calls.log.push(["close", reason]));
  return calls;
}

test("the URL has the endpoint, the params and the version", () => {
  const cases = [
    ["ws://h/socket", {}, "ws://h/socket/websocket?vsn=2.0.0"],
    ["https://h:1/a/socket/", { a: 1 }, "wss://h:1/a/socket/websocket?a=1&vsn=2.0.0"],
    ["ws://h/socket?x=y", {}, "ws://h/socket/websocket?x=y&vsn=2.0.0"],
    ["ws://h/s", { a: "b c&é+", n: { x: [1, { y: true }], "": 2 }, no: undefined, nil: null }, "ws://h/s/websocket?a=b+c%26%C3%A9%2B&n%5Bx%5D%5B0%5D=1&n%5Bx%5D%5B1%5D%5By%5D=true&n%5B%5D=2&vsn=2.0.0"],
  ];
  for (const [endPoint, params, want] of cases) assert.equal(new Socket(endPoint, { params, transport: Wire }).endPointURL(), want);
  globalThis.location = { href: "https://page:8/x/y?z" };
  try {
    assert.equal(new Socket("/socket", { transport: Wire }).endPointURL(), "wss://page:8/socket/websocket?vsn=2.0.0");
  } finally {
    delete globalThis.location;
  }
});

test("params and tokens that are functions are called for each connection", () => {
  let n = 0;
  const socket = connect({ params: () => ({ n: ++n }), authToken: () => `tökén?>ÿÿ ${n}` });
  assert.match(wire().url, /\?n=1&/);
  socket.disconnect();
  socket.connect();
  assert.match(wire().url, /\?n=2&/);
  const [name, token] = wire().protocols;
  assert.equal(name, "phoenix");
  assert.equal(token.slice(0, 21), "base64url.bearer.phx.");
  assert.equal(Buffer.from(token.slice(21), "base64").toString(), "tökén?>ÿÿ 2");
  assert.match(token, /^[\w.-]+$/, "the name of a sub-protocol");
});

test("join, push and leave, as they are on the wire", () => {
  const socket = connect();
  const channel = socket.channel("room:a", { user: "u" });
  const calls = listen(channel);
  calls.of(channel.join(), "join");
  calls.of(channel.push("early", { x: 1 }), "early");
  const [first] = wire().sent;
  assert.deepEqual(wire().take(), [[first[0], first[0], "room:a", "phx_join", { user: "u" }]]);
  wire().reply(first, "ok", { n: 1 });
  const [early] = wire().take();
  assert.deepEqual(early.toSpliced(1, 1), [first[0], "room:a", "early", { x: 1 }]);
  wire().reply(early, "error", { reason: "no" });
  channel.push("bare");
  assert.deepEqual(wire().take()[0].slice(2), ["room:a", "bare", {}]);
  calls.of(channel.leave(), "leave");
  assert.equal(channel.state, "leaving");
  const [leave] = wire().take();
  assert.deepEqual(leave.slice(2), ["room:a", "phx_leave", {}]);
  wire().reply(leave, "ok", {});
  wire().say(first[0], first[0], "room:a", "phx_close", {});
  assert.deepEqual(calls.log, [
    ["join", "ok", { n: 1 }], ["early", "error", { reason: "no" }], ["close", "leave"], ["leave", "ok", {}],
  ]);
  assert.equal(channel.state, "closed");
  assert.deepEqual(socket.channels, []);
});

test("an answer is received by those who ask later, too", () => {
  const { channel } = join(connect());
  const push = channel.push("x");
  wire().reply(wire().take()[0], "ok", 7);
  const got = [];
  push.receive("error", () => got.push("error")).receive("ok", (response) => got.push(response));
  assert.deepEqual(got, [7]);
});

test("events reach their callbacks, and those of another join do not", () => {
  const { channel } = join(connect());
  const got = [];
  const reference = channel.on("msg", (payload) => got.push(["a", payload]));
  channel.on("msg", (payload) => got.push(["b", payload]));
  channel.on("other", () => got.push("other"));
  wire().say(null, null, "room:a", "msg", 1);
  wire().say(channel.joinRef(), null, "room:a", "msg", 2);
  wire().say("999", null, "room:a", "msg", 3);
  wire().say(null, null, "room:b", "msg", 4);
  channel.off("msg", reference);
  wire().say(null, null, "room:a", "msg", 5);
  channel.off("msg");
  wire().say(null, null, "room:a", "msg", 6);
  assert.deepEqual(got, [["a", 1], ["b", 1], ["a", 2], ["b", 2], ["b", 5]]);
});

test("a push that nobody answers times out, once", () => {
  const { channel, calls } = join(connect());
  calls.of(channel.push("x"), "default");
  const [sent] = wire().take();
  calls.of(channel.push("x", {}, 50), "short");
  tick(50);
  assert.deepEqual(calls.log, [["short", "timeout", undefined]]);
  tick(9_950);
  assert.deepEqual(calls.log.at(-1), ["default", "timeout", undefined]);
  wire().reply(sent, "ok", {});
  assert.equal(calls.log.length, 2);
});

test("a push that has timed out before the join is not sent", () => {
  const socket = connect();
  const channel = socket.channel("room:a");
  const calls = listen(channel);
  channel.join();
  calls.of(channel.push("late", {}, 50), "late");
  calls.of(channel.push("good"), "good");
  tick(50);
  wire().reply(wire().take()[0], "ok", {});
  const [good] = wire().take();
  assert.equal(good[3], "good");
  assert.deepEqual(calls.log, [["late", "timeout", undefined]]);
  tick(9_950); // the time counts from the push, not from the join
  assert.deepEqual(calls.log.at(-1), ["good", "timeout", undefined]);
  wire().reply(good, "ok", {});
  assert.equal(calls.log.length, 2);
});

test("misuse is refused, and bytes are", () => {
  const channel = connect().channel("room:a");
  assert.throws(() => channel.push("x"), /before joining/);
  channel.join();
  assert.throws(() => channel.join(), /multiple times/);
  assert.throws(() => wire().onmessage({ data: new ArrayBuffer(1) }), /has sent bytes/);
});

test("a join that is refused is tried again, ever more slowly, and for ever", () => {
  const socket = connect();
  const channel = socket.channel("room:a");
  const calls = listen(channel);
  calls.of(channel.join(), "join");
  for (const wait of [999, 1998, 3996, 7992, 9990, 9990]) {
    wire().reply(wire().take()[0], "error", { reason: "no" });
    assert.deepEqual(calls.log.splice(0), [["join", "error", { reason: "no" }]]);
    assert.equal(channel.state, "errored");
    tick(wait - 1);
    assert.deepEqual(wire().take(), []);
    tick(1);
    assert.equal(channel.state, "joining");
  }
  wire().reply(wire().take()[0], "ok", {});
  wire().say(channel.joinRef(), channel.joinRef(), "room:a", "phx_error", {});
  tick(999); // the waits begin anew
  assert.equal(wire().take().length, 1);
  channel.leave();
});

test("a join of an unknown topic is an error", () => {
  const channel = connect().channel("nope:x");
  const calls = listen(channel);
  calls.of(channel.join(), "join");
  const [[, ref]] = wire().take();
  wire().say(null, ref, "nope:x", "phx_reply", { status: "error", response: { reason: "unmatched topic" } });
  assert.deepEqual(calls.log, [["join", "error", { reason: "unmatched topic" }]]);
});

test("a join that is not answered is left, and tried again", () => {
  const socket = connect();
  const channel = socket.channel("room:a");
  const calls = listen(channel);
  calls.of(channel.join(100), "join");
  const [first] = wire().take();
  tick(100);
  assert.deepEqual(calls.log, [["join", "timeout", undefined]]);
  assert.deepEqual(wire().take()[0].toSpliced(1, 1), [first[0], "room:a", "phx_leave", {}]);
  wire().reply(first, "ok", {}); // too late
  assert.equal(channel.state, "errored");
  tick(999);
  const [second] = wire().take();
  assert.equal(second[3], "phx_join");
  assert.notEqual(second[0], first[0]);
  wire().reply(second, "ok", {});
  assert.equal(channel.state, "joined");
});

test("a channel that crashes joins again and calls its callbacks again", () => {
  const { channel, calls } = join(connect(), "room:a", () => ({ last: 7 }));
  wire().say(channel.joinRef(), channel.joinRef(), "room:a", "phx_error", { reason: "channel_crash" });
  assert.deepEqual(calls.log, [["error", { reason: "channel_crash" }]]);
  calls.of(channel.push("meanwhile"), "push");
  tick(999);
  const [again] = wire().take();
  assert.deepEqual(again.slice(2), ["room:a", "phx_join", { last: 7 }]);
  wire().reply(again, "ok", { n: 2 });
  assert.deepEqual(calls.log.at(-1), ["join", "ok", { n: 2 }]);
  assert.deepEqual(wire().take()[0].toSpliced(1, 1), [again[0], "room:a", "meanwhile", {}]);
});

test("a channel that the server closes does not come back", () => {
  const socket = connect();
  const { channel, calls } = join(socket);
  wire().say(channel.joinRef(), channel.joinRef(), "room:a", "phx_close", {});
  assert.deepEqual(calls.log, [["close", {}]]);
  assert.deepEqual(socket.channels, []);
  tick(100_000);
  wire().close(1012, "");
  tick(1000);
  wire().open();
  assert.deepEqual(wire().take(), []);
});

test("a channel that is being left hears nothing more", () => {
  for (const joined of [false, true]) {
    const socket = connect();
    const channel = socket.channel("room:a");
    const heard = [];
    channel.on("said", (payload) => heard.push(payload));
    channel.join();
    const [join] = wire().take();
    if (joined) wire().reply(join, "ok", {});
    channel.leave();
    if (!joined) wire().reply(join, "ok", {});
    wire().say(join[0], null, "room:a", "said", {});
    wire().say(null, null, "room:a", "said", {});
    wire().reply(wire().take()[0], "ok", {});
    assert.deepEqual(heard, [], `joined: ${joined}`);
    assert.equal(channel.state, "closed");
  }
});

test("leave is answered whatever the state", () => {
  const socket = connect({}, false);
  const left = (channel) => {
    const calls = listen(channel);
    const push = channel.leave();
    calls.of(push, "leave");
    assert.equal(channel.leave(), push, "leaving twice is leaving once");
    return calls;
  };
  const done = [["close", "leave"], ["leave", "ok", {}]];
  const sorted = (calls) => calls.log.toSorted();
  assert.deepEqual(left(socket.channel("never:joined")).log, done);
  const early = socket.channel("before:connected");
  early.join();
  assert.deepEqual(left(early).log, done);
  wire().open();
  assert.deepEqual(wire().take(), []);

  const joining = socket.channel("while:joining");
  joining.join();
  const [sent] = wire().take();
  const calls = left(joining);
  const [leave] = wire().take();
  wire().reply(sent, "ok", {});
  assert.equal(joining.state, "leaving");
  wire().reply(leave, "ok", {});
  assert.deepEqual(sorted(calls), done);

  const { channel: silent } = join(socket, "a:silent");
  const timedOut = left(silent);
  tick(10_000);
  assert.deepEqual(timedOut.log, [["close", "leave"], ["leave", "timeout", undefined]]);

  const { channel: cut } = join(socket, "a:cut");
  const cutCalls = left(cut);
  wire().close(1006, "");
  assert.deepEqual(sorted(cutCalls), done);
  assert.deepEqual(socket.channels, []);
});

test("of two objects for one topic the later one stays", () => {
  const socket = connect();
  const { channel: first, calls } = join(socket);
  const second = socket.channel("room:a");
  second.join();
  const [leave, joining] = wire().take();
  assert.deepEqual([leave[3], joining[3]], ["phx_leave", "phx_join"]);
  assert.equal(leave[0], first.joinRef());
  wire().reply(leave, "ok", {});
  wire().say(first.joinRef(), first.joinRef(), "room:a", "phx_close", {});
  wire().reply(joining, "ok", {});
  assert.deepEqual(calls.log, [["close", "leave"]]);
  assert.deepEqual([first.state, second.state], ["closed", "joined"]);
  assert.deepEqual(socket.channels, [second]);
});

test("a connection that ends comes back with its channels", () => {
  const socket = connect();
  const { calls } = join(socket, "room:a");
  const { channel: other } = join(socket, "room:b");
  const events = [];
  socket.onOpen(() => events.push("open"));
  const reference = socket.onOpen(() => events.push("never"));
  socket.onClose(({ code }) => events.push(code));
  socket.off([reference]);
  wire().close(1012, "");
  assert.deepEqual(calls.log, [["error", { source: "transport", reason: "connection_closed" }]]);
  assert.equal(socket.connectionState(), "closed");
  calls.of(other.push("meanwhile"), "push");
  tick(998);
  assert.equal(Wire.all.length, 1);
  tick(1);
  assert.equal(Wire.all.length, 2);
  assert.equal(socket.connectionState(), "connecting");
  wire().open();
  const joins = wire().take();
  assert.deepEqual(joins.map(([, , topic, event]) => [topic, event]), [["room:a", "phx_join"], ["room:b", "phx_join"]]);
  wire().reply(joins[1], "ok", {});
  assert.deepEqual(wire().take()[0].slice(2), ["room:b", "meanwhile", {}]);
  assert.deepEqual(events, [1012, "open"]);
});

test("attempts to connect come ever more slowly, until a connection has lasted", () => {
  const socket = connect({}, false);
  const fail = (wait) => {
    const attempts = Wire.all.length;
    wire().close(1006, "");
    tick(wait - 1);
    assert.equal(Wire.all.length, attempts);
    tick(1);
    assert.equal(Wire.all.length, attempts + 1);
  };
  for (const wait of [999, 1998, 3996, 7992, 9990, 9990]) fail(wait);
  wire().open();
  tick(9_999);
  fail(9990); // it was too short
  wire().open();
  tick(10_000);
  fail(999);
  socket.disconnect();
});

test("two clients do not come back at the same moment", () => {
  const random = mock.method(Math, "random", () => 0.25);
  connect();
  const [a] = Wire.all;
  a.close(1012, "");
  random.mock.restore();
  mock.method(Math, "random", () => 0.5);
  connect();
  Wire.all[1].close(1012, "");
  tick(250);
  assert.equal(Wire.all.length, 3);
  tick(249);
  assert.equal(Wire.all.length, 3);
  tick(1);
  assert.equal(Wire.all.length, 4);
  mock.method(Math, "random", () => 0.999);
});

test("waits can be set", () => {
  const socket = connect({ reconnectAfterMs: (tries) => tries * 10, rejoinAfterMs: (tries) => tries * 20 });
  const { channel } = join(socket);
  wire().say(channel.joinRef(), channel.joinRef(), "room:a", "phx_error", {});
  tick(19);
  assert.equal(wire().take().length, 0);
  tick(1);
  assert.equal(wire().take().length, 1);
  wire().close(1006, "");
  tick(10);
  assert.equal(Wire.all.length, 2);
});

test("disconnect ends it, and connect begins again", () => {
  const socket = connect();
  const { calls } = join(socket);
  let done = 0;
  const [first] = Wire.all;
  socket.disconnect(() => done++, 4000, "bye");
  assert.deepEqual([done, first.code, first.reason], [1, 4000, "bye"]);
  assert.deepEqual(calls.log, [["error", { source: "transport", reason: "connection_closed" }]]);
  tick(100_000);
  assert.equal(Wire.all.length, 1);
  socket.connect();
  socket.connect(); // nothing more
  assert.equal(Wire.all.length, 2);
  wire().open();
  assert.equal(wire().take()[0][3], "phx_join");
  socket.disconnect();
  socket.disconnect();
});

test("a heartbeat without an answer ends the connection, which comes back", () => {
  const socket = connect({ heartbeatIntervalMs: 1000 });
  const { calls } = join(socket);
  tick(1000);
  const [beat] = wire().take();
  assert.deepEqual(beat.toSpliced(1, 1), [null, "phoenix", "heartbeat", {}]);
  wire().reply(beat, "ok", {});
  tick(1000);
  assert.equal(wire().take().length, 1);
  const [first] = Wire.all;
  tick(1000);
  assert.deepEqual([first.code, first.reason], [1000, "heartbeat timeout"]);
  assert.deepEqual(calls.log, [["error", { source: "transport", reason: "heartbeat_timeout" }]]);
  tick(1000);
  assert.equal(Wire.all.length, 2);
  socket.disconnect();
});

test("presence: states and diffs", () => {
  const { channel } = join(connect());
  const presence = new Presence(channel);
  const log = [];
  let synced = 0;
  presence.onJoin((key, current, joined) => log.push(["join", key, refs(current), refs(joined)]));
  presence.onLeave((key, current, left) => log.push(["leave", key, refs(current), refs(left)]));
  presence.onSync(() => synced++);
  const refs = (entry) => entry && entry.metas.map((meta) => meta.phx_ref).join(" ");
  const metas = (...refs) => ({ metas: refs.map((phx_ref) => ({ phx_ref })) });
  const diff = (joins, leaves) => wire().say(null, null, "room:a", "presence_diff", { joins, leaves });
  const state = (state) => wire().say(channel.joinRef(), null, "room:a", "presence_state", state);
  const shown = () => Object.fromEntries(presence.list((key, entry) => [key, refs(entry)]));

  diff({ ann: metas("1") }, {}); // before the state: waits
  assert.deepEqual([synced, log], [0, []]);
  state({ ann: metas("1"), bob: { ...metas("2", "3"), user: "Bob" } });
  assert.deepEqual(shown(), { ann: "1", bob: "2 3" });
  assert.equal(presence.state.bob.user, "Bob");
  assert.deepEqual(log.splice(0), [["join", "ann", undefined, "1"], ["join", "bob", undefined, "2 3"], ["join", "ann", "1", "1"]]);
  diff({ bob: metas("4") }, { bob: metas("2") }); // an update
  assert.deepEqual(shown(), { ann: "1", bob: "3 4" });
  assert.deepEqual(log.splice(0), [["join", "bob", "2 3", "4"], ["leave", "bob", "3 4", "2"]]);
  diff({}, { ann: metas("1"), nobody: metas("9") });
  assert.deepEqual(shown(), { bob: "3 4" });
  assert.deepEqual(log.splice(0), [["leave", "ann", "", "1"]]);
  assert.equal(synced, 3);

  // A key is a name like any other, whatever it is.
  diff(JSON.parse('{ "__proto__": { "metas": [{ "phx_ref": "p" }] }, "constructor": { "metas": [{ "phx_ref": "c" }] } }'), {});
  assert.deepEqual(presence.list((key) => key), ["bob", "__proto__", "constructor"]);
  assert.equal({}.metas, undefined);
  log.splice(0);

  // A new join: diffs wait for its state, and what differs from the old state is called back.
  wire().say(channel.joinRef(), channel.joinRef(), "room:a", "phx_error", {});
  tick(999);
  diff({}, { bob: metas("3") });
  wire().reply(wire().take()[0], "ok", {});
  assert.equal(shown().bob, "3 4");
  state({ bob: metas("3", "4", "5"), cleo: metas("6") });
  assert.deepEqual(shown(), { bob: "4 5", cleo: "6" });
  assert.deepEqual(log.filter(([, key]) => key !== "__proto__" && key !== "constructor"), [
    ["join", "bob", "3 4", "5"], ["join", "cleo", undefined, "6"], ["leave", "bob", "4 5", "3"],
  ]);
});
