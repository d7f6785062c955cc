/**
 * A client of channels for pages that have no packages. The server has it at the channels' mount:
 *
 *     import { Socket, Presence } from "/socket/client.js";
 *
 *     const socket = new Socket("/socket", { params: { user: "ann" } });
 *     socket.connect();
 *     const room = socket.channel("room:lobby");
 *     room.on("message", ({ text }) => console.log(text));
 *     room.join().receive("ok", (reply) => console.log(reply)).receive("error", ({ reason }) => console.log(reason));
 *     room.push("message", { text: "hello" });
 *
 * Names and callbacks are those of the package "phoenix" of npm, so that a page can change from one to the other. That one
 * has more: bytes as payloads, and long polling. Two things differ: waits between attempts are random, so that the clients
 * of a server that restarts do not come back all at once; and a push that has timed out is not sent any more.
 *
 * @module
 */

/**
 * @typedef {string | null} Ref
 * @typedef {[joinRef: Ref, ref: Ref, topic: string, event: string, payload: any]} Message
 * @typedef {Record<string, any>} Params
 * @typedef {object} SocketOptions
 * @property {Params | (() => Params)} [params] what connect() of the app gets; a function is called for each connection
 * @property {string | (() => string)} [authToken] sent as a sub-protocol, which logs of URLs do not show
 * @property {number} [timeout] milliseconds that a join or a push waits for its answer; 10,000
 * @property {number} [heartbeatIntervalMs] 30,000
 * @property {(tries: number) => number} [reconnectAfterMs] the wait before an attempt to connect, the first being 1
 * @property {(tries: number) => number} [rejoinAfterMs] the same for joins
 * @property {new (url: string, protocols: string[]) => any} [transport] where there is no global WebSocket
 */

const vsn = "2.0.0";
/** A connection that has lasted that long was no attempt in vain. */
const steadyMs = 10_000;

/** A random wait, below a bound that doubles with each attempt, from 1 to 10 s. @param {number} tries */
const backOff = (tries) => Math.random() * Math.min(1000 * 2 ** (tries - 1), 10_000);

/** @template T @param {T | (() => T)} value @returns {T} */
const resolve = (value) => (typeof value === "function" ? /** @type {() => T} */ (value)() : value);

/** Callbacks of a few kinds, by reference. */
class Callbacks {
  /** @type {Map<string, { kind: string, callback: (value: any) => void }>} */
  #all = new Map();

  /** @param {string} reference @param {string} kind @param {(value: any) => void} callback */
  add(reference, kind, callback) {
    this.#all.set(reference, { kind, callback });
    return reference;
  }

  /** @param {(reference: string, kind: string) => boolean} which */
  remove(which) {
    for (const [reference, { kind }] of this.#all) if (which(reference, kind)) this.#all.delete(reference);
  }

  /** Those that are added or removed meanwhile count from the next call. @param {string} kind @param {any} [value] */
  call(kind, value) {
    for (const one of [...this.#all.values()]) if (one.kind === kind) one.callback(value);
  }
}

/** A connection to the server, which comes back by itself, and the channels on it. */
export class Socket {
  #url;
  #options;
  #transport;
  /** @type {any} the WebSocket, from connect() until it has closed */
  #connection;
  #openedAt = 0;
  #wanted = false; // between connect() and disconnect()
  #tries = 0; // to connect
  #lastRef = 0;
  /** @type {Ref} a heartbeat that has no answer yet */
  #heartbeat = null;
  /** @type {any} */
  #heartbeatTimer;
  /** @type {any} */
  #reconnectTimer;
  #callbacks = new Callbacks();
  /** @type {Channel[]} those that were made and not closed */
  channels = [];

  /** @param {string} endPoint such as "/socket", or a URL @param {SocketOptions} [options] */
  constructor(endPoint, options = {}) {
    this.#url = new URL(endPoint, globalThis.location?.href);
    this.#url.protocol = this.#url.protocol.replace("http", "ws");
    this.#url.pathname = this.#url.pathname.replace(/\/*$/, "/websocket");
    this.#options = options;
    this.#transport = options.transport ?? globalThis.WebSocket;
    this.timeout = options.timeout ?? 10_000;
    this.rejoinAfterMs = options.rejoinAfterMs ?? backOff;
  }

  /** The URL of the next connection. */
  endPointURL() {
    const url = new URL(this.#url);
    for (const [name, value] of flatten(resolve(this.#options.params ?? {}))) url.searchParams.append(name, value);
    url.searchParams.append("vsn", vsn);
    return url.href;
  }

  connect() {
    clearTimeout(this.#reconnectTimer);
    this.#wanted = true;
    if (this.#connection) return;
    const connection = new this.#transport(this.endPointURL(), this.#protocols());
    this.#connection = connection;
    this.#openedAt = Infinity;
    connection.onopen = () => this.#open();
    connection.onmessage = (/** @type {{ data: unknown }} */ { data }) => {
      if (typeof data !== "string") throw new TypeError("the server has sent bytes, which the package phoenix of npm can read and this client cannot");
      this.#receive(JSON.parse(data));
    };
    connection.onerror = (/** @type {any} */ event) => this.#connection === connection && this.#callbacks.call("error", event);
    connection.onclose = (/** @type {any} */ event) => this.#closed(event, "connection_closed");
  }

  /** @param {() => void} [callback] @param {number} [code] @param {string} [reason] */
  disconnect(callback, code = 1000, reason = "") {
    clearTimeout(this.#reconnectTimer);
    this.#wanted = false;
    this.#drop(code, reason, "connection_closed");
    callback?.();
  }

  /** @param {string} topic @param {Params | (() => Params)} [params] the join's payload; a function is called for each join */
  channel(topic, params = {}) {
    const channel = new Channel(this, topic, params);
    this.channels.push(channel);
    return channel;
  }

  /** @param {(event: any) => void} callback @returns a reference for off */
  onOpen(callback) { return this.#callbacks.add(this.makeRef(), "open", callback); }
  /** @param {(event: any) => void} callback */
  onClose(callback) { return this.#callbacks.add(this.makeRef(), "close", callback); }
  /** @param {(event: any) => void} callback */
  onError(callback) { return this.#callbacks.add(this.makeRef(), "error", callback); }
  /** @param {string[]} references what onOpen, onClose and onError have returned */
  off(references) { this.#callbacks.remove((reference) => references.includes(reference)); }

  /** @returns {"connecting" | "open" | "closing" | "closed"} */
  connectionState() {
    return /** @type {const} */ (["connecting", "open", "closing", "closed"])[this.#connection?.readyState ?? 3];
  }

  isConnected() { return this.connectionState() === "open"; }

  /** The next reference. Messages and callbacks have theirs from one counter. @internal */
  makeRef() { return `${++this.#lastRef}`; }

  /** Sends a message, if connected. @internal @param {Message} message */
  send(message) { if (this.isConnected()) this.#connection.send(JSON.stringify(message)); }

  #protocols() {
    const token = this.#options.authToken && resolve(this.#options.authToken);
    if (!token) return [];
    const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(token)));
    // The alphabet for addresses: browsers take no "/" in the name of a sub-protocol.
    return ["phoenix", `base64url.bearer.phx.${base64.replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_")}`];
  }

  #open() {
    this.#openedAt = performance.now();
    this.#heartbeat = null;
    this.#scheduleHeartbeat();
    this.#callbacks.call("open");
    for (const channel of [...this.channels]) channel.connected();
  }

  #scheduleHeartbeat() {
    this.#heartbeatTimer = setTimeout(() => {
      if (this.#heartbeat !== null) return this.#drop(1000, "heartbeat timeout", "heartbeat_timeout");
      this.#heartbeat = this.makeRef();
      this.send([null, this.#heartbeat, "phoenix", "heartbeat", {}]);
      this.#scheduleHeartbeat();
    }, this.#options.heartbeatIntervalMs ?? 30_000);
  }

  /** @param {Message} message */
  #receive([joinRef, ref, topic, event, payload]) {
    if (topic === "phoenix" && ref !== null && ref === this.#heartbeat) this.#heartbeat = null;
    for (const channel of [...this.channels]) if (channel.topic === topic) channel.receive(joinRef, ref, event, payload);
  }

  /** Leaves a connection without waiting for its end: that of a dead one takes long. @param {number} code @param {string} reason @param {string} cause */
  #drop(code, reason, cause) {
    const connection = this.#connection;
    if (!connection) return;
    connection.onopen = connection.onmessage = connection.onclose = null;
    connection.close(code, reason);
    this.#closed({ code, reason, wasClean: true }, cause);
  }

  /** @param {any} event @param {string} cause */
  #closed(event, cause) {
    if (performance.now() - this.#openedAt >= steadyMs) this.#tries = 0;
    clearTimeout(this.#heartbeatTimer);
    this.#connection = undefined;
    if (this.#wanted) {
      this.#reconnectTimer = setTimeout(() => this.connect(), (this.#options.reconnectAfterMs ?? backOff)(++this.#tries));
    }
    for (const channel of [...this.channels]) channel.disconnected(cause);
    this.#callbacks.call("close", event);
  }
}

/** What a join or a push has sent, and who waits for the answer. */
class Push {
  /** @type {{ status: string, callback: (response: any) => void }[]} */
  #hooks = [];
  /** @type {{ status: string, response: any } | undefined} */
  #answer;
  /** @type {any} */
  #timer;

  /** @internal @type {Ref} what its answer names, once it has been sent */
  ref = null;

  /** @internal @param {string} event @param {any} payload */
  constructor(event, payload) {
    this.event = event;
    this.payload = payload;
  }

  /**
   * Calls back with the answer's response; at once, if the answer is there.
   *
   * @param {"ok" | "error" | "timeout" | (string & {})} status @param {(response: any) => void} callback
   */
  receive(status, callback) {
    this.#hooks.push({ status, callback });
    if (this.#answer?.status === status) callback(this.#answer.response);
    return this;
  }

  /** Begins to wait. @internal @param {number} timeout @param {() => void} [late] called before the hooks */
  wait(timeout, late) {
    this.cancel();
    this.#answer = undefined;
    this.#timer = setTimeout(() => {
      late?.();
      this.settle("timeout", undefined);
    }, timeout);
  }

  /** @internal @param {string} status @param {any} response */
  settle(status, response) {
    this.cancel();
    this.#answer = { status, response };
    for (const hook of [...this.#hooks]) if (hook.status === status) hook.callback(response);
  }

  /** @internal */
  cancel() { clearTimeout(this.#timer); }
}

/** A topic that the page has joined, or will. Socket.channel makes it. */
export class Channel {
  #socket;
  #params;
  /** @type {Push | undefined} */
  #joinPush;
  /** @type {Push | undefined} */
  #leavePush;
  #joinTimeout = 0;
  /** @type {Ref} of the join that was sent; null before, and once it has failed */
  #joinRef = null;
  #tries = 0; // to join
  /** @type {any} */
  #rejoinTimer;
  /** @type {Map<string, Push>} pushes that were sent, by reference */
  #sent = new Map();
  /** @type {Set<Push>} pushes that wait for the join */
  #waiting = new Set();
  #callbacks = new Callbacks();
  /** @type {"closed" | "joining" | "joined" | "errored" | "leaving"} */
  state = "closed";

  /** @internal @param {Socket} socket @param {string} topic @param {Params | (() => Params)} params */
  constructor(socket, topic, params) {
    this.#socket = socket;
    this.#params = params;
    this.topic = topic;
  }

  /** Joins, once connected, and joins again whenever that is necessary: "ok" is received each time. @param {number} [timeout] */
  join(timeout = this.#socket.timeout) {
    if (this.#joinPush) throw new Error("tried to join multiple times. 'join' can only be called a single time per channel instance");
    this.#joinTimeout = timeout;
    this.#joinPush = new Push("phx_join", {});
    this.#joinPush.receive("ok", () => this.#joined()).receive("error", () => this.#fail());
    this.#join();
    return this.#joinPush;
  }

  /** Sends an event, once joined. @param {string} event @param {any} [payload] JSON @param {number} [timeout] */
  push(event, payload = {}, timeout = this.#socket.timeout) {
    if (!this.#joinPush) throw new Error(`tried to push '${event}' to '${this.topic}' before joining. Use channel.join() before pushing events`);
    const push = new Push(event, payload);
    this.#await(push, timeout);
    if (this.state === "joined") this.#send(push);
    else this.#waiting.add(push);
    return push;
  }

  /** Leaves for good. @param {number} [timeout] */
  leave(timeout = this.#socket.timeout) {
    if (this.#leavePush) return this.#leavePush;
    const joinRef = this.#joinRef;
    this.#stopJoining();
    this.state = "leaving";
    const push = (this.#leavePush = new Push("phx_leave", {}));
    const close = () => this.#close("leave");
    push.receive("ok", close).receive("timeout", close);
    if (joinRef === null || !this.#socket.isConnected()) {
      push.settle("ok", {});
    } else {
      this.#await(push, timeout);
      this.#send(push);
    }
    return push;
  }

  /** @param {string} event @param {(payload: any) => void} callback @returns a reference for off */
  on(event, callback) { return this.#callbacks.add(this.#socket.makeRef(), event, callback); }

  /** @param {string} event @param {string} [reference] what on has returned; without it, all of the event's callbacks */
  off(event, reference) { this.#callbacks.remove((one, of) => of === event && (reference === undefined || one === reference)); }

  /** The channel has ended, and does not come back. @param {(payload: any) => void} callback */
  onClose(callback) { return this.on("phx_close", callback); }

  /** The channel has crashed, or the connection has ended; it will be joined again. @param {(reason: any) => void} callback */
  onError(callback) { return this.on("phx_error", callback); }

  /** The join that messages belong to. */
  joinRef() { return this.#joinRef; }

  /** @internal */
  connected() {
    if (this.state === "joining" || this.state === "errored") this.#join();
  }

  /** @internal @param {string} reason */
  disconnected(reason) {
    if (this.#leavePush) return this.#leavePush.settle("ok", {});
    const before = this.state;
    this.#stopJoining();
    this.#joinRef = null;
    if (before !== "joined" && before !== "joining") return;
    this.state = "errored";
    this.#callbacks.call("phx_error", { source: "transport", reason });
  }

  /** @internal @param {Ref} joinRef @param {Ref} ref @param {string} event @param {any} payload */
  receive(joinRef, ref, event, payload) {
    if (joinRef !== null && joinRef !== this.#joinRef) return; // of a join before
    switch (event) {
      case "phx_reply": {
        const push = ref === null ? undefined : this.#sent.get(ref);
        if (ref !== null) this.#sent.delete(ref);
        return push?.settle(payload.status, payload.response);
      }
      case "phx_close":
        this.#close(payload);
        return this.#leavePush?.settle("ok", {});
      case "phx_error":
        this.#fail();
    }
    if (this.#leavePush) return; // it was left: what is on its way is for nobody
    this.#callbacks.call(event, payload);
  }

  #join() {
    const push = /** @type {Push} */ (this.#joinPush);
    this.#stopJoining();
    // The server has one channel for a topic of a socket: another object that has it leaves.
    const others = this.#socket.channels.filter((other) => other !== this && other.topic === this.topic && other.#joinPush);
    for (const other of others) other.leave();
    this.state = "joining";
    push.wait(this.#joinTimeout, () => {
      if (this.#joinRef !== null) this.#send(new Push("phx_leave", {})); // the server may still be at it
      this.#fail();
    });
    if (!this.#socket.isConnected()) return; // the next connection joins
    this.#joinRef = this.#socket.makeRef();
    this.#sent.set(this.#joinRef, push);
    this.#socket.send([this.#joinRef, this.#joinRef, this.topic, "phx_join", resolve(this.#params)]);
  }

  #joined() {
    this.state = "joined";
    this.#tries = 0;
    for (const push of this.#waiting) this.#send(push);
    this.#waiting.clear();
  }

  /** The join was refused or took too long, or the channel has crashed: tries again later. */
  #fail() {
    if (this.#leavePush) return;
    this.#stopJoining();
    this.#joinRef = null;
    this.state = "errored";
    if (!this.#socket.isConnected()) return;
    this.#rejoinTimer = setTimeout(() => this.#join(), this.#socket.rejoinAfterMs(++this.#tries));
  }

  /** Whatever answer the join still gets is no matter. */
  #stopJoining() {
    clearTimeout(this.#rejoinTimer);
    this.#joinPush?.cancel();
    if (this.#joinRef !== null) this.#sent.delete(this.#joinRef);
  }

  /** @param {any} payload */
  #close(payload) {
    if (!this.#socket.channels.includes(this)) return;
    this.#stopJoining();
    this.state = "closed";
    this.#socket.channels = this.#socket.channels.filter((channel) => channel !== this);
    this.#callbacks.call("phx_close", payload);
  }

  /** Whatever becomes of a push, it is settled in time. @param {Push} push @param {number} timeout */
  #await(push, timeout) {
    push.wait(timeout, () => {
      this.#waiting.delete(push);
      if (push.ref !== null) this.#sent.delete(push.ref);
    });
  }

  /** @param {Push} push */
  #send(push) {
    push.ref = this.#socket.makeRef();
    this.#sent.set(push.ref, push);
    this.#socket.send([this.#joinRef, push.ref, this.topic, push.event, push.payload]);
  }
}

/**
 * Who is in a channel, from the events "presence_state" and "presence_diff".
 *
 * @typedef {{ phx_ref: string, [key: string]: any }} Meta
 * @typedef {{ metas: Meta[], [key: string]: any }} Entry
 * @typedef {(key: string, current: Entry | undefined, changed: Entry) => void} Change
 */
export class Presence {
  /** @type {Record<string, Entry>} by key; one may be called "__proto__" */
  state = Object.create(null);
  #channel;
  /** @type {Ref} the join that state is of */
  #joinRef = null;
  /** @type {{ joinRef: Ref, diff: { joins: Record<string, Entry>, leaves: Record<string, Entry> } }[]} diffs that came before their join's state */
  #early = [];
  /** @type {Change} */
  #onJoin = () => {};
  /** @type {Change} */
  #onLeave = () => {};
  #onSync = () => {};

  /** @param {Channel} channel */
  constructor(channel) {
    this.#channel = channel;
    channel.on("presence_state", (state) => {
      this.#joinRef = channel.joinRef();
      this.#replace(state);
      for (const { joinRef, diff } of this.#early) if (joinRef === this.#joinRef) this.#apply(diff.joins, diff.leaves);
      this.#early = [];
      this.#onSync();
    });
    channel.on("presence_diff", (diff) => {
      const joinRef = this.#channel.joinRef();
      if (joinRef === null || joinRef !== this.#joinRef) return this.#early.push({ joinRef, diff });
      this.#apply(diff.joins, diff.leaves);
      this.#onSync();
    });
  }

  /** Someone has come: `current` is undefined for the first of a key. @param {Change} callback */
  onJoin(callback) { this.#onJoin = callback; }
  /** Someone has gone: `current` has no metas left after the last of a key. @param {Change} callback */
  onLeave(callback) { this.#onLeave = callback; }
  /** The state has changed. @param {() => void} callback */
  onSync(callback) { this.#onSync = callback; }

  /** Everyone who is there. @template [T=Entry] @param {(key: string, entry: Entry) => T} [by] @returns {T[]} */
  list(by = (_key, entry) => /** @type {any} */ (entry)) {
    return Object.keys(this.state).map((key) => by(key, this.state[key]));
  }

  /** Makes a state that the server has sent the current one, by what differs. @param {Record<string, Entry>} state */
  #replace(state) {
    this.#apply(without(state, this.state), without(this.state, state));
  }

  /** @param {Record<string, Entry>} joins @param {Record<string, Entry>} leaves */
  #apply(joins, leaves) {
    for (const [key, joined] of Object.entries(joins)) {
      const current = this.state[key];
      const known = current?.metas.filter((meta) => !joined.metas.some((one) => one.phx_ref === meta.phx_ref)) ?? [];
      this.state[key] = { ...joined, metas: [...known, ...joined.metas] };
      this.#onJoin(key, current, joined);
    }
    for (const [key, left] of Object.entries(leaves)) {
      const current = this.state[key];
      if (!current) continue;
      const metas = current.metas.filter((meta) => !left.metas.some((one) => one.phx_ref === meta.phx_ref));
      const rest = { ...current, metas };
      if (metas.length > 0) this.state[key] = rest;
      else delete this.state[key];
      this.#onLeave(key, rest, left);
    }
  }
}

/** Those of `a` that are not in `b`, meta by meta. @param {Record<string, Entry>} a @param {Record<string, Entry>} b */
function without(a, b) {
  /** @type {Record<string, Entry>} */
  const rest = Object.create(null);
  for (const [key, entry] of Object.entries(a)) {
    const others = Object.hasOwn(b, key) ? b[key].metas : [];
    const metas = entry.metas.filter((meta) => !others.some((one) => one.phx_ref === meta.phx_ref));
    if (metas.length > 0) rest[key] = { ...entry, metas };
  }
  return rest;
}

/** The names and values of a query: { a: { b: 1 }, c: [2] } as a[b]=1 and c[0]=2. @param {any} value @returns {[string, string][]} */
function flatten(value, name = "") {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [[name, `${value}`]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, name ? `${name}[${key}]` : key));
}
