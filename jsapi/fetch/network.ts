// HTTP fetches: https://fetch.spec.whatwg.org/#http-fetch

import { bytesOfBlob, isBlob } from "../blob/blob.ts";
import { toDOMException } from "../events/events.ts";
import { dropHandle, ownHandle } from "../internal/handles.ts";
import { cancellable, op } from "../internal/op.ts";
import {
  RegExpPrototypeSymbolReplace,
  SafeTypeError,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  TypedArrayPrototypeGetName,
} from "../internal/primordials.ts";
import { type ReadableStream, type ReadableStreamDefaultReader, cancelStream } from "../streams/streams.ts";
import { utf8Encode } from "../encoding/encoding.ts";
import { type URLRecord, baseURL, parseURL } from "../url/url.ts";
import { Body, type Remote } from "./body.ts";
import { type HeaderList, copyList, deleteHeader, push, valueOf } from "./headers.ts";
import type { RequestState } from "./request.ts";
import { ResponseState, isRedirect } from "./response.ts";

type Bytes = Uint8Array<ArrayBuffer>;

declare const __host: {
  /** Makes this context's share of the host's connections. */
  open(): number;
  /** The op of one request: see the Go half. */
  request(share: number, method: string, url: string, headers: HeaderList, body: Bytes | null, upload: number, patient: boolean): number;
  /** The next part of a response's body; null at its end. */
  read(exchange: number): number;
  readAll(exchange: number): number;
  /** Makes a body that is written part by part. */
  upload(): number;
  write(upload: number, part: Bytes): number;
  finish(upload: number): void;
  drop(handle: number): void;
};

type Answer = [exchange: number, status: number, statusText: string, headers: HeaderList, decoded: boolean];

/** How the signal of a fetch reaches what is under way. */
export interface Control {
  /** Whether the body's parts may be far apart. */
  readonly patient: boolean;
  aborted: { readonly reason: unknown } | undefined;
  /** Ends what is under way. */
  cancel: ((reason: unknown) => void) | undefined;
  /** Lets the signal be. */
  off?(): void;
}

const redirectsMax = 20;

let share: number | undefined;

/** 4.4 HTTP fetch, with 4.5 HTTP-redirect fetch as a loop. url has no fragment. */
export async function httpFetch(request: RequestState, url: string, control: Control): Promise<ResponseState> {
  share ??= __host.open();
  let { method } = request;
  let current = parseURL(request.url)!;
  let body = request.theBody();
  const list = requestHeaders(request);
  const ownReferrer = valueOf(list, "referer") !== null;
  for (let redirects = 0; ; redirects++) {
    if (!ownReferrer) setReferrer(list, request, current);
    const [handle, status, statusText, headers, decoded] = await send(method, url, list, body, control);
    const next = isRedirect(status) && request.redirect !== "manual" ? locationOf(headers, current) : undefined;
    if (next === undefined) {
      const response = new ResponseState(headers);
      response.type = "basic";
      response.url = url;
      response.redirected = redirects > 0;
      response.status = status;
      response.statusText = statusText;
      response.guard = "immutable";
      response.decoded = decoded;
      if (handle === 0) control.off?.();
      else response.body = new Body(null, new HostBody(handle, control));
      return response;
    }
    if (handle !== 0) dropHandle(control, handle);
    if (request.redirect === "error") throw failure(url + " redirects, and the redirect mode is 'error'");
    if (next === null || (next.protocol !== "http:" && next.protocol !== "https:")) throw failure(url + " redirects to what is no HTTP URL");
    if (redirects === redirectsMax) throw failure("more than " + redirectsMax + " redirects");
    const crosses = next.origin !== current.origin;
    if (request.mode === "cors" && (next.username !== "" || next.password !== "") && crosses) {
      throw failure(url + " redirects to a URL of another origin with credentials");
    }
    if (status !== 303 && body !== null && body.source === null) throw failure(url + " redirects, and the request's body is a stream, which cannot be sent again");
    if (((status === 301 || status === 302) && method === "POST") || (status === 303 && method !== "GET" && method !== "HEAD")) {
      method = "GET";
      body = null;
      for (const name of ["content-encoding", "content-language", "content-location", "content-type", "content-length"]) deleteHeader(list, name);
    }
    if (crosses) for (const name of ["authorization", "proxy-authorization", "cookie", "host"]) deleteHeader(list, name);
    current = next;
    url = withoutFragment(next.href);
  }
}

function failure(message: string): TypeError {
  return new SafeTypeError("fetch failed: " + message);
}

function withoutFragment(url: string): string {
  const at = StringPrototypeIndexOf(url, "#");
  return at < 0 ? url : StringPrototypeSlice(url, 0, at);
}

/** 2.2.6 Location URL: undefined if there is none, null if it is no URL. */
function locationOf(headers: HeaderList, base: URLRecord): URLRecord | null | undefined {
  const location = valueOf(headers, "location");
  if (location === null) return undefined;
  // Header values are bytes; those beyond ASCII are escaped as they are.
  const escaped = RegExpPrototypeSymbolReplace(/[\x80-\xff]/g, location, (c: string) => "%" + hex(StringPrototypeCharCodeAt(c, 0)));
  const url = parseURL(escaped, base.href);
  return url === null || url.hash !== "" || base.hash === "" ? url : url.with("hash", base.hash);
}

function hex(byte: number): string {
  const digits = "0123456789ABCDEF";
  return digits[byte >> 4]! + digits[byte & 15]!;
}

/** The headers that 4.6 HTTP-network-or-cache fetch sends. The host adds those that say what it can do. */
function requestHeaders(request: RequestState): HeaderList {
  const list = copyList(request.headerList());
  const { cache, method } = request;
  if (cache === "no-cache" && valueOf(list, "cache-control") === null) push(list, "cache-control", "max-age=0");
  if (cache === "no-store" || cache === "reload") {
    if (valueOf(list, "pragma") === null) push(list, "pragma", "no-cache");
    if (valueOf(list, "cache-control") === null) push(list, "cache-control", "no-cache");
  }
  if (valueOf(list, "range") !== null) push(list, "accept-encoding", "identity");
  if (method !== "GET" && method !== "HEAD" && valueOf(list, "origin") === null) {
    const base = baseURL();
    if (base !== "") push(list, "origin", parseURL(base)!.origin);
  }
  return list;
}

/** Sets the header Referer (https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer). */
function setReferrer(list: HeaderList, request: RequestState, target: URLRecord): void {
  deleteHeader(list, "referer");
  const source = parseURL(request.referrer === "about:client" ? baseURL() : request.referrer);
  if (source === null || (source.protocol !== "http:" && source.protocol !== "https:")) return;
  const origin = source.origin + "/";
  const whole = source.with("username", "").with("password", "").with("hash", "").href;
  const same = source.origin === target.origin;
  const downgrade = source.protocol === "https:" && target.protocol === "http:";
  let value = "";
  switch (request.referrerPolicy) {
    case "no-referrer":
      break;
    case "origin":
      value = origin;
      break;
    case "unsafe-url":
      value = whole;
      break;
    case "strict-origin":
      if (!downgrade) value = origin;
      break;
    case "no-referrer-when-downgrade":
      if (!downgrade) value = whole;
      break;
    case "same-origin":
      if (same) value = whole;
      break;
    case "origin-when-cross-origin":
      value = same ? whole : origin;
      break;
    default: // strict-origin-when-cross-origin
      if (same) value = whole;
      else if (!downgrade) value = origin;
  }
  if (value !== "") push(list, "referer", value);
}

/** Sends one request, and waits for the head of its response. */
async function send(method: string, url: string, list: HeaderList, body: Body | null, control: Control): Promise<Answer> {
  let whole: Bytes | null = null;
  let upload = 0;
  let broken: Promise<never> | undefined;
  if (body !== null && body.stream === undefined && body.source !== null) {
    body.used = true;
    whole = bytesOfSource(body.source);
  } else if (body !== null) {
    upload = __host.upload();
    broken = pump(body.open(), upload);
  }
  const { promise, cancel } = cancellable(__host.request, share, method, url, list, whole, upload, control.patient);
  control.cancel = cancel;
  if (control.aborted !== undefined) cancel();
  try {
    return await (broken === undefined ? promise : Promise.race([promise, broken]));
  } catch (error) {
    cancel();
    throw toDOMException(error);
  } finally {
    control.cancel = undefined;
  }
}

function bytesOfSource(source: NonNullable<Body["source"]>): Bytes {
  return typeof source === "string" ? (utf8Encode(source) as Bytes) : isBlob(source) ? bytesOfBlob(source) : source;
}

/** Sends a stream's chunks one after another. The promise is rejected with what the stream breaks off with, and never fulfilled. */
async function pump(stream: ReadableStream, upload: number): Promise<never> {
  const reader = stream.getReader(undefined) as ReadableStreamDefaultReader;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (TypedArrayPrototypeGetName(value) !== "Uint8Array") throw failure("the request's body has a chunk that is not a Uint8Array");
      try {
        await op(__host.write, upload, value);
      } catch (error) {
        // Nobody reads on: the response says why, or the request failed.
        cancelStream(stream, error).catch(() => {});
        return await new Promise<never>(() => {});
      }
    }
  } catch (error) {
    __host.drop(upload);
    cancelStream(stream, error).catch(() => {});
    throw error;
  }
  __host.finish(upload);
  return new Promise<never>(() => {});
}

/** The body of a response, at the host. It is dropped at its end, when the signal says so, or when nobody can read it any more. */
class HostBody implements Remote {
  #handle: number;
  #failure: { readonly reason: unknown } | undefined;
  /** Ends the read under way. */
  #stop: (() => void) | undefined;
  #off: (() => void) | undefined;
  onfail: ((reason: unknown) => void) | undefined;

  constructor(handle: number, control: Control) {
    this.#handle = handle;
    this.#off = control.off;
    ownHandle(this, handle);
    // The signal may outlive the response, and must not keep it.
    const self = new WeakRef(this);
    control.cancel = (reason) => {
      const body = self.deref();
      if (body !== undefined) body.#fail(reason);
    };
    if (control.aborted !== undefined) this.#fail(control.aborted.reason);
  }

  read(): Promise<Bytes | null> {
    if (this.#failure !== undefined) throw this.#failure.reason;
    return this.#run(__host.read);
  }

  readAll(): Promise<Bytes> {
    if (this.#failure !== undefined) throw this.#failure.reason;
    return this.#run(__host.readAll);
  }

  cancel(): void {
    this.#end();
  }

  async #run(begin: (exchange: number) => number): Promise<any> {
    const { promise, cancel } = cancellable(begin, this.#handle);
    this.#stop = cancel;
    try {
      const part = await promise;
      if (part === null || begin === __host.readAll) this.#end();
      return part;
    } catch (error) {
      this.#end();
      throw this.#failure === undefined ? toDOMException(error) : (this.#failure as { reason: unknown }).reason;
    } finally {
      this.#stop = undefined;
    }
  }

  #fail(reason: unknown): void {
    if (this.#handle === 0) return;
    this.#failure = { reason };
    this.#stop?.();
    this.#end();
    this.onfail?.(reason);
  }

  #end(): void {
    if (this.#handle === 0) return;
    dropHandle(this, this.#handle);
    this.#handle = 0;
    this.#off?.();
  }
}
