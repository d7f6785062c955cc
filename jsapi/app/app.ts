/**
 * The group that every template has. It takes the app's default export when the bundle has been
 * evaluated and runs its handlers as the host asks. It leaves no global.
 */
import {
  ArrayPrototypePush,
  ObjectDefineProperty,
  ObjectKeys,
  ReflectApply,
  SafePromise,
} from "../internal/primordials.ts";
import { ReadOnlyHeaders } from "./headers.ts";

declare const __host: {
  about(what: "id" | "url" | "protocol" | "remoteAddress"): string;
  about(what: "headers"): [string, string][];
  send(data: unknown): number;
  close(code: number, reason: string): void;
  terminate(): void;
  ping(data: unknown): number;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  subscriptions(): string[];
  publish(topic: string, data: unknown): number;
  state(): number;
  buffered(): number;
  cork(): void;
  uncork(): void;
};

type Handler = (...args: unknown[]) => unknown;
type Handlers = { [name: string]: unknown };

/** The app: its module's default export; undefined until it was installed, or when there is none. */
let app: Handlers | undefined;
let handlers: Handlers = { __proto__: null as never };
let installed = false;

/** What a module that awaited at its top level has thrown, in a list. */
let failure: [reason: unknown] | undefined;

/** Events that came while the module still waited at its top level. */
let early: (() => void)[] = [];

/** Called with the module's namespace, or undefined for a script; with undefined and a list when the module has failed. */
function install(namespace: { default?: Handlers } | undefined, failed?: [reason: unknown]): void {
  failure = failed;
  const value = namespace?.default;
  if (typeof value === "object" && value !== null) {
    app = value;
    const ws = app.websocket;
    if (typeof ws === "object" && ws !== null) handlers = ws as Handlers;
  }
  installed = true;
  const events = early;
  early = [];
  for (let i = 0; i < events.length; i++) events[i]!();
}

/** Has something done, in order, when a module that awaits at its top level has come to its end. */
function later<T>(event: () => T): Promise<T> {
  return new SafePromise<T>((resolve, reject) => {
    ArrayPrototypePush(early, () => {
      try {
        if (failure !== undefined) throw failure[0];
        resolve(event());
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** What the host must know of the app: which handlers it has, the session's settings, its actors. */
function describe(): unknown {
  if (app === undefined) return null;
  const settings: Handlers = {};
  const present: string[] = [];
  const keys = ObjectKeys(handlers);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const value = handlers[key];
    if (typeof value === "function") ArrayPrototypePush(present, key);
    else settings[key] = value;
  }
  const actors: Handlers = {};
  if (typeof app.actors === "object" && app.actors !== null) {
    const kinds = ObjectKeys(app.actors);
    for (let i = 0; i < kinds.length; i++) actors[kinds[i]!] = (app.actors as Handlers)[kinds[i]!];
  }
  const others: string[] = [];
  const members = ObjectKeys(app);
  for (let i = 0; i < members.length; i++) {
    if (app[members[i]!] !== undefined) ArrayPrototypePush(others, members[i]!);
  }
  return { members: others, websocket: typeof app.websocket === "object" && app.websocket !== null, handlers: present, settings, actors };
}

/** Runs a handler with the session's socket before its other arguments. */
function event(name: string, ...args: unknown[]): unknown {
  if (!installed) return later(() => event(name, ...args));
  const handler = handlers[name];
  if (typeof handler !== "function") return undefined;
  return ReflectApply(handler as Handler, handlers, [socket, ...args]);
}

/** The session's side of the socket, as Bun's ServerWebSocket. */
class ServerWebSocket {
  data: unknown = undefined;
  #headers: ReadOnlyHeaders | undefined;

  // The host keeps what is known of the handshake, so that a session costs no more for having asked.
  get id() { return __host.about("id"); }
  get url() { return __host.about("url"); }
  get protocol() { return __host.about("protocol"); }
  get remoteAddress() { return __host.about("remoteAddress"); }
  get headers() { return (this.#headers ??= new ReadOnlyHeaders(__host.about("headers"))); }
  get readyState() { return __host.state(); }
  get subscriptions() { return __host.subscriptions(); }

  send(data: unknown) { return __host.send(sendable(data)); }
  close(code = 1000, reason = "") { __host.close(code, `${reason}`); }
  terminate() { __host.terminate(); }
  ping(data: unknown = "") { return __host.ping(sendable(data)); }
  subscribe(topic: string) { __host.subscribe(`${topic}`); }
  unsubscribe(topic: string) { __host.unsubscribe(`${topic}`); }
  isSubscribed(topic: string) {
    const topics = __host.subscriptions();
    for (let i = 0; i < topics.length; i++) if (topics[i] === topic) return true;
    return false;
  }
  publish(topic: string, data: unknown) { return __host.publish(`${topic}`, sendable(data)); }
  getBufferedAmount() { return __host.buffered(); }

  /** What the callback sends leaves in one write. */
  cork<T>(callback: (ws: ServerWebSocket) => T): T {
    __host.cork();
    try {
      return callback(this);
    } finally {
      __host.uncork();
    }
  }
}
ObjectDefineProperty(ServerWebSocket.prototype, Symbol.toStringTag, { value: "ServerWebSocket", configurable: true } as PropertyDescriptor);

const socket = new ServerWebSocket();

/** A socket takes strings and bytes; anything else is a mistake that should show at once. */
function sendable(data: unknown): unknown {
  if (typeof data === "string") return data;
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return data;
  throw new TypeError(`a socket sends a string, an ArrayBuffer or a view of one, not ${data === null ? "null" : typeof data}; use JSON.stringify for objects`);
}

export default {
  install,
  describe: () => (installed ? describe() : later(describe)),
  open: () => event("open"),
  message: (data: unknown) => event("message", data),
  close: (code: number, reason: string) => event("close", code, reason),
  drain: () => event("drain"),
};
