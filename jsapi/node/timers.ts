// node:timers and node:timers/promises, https://nodejs.org/api/timers.html: timers are objects with ref and unref, which do
// nothing, since a context waits for none of them, and become the number that the group "timers" knows them by.

import { checkFunction, checkNumber } from "../buffer/buffer.ts";
import { promisify } from "./util.ts";
import { abortError, checkSignal, onAbort } from "./abort.ts";
import { bind } from "./async_context.ts";

type Callback = (...args: any[]) => unknown;
type Start = (callback: Callback, delay?: number, ...args: unknown[]) => number;

const host = globalThis as unknown as Record<string, any>;
const { setTimeout: startTimeout, setInterval: startInterval, clearTimeout: stop } = host as unknown as {
  setTimeout: Start;
  setInterval: Start;
  clearTimeout(id: number): void;
};
const { setImmediate: startImmediate, clearImmediate: stopImmediate } = host as { setImmediate: Function; clearImmediate: Function };

class Timeout {
  #id: number;
  #callback: Callback;
  #delay: number | undefined;
  #args: unknown[];
  #repeats: boolean;
  #hasRef = true;
  #live = true;

  constructor(callback: unknown, delay: number | undefined, args: unknown[], repeats: boolean) {
    checkFunction(callback, "callback");
    const bound = bind(callback);
    this.#callback = repeats ? bound : (...args) => {
      this.#live = false;
      return bound.apply(this, args);
    };
    this.#delay = delay! >= 1 && delay! <= 2 ** 31 - 1 ? delay : 1;
    this.#args = args;
    this.#repeats = repeats;
    this.#id = this.#start();
  }

  #start(): number {
    return (this.#repeats ? startInterval : startTimeout)(this.#callback, this.#delay, ...this.#args);
  }

  ref(): this {
    this.#hasRef = true;
    return this;
  }

  unref(): this {
    this.#hasRef = false;
    return this;
  }

  hasRef(): boolean {
    return this.#hasRef;
  }

  /** Starts anew. */
  refresh(): this {
    if (!this.#live) return this;
    stop(this.#id);
    this.#id = this.#start();
    return this;
  }

  close(): this {
    this.#live = false;
    stop(this.#id);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.#id;
  }
}

class Immediate {
  #id: number;

  constructor(callback: unknown, args: unknown[]) {
    checkFunction(callback, "callback");
    this.#id = startImmediate(bind(callback), ...args);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return this.#id;
  }
}

function clear(timer: unknown): void {
  if (timer instanceof Timeout) timer.close();
  else if (typeof timer === "number" || typeof timer === "string") stop(+timer);
}

function sleep(delay?: number, value?: unknown, options?: { signal?: any }): Promise<unknown> {
  return waiting((done) => {
    const timer = new Timeout(done, delay, [], false);
    return () => timer.close();
  }, value, options);
}

function immediate(value?: unknown, options?: { signal?: any }): Promise<unknown> {
  return waiting((done) => {
    const timer = new Immediate(done, []);
    return () => clearImmediate(timer);
  }, value, options);
}

function waiting(start: (done: () => void) => () => void, value: unknown, options: { signal?: any } = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { signal } = options;
    checkSignal(signal);
    if (signal?.aborted) throw abortError(signal);
    let forget = (): void => {};
    const cancel = start(() => {
      forget();
      resolve(value);
    });
    if (signal) {
      forget = onAbort(signal, () => {
        cancel();
        reject(abortError(signal));
      });
    }
  });
}

async function* every(delay?: number, value?: unknown, options: { signal?: any } = {}): AsyncGenerator<unknown> {
  const { signal } = options;
  checkSignal(signal);
  if (signal?.aborted) throw abortError(signal);
  let due = 0;
  let wake = (): void => {};
  const timer = new Timeout(() => (due++, wake()), delay, [], true);
  const forget = signal ? onAbort(signal, () => wake()) : undefined;
  try {
    for (;;) {
      if (signal?.aborted) throw abortError(signal);
      if (due === 0) await new Promise<void>((resolve) => (wake = resolve));
      for (; due > 0; due--) yield value;
    }
  } finally {
    timer.close();
    forget?.();
  }
}

export function clearImmediate(timer: unknown): void {
  if (timer !== undefined && timer !== null) stopImmediate(+(timer as number));
}

export const globals = {
  setTimeout: (callback: unknown, delay?: number, ...args: unknown[]) => new Timeout(callback, delay, args, false),
  setInterval: (callback: unknown, delay?: number, ...args: unknown[]) => new Timeout(callback, delay, args, true),
  setImmediate: (callback: unknown, ...args: unknown[]) => new Immediate(callback, args),
  clearTimeout: clear,
  clearInterval: clear,
  clearImmediate,
};
Object.defineProperty(globals.setTimeout, promisify.custom, { value: sleep });
Object.defineProperty(globals.setImmediate, promisify.custom, { value: immediate });

export const promises = {
  setTimeout: sleep,
  setImmediate: immediate,
  setInterval: every,
  scheduler: {
    wait(delay: number, options?: { signal?: any }): Promise<unknown> {
      checkNumber(delay, "delay", 0);
      return sleep(delay, undefined, options);
    },
    yield: () => immediate(),
  },
};

export default { ...globals, promises };
