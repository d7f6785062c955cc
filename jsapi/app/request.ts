// An app's fetch: a request comes in, its response goes out, see App.fetch of the types.

import { AbortController, DOMException } from "../events/events.ts";
import { Headers, Response, requestOf, responseParts } from "../fetch/fetch.ts";
import { op } from "../internal/op.ts";
import {
  ArrayPrototypePush,
  MathMin,
  ReflectApply,
  SafeTypeError,
  SafeUint8Array,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  TypedArrayPrototypeSubarray,
} from "../internal/primordials.ts";
import { isThenable } from "../internal/thenable.ts";
import { readableByteStream } from "../streams/streams.ts";
import { type Claims, claimsOf } from "./claims.ts";
import { sendable, socket } from "./socket.ts";

declare const __host: {
  /** Answers the request. body is null, a string, bytes, or true if it follows by write. Returns whether that is wanted. */
  respond(status: number, headers: string[], body: unknown): boolean;
  /** Answers the request with status 500 and logs why. */
  fail(error: unknown): void;
  /** There will be no response. */
  finish(): void;
  /** The next part of the request's body; null at its end. */
  read(): number;
  /** Sends a part of the response's body. Returns 1; 0 if the next one has to wait for room; -1 when the client has gone. */
  write(chunk: string | Uint8Array): 1 | 0 | -1;
  /** Waits for room. */
  room(): number;
  /** Ends the response's body, with the error if it is not whole. */
  end(error?: unknown): void;
  upgrade(headers: string[]): boolean;
  /** The claims of the client's token, as JSON. */
  claims(): string | undefined;
  remote(): { address: string; port: number; family: "IPv4" | "IPv6" } | null;
  publishAll(topic: string, data: unknown): number;
  subscribers(topic: string): number;
};

/** The most bytes, or characters, of a body that go to the host at once. */
const partMax = 1 << 18;

/** The request that this context was made for. */
let current: Request | undefined;
let upgraded = false;

/** What its token says; undefined before anybody has asked. */
let claims: Claims | null | undefined;

/** Why the client's going aborted the request; undefined before it has gone. */
let reason: DOMException | undefined;
let controller: AbortController | undefined;
let reader: ReadableStreamDefaultReader<unknown> | undefined;

/** What the host says of the request. Headers, body and signal are made when they are first asked for. */
class Source {
  declare readonly method: string;
  declare readonly url: string;
  declare headerLines: string;
  declare content: null | Uint8Array | true;

  /** Names and values, taken from lines in turn. */
  get headers(): string[] {
    const text = this.headerLines;
    const list: string[] = [];
    for (let at = 0; at <= text.length; ) {
      const middle = StringPrototypeIndexOf(text, "\n", at);
      let end = StringPrototypeIndexOf(text, "\n", middle + 1);
      if (end < 0) end = text.length;
      ArrayPrototypePush(list, StringPrototypeSlice(text, at, middle));
      ArrayPrototypePush(list, StringPrototypeSlice(text, middle + 1, end));
      at = end + 1;
    }
    return list;
  }

  get body(): null | Uint8Array | ReadableStream<Uint8Array> {
    if (this.content !== true) return this.content;
    return readableByteStream({
      async pull(stream: ReadableByteStreamController) {
        const chunk: Uint8Array | null = await op(__host.read);
        if (chunk === null) stream.close();
        else stream.enqueue(chunk);
      },
    });
  }

  get signal(): AbortSignal {
    if (controller === undefined) {
      controller = new AbortController();
      if (reason !== undefined) controller.abort(reason);
    }
    return controller.signal;
  }
}

/** Calls the app's fetch and sends what it returns. The host calls this once, and nothing else of this file without it. */
export function answer(app: { fetch?: unknown }, method: string, url: string, headers: string, body: any): void {
  try {
    const source = new Source() as { method: string; url: string } & Source;
    source.method = method;
    source.url = url;
    source.headerLines = headers;
    source.content = body;
    current = requestOf(source) as Request;
    const result = ReflectApply(app.fetch as Function, app, [current, server]);
    if (isThenable(result)) settle(result);
    else respond(result);
  } catch (error) {
    fail(error);
  }
}

async function settle(result: PromiseLike<unknown>): Promise<void> {
  try {
    respond(await result);
  } catch (error) {
    fail(error);
  }
}

/** Answers with status 500. What cannot cross to the host is told by its text. */
export function fail(error: unknown): void {
  try {
    __host.fail(error);
  } catch {
    __host.fail(new SafeTypeError(`fetch threw ${kindOf(error)}`));
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "an object that is none" : typeof value === "function" ? "a function" : typeof value;
}

function respond(response: unknown): void {
  if (!(response instanceof Response)) {
    if (!upgraded) {
      const hint = response === undefined ? "undefined; is a `return` missing?" : kindOf(response);
      throw new SafeTypeError(`the app's fetch must return a Response, or a promise of one, not ${hint}`);
    }
    __host.finish();
    return;
  }
  const { status, headers, body } = responseParts(response);
  if (status === 0) throw new SafeTypeError("the app's fetch returned Response.error(), which cannot be sent");
  if (body === null || ((typeof body === "string" || body instanceof SafeUint8Array) && body.length <= partMax)) {
    __host.respond(status, headers, body);
  } else if (typeof body === "string" || body instanceof SafeUint8Array) {
    if (__host.respond(status, headers, true)) sendParts(body);
  } else if (__host.respond(status, headers, true)) {
    sendStream(body);
  } else {
    body.cancel(reason).catch(ignore); // the client has gone, or asked for the head alone
  }
}

function ignore(): void {}

/** Sends a large body that is there already. */
async function sendParts(body: string | Uint8Array): Promise<void> {
  for (let at = 0, end; at < body.length; at = end) {
    end = MathMin(at + partMax, body.length);
    if (typeof body === "string" && end < body.length && isHighSurrogate(StringPrototypeCharCodeAt(body, end - 1))) end--;
    const room = __host.write(typeof body === "string" ? StringPrototypeSlice(body, at, end) : TypedArrayPrototypeSubarray(body, at, end));
    if (room < 0) break;
    if (room === 0) await op(__host.room);
  }
  __host.end();
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Sends a body as it is made, no faster than the client takes it. */
async function sendStream(body: ReadableStream<unknown>): Promise<void> {
  try {
    reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!(value instanceof SafeUint8Array)) {
        throw new SafeTypeError(`a body's stream gave ${typeof value}, not a Uint8Array; pipe text through a TextEncoderStream`);
      }
      const room = __host.write(value);
      if (room === 0) await op(__host.room);
      else if (room < 0) await reader.cancel(reason);
    }
    __host.end();
  } catch (error) {
    if (reason !== undefined) return __host.end(); // what followed the client's going is nobody's concern
    try {
      __host.end(error);
    } catch {
      __host.end(new SafeTypeError(`the body's stream failed with ${kindOf(error)}`));
    }
    reader?.cancel(error).catch(ignore);
  }
}

/** Tells the script that the client has gone. The host calls this. */
export function abort(): void {
  reason = new DOMException("The client has gone.", "AbortError");
  controller?.abort(reason);
  reader?.cancel(reason).catch(ignore);
}

/** The server as an app's fetch sees it. */
const server = Object.freeze({
  upgrade(request: Request, options: { data?: unknown; headers?: HeadersInit } = {}): boolean {
    if (request !== current) return false;
    const list: string[] = [];
    if (options.headers !== undefined) {
      new Headers(options.headers).forEach((value, name) => {
        ArrayPrototypePush(list, name);
        ArrayPrototypePush(list, value);
      });
    }
    if (!__host.upgrade(list)) return false;
    socket.data = options.data;
    return (upgraded = true);
  },
  publish: (topic: string, data: unknown): number => __host.publishAll(`${topic}`, sendable(data)),
  subscriberCount: (topic: string): number => __host.subscribers(`${topic}`),
  claims: (request: Request): Claims | null => (request === current ? (claims === undefined ? (claims = claimsOf(__host.claims())) : claims) : null),
  requestIP: (request: Request) => (request === current ? __host.remote() : null),
});
