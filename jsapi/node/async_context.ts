// node:async_hooks, https://nodejs.org/api/async_context.html: AsyncLocalStorage and AsyncResource. What a promise waits for
// is followed through then, catch and finally, timers and process.nextTick, and through await, since the bundler makes await of then
// in a bundle that imports this module. createHook does nothing.

import { checkFunction } from "../buffer/buffer.ts";
import { setBinding } from "./ticks.ts";

type AnyFunction = (...args: any[]) => any;

/** The values of the storages; never changed, but replaced. undefined: no storage has a value. */
type Context = ReadonlyMap<AsyncLocalStorage, unknown> | undefined;

let current: Context;

/** Calls the function in a context. */
function within<T>(context: Context, f: () => T): T {
  const previous = current;
  current = context;
  try {
    return f();
  } finally {
    current = previous;
  }
}

/** The function, to be called in the present context. */
export function bind<F extends AnyFunction>(f: F): F {
  const context = current;
  if (context === undefined) return f;
  return function (this: unknown, ...args: unknown[]) {
    return within(context, () => f.apply(this, args));
  } as F;
}

export class AsyncLocalStorage {
  #disabled = false;

  static bind<F extends AnyFunction>(f: F): F {
    return AsyncResource.bind(f);
  }

  static snapshot(): AnyFunction {
    const context = current;
    return (f: AnyFunction, ...args: unknown[]) => within(context, () => f(...args));
  }

  run(store: unknown, f: AnyFunction, ...args: unknown[]): unknown {
    this.#disabled = false;
    return within(this.#with(store), () => f(...args));
  }

  exit(f: AnyFunction, ...args: unknown[]): unknown {
    return this.run(undefined, f, ...args);
  }

  enterWith(store: unknown): void {
    this.#disabled = false;
    current = this.#with(store);
  }

  getStore(): unknown {
    return this.#disabled ? undefined : current?.get(this);
  }

  disable(): void {
    this.#disabled = true;
  }

  #with(store: unknown): Context {
    return new Map(current ?? []).set(this, store);
  }
}

export class AsyncResource {
  #context = current;

  static bind<F extends AnyFunction>(f: F, _type?: string, thisArg?: unknown): F {
    checkFunction(f, "fn");
    const context = current;
    return function (this: unknown, ...args: unknown[]) {
      return within(context, () => f.apply(thisArg ?? this, args));
    } as F;
  }

  runInAsyncScope(f: AnyFunction, thisArg?: unknown, ...args: unknown[]): unknown {
    return within(this.#context, () => f.apply(thisArg, args));
  }

  bind<F extends AnyFunction>(f: F): F {
    const { runInAsyncScope } = this;
    const self = this;
    return function (this: unknown, ...args: unknown[]) {
      return runInAsyncScope.call(self, f, this, ...args);
    } as F;
  }

  emitDestroy(): this {
    return this;
  }

  asyncId(): number {
    return 1;
  }

  triggerAsyncId(): number {
    return 0;
  }
}

/** Lets promises' callbacks and microtasks keep their context. For a template whose scripts get the group. */
export function followPromises(): void {
  const { then } = Promise.prototype;
  const follow = function (this: Promise<unknown>, fulfilled?: any, rejected?: any) {
    if (current === undefined) return then.call(this, fulfilled, rejected);
    return then.call(this, typeof fulfilled === "function" ? bind(fulfilled) : fulfilled, typeof rejected === "function" ? bind(rejected) : rejected);
  };
  Object.defineProperty(follow, "name", { value: "then" });
  Object.defineProperty(Promise.prototype, "then", { value: follow, writable: true, configurable: true });
}

setBinding(bind);

export default {
  AsyncLocalStorage,
  AsyncResource,
  createHook: () => {
    const hook = { enable: () => hook, disable: () => hook };
    return hook;
  },
  executionAsyncId: () => 1,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => ({}),
  asyncWrapProviders: {},
};
