// What scripts keep: Rowan.storage, Rowan.sql and Rowan.transaction.

import { deserialize, serialize } from "../clone/clone.ts";
import { ObjectFreeze, SafeTypeError } from "../internal/primordials.ts";
import { isThenable } from "../internal/thenable.ts";

declare const __host: {
  /** Runs a statement and returns its rows. */
  sql(query: string, ...params: unknown[]): any[];
  /** Calls transact, and commits if that returns true. Throws where nothing could be begun or committed. */
  transaction(): void;
  "storage.get"(key: string): unknown;
  "storage.set"(key: string, data: unknown): void;
  "storage.delete"(key: string): boolean;
  "storage.list"(prefix?: string, start?: string, end?: string, limit?: number, reverse?: boolean): [string, unknown][];
};

interface ListOptions {
  prefix?: string;
  start?: string;
  end?: string;
  limit?: number;
  reverse?: boolean;
}

const get = __host["storage.get"];
const set = __host["storage.set"];
const list = __host["storage.list"];

export const storage = ObjectFreeze({
  get: (key: string): unknown => deserialize(get(key)),
  set: (key: string, value: unknown): void => set(key, serialize(value)),
  delete: __host["storage.delete"],
  list(options: ListOptions = {}): [string, unknown][] {
    const { prefix, start, end, limit, reverse } = { __proto__: null, ...options } as ListOptions;
    const pairs = list(prefix, start, end, limit, reverse);
    for (let i = 0; i < pairs.length; i++) pairs[i]![1] = deserialize(pairs[i]![1]);
    return pairs;
  },
});

export const sql = __host.sql;

/** A transaction's callback, and what became of it. */
interface Frame {
  callback: () => unknown;
  failed: boolean;
  outcome: unknown;
}

/** The transaction that is about to begin. */
let next: Frame | undefined;

/** Runs the callback within a transaction, or within a savepoint of the one that is under way. */
export function transaction<T>(callback: () => T): T {
  if (typeof callback !== "function") throw new SafeTypeError("transaction: the callback is not a function");
  const frame: Frame = { callback, failed: true, outcome: undefined };
  next = frame;
  try {
    host();
  } finally {
    next = undefined;
  }
  if (frame.failed) throw frame.outcome;
  return frame.outcome as T;
}

const host = __host.transaction;

/** Calls the callback, and reports whether to commit. The host calls this. */
export function transact(): boolean {
  const frame = next!;
  const { callback } = frame;
  try {
    frame.outcome = callback();
  } catch (error) {
    frame.outcome = error;
    return false;
  }
  if (isThenable(frame.outcome)) {
    frame.outcome = new SafeTypeError("transaction: the callback returned a promise; a transaction ends with its callback");
    return false;
  }
  frame.failed = false;
  return true;
}
