// Headers: https://fetch.spec.whatwg.org/#headers-class. There are no forbidden names on a server.

import {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSort,
  ArrayPrototypeSplice,
  MapPrototypeGet,
  MapPrototypeHas,
  MapPrototypeSet,
  RegExpPrototypeExec,
  SafeMap,
  SafeTypeError,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  SymbolIterator,
} from "../internal/primordials.ts";
import {
  defineInterface,
  definePairIterator,
  isObject,
  requireArguments,
  sequenceFrom,
  toByteString,
  toRecord,
  toSequence,
} from "../internal/webidl.ts";
import { extractMIME } from "../blob/blob.ts";

/** Names, in lower case, and values in turn. */
export type HeaderList = string[];

/** What may be changed: anything, nothing, or what a request of mode "no-cors" may have. */
export type Guard = "none" | "immutable" | "request-no-cors";

/** A header list that is to be taken over, in place of what a script gives. */
class Adopted {
  readonly #adopted = true;

  constructor(
    readonly list: HeaderList,
    readonly guard: Guard,
  ) {}

  /** Unlike instanceof, this is not seen by a proxy. */
  static is(value: unknown): value is Adopted {
    return isObject(value) && #adopted in value;
  }
}

export let listOf: (headers: Headers) => HeaderList;

export class Headers {
  #list: HeaderList;
  #guard: Guard;
  /** The list in the order of iteration, until it changes. */
  #sorted: [name: string, value: string][] | undefined;

  static {
    listOf = (headers) => headers.#list;
    definePairIterator(this, (headers: Headers, index) => {
      return (headers.#sorted ??= sorted(headers.#list))[index];
    });
  }

  constructor(init: unknown = undefined) {
    if (Adopted.is(init)) {
      this.#list = init.list;
      this.#guard = init.guard;
    } else {
      this.#list = init === undefined ? [] : toHeaderList(init, "Failed to construct 'Headers': parameter 1");
      this.#guard = "none";
    }
  }

  append(name: unknown, value: unknown): void {
    const where = executing("append");
    requireArguments(arguments.length, 2, where);
    const key = toName(name, where);
    const text = toValue(value, where);
    if (!this.#mayChange(key, where)) return;
    if (this.#guard === "request-no-cors") {
      const old = valueOf(this.#list, key);
      if (!isSafelisted(key, old === null ? text : old + ", " + text)) return;
    }
    push(this.#list, key, text);
  }

  delete(name: unknown): void {
    const where = executing("delete");
    requireArguments(arguments.length, 1, where);
    const key = toName(name, where);
    if (this.#mayChange(key, where)) deleteHeader(this.#list, key);
  }

  get(name: unknown): string | null {
    const where = executing("get");
    requireArguments(arguments.length, 1, where);
    const list = this.#list;
    return valueOf(list, toName(name, where));
  }

  getSetCookie(): string[] {
    const list = this.#list;
    const cookies: string[] = [];
    for (let i = 0; i < list.length; i += 2) if (list[i] === "set-cookie") ArrayPrototypePush(cookies, list[i + 1]!);
    return cookies;
  }

  has(name: unknown): boolean {
    const where = executing("has");
    requireArguments(arguments.length, 1, where);
    const list = this.#list;
    return valueOf(list, toName(name, where)) !== null;
  }

  set(name: unknown, value: unknown): void {
    const where = executing("set");
    requireArguments(arguments.length, 2, where);
    const key = toName(name, where);
    const text = toValue(value, where);
    if (!this.#mayChange(key, where)) return;
    if (this.#guard === "request-no-cors" && !isSafelisted(key, text)) return;
    setHeader(this.#list, key, text);
  }

  /** Whether a change is to be made; throws where it is an error. */
  #mayChange(name: string, where: string): boolean {
    if (this.#guard === "immutable") throw new SafeTypeError(where + ": the headers are immutable.");
    this.#sorted = undefined;
    return this.#guard !== "request-no-cors" || isSafelistedName(name);
  }
}
defineInterface(Headers);

function executing(method: string): string {
  return "Failed to execute '" + method + "' on 'Headers'";
}

/** Headers over a list, which they change. */
export function headersOver(list: HeaderList, guard: Guard): Headers {
  return new Headers(new Adopted(list, guard));
}

/** The list that a HeadersInit stands for. */
export function toHeaderList(init: unknown, where: string): HeaderList {
  if (!isObject(init)) throw new SafeTypeError(where + " is neither a sequence nor a record.");
  const list: HeaderList = [];
  const method = (init as any)[SymbolIterator];
  if (method === undefined || method === null) {
    const pairs = toRecord(init, toNameBytes, toByteString, where);
    for (let i = 0; i < pairs.length; i++) push(list, toName(pairs[i]![0], where), toValue(pairs[i]![1], where));
    return list;
  }
  const pairs = sequenceFrom(init, method, (pair, where) => toSequence(pair, toByteString, where), where);
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i]!;
    if (pair.length !== 2) throw new SafeTypeError(where + ": a header has a name and a value, not " + pair.length + " parts.");
    push(list, toName(pair[0], where), toValue(pair[1], where));
  }
  return list;
}

/** The part of a list that the guard lets be. */
export function guarded(list: HeaderList, guard: Guard): HeaderList {
  if (guard !== "request-no-cors") return list;
  const kept = headersOver([], guard);
  for (let i = 0; i < list.length; i += 2) kept.append(list[i], list[i + 1]);
  return listOf(kept);
}

/** The values of a name, combined; null if there are none. */
export function valueOf(list: HeaderList, name: string): string | null {
  let value: string | null = null;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) value = value === null ? list[i + 1]! : value + ", " + list[i + 1]!;
  }
  return value;
}

export function deleteHeader(list: HeaderList, name: string): void {
  for (let i = list.length - 2; i >= 0; i -= 2) if (list[i] === name) ArrayPrototypeSplice(list, i, 2);
}

/** Puts the value in the place of the first of the name, or at the end. */
export function setHeader(list: HeaderList, name: string, value: string): void {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] !== name) continue;
    list[i + 1] = value;
    for (let j = list.length - 2; j > i; j -= 2) if (list[j] === name) ArrayPrototypeSplice(list, j, 2);
    return;
  }
  push(list, name, value);
}

export function push(list: HeaderList, name: string, value: string): void {
  ArrayPrototypePush(list, name);
  ArrayPrototypePush(list, value);
}

/** 2.2.2 Sort and combine. Cookies that are set stay apart. */
function sorted(list: HeaderList): [name: string, value: string][] {
  const pairs: [name: string, value: string][] = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!;
    let at = 0;
    if (name === "set-cookie") at = pairs.length;
    else while (at < pairs.length && pairs[at]![0] !== name) at++;
    if (at < pairs.length) pairs[at]![1] += ", " + list[i + 1]!;
    else ArrayPrototypePush(pairs, [name, list[i + 1]!]);
  }
  return ArrayPrototypeSort(pairs, (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
}

/** Names that are asked for often, in lower case and as they are usually written. */
const usual = new SafeMap<unknown, string>();
for (const name of [
  "Accept", "Accept-Language", "Authorization", "Cache-Control", "Content-Encoding", "Content-Length", "Content-Type", "Cookie", "Date",
  "ETag", "Host", "If-None-Match", "Last-Modified", "Location", "Origin", "Referer", "Set-Cookie", "User-Agent", "Vary",
]) {
  const lower = StringPrototypeToLowerCase(name);
  MapPrototypeSet(usual, name, lower);
  MapPrototypeSet(usual, lower, lower);
}

function toNameBytes(name: unknown, where: string): string {
  return MapPrototypeHas(usual, name) ? (name as string) : toByteString(name, where);
}

export function toName(name: unknown, where: string): string {
  const known = MapPrototypeGet(usual, name);
  if (known !== undefined) return known;
  const text = toByteString(name, where);
  if (!isToken(text)) throw new SafeTypeError(where + ": '" + text + "' is not a valid HTTP header name.");
  return StringPrototypeToLowerCase(text);
}

/** A value that needs no change. */
const plainValue = /^(?:[!-~](?:[\t -~]*[!-~])?)?$/;

export function toValue(value: unknown, where: string): string {
  if (typeof value === "string" && RegExpPrototypeExec(plainValue, value) !== null) return value;
  const text = trim(toByteString(value, where));
  for (let i = 0; i < text.length; i++) {
    const c = StringPrototypeCharCodeAt(text, i);
    if (c === 0 || c === 10 || c === 13) throw new SafeTypeError(where + ": '" + text + "' is not a valid HTTP header value.");
  }
  return text;
}

/** Takes HTTP whitespace from both ends. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(StringPrototypeCharCodeAt(text, from))) from++;
  while (from < to && isSpace(StringPrototypeCharCodeAt(text, to - 1))) to--;
  return to - from === text.length ? text : StringPrototypeSlice(text, from, to);
}

function isSpace(c: number): boolean {
  return c === 32 || c === 9 || c === 10 || c === 13;
}

/** Whether the text is an HTTP token: a header's name, a method. */
export function isToken(text: string): boolean {
  return RegExpPrototypeExec(token, text) !== null;
}

const token = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;

/** 2.2.2 no-CORS-safelisted request-header names. */
function isSafelistedName(name: string): boolean {
  return name === "accept" || name === "accept-language" || name === "content-language" || name === "content-type" || name === "range";
}

/** 2.2.2 no-CORS-safelisted request-headers. */
function isSafelisted(name: string, value: string): boolean {
  if (value.length > 128) return false;
  switch (name) {
    case "accept":
      return !hasUnsafeByte(value);
    case "accept-language":
    case "content-language":
      for (let i = 0; i < value.length; i++) {
        const c = StringPrototypeCharCodeAt(value, i);
        const alphanumeric = (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
        if (!alphanumeric && StringPrototypeIndexOf(" *,-.;=", value[i]!) < 0) return false;
      }
      return true;
    case "content-type": {
      if (hasUnsafeByte(value)) return false;
      const essence = extractMIME(value)?.essence;
      return essence === "application/x-www-form-urlencoded" || essence === "multipart/form-data" || essence === "text/plain";
    }
  }
  return false;
}

/** 2.2.2 CORS-unsafe request-header bytes. */
function hasUnsafeByte(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const c = StringPrototypeCharCodeAt(value, i);
    if ((c < 32 && c !== 9) || c === 127 || StringPrototypeIndexOf('"():<>?@[\\]{}', value[i]!) >= 0) return true;
  }
  return false;
}

/** A copy that is changed apart. */
export function copyList(list: HeaderList): HeaderList {
  return ArrayPrototypeSlice(list);
}
