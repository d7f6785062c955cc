/**
 * Types for apps that run on rowan.
 *
 * An app is a module whose default export is an {@link App}:
 *
 * ```ts
 * import type { App } from "rowan";
 *
 * export default {
 *   websocket: {
 *     open(ws) { ws.subscribe("news"); },
 *     message(ws, message) { ws.publish("news", message); },
 *   },
 * } satisfies App;
 * ```
 *
 * The module is evaluated once, into a template. Every request, every session and every actor then
 * has a context of its own, which begins as a copy of that template: module-level variables are
 * private to it. Contexts reach each other through the host alone: topics, actors, presence and
 * storage.
 *
 * A request's context lives until its response has been sent and what it gave to
 * {@link RowanHost.waitUntil} has settled; a session's until its socket closes; an actor's until it
 * stops.
 *
 * A path is looked for in the channels' mount, then in `public/` beside the app, then in `fetch`.
 */

// ─── The app ───────────────────────────────────────────────────────────────

/**
 * What an app's module exports by default. Every part may be left out.
 *
 * @typeParam Data what `server.upgrade` attaches to a session as `ws.data`
 */
export interface App<Data = unknown> {
  /**
   * Answers an HTTP request, in a context made for it. After `server.upgrade(request)` returned
   * true, return undefined. An exception or rejection is logged and answered with status 500, and so
   * is what is neither a Response nor a promise of one.
   *
   * Bodies stream both ways, no faster than the other side takes them. When the client goes,
   * `request.signal` is aborted and the response's stream is cancelled. A response that has not begun
   * in time (30 s unless the configuration says otherwise) is status 503; a request's body that is
   * too large is status 413.
   *
   * In an app with `websocket`, requests run with the API groups and limits of its sessions.
   */
  fetch?(request: Request, server: Server<Data>): Response | undefined | Promise<Response | undefined>;

  /**
   * Handles WebSocket sessions. The context in which `server.upgrade` was called stays with the
   * session. Without `fetch`, every upgrade request becomes a session.
   */
  websocket?: WebSocketHandler<Data>;

  /**
   * Admits or refuses the socket of a channels client, before it joins its first channel. By
   * default every socket is admitted.
   *
   * @param params what the client sent when it connected
   * @returns false to refuse; true to admit; or an object, which becomes the
   *   socket's assigns. If the object's `id` is a string, it names the socket: broadcasting
   *   "disconnect" on that name closes it.
   */
  connect?(params: Record<string, unknown>, info: ConnectInfo): boolean | object | Promise<boolean | object>;

  /** Phoenix Channels by topic pattern: an exact topic such as "room:lobby", or a prefix such as "room:*". */
  channels?: Record<string, Channel>;

  /**
   * The kinds of named contexts that {@link RowanHost.actor} and {@link RowanHost.spawn} start: for
   * each the path of its script, relative to the app's file, or {@link ActorOptions}.
   */
  actors?: Record<string, string | ActorOptions>;

  /**
   * Called where a reload moves the contexts that live to the new version (`existing = "move"` in `[reload]`), in a
   * session's or a channels socket's context while nothing is under way in it that it awaits. It stops the context's timers
   * and closes its BroadcastChannels, ports and workers. Socket, subscriptions of the socket, channels with their assigns,
   * presences and `ws.data`, which must be cloneable, are kept anyway.
   *
   * @returns what the context wants to keep besides; it must be structured-cloneable
   */
  suspend?(): unknown;

  /**
   * Called in the new version, before the context's next event. It makes again what only the script has: callbacks of
   * Rowan.subscribe, which miss nothing meanwhile, and of Rowan.onMessage, monitors, timers. If it throws, the context
   * stays with the old version, whose own `resume` is called then.
   *
   * @param kept what `suspend` returned in the old version
   */
  resume?(kept: unknown): void;
}

/** What an actor's module may have as its default export, so that a reload can move actors that live, see {@link App.suspend}. */
export interface Movable<Kept = unknown> {
  /** Called between two calls. It returns what the actor wants to keep; that must be structured-cloneable. */
  suspend(): Kept;
  /** Called in the new version, before the next call, with what `suspend` returned in the old one. */
  resume(kept: Kept): void;
}

/** How a kind of actor runs. */
export interface ActorOptions {
  /** The path of the script, relative to the app's file. */
  script: string;

  /**
   * The API groups that its contexts have: a list such as "all", "none", "all,-fetch" or
   * "rowan,timers". Default: the app's. A context never has more than the one that started it.
   *
   * The groups are console, timers, events, encoding, url, blob, fetch, streams, crypto,
   * compression, buffer, storage, locks, channel, websocket, eventsource, worker, performance, intl,
   * navigator, node and rowan.
   */
  apis?: string;

  /** Limit of its heap above the template's image, in bytes. Default: the configuration's. */
  memory?: number;

  /**
   * Milliseconds without a call, a timer or a message after which it stops. 0: never.
   * Default 300,000 (5 minutes).
   */
  idleTimeout?: number;

  /**
   * What follows a crash: "transient" (the default) starts it afresh at the next call; "permanent"
   * starts it afresh at once, with increasing pauses between crashes; "temporary" leaves it down,
   * and calls fail with the code "stopped".
   */
  restart?: "transient" | "permanent" | "temporary";
}

// ─── HTTP and WebSocket ────────────────────────────────────────────────────

/** The server that a request came to. */
export interface Server<Data = unknown> {
  /**
   * Turns an upgrade request into a WebSocket session of this context.
   *
   * @param options.data the session's `ws.data`
   * @param options.headers headers for the answer of the handshake
   * @returns false when the request does not ask for an upgrade, is not the one of this context, or
   *   was upgraded or answered already
   */
  upgrade(request: Request, options?: { data?: Data; headers?: HeadersInit }): boolean;

  /**
   * Publishes to a topic, as {@link RowanHost.publish}.
   *
   * @returns the number of subscribers in this process
   */
  publish(topic: string, data: string | ArrayBuffer | ArrayBufferView): number;

  /** The number of a topic's subscribers in this process. */
  subscriberCount(topic: string): number;

  /**
   * What the client's token says, once it was verified as `[jwt]` of rowan.toml wants it; null without a token, and
   * for another request than the one of this context.
   */
  claims(request: Request): Claims | null;

  /** The address that the request came from, or null when it is not known. */
  requestIP(request: Request): { address: string; port: number; family: "IPv4" | "IPv6" } | null;
}

/**
 * Handles the events of WebSocket sessions, each in the context of its session.
 *
 * Handlers are called in the order in which events arrive; the next one does not wait for the
 * promise of the one before. An exception or rejection is logged with its place in the app, and the
 * session goes on; so does one whose turn a limit ended. An exception in `open` closes the socket
 * with 1011, and so does a context that is lost.
 */
export interface WebSocketHandler<Data = unknown> {
  /** The session is open. */
  open?(ws: ServerWebSocket<Data>): void | Promise<void>;

  /** A message: a string if it was sent as text, bytes if it was binary. */
  message?(ws: ServerWebSocket<Data>, message: string | Uint8Array): void | Promise<void>;

  /** The socket has closed, whoever closed it. Nothing can be sent any more. */
  close?(ws: ServerWebSocket<Data>, code: number, reason: string): void | Promise<void>;

  /** The send queue has emptied after a `send` returned -1. */
  drain?(ws: ServerWebSocket<Data>): void | Promise<void>;

  /** Seconds without a byte from the client after which the socket is closed with 1001. Default 120. */
  idleTimeout?: number;

  /** Whether idle clients are pinged, so that a living one is not closed as idle. Default true. */
  sendPings?: boolean;

  /** Bytes of the largest message that a client may send; a larger one closes the socket with 1009. Default 16 MiB. */
  maxPayloadLength?: number;

  /**
   * Bytes that may wait in a socket's send queue. What does not fit is dropped, or closes the
   * socket: see `closeOnBackpressureLimit`. Default 1 MiB.
   */
  backpressureLimit?: number;

  /** Whether a full send queue closes the socket with 1013 instead of dropping messages. Default false. */
  closeOnBackpressureLimit?: boolean;

  /**
   * Whether messages are compressed for clients that can read that, as browsers can (permessage-deflate, RFC 7692). Messages from 256
   * bytes to 1 MiB are, where it makes them shorter; what `ws.publish` sends to many is compressed once for all of them. It costs time and
   * no memory: nothing is kept from one message to the next, so an idle socket takes what it takes without. `maxPayloadLength`
   * holds for what a client's message is when it is inflated, `backpressureLimit` and `ws.bufferedAmount` for what is compressed. Default
   * false.
   */
  perMessageDeflate?: boolean;

  /** Whether `ws.publish` also reaches the socket that publishes. Default false. */
  publishToSelf?: boolean;
}

/** A WebSocket session, as its own context sees it. */
export interface ServerWebSocket<Data = unknown> {
  /** What `server.upgrade` was given; undefined if nothing. It may be replaced. */
  data: Data;

  /** The session's id, unique in this process. */
  readonly id: string;

  /** The URL of the upgrade request. */
  readonly url: string;

  /** The headers of the upgrade request. */
  readonly headers: Headers;

  /** The subprotocol that was agreed on, or "". */
  readonly protocol: string;

  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: 0 | 1 | 2 | 3;

  /** The client's address. */
  readonly remoteAddress: string;

  /** What the client's token said when it connected, as {@link Server.claims} tells it; null without a token. */
  readonly claims: Claims | null;

  /** The topics that the socket is subscribed to. */
  readonly subscriptions: string[];

  /**
   * Sends a message: a string as text, bytes as binary.
   *
   * @returns the number of bytes sent; -1 when they were queued because the client reads slowly
   *   (`drain` tells when they have gone); 0 when the message was dropped
   */
  send(data: string | ArrayBuffer | ArrayBufferView): number;

  /** Closes the socket, after what is queued. `code` is 1000 by default; `reason` has at most 123 bytes. */
  close(code?: number, reason?: string): void;

  /** Ends the connection at once, without a closing handshake. The client sees code 1006. */
  terminate(): void;

  /** Sends a ping, with at most 125 bytes of data. Returns as `send`. */
  ping(data?: string | Uint8Array): number;

  /**
   * From now on the topic's messages go straight to this socket, without entering JavaScript:
   * strings as text, bytes as binary, other values as the text of their JSON.
   */
  subscribe(topic: string): void;

  /** Ends a subscription. Nothing happens if there is none. */
  unsubscribe(topic: string): void;

  isSubscribed(topic: string): boolean;

  /**
   * Publishes to a topic's subscribers without this socket, unless `publishToSelf` is set.
   *
   * @returns the number of subscribers in this process
   */
  publish(topic: string, data: string | ArrayBuffer | ArrayBufferView): number;

  /** Runs the callback and sends what it sends in as few packets as possible. Returns what it returns. */
  cork<T>(callback: (ws: this) => T): T;

  /** Bytes that wait in the send queue. */
  getBufferedAmount(): number;
}

/** How a channels client connected. */
export interface ConnectInfo {
  /** The headers of the request. */
  headers: Headers;
  /** The URL of the request. */
  url: string;
  /** The client's address. */
  remoteAddress: string;
  /** The token that the client sent in the sub-protocol, or with a long poll, as it is. */
  token?: string;
  /** What the client's token says, as {@link Server.claims} tells it; null without a token. */
  claims: Claims | null;
}

/**
 * The claims of a JSON Web Token (RFC 7519) that was verified: those that are registered, and whatever else its issuer has put
 * in.
 */
export interface Claims extends Record<string, any> {
  /** Who issued the token. */
  iss?: string;
  /** Whom it is about. */
  sub?: string;
  /** Whom it is for. */
  aud?: string | string[];
  /** When it expires, in seconds since 1970. */
  exp?: number;
  /** Before when it is not valid. */
  nbf?: number;
  /** When it was issued. */
  iat?: number;
  /** Its own id. */
  jti?: string;
}

// ─── Channels ──────────────────────────────────────────────────────────────

/**
 * A channel of Phoenix Channels, mounted at `/socket` unless rowan.toml names other mounts. All
 * channels of a socket live in that socket's context.
 *
 * The events of a channel run one at a time, each handler awaited; other channels go on meanwhile.
 * On the wire comes first what a handler pushes, then its reply, then the close if it closed.
 */
export interface Channel {
  /**
   * A client joins. To refuse it, throw `new Rowan.Refusal({ reason })`; anything else that is thrown
   * is logged, and answered with `{"reason":"join crashed"}`. A join that waits holds up its own
   * topic alone.
   *
   * What it pushes leaves after the reply, and so do the broadcasts that come while it waits: from the
   * moment it is called nothing is missed. What happens meanwhile may be in both the state that it
   * returns and a broadcast, so let that carry an id or a version.
   *
   * @param topic the topic that was joined, in full
   * @returns the response of the join's reply
   */
  join?(socket: ChannelSocket, payload: any, topic: string): unknown;

  /**
   * Handlers of client events, by name. What a handler returns (or its promise resolves to), if not
   * undefined, is the response of the "ok" reply; a Uint8Array makes a binary one. A thrown
   * `Rowan.Refusal` is the "error" reply; anything else that is thrown crashes the channel, and the
   * client joins again. An event without a handler gets the "error" reply
   * `{"reason":"unknown event"}`. Binary payloads arrive as Uint8Array.
   *
   * Clients that can only get JSON, those of version 1 and over long polling, get bytes as
   * `{"base64": "…"}`. A handler whose promise takes longer than `[call] timeout` crashes the channel;
   * so does one whose turn a limit ends. While it is awaited at most 1000 further events wait, one
   * more gets the "error" reply `{"reason":"too many events waiting"}`.
   */
  on?: Record<string, (socket: ChannelSocket, payload: any) => unknown>;

  /**
   * Broadcasts to look at before they leave to this client, by event (Phoenix: intercept). What the
   * handler pushes goes out in their place.
   */
  out?: Record<string, (socket: ChannelSocket, payload: any) => void>;

  /** A message of a topic that this channel subscribed to with `socket.subscribe`. */
  info?(socket: ChannelSocket, message: any, topic: string): void | Promise<void>;

  /**
   * The channel has ended: called once for every join that succeeded, unless the context itself is
   * lost. What it pushes leaves after the client was told.
   *
   * @param reason "left"; "closed": its socket is gone; "rejoined": the client joined the topic anew;
   * "shutdown": by `socket.close()`, or the server ends; "crashed"
   */
  leave?(socket: ChannelSocket, reason: string): void;
}

/** A client in a channel. */
export interface ChannelSocket {
  /** The name that `connect` gave the socket, or null. */
  readonly id: string | null;

  /** The topic that was joined. */
  readonly topic: string;

  /** What the client sent when it connected. */
  readonly params: Record<string, unknown>;

  /** A copy of what `connect` returned, one for each channel. It may be changed and replaced. */
  assigns: Record<string, any>;

  /** Sends an event to this client. */
  push(event: string, payload?: unknown): void;

  /** Sends an event to every member of the topic, this client included. */
  broadcast(event: string, payload?: unknown): void;

  /** Sends an event to every member of the topic but this client. */
  broadcastFrom(event: string, payload?: unknown): void;

  /** Subscribes this channel to a topic of {@link RowanHost.publish}: its messages go to `info`. */
  subscribe(topic: string): void;

  /** Ends such a subscription. */
  unsubscribe(topic: string): void;

  /**
   * Tracks a presence under a key on this channel's topic, until the channel ends. All of the topic's
   * channels get presence_diff: this one at once, and so before the presence_state that it pushes, the
   * others within 50 ms, merged with what else has changed.
   *
   * ```ts
   * join(socket, { user }) {
   *   socket.track(user, { online_at: Date.now() });
   *   socket.push("presence_state", socket.presences());
   * }
   * ```
   *
   * @param key such as a user's id; several presences may have the same
   * @param meta an object that JSON can express, of at most 64 KB; it gets the member phx_ref
   * @throws Error with code "already_tracked" if this channel has a presence under that key; RangeError
   * with code "limit" beyond 1,000 presences of a channel, or 1 MB; TypeError for a meta that is no object
   */
  track(key: string, meta: object): void;

  /**
   * Replaces the meta of a presence that this channel tracks; the new one names the old as phx_ref_prev.
   *
   * @throws as track does, and Error with code "not_tracked" if there is no such presence
   */
  update(key: string, meta: object): void;

  /** Ends a presence that this channel tracks. Where there is none, nothing happens. */
  untrack(key: string): void;

  /**
   * Who is present on this channel's topic: each key with a meta for every one of its presences, in the order in which they came. To
   * read a list and to push it takes some microseconds of the turn for each presence.
   */
  presences(): Record<string, { metas: object[] }>;

  /** Lets the current event be answered later, by `reply`, once. What its handler returns is then no reply. */
  defer(): { reply(status: "ok" | "error", response?: unknown): void };

  /** Closes the channel. The client does not join again. */
  close(): void;

  /** Crashes the channel. The client joins again. */
  crash(reason?: string): void;
}

// ─── The host ──────────────────────────────────────────────────────────────

/**
 * Why a call to the host failed:
 *
 * - "unknown_handler": no function of that name is registered
 * - "denied": this context may not call it
 * - "timeout": its deadline has passed
 * - "crashed": what was called threw an error of no other kind, or was lost
 * - "mailbox_full": too many calls wait already
 * - "stopped": the context that was called is down
 * - "reentrant": the call came back to an actor that is in its own chain
 * - "limit": a bound was reached, such as the number of subscriptions
 * - "unclonable": a value cannot cross; the message names its path, such as `arg[0].user.self`
 * - "already_tracked", "not_tracked": presence, where there is one under that key already, or none
 */
export type ErrorCode =
  | "unknown_handler"
  | "denied"
  | "timeout"
  | "crashed"
  | "mailbox_full"
  | "stopped"
  | "reentrant"
  | "limit"
  | "unclonable"
  | "already_tracked"
  | "not_tracked";

/** What calls to the host throw, or reject with: an instance of Error that says which kind it is. */
export interface HostError extends Error {
  readonly code: ErrorCode;
}

/** A context's address. */
export type ContextId = string;

/**
 * An actor's methods, as its caller sees them: each exported function as one that returns a
 * promise. `then` is never a method.
 */
export type ActorStub<T> = {
  [M in keyof T as T[M] extends (...args: any[]) => any ? (M extends "then" ? never : M) : never]: T[M] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
} & {
  /** The actor's id. */
  readonly $id: string;
};

/** The host, as the global `Rowan`: group "rowan". */
export interface RowanHost {
  /** The version of rowan, such as "1.2.0". */
  readonly version: string;

  // Functions of the host

  /**
   * Calls a function that is registered with the host and returns its value. Arguments and value
   * are structured-cloneable. Built in are "publish" (topic, value), "broadcast" (topic, event,
   * payload) and "subscribers" (topic); the program that embeds rowan adds its own.
   *
   * @throws {HostError}
   */
  callSync(name: string, ...args: unknown[]): any;

  /**
   * As {@link callSync}, but the function runs elsewhere and may take its time; the turn goes on.
   * The promise rejects with a {@link HostError}.
   */
  call(name: string, ...args: unknown[]): Promise<any>;

  // Topics

  /**
   * Publishes to a topic. Topics are one namespace for `ws.subscribe`, `server.publish`,
   * {@link subscribe}, `socket.subscribe` and BroadcastChannel; the broadcasts of channels are
   * apart. Sockets get strings and bytes as they are and other values as the text of their JSON;
   * scripts get the value as it was. This context's own callbacks are reached too. Messages arrive
   * at most once, and those of one publisher in order.
   *
   * @returns the number of subscribers in this process
   */
  publish(topic: string, message: unknown): number;

  /**
   * Calls back for every message of the topic, for as long as this context lives.
   *
   * @returns a function that ends the subscription
   * @throws {HostError} with the code "limit" when this context has too many
   */
  subscribe(topic: string, callback: (message: any, topic: string) => void): () => void;

  /**
   * Sends an event to every member of a channel's topic, from anywhere. It is encoded once, and no
   * JavaScript runs for a member whose channel has no `out` handler for the event.
   */
  broadcast(topic: string, event: string, payload?: unknown): void;

  // Actors

  /**
   * An actor: the one context of this kind and id in this process, started by its first call.
   *
   * Its methods are its module's exported functions, or a script's global functions. They are run
   * one call at a time: the next starts when the promise of the one before has settled, while timers
   * and messages run in between. A call has a deadline of 30 s unless the configuration says
   * otherwise, and rejects with a {@link HostError}.
   *
   * @typeParam T the actor's module: `typeof import("./room.ts")`
   */
  actor<T = Record<string, (...args: any[]) => any>>(kind: string, id: string): ActorStub<T>;

  /** In an actor, its kind; null elsewhere. */
  readonly actorKind: string | null;

  /** In an actor, its id; null elsewhere. */
  readonly actorId: string | null;

  /**
   * Stops an actor of this app. Calls that wait for it fail with the code "stopped".
   *
   * @returns whether it was running
   */
  stopActor(kind: string, id: string, reason?: string): boolean;

  // Contexts as processes

  /** This context's address. */
  self(): ContextId;

  /** Starts an actor without a name, which never has more rights than this context. */
  spawn(kind: string, options?: Partial<Omit<ActorOptions, "script">>): Promise<ContextId>;

  /** Stops a context of this app. Returns whether it was running. */
  stop(id: ContextId, reason?: string): boolean;

  /**
   * Sends a message to a context, by its address or a name that it registered.
   *
   * @returns whether it was put into the context's mailbox: false when there is no such context, or
   *   its mailbox is full
   */
  send(to: ContextId | string, message: unknown): boolean;

  /** Calls back for the messages that are sent to this context. */
  onMessage(callback: (message: any, from: ContextId) => void): void;

  /** Registers a name for this context until it ends. Returns false when the name is taken. */
  register(name: string): boolean;

  /** The context that registered a name, or null. */
  whereis(name: string): ContextId | null;

  /**
   * Calls back once, when a context ends.
   *
   * @returns a number for {@link demonitor}
   */
  monitor(id: ContextId, callback: (reason: string) => void): number;

  /** Ends a monitor. Returns whether there was one. */
  demonitor(ref: number): boolean;

  /** Links two contexts: when one crashes, so does the other. */
  link(id: ContextId): void;

  /** Ends a link. */
  unlink(id: ContextId): void;

  /** Ends this context. Its monitors are given the reason. */
  exit(reason?: string): never;

  /**
   * Keeps a request's context beyond its response until the promise has settled, for 30 s at most
   * unless the configuration says otherwise. Other contexts last anyway.
   */
  waitUntil(promise: Promise<unknown>): void;

  // State beyond a context

  /**
   * Presence on any channels' topic, in the name of this context: it ends with the context, so a request's
   * with its response. The topic's channels get presence_diff; errors are those of {@link ChannelSocket.track}.
   */
  presence: {
    /** Tracks a presence under a key. */
    track(topic: string, key: string, meta: object): void;
    /** Replaces the meta of a presence that this context tracks. */
    update(topic: string, key: string, meta: object): void;
    /** Ends a presence that this context tracks. Where there is none, nothing happens. */
    untrack(topic: string, key: string): void;
    /** Who is present: each key with a meta for every one of its presences, in the order in which they came. */
    list(topic: string): Record<string, { metas: object[] }>;
  };

  /**
   * Values by key, one store for the app: of all its contexts, and with `--data` beyond the process. Values
   * are structured-cloneable. A key takes at most 2,048 bytes. Outside of a transaction each call is
   * committed when it returns.
   */
  storage: {
    /** The value, or undefined. */
    get<T>(key: string): T | undefined;
    set(key: string, value: unknown): void;
    /** Returns whether there was a value. */
    delete(key: string): boolean;
    /**
     * Keys and values in the order of the keys' code points. All of them together may take 16 MB.
     *
     * @param options.prefix only keys that begin with this
     * @param options.start the first key
     * @param options.end the key before which to end
     * @param options.limit at most so many
     * @param options.reverse from the last to the first
     */
    list(options?: {
      prefix?: string;
      start?: string;
      end?: string;
      limit?: number;
      reverse?: boolean;
    }): [string, unknown][];
  };

  /**
   * Runs one statement on the app's SQLite database. Parameters are bound, never spliced: null, undefined,
   * booleans (as 0 and 1), numbers, BigInts of 64 bits, strings, buffers and views; anything else is a
   * TypeError that names the parameter. In rows, integers beyond 2^53 are BigInts, and BLOBs Uint8Arrays.
   *
   * Errors have a `code`: `query`, `constraint`, `denied`, `full`, `locked`, `timeout`, `transaction`,
   * `limit`, `readonly`, `io` or `corrupt`.
   *
   * @returns the rows, as objects by column
   */
  sql<Row = Record<string, unknown>>(query: string, ...params: unknown[]): Row[];

  /**
   * Runs the callback in one transaction over `storage`, `sql` and `localStorage`, and returns what it
   * returns. What it throws rolls the transaction back and is thrown on. It is synchronous: a promise rolls
   * back too, and is a TypeError. Within another transaction it is a savepoint.
   */
  transaction<T>(callback: () => T): T;

  /**
   * What this context costs: `heap`, bytes above the template's image; `parked`, bytes of private
   * state when it was last parked; `limit`, the bytes that its heap may have; `cpu`, milliseconds.
   */
  usage(): { heap: number; parked: number; limit: number; cpu: number };

  /** An exception that refuses a join or answers an event with "error", with this response: see {@link Channel}. */
  Refusal: new (response: unknown) => Error;

  // Small things

  /** Resolves after so many milliseconds. */
  sleep(ms: number): Promise<void>;

  /** A UUID of version 7: sorted by the time at which it was made. */
  randomUUIDv7(): string;

  /** The text with &, <, >, " and ' escaped for HTML. */
  escapeHTML(text: string): string;

  /** Whether two values are of the same shape with the same contents. */
  deepEquals(a: unknown, b: unknown): boolean;

  /** A value as text for people, as the console shows it; at most 128 Ki characters. */
  inspect(value: unknown): string;

  /** Nanoseconds since the process started. */
  nanoseconds(): number;

  /** A promise's value if it is fulfilled, its reason if it is rejected, itself while it is pending. */
  peek(promise: Promise<unknown>): unknown;

  /** Semantic versions. */
  semver: {
    /** Whether a version lies in a range such as "^1.2.0". */
    satisfies(version: string, range: string): boolean;
    /** -1 when a comes before b, 1 when after, 0 when they are equal in precedence. */
    order(a: string, b: string): -1 | 0 | 1;
  };

  /** Passwords, hashed for storage. */
  password: {
    hash(password: string): Promise<string>;
    verify(password: string, hash: string): Promise<boolean>;
  };

  /** The environment that the configuration gives to the app. */
  env: Readonly<Record<string, string>>;
}

/** What makes Headers: an object of them, a list of names and values, or Headers. */
export type HeadersInit = Headers | Record<string, string> | [string, string][];

// ─── Globals ───────────────────────────────────────────────────────────────

declare global {
  /** The host: group "rowan". */
  const Rowan: RowanHost;

  // ─── Group "console" ───

  /**
   * Logs to the host. Nothing that is logged makes a method throw; a message is at most 128 Ki
   * characters long, and ends in "…" where it was longer.
   *
   * In a first argument that is a string, these take the next argument: %s string, %d number,
   * %i integer, %f number with fraction, %j JSON, %o and %O inspection, %c a style, which is left
   * out. %% is a percent sign.
   */
  interface Console {
    /** Logs an error with its stack, "Assertion failed" before the data, if the condition is falsy. */
    assert(condition?: unknown, ...data: unknown[]): void;
    /** Closes all groups. */
    clear(): void;
    /** Logs how often it was called with this label. Default label "default". */
    count(label?: string): void;
    /** Sets a label's count back to 0. */
    countReset(label?: string): void;
    /** Logs at the level debug. */
    debug(...data: unknown[]): void;
    /** Logs one value, without inspectors of its own unless the options ask for them. */
    dir(item?: unknown, options?: InspectOptions): void;
    /** As {@link log}. */
    dirxml(...data: unknown[]): void;
    /** Logs at the level error, with the stack of the caller. */
    error(...data: unknown[]): void;
    /** Logs the data, if any, and indents what follows. */
    group(...data: unknown[]): void;
    /** As {@link group}. */
    groupCollapsed(...data: unknown[]): void;
    /** Ends the innermost group. */
    groupEnd(): void;
    /** Logs at the level info. */
    info(...data: unknown[]): void;
    /** Logs at the level log. */
    log(...data: unknown[]): void;
    /** Draws an object's or collection's elements as the rows of a table; other values are logged. */
    table(data?: unknown, properties?: string[]): void;
    /** Starts a timer. Default label "default". */
    time(label?: string): void;
    /** Logs how long a timer has run, and ends it. */
    timeEnd(label?: string): void;
    /** Logs how long a timer has run, with the data behind. */
    timeLog(label?: string, ...data: unknown[]): void;
    /** Logs with the stack of the caller. */
    trace(...data: unknown[]): void;
    /** Logs at the level warn. */
    warn(...data: unknown[]): void;
  }

  var console: Console;

  /** How console.dir shows a value. */
  interface InspectOptions {
    /** Levels of nested objects that are shown. null: all. Default 2. */
    depth?: number | null;
    /** Show properties that are not enumerable. Default false. */
    showHidden?: boolean;
    /** Ask objects for their `Symbol.for("nodejs.util.inspect.custom")` method. Default false in console.dir. */
    customInspect?: boolean;
    /** Elements of a collection that are shown. null: all. Default 100. */
    maxArrayLength?: number | null;
    /** Characters of a string inside an object that are shown. null: all. Default 10,000. */
    maxStringLength?: number | null;
    /** Columns after which a line is broken. Default 80. */
    breakLength?: number;
    /** Innermost levels that share a line when they fit. false: one entry a line. Default 3. */
    compact?: number | false;
    /** Sort the entries, by their text or by a function. Default false. */
    sorted?: boolean | ((a: string, b: string) => number);
    /** Call getters: all, or only those without ("get") or with ("set") a setter. Default false. */
    getters?: boolean | "get" | "set";
  }

  // ─── Group "timers" ───

  /**
   * Calls the handler once, in `timeout` milliseconds or later, with the arguments. The delay is
   * an int32, negative ones count as 0; timers nested more than five deep wait at least 4 ms.
   *
   * @returns a positive integer for {@link clearTimeout}
   * @throws {TypeError} when the handler is not a function: strings are not evaluated
   * @throws {RangeError} when this context has too many timers
   */
  function setTimeout<Args extends unknown[]>(
    handler: (...args: Args) => unknown,
    timeout?: number,
    ...args: Args
  ): number;

  /** As {@link setTimeout}, again and again: each delay begins when the handler has returned. */
  function setInterval<Args extends unknown[]>(
    handler: (...args: Args) => unknown,
    timeout?: number,
    ...args: Args
  ): number;

  /** Ends a timeout or an interval. Nothing happens when there is none of that id. */
  function clearTimeout(id?: number): void;

  /** Ends a timeout or an interval. Nothing happens when there is none of that id. */
  function clearInterval(id?: number): void;

  /** Calls the handler as soon as this turn has ended. Errors as of {@link setTimeout}. */
  function setImmediate<Args extends unknown[]>(handler: (...args: Args) => unknown, ...args: Args): number;

  /** Ends an immediate. Nothing happens when there is none of that id. */
  function clearImmediate(id?: number): void;

  /** Calls back when the running script has ended, before any timer or message. What it throws is logged. */
  function queueMicrotask(callback: () => void): void;

  // ─── Group "channel" ───

  /** An event, as far as a BroadcastChannel gives one. */
  interface Event {
    readonly type: string;
  }

  interface MessageEvent<T = any> extends Event {
    /** The message. */
    readonly data: T;
  }

  /**
   * A topic under its Web name: messages of the same name's channels, {@link RowanHost.publish} and
   * subscriptions reach each other. A channel does not get what it posts itself.
   */
  interface BroadcastChannel {
    /** The topic. */
    readonly name: string;
    onmessage: ((this: BroadcastChannel, ev: MessageEvent) => any) | null;
    onmessageerror: ((this: BroadcastChannel, ev: MessageEvent) => any) | null;
    /** Publishes a structured-cloneable value. Throws when it is not, or when the channel is closed. */
    postMessage(message: any): void;
    /** Ends the subscription. */
    close(): void;
    addEventListener(
      type: "message" | "messageerror",
      listener: (this: BroadcastChannel, event: MessageEvent) => any,
    ): void;
    removeEventListener(
      type: "message" | "messageerror",
      listener: (this: BroadcastChannel, event: MessageEvent) => any,
    ): void;
  }

  var BroadcastChannel: typeof globalThis extends { onmessage: any; BroadcastChannel: infer T }
    ? T
    : { prototype: BroadcastChannel; new (name: string): BroadcastChannel };

  // ─── Group "fetch", as far as handlers need it where TypeScript's webworker library is left out ───

  /** The headers of a request or a response. Names are not case-sensitive. */
  interface Headers {
    append(name: string, value: string): void;
    delete(name: string): void;
    /** All values of a name, joined by ", "; null when there is none. */
    get(name: string): string | null;
    /** The values of Set-Cookie, each by itself. */
    getSetCookie(): string[];
    has(name: string): boolean;
    set(name: string, value: string): void;
    forEach(callback: (value: string, name: string, headers: Headers) => void): void;
  }

  var Headers: typeof globalThis extends { onmessage: any; Headers: infer T }
    ? T
    : { prototype: Headers; new (init?: HeadersInit): Headers };

  /** A request. Its body can be read once. */
  interface Request {
    readonly method: string;
    /** The URL, with its scheme and host. */
    readonly url: string;
    readonly headers: Headers;
    readonly bodyUsed: boolean;
    arrayBuffer(): Promise<ArrayBuffer>;
    bytes(): Promise<ReturnType<Uint8Array["slice"]>>;
    json(): Promise<any>;
    text(): Promise<string>;
    clone(): Request;
  }

  var Request: typeof globalThis extends { onmessage: any; Request: infer T }
    ? T
    : {
        prototype: Request;
        new (
          input: string | Request,
          init?: { method?: string; headers?: HeadersInit; body?: string | ArrayBuffer | ArrayBufferView | null },
        ): Request;
      };

  /** A response. Its body can be read once. */
  interface Response {
    readonly status: number;
    readonly statusText: string;
    /** Whether the status is 200 to 299. */
    readonly ok: boolean;
    readonly url: string;
    readonly headers: Headers;
    readonly bodyUsed: boolean;
    arrayBuffer(): Promise<ArrayBuffer>;
    bytes(): Promise<ReturnType<Uint8Array["slice"]>>;
    json(): Promise<any>;
    text(): Promise<string>;
    clone(): Response;
  }

  interface ResponseInit {
    /** Default 200. */
    status?: number;
    statusText?: string;
    headers?: HeadersInit;
  }

  var Response: typeof globalThis extends { onmessage: any; Response: infer T }
    ? T
    : {
        prototype: Response;
        new (body?: string | ArrayBuffer | ArrayBufferView | null, init?: ResponseInit): Response;
        /** A response of the value's JSON text. */
        json(value: any, init?: ResponseInit): Response;
        /** A response of a network error. */
        error(): Response;
        /** A response that redirects, by default with status 302. */
        redirect(url: string, status?: number): Response;
      };
}
