// Response: https://fetch.spec.whatwg.org/#response-class

import { type Blob, bytesOfBlob, isBlob } from "../blob/blob.ts";
import {
  JSONStringify,
  ObjectAssign,
  SafeRangeError,
  SafeTypeError,
  StringPrototypeCharCodeAt,
} from "../internal/primordials.ts";
import { defineInterface, requireArguments, toByteString, toDictionary, toUSVString, toUnsignedShort } from "../internal/webidl.ts";
import type { ReadableStream } from "../streams/streams.ts";
import { baseURL, parseURL } from "../url/url.ts";
import { Body, type BodyMembers, extractBody, includeBody } from "./body.ts";
import { type Guard, type HeaderList, Headers, copyList, deleteHeader, headersOver, push, toHeaderList, valueOf } from "./headers.ts";

export type ResponseType = "basic" | "default" | "error";

/** What a response is. Its Headers are made when they are first asked for. */
export class ResponseState {
  // The prototype has what most have: a response costs no more than what it differs in.
  declare type: ResponseType;
  declare url: string;
  declare redirected: boolean;
  declare status: number;
  declare statusText: string;
  declare guard: Guard;
  declare headers: Headers | undefined;
  declare body: Body | null;
  /** Whether the body came encoded, and no longer is what Content-Encoding and Content-Length say. */
  declare decoded: boolean;
  declare list: HeaderList;

  static {
    ObjectAssign(this.prototype, {
      type: "default",
      url: "",
      redirected: false,
      status: 200,
      statusText: "",
      guard: "none",
      headers: undefined,
      body: null,
      decoded: false,
    });
  }

  constructor(list: HeaderList) {
    this.list = list;
  }
}

let stateOf: (response: Response) => ResponseState;

export interface Response extends BodyMembers {}

export class Response {
  #state: ResponseState;

  static {
    stateOf = (response) => response.#state;
  }

  constructor(body: unknown = null, init: unknown = undefined) {
    if (body instanceof ResponseState) {
      this.#state = body;
      return;
    }
    const where = "Failed to construct 'Response'";
    const extracted = body === null || body === undefined ? null : extractBody(body, where + ": parameter 1");
    this.#state = initialize(extracted, init, where);
  }

  static error(): Response {
    const state = new ResponseState([]);
    state.type = "error";
    state.status = 0;
    state.guard = "immutable";
    return new Response(state);
  }

  static json(data: unknown, init: unknown = undefined): Response {
    const where = "Failed to execute 'json' on 'Response'";
    requireArguments(arguments.length, 1, where);
    const text = JSONStringify(data);
    if (text === undefined) throw new SafeTypeError(where + ": the value has no JSON text.");
    return new Response(initialize({ body: new Body(text), type: "application/json" }, init, where));
  }

  static redirect(url: unknown, status: unknown = 302): Response {
    const where = "Failed to execute 'redirect' on 'Response'";
    requireArguments(arguments.length, 1, where);
    const text = toUSVString(url, where + ": parameter 1");
    const code = toUnsignedShort(status, where + ": parameter 2");
    const target = parseURL(text, baseURL() || undefined);
    if (target === null) throw new SafeTypeError(where + ": '" + text + "' is not a valid URL.");
    if (!isRedirect(code)) throw new SafeRangeError(where + ": " + code + " is not a redirect status.");
    const state = new ResponseState(["location", target.href]);
    state.status = code;
    state.guard = "immutable";
    return new Response(state);
  }

  get type(): string {
    return this.#state.type;
  }

  get url(): string {
    return this.#state.url;
  }

  get redirected(): boolean {
    return this.#state.redirected;
  }

  get status(): number {
    return this.#state.status;
  }

  get ok(): boolean {
    return this.#state.status >= 200 && this.#state.status <= 299;
  }

  get statusText(): string {
    return this.#state.statusText;
  }

  get headers(): Headers {
    return (this.#state.headers ??= headersOver(this.#state.list, this.#state.guard));
  }

  clone(): Response {
    const state = this.#state;
    if (state.body?.unusable) throw new SafeTypeError("Failed to execute 'clone' on 'Response': the body was read already, or is locked.");
    const copy = new ResponseState(copyList(state.list));
    copy.type = state.type;
    copy.url = state.url;
    copy.redirected = state.redirected;
    copy.status = state.status;
    copy.statusText = state.statusText;
    copy.decoded = state.decoded;
    copy.guard = state.guard;
    copy.body = state.body?.clone() ?? null;
    return new Response(copy);
  }
}
includeBody(Response, (self: Response) => stateOf(self).body, (self) => valueOf(stateOf(self).list, "content-type"));
defineInterface(Response);

/** 5.5 Initialize a response. */
function initialize(content: { body: Body; type: string | null } | null, init: unknown, where: string): ResponseState {
  const state = new ResponseState([]);
  if (init !== undefined && init !== null) {
    const { headers, status, statusText } = toDictionary(init, where + ": parameter 2");
    if (headers !== undefined) state.list = toHeaderList(headers, where + ": member 'headers'");
    if (status !== undefined) state.status = toUnsignedShort(status, where + ": member 'status'");
    if (statusText !== undefined) state.statusText = toByteString(statusText, where + ": member 'statusText'");
    if (state.status < 200 || state.status > 599) throw new SafeRangeError(where + ": the status " + state.status + " is outside of the range 200 to 599.");
    if (!isReasonPhrase(state.statusText)) throw new SafeTypeError(where + ": the statusText has characters that no reason phrase has.");
  }
  if (content === null) return state;
  if (isNullBody(state.status)) throw new SafeTypeError(where + ": a response of status " + state.status + " has no body.");
  state.body = content.body;
  if (content.type !== null && valueOf(state.list, "content-type") === null) push(state.list, "content-type", content.type);
  return state;
}

export function isNullBody(status: number): boolean {
  return status === 101 || status === 103 || status === 204 || status === 205 || status === 304;
}

export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function isReasonPhrase(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = StringPrototypeCharCodeAt(text, i);
    if ((c < 32 && c !== 9) || c === 127) return false;
  }
  return true;
}

export interface ResponseParts {
  status: number;
  statusText: string;
  /** Names, in lower case, and values in turn. */
  headers: HeaderList;
  /** A text, bytes, or a stream that nobody has read from. */
  body: string | Uint8Array | ReadableStream | null;
}

/** What is to be sent of a response. Its body is used up. Throws if it was before. */
export function responseParts(response: Response): ResponseParts {
  const { status, statusText, list, body, decoded } = stateOf(response);
  const headers = decoded ? copyList(list) : list;
  if (decoded) {
    deleteHeader(headers, "content-encoding");
    deleteHeader(headers, "content-length");
  }
  if (body === null) return { status, statusText, headers, body: null };
  if (body.unusable) throw new SafeTypeError("the response's body was read already, or is locked");
  if (body.stream !== undefined || body.source === null) return { status, statusText, headers, body: body.open() };
  body.used = true;
  const source: string | Uint8Array | Blob = body.source;
  return { status, statusText, headers, body: isBlob(source) ? bytesOfBlob(source) : source };
}

/** A response of the network's. */
export function responseOf(state: ResponseState): Response {
  return new Response(state);
}
