// 6.2 URLSearchParams class.

import {
  ArrayPrototypePush,
  ArrayPrototypeSort,
  ArrayPrototypeSplice,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  SymbolIterator,
  SafeTypeError,
} from "../internal/primordials.ts";
import { inspectable } from "../internal/inspectable.ts";
import {
  defineInterface,
  definePairIterator,
  isObject,
  requireArguments,
  sequenceFrom,
  toRecord,
  toSequence,
  toUSVString,
} from "../internal/webidl.ts";

declare const __host: {
  /** application/x-www-form-urlencoded to names and values by turns, and back. */
  parseForm(text: string): string[];
  serializeForm(list: string[]): string;
};

const constructing = "Failed to construct 'URLSearchParams': parameter 1";

function executing(method: string): string {
  return "Failed to execute '" + method + "' on 'URLSearchParams'";
}

let listOf: (params: URLSearchParams) => string[];
let observe: (params: URLSearchParams, onChange: (query: string) => void) => URLSearchParams;
/** Gives a URL's query object what the URL's query has become. */
export let resetParams: (params: URLSearchParams, query: string) => void;

export class URLSearchParams {
  /** Names and values by turns. */
  #list: string[] = [];
  #onChange: ((query: string) => void) | undefined;

  static {
    listOf = (params) => params.#list;
    observe = (params, onChange) => {
      params.#onChange = onChange;
      return params;
    };
    resetParams = (params, query) => {
      params.#list = fromString(query);
    };
    definePairIterator(this, (params: URLSearchParams, index) => {
      const list = params.#list;
      return 2 * index < list.length ? [list[2 * index], list[2 * index + 1]] : undefined;
    });
  }

  constructor(init: unknown = "") {
    this.#list = isObject(init) ? fromObject(init) : fromString(toUSVString(init, constructing));
  }

  get size(): number {
    return this.#list.length / 2;
  }

  append(name: unknown, value: unknown): void {
    const where = executing("append");
    const list = this.#list;
    requireArguments(arguments.length, 2, where);
    const key = toUSVString(name, where);
    push(list, key, toUSVString(value, where));
    this.#changed();
  }

  delete(name: unknown, value: unknown = undefined): void {
    const where = executing("delete");
    const list = this.#list;
    requireArguments(arguments.length, 1, where);
    const key = toUSVString(name, where);
    const only = value === undefined ? undefined : toUSVString(value, where);
    for (let i = list.length - 2; i >= 0; i -= 2) {
      if (list[i] === key && (only === undefined || list[i + 1] === only)) ArrayPrototypeSplice(list, i, 2);
    }
    this.#changed();
  }

  get(name: unknown): string | null {
    const where = executing("get");
    const list = this.#list;
    requireArguments(arguments.length, 1, where);
    const at = find(list, toUSVString(name, where));
    return at < list.length ? list[at + 1]! : null;
  }

  getAll(name: unknown): string[] {
    const where = executing("getAll");
    const list = this.#list;
    requireArguments(arguments.length, 1, where);
    const key = toUSVString(name, where);
    const values: string[] = [];
    for (let i = find(list, key); i < list.length; i = find(list, key, i + 2)) ArrayPrototypePush(values, list[i + 1]!);
    return values;
  }

  has(name: unknown, value: unknown = undefined): boolean {
    const where = executing("has");
    const list = this.#list;
    requireArguments(arguments.length, 1, where);
    const key = toUSVString(name, where);
    const only = value === undefined ? undefined : toUSVString(value, where);
    for (let i = find(list, key); i < list.length; i = find(list, key, i + 2)) {
      if (only === undefined || list[i + 1] === only) return true;
    }
    return false;
  }

  set(name: unknown, value: unknown): void {
    const where = executing("set");
    const list = this.#list;
    requireArguments(arguments.length, 2, where);
    const key = toUSVString(name, where);
    const text = toUSVString(value, where);
    const at = find(list, key);
    if (at < list.length) {
      list[at + 1] = text;
      for (let i = list.length - 2; i > at; i -= 2) if (list[i] === key) ArrayPrototypeSplice(list, i, 2);
    } else {
      push(list, key, text);
    }
    this.#changed();
  }

  sort(): void {
    const list = this.#list;
    const pairs: [string, string][] = [];
    for (let i = 0; i < list.length; i += 2) ArrayPrototypePush(pairs, [list[i]!, list[i + 1]!]);
    ArrayPrototypeSort(pairs, (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    for (let i = 0; i < pairs.length; i++) {
      list[2 * i] = pairs[i]![0];
      list[2 * i + 1] = pairs[i]![1];
    }
    this.#changed();
  }

  toString(): string {
    return __host.serializeForm(this.#list);
  }

  #changed(): void {
    this.#onChange?.(__host.serializeForm(this.#list));
  }
}
defineInterface(URLSearchParams);
inspectable(URLSearchParams, (params, nested) => {
  const list = listOf(params);
  let text = "";
  for (let i = 0; i < list.length; i += 2) text += (i === 0 ? " " : ", ") + nested(list[i]) + " => " + nested(list[i + 1]);
  return text === "" ? "{}" : "{" + text + " }";
});

/** The query object of a URL: changes of it are given to onChange, serialized. */
export function paramsOf(query: string, onChange: (query: string) => void): URLSearchParams {
  return observe(new URLSearchParams(query), onChange);
}

/** Where the name stands, from there on; the length if it does not. */
function find(list: string[], name: string, from = 0): number {
  while (from < list.length && list[from] !== name) from += 2;
  return from;
}

function push(list: string[], name: string, value: string): void {
  ArrayPrototypePush(list, name);
  ArrayPrototypePush(list, value);
}

function fromString(query: string): string[] {
  return __host.parseForm(StringPrototypeStartsWith(query, "?") ? StringPrototypeSlice(query, 1) : query);
}

/** A sequence of pairs, or a record. */
function fromObject(init: object): string[] {
  const list: string[] = [];
  const method = (init as { [SymbolIterator]?: unknown })[SymbolIterator];
  if (method === undefined || method === null) {
    const record = toRecord(init, toUSVString, toUSVString, constructing);
    for (let i = 0; i < record.length; i++) push(list, record[i]![0], record[i]![1]);
    return list;
  }
  const pairs = sequenceFrom(init, method, (pair, where) => toSequence(pair, toUSVString, where), constructing);
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i]!;
    if (pair.length !== 2) throw new SafeTypeError(constructing + " has an element that is not a pair of a name and a value.");
    push(list, pair[0]!, pair[1]!);
  }
  return list;
}
