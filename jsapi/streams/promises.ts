import {
  type Deferred,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  ReflectApply,
} from "../internal/primordials.ts";
import { toCallback } from "../internal/webidl.ts";

/** Fulfilled with undefined, to wait for; never given to scripts. */
export const fulfilled = PromiseResolve(undefined) as Promise<undefined>;

const nothing = () => {};

/** Marks a rejection as handled. */
export function handle<T extends Promise<unknown>>(promise: T): T {
  PromisePrototypeThen(promise, undefined, nothing);
  return promise;
}

/** What a method returned as a promise, see Callee. */
export function promiseOf(value: unknown, ours: boolean): Promise<unknown> {
  if (value === undefined) return fulfilled;
  if (ours) return PromiseResolve(value);
  const made = PromiseWithResolvers<unknown>();
  made.resolve(value);
  return made.promise;
}

/**
 * Where a script's or a group's methods are called: an underlying source, sink, or transformer. Of a script's, what methods
 * return is converted as Web IDL does; a group's promises are taken as they are, out of reach of a script's `then`.
 */
export interface Callee {
  self: unknown;
  ours: boolean;
}

/** Calls a method, if there is one. What it throws is a rejection. */
export function invoke(method: Function | undefined, callee: Callee | undefined, args: unknown[]): Promise<unknown> {
  if (method === undefined) return fulfilled;
  try {
    return promiseOf(ReflectApply(method as () => unknown, callee!.self, args), callee!.ours);
  } catch (error) {
    return PromiseReject(error);
  }
}

/** The promise's fulfilment as undefined, in a promise that scripts may have. */
export function settled(promise: Promise<unknown>): Promise<undefined> {
  return PromisePrototypeThen(promise, nothing) as Promise<undefined>;
}

/**
 * A promise of nothing that is made when someone asks for it: most streams' "closed" and "ready" are never looked at.
 * Its rejection counts as handled.
 */
export class Later {
  pending = true;
  private rejected = false;
  private reason: unknown = undefined;
  private made: Deferred<undefined> | undefined = undefined;

  static fulfilled(): Later {
    const later = new Later();
    later.pending = false;
    return later;
  }

  static rejected(reason: unknown): Later {
    const later = new Later();
    later.reject(reason);
    return later;
  }

  get promise(): Promise<undefined> {
    if (this.made === undefined) {
      this.made = PromiseWithResolvers<undefined>();
      if (!this.pending) this.settle(this.made);
    }
    return this.made.promise;
  }

  resolve(): void {
    if (!this.pending) return;
    this.pending = false;
    if (this.made !== undefined) this.settle(this.made);
  }

  reject(reason: unknown): void {
    if (!this.pending) return;
    this.pending = false;
    this.rejected = true;
    this.reason = reason;
    if (this.made !== undefined) this.settle(this.made);
  }

  private settle(made: Deferred<undefined>): void {
    if (!this.rejected) {
      made.resolve(undefined);
      return;
    }
    made.reject(this.reason);
    handle(made.promise);
  }
}

/** The method of that name of an underlying source, sink or transformer, if it has one. */
export function method(object: object, name: string, where: string): Function | undefined {
  const value = (object as { [name: string]: unknown })[name];
  return value === undefined ? undefined : toCallback(value, where + name);
}
