import { ArrayBufferIsView, ArrayBufferPrototypeGetByteLength, ObjectDefineProperty, SafeTypeError, SymbolToStringTag } from "../internal/primordials.ts";
import { Headers } from "../fetch/fetch.ts";
import { type Claims, claimsOf } from "./claims.ts";

declare const __host: {
  about(what: "id" | "url" | "protocol" | "remoteAddress"): string;
  about(what: "headers"): [string, string][];
  /** JSON, or undefined without a token. */
  about(what: "claims"): string | undefined;
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

/** The session's side of the socket, as Bun's ServerWebSocket. */
class ServerWebSocket {
  data: unknown = undefined;
  #headers: Headers | undefined;
  #claims: Claims | null | undefined;

  // The host keeps what is known of the handshake, so that a session costs no more for having asked.
  get id() { return __host.about("id"); }
  get url() { return __host.about("url"); }
  get protocol() { return __host.about("protocol"); }
  get remoteAddress() { return __host.about("remoteAddress"); }
  get headers() { return (this.#headers ??= new Headers(__host.about("headers"))); }
  get claims() { return this.#claims === undefined ? (this.#claims = claimsOf(__host.about("claims"))) : this.#claims; }
  get readyState() { return __host.state(); }
  get subscriptions() { return __host.subscriptions(); }

  send(data: unknown) { return __host.send(typeof data === "string" ? data : sendable(data)); } // a call less for what comes most often
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

/** The socket of the session that the context belongs to. */
export const socket = new ServerWebSocket();

/** A socket takes strings and bytes; anything else is a mistake that should show at once. */
export function sendable(data: unknown): unknown {
  if (typeof data === "string") return data;
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return data;
  throw new TypeError(`a socket sends a string, an ArrayBuffer or a view of one, not ${data === null ? "null" : typeof data}; use JSON.stringify for objects`);
}
