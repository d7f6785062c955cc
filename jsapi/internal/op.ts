// Operations of the host: what goes on beyond the turn in which it was asked for.

import { MapPrototypeDelete, MapPrototypeGet, MapPrototypeGetSize, MapPrototypeSet, ReflectApply, SafeMap, SafePromise } from "./primordials.ts";

declare const __host: {
  /** Ends an operation early: its function sees its context cancelled, and its promise is settled as that makes of it. */
  cancel(id: number): void;
};

interface Capability {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/** A host function that begins an operation and returns its number. Throws where it cannot. */
type Begin = (...args: any[]) => number;

const capabilities = new SafeMap<number, Capability>();

/** How many promises wait for the host. */
export function pendingCount(): number {
  return MapPrototypeGetSize(capabilities);
}

/** The promise that settle settles under the id, in a later turn. */
export function pending(id: number): Promise<any> {
  return new SafePromise((resolve, reject) => {
    MapPrototypeSet(capabilities, id, { resolve, reject });
  });
}

/**
 * pending, with functions that make of the outcome what the promise is settled with; they do not throw. Every promise's value
 * can be seen by scripts that tamper with Promise: this is for values that none must see.
 */
export function pendingAs(id: number, ofValue: (value: any) => unknown, ofError: (error: unknown) => unknown): Promise<any> {
  return new SafePromise((resolve, reject) => {
    MapPrototypeSet(capabilities, id, {
      resolve: (value) => resolve(ofValue(value)),
      reject: (error) => reject(ofError(error)),
    });
  });
}

/** Begins an operation. The promise is rejected if it cannot begin. */
export function op(begin: Begin, ...args: unknown[]): Promise<any> {
  return opOf(begin, args);
}

/** op with a list of arguments. */
export function opOf(begin: Begin, args: ArrayLike<unknown>): Promise<any> {
  try {
    return pending(ReflectApply(begin, undefined, args));
  } catch (error) {
    return new SafePromise((_resolve, reject) => reject(error));
  }
}

/** An operation that can be ended early. */
export function cancellable(begin: Begin, ...args: unknown[]): { promise: Promise<any>; cancel(): void } {
  let id: number;
  try {
    id = ReflectApply(begin, undefined, args);
  } catch (error) {
    return { promise: new SafePromise((_resolve, reject) => reject(error)), cancel() {} };
  }
  return { promise: pending(id), cancel: () => __host.cancel(id) };
}

/** Settles a promise. The host calls this; an id that nothing waits under is from before this context was reset. */
export function settle(id: number, fulfilled: boolean, value: unknown): void {
  const capability = MapPrototypeGet(capabilities, id);
  if (capability === undefined) return;
  MapPrototypeDelete(capabilities, id);
  if (fulfilled) capability.resolve(value);
  else capability.reject(value);
}
