// Request: https://fetch.spec.whatwg.org/#request-class

import { type Blob, objectOfURL } from "../blob/blob.ts";
import { AbortController, AbortSignal, toAbortSignal } from "../events/events.ts";
import { ObjectAssign, ReflectApply, SafeTypeError, StringPrototypeToUpperCase } from "../internal/primordials.ts";
import { defineInterface, isObject, requireArguments, toBoolean, toByteString, toDOMString, toDictionary, toEnum, toUSVString } from "../internal/webidl.ts";
import { type ReadableStream, pipeThrough, transformStream } from "../streams/streams.ts";
import { type URLRecord, baseURL, parseURL } from "../url/url.ts";
import { Body, type BodyMembers, extractBody, includeBody } from "./body.ts";
import { type Guard, type HeaderList, Headers, copyList, guarded, headersOver, isToken, push, toHeaderList, valueOf } from "./headers.ts";

/** What a group hands over as a request. Each member is asked for at most once, when a script asks for it. */
export interface RequestSource {
  readonly method: string;
  readonly url: string;
  /** Names, in lower case, and values in turn. The list is the request's from then on. */
  readonly headers: HeaderList;
  readonly body: Uint8Array | ReadableStream | null;
  readonly signal?: AbortSignal;
}

const modes = ["navigate", "same-origin", "no-cors", "cors"] as const;
const credentialsModes = ["omit", "same-origin", "include"] as const;
const cacheModes = ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"] as const;
const redirectModes = ["follow", "error", "manual"] as const;
const priorities = ["high", "low", "auto"] as const;
const duplexes = ["half"] as const;
const referrerPolicies = [
  "", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin",
  "strict-origin-when-cross-origin", "unsafe-url",
] as const;

/** What a request is. Headers, signal, and what its source has, are made when they are first asked for. */
export class RequestState {
  // Most stay as they are: the prototype has them, so that a request costs no more than what it differs in.
  declare method: string;
  declare url: string;
  /** What a blob: URL stood for when the request was made. */
  declare object: Blob | undefined;
  declare list: HeaderList | undefined;
  declare headers: Headers | undefined;
  declare guard: Guard;
  declare body: Body | null | undefined;
  /** The request's own signal, and the one that it follows. */
  declare signal: AbortSignal | undefined;
  declare followed: AbortSignal | undefined;
  declare mode: string;
  declare credentials: string;
  declare cache: string;
  declare redirect: string;
  declare referrer: string;
  declare referrerPolicy: string;
  declare integrity: string;
  declare keepalive: boolean;
  declare source: RequestSource | undefined;

  static {
    ObjectAssign(this.prototype, {
      method: "GET",
      url: "",
      object: undefined,
      list: undefined,
      headers: undefined,
      guard: "none",
      body: undefined,
      signal: undefined,
      followed: undefined,
      mode: "cors",
      credentials: "same-origin",
      cache: "default",
      redirect: "follow",
      referrer: "about:client",
      referrerPolicy: "",
      integrity: "",
      keepalive: false,
      source: undefined,
    });
  }

  headerList(): HeaderList {
    return (this.list ??= this.source?.headers ?? []);
  }

  theBody(): Body | null {
    if (this.body === undefined) {
      const content = this.source?.body ?? null;
      this.body = content === null ? null : extractBody(content, "a request").body;
    }
    return this.body;
  }

  theSignal(): AbortSignal {
    if (this.signal === undefined) {
      const followed = this.followed ?? this.source?.signal;
      this.signal = followed === undefined ? new AbortController().signal : signalOf(followed);
    }
    return this.signal;
  }
}

const { any } = AbortSignal;

/** A signal that is aborted when the other one is. */
function signalOf(followed: AbortSignal): AbortSignal {
  return ReflectApply(any, AbortSignal, [[followed]]);
}

export let stateOf: (request: Request) => RequestState;
let isRequest: (value: unknown) => value is Request;

export interface Request extends BodyMembers {}

export class Request {
  #state: RequestState;

  static {
    stateOf = (request) => request.#state;
    isRequest = (value): value is Request => isObject(value) && #state in value;
  }

  constructor(input: unknown, init: unknown = undefined) {
    if (input instanceof RequestState) {
      this.#state = input;
      return;
    }
    const where = "Failed to construct 'Request'";
    requireArguments(arguments.length, 1, where);
    this.#state = isRequest(input) ? fromRequest(input.#state, init, where) : fromURL(toUSVString(input, where + ": parameter 1"), init, where);
  }

  get method(): string {
    return this.#state.method;
  }

  get url(): string {
    return this.#state.url;
  }

  get headers(): Headers {
    return (this.#state.headers ??= headersOver(this.#state.headerList(), this.#state.guard));
  }

  get destination(): string {
    brand(this.#state);
    return "";
  }

  get referrer(): string {
    return this.#state.referrer;
  }

  get referrerPolicy(): string {
    return this.#state.referrerPolicy;
  }

  get mode(): string {
    return this.#state.mode;
  }

  get credentials(): string {
    return this.#state.credentials;
  }

  get cache(): string {
    return this.#state.cache;
  }

  get redirect(): string {
    return this.#state.redirect;
  }

  get integrity(): string {
    return this.#state.integrity;
  }

  get keepalive(): boolean {
    return this.#state.keepalive;
  }

  get isReloadNavigation(): boolean {
    brand(this.#state);
    return false;
  }

  get isHistoryNavigation(): boolean {
    brand(this.#state);
    return false;
  }

  get signal(): AbortSignal {
    return this.#state.theSignal();
  }

  get duplex(): string {
    brand(this.#state);
    return "half";
  }

  clone(): Request {
    const state = this.#state;
    const body = state.theBody();
    if (body?.unusable) throw new SafeTypeError("Failed to execute 'clone' on 'Request': the body was read already, or is locked.");
    const copy = copyState(state);
    copy.list = copyList(state.headerList());
    copy.guard = state.guard;
    copy.body = body?.clone() ?? null;
    copy.followed = state.theSignal();
    return new Request(copy);
  }
}
includeBody(Request, (self: Request) => stateOf(self).theBody(), (self) => valueOf(stateOf(self).headerList(), "content-type"));
defineInterface(Request);

/** Getters that are the same for all requests read the state, so that they throw for what is none. */
function brand(_state: RequestState): void {}

function copyState(from: RequestState): RequestState {
  const state = new RequestState();
  state.method = from.method;
  state.url = from.url;
  state.object = from.object;
  state.mode = from.mode;
  state.credentials = from.credentials;
  state.cache = from.cache;
  state.redirect = from.redirect;
  state.referrer = from.referrer;
  state.referrerPolicy = from.referrerPolicy;
  state.integrity = from.integrity;
  state.keepalive = from.keepalive;
  return state;
}

function fromURL(input: string, init: unknown, where: string): RequestState {
  const url = parseURL(input, baseURL() || undefined);
  if (url === null) throw new SafeTypeError(where + ": '" + input + "' is not a valid URL.");
  if (url.username !== "" || url.password !== "") throw new SafeTypeError(where + ": the URL has credentials: " + input);
  const state = new RequestState();
  state.url = url.href;
  if (url.protocol === "blob:") state.object = objectOfURL(url.href);
  state.body = null;
  state.list = [];
  if (init !== undefined && init !== null) initialize(state, toDictionary(init, where + ": parameter 2"), null, undefined, where);
  return state;
}

function fromRequest(from: RequestState, init: unknown, where: string): RequestState {
  const state = copyState(from);
  state.list = copyList(from.headerList());
  initialize(state, toDictionary(init, where + ": parameter 2"), from.theBody(), from.theSignal(), where);
  return state;
}

/** The steps of the constructor from RequestInit's members on, which are read in order. */
function initialize(state: RequestState, init: { [member: string]: unknown }, inputBody: Body | null, inputSignal: AbortSignal | undefined, where: string): void {
  const member = (name: string) => where + ": member '" + name + "'";
  const optional = <T extends string>(value: unknown, values: readonly T[], name: string): T | undefined => {
    return value === undefined ? undefined : toEnum(value, values, member(name));
  };
  const content = init.body === undefined || init.body === null ? null : extractBody(init.body, member("body"));
  const cache = optional(init.cache, cacheModes, "cache");
  const credentials = optional(init.credentials, credentialsModes, "credentials");
  const duplex = optional(init.duplex, duplexes, "duplex");
  const { headers } = init;
  const list = headers === undefined ? undefined : toHeaderList(headers, member("headers"));
  const { integrity, keepalive } = init;
  if (integrity !== undefined) state.integrity = toDOMString(integrity, member("integrity"));
  if (keepalive !== undefined) state.keepalive = toBoolean(keepalive);
  const { method } = init;
  const verb = method === undefined ? undefined : toByteString(method, member("method"));
  const mode = optional(init.mode, modes, "mode");
  optional(init.priority, priorities, "priority");
  const redirect = optional(init.redirect, redirectModes, "redirect");
  const { referrer } = init;
  const from = referrer === undefined ? undefined : toUSVString(referrer, member("referrer"));
  const policy = optional(init.referrerPolicy, referrerPolicies, "referrerPolicy");
  const { signal, window } = init;
  const followed = signal === undefined ? inputSignal : signal === null ? undefined : toAbortSignal(signal, member("signal"));

  if (window !== undefined && window !== null) throw new SafeTypeError(member("window") + " must be null.");
  if (mode === "navigate") throw new SafeTypeError(member("mode") + " must not be 'navigate'.");
  if (from !== undefined) state.referrer = referrerOf(from, member("referrer"));
  if (policy !== undefined) state.referrerPolicy = policy;
  if (mode !== undefined) state.mode = mode;
  if (credentials !== undefined) state.credentials = credentials;
  if (cache !== undefined) state.cache = cache;
  if (state.cache === "only-if-cached" && state.mode !== "same-origin") {
    throw new SafeTypeError(member("cache") + " 'only-if-cached' needs the mode 'same-origin'.");
  }
  if (redirect !== undefined) state.redirect = redirect;
  if (verb !== undefined) state.method = methodOf(verb, member("method"));
  state.followed = followed;
  if (state.mode === "no-cors") {
    if (state.method !== "GET" && state.method !== "HEAD" && state.method !== "POST") {
      throw new SafeTypeError(member("method") + " must be GET, HEAD or POST in the mode 'no-cors'.");
    }
    state.guard = "request-no-cors";
  }
  state.list = guarded(list ?? state.list!, state.guard);

  if ((content !== null || inputBody !== null) && (state.method === "GET" || state.method === "HEAD")) {
    throw new SafeTypeError(where + ": a request of method " + state.method + " has no body.");
  }
  if (content === null) {
    if (inputBody?.unusable) throw new SafeTypeError(where + ": the other request's body was read already, or is locked.");
    state.body = inputBody?.transfer((stream) => pipeThrough(stream, transformStream({}))) ?? null;
    return;
  }
  if (content.body.source === null) {
    if (duplex === undefined) throw new SafeTypeError(member("duplex") + " must be 'half' where the body is a stream.");
    if (state.mode !== "same-origin" && state.mode !== "cors") {
      throw new SafeTypeError(member("mode") + " must be 'same-origin' or 'cors' where the body is a stream.");
    }
  }
  state.body = content.body;
  if (content.type !== null && valueOf(state.list, "content-type") === null) push(state.list, "content-type", content.type);
}

/** A method as it is sent: some are written in capitals, whatever the script wrote. */
function methodOf(method: string, where: string): string {
  if (!isToken(method)) throw new SafeTypeError(where + ": '" + method + "' is not a valid HTTP method.");
  const upper = StringPrototypeToUpperCase(method);
  switch (upper) {
    case "CONNECT":
    case "TRACE":
    case "TRACK":
      throw new SafeTypeError(where + ": '" + method + "' is not allowed.");
    case "DELETE":
    case "GET":
    case "HEAD":
    case "OPTIONS":
    case "POST":
    case "PUT":
      return upper;
  }
  return method;
}

function referrerOf(text: string, where: string): string {
  if (text === "") return "";
  const base = baseURL();
  const url = parseURL(text, base || undefined);
  if (url === null) throw new SafeTypeError(where + ": '" + text + "' is not a valid URL.");
  if (url.href === "about:client" || url.origin !== originOf(base)) return "about:client";
  return url.href;
}

function originOf(base: string): string {
  return base === "" ? "null" : (parseURL(base) as URLRecord).origin;
}

/** The request of a group's source. */
export function requestOf(source: RequestSource): Request {
  const state = new RequestState();
  state.source = source;
  state.method = source.method;
  state.url = source.url;
  return new Request(state);
}
