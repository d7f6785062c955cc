// node:events, https://nodejs.org/api/events.html. Left out: EventEmitterAsyncResource.

import { checkFunction, checkNumber, invalidType, nodeError } from "../buffer/buffer.ts";
import { inspect } from "../internal/inspect.ts";
import { tick } from "./ticks.ts";
import { abortError, checkSignal, onAbort } from "./abort.ts";
import { emitWarning } from "./warning.ts";

type Listener = ((...args: any[]) => unknown) & { listener?: Listener };
type Name = string | symbol;
type Listeners = Record<Name, Listener | Listener[]>;

/** What an emitter has; a class may mix the methods into objects of its own. */
export interface EventEmitter {
  _events?: Listeners;
  _eventsCount: number;
  _maxListeners?: number;
  [captureFlag]?: boolean;
  emit(name: Name, ...args: any[]): boolean;
  on(name: Name, listener: Listener): this;
  addListener(name: Name, listener: Listener): this;
  once(name: Name, listener: Listener): this;
  prependListener(name: Name, listener: Listener): this;
  prependOnceListener(name: Name, listener: Listener): this;
  off(name: Name, listener: Listener): this;
  removeListener(name: Name, listener: Listener): this;
  removeAllListeners(name?: Name): this;
  listeners(name: Name): Listener[];
  rawListeners(name: Name): Listener[];
  listenerCount(name: Name, listener?: Listener): number;
  eventNames(): Name[];
  setMaxListeners(n: number): this;
  getMaxListeners(): number;
}

const errorMonitor = Symbol("events.errorMonitor");
const captureFlag = Symbol("kCapture");
const warnedFlag = Symbol("kWarned");
export const captureRejectionSymbol = Symbol.for("nodejs.rejection");
let defaultMaxListeners = 10;
let captureRejections = false;

/** A function, not a class: `EventEmitter.call(this)` is how older packages inherit. */
export const EventEmitter = function EventEmitter(this: EventEmitter, options?: object): void {
  init.call(this, options);
} as unknown as {
  new (options?: object): EventEmitter;
  (this: unknown, options?: object): void;
  prototype: EventEmitter;
};

function init(this: EventEmitter, options?: { captureRejections?: boolean }): void {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = Object.create(null) as Listeners;
    this._eventsCount = 0;
  }
  this._maxListeners ||= undefined;
  if (options?.captureRejections !== undefined) this[captureFlag] = Boolean(options.captureRejections);
}

function listOf(emitter: EventEmitter, name: Name): Listener[] {
  const found = emitter._events?.[name];
  return found === undefined ? [] : typeof found === "function" ? [found] : found;
}

function add<E extends EventEmitter>(emitter: E, name: Name, listener: Listener, prepend: boolean): E {
  checkFunction(listener, "listener");
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = Object.create(null) as Listeners;
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit("newListener", name, listener.listener ?? listener);
    events = emitter._events!; // a listener may have changed them
  }
  const existing = events[name];
  if (existing === undefined) {
    events[name] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  let list: Listener[];
  if (typeof existing === "function") list = events[name] = prepend ? [listener, existing] : [existing, listener];
  else {
    list = existing;
    if (prepend) list.unshift(listener);
    else list.push(listener);
  }
  const max = maxOf(emitter);
  if (max > 0 && list.length > max && !(list as any)[warnedFlag]) {
    (list as any)[warnedFlag] = true;
    const warning = Object.assign(
      new Error("Possible EventEmitter memory leak detected. " + list.length + " " + String(name) + " listeners added to " +
        inspect(emitter, { depth: -1 }) + ". MaxListeners is " + max + ". Use emitter.setMaxListeners() to increase limit"),
      { name: "MaxListenersExceededWarning", emitter, type: name, count: list.length },
    );
    emitWarning(warning);
  }
  return emitter;
}

function maxOf(emitter: EventEmitter): number {
  return emitter._maxListeners ?? defaultMaxListeners;
}

function onceWrapper(emitter: EventEmitter, name: Name, listener: Listener): Listener {
  checkFunction(listener, "listener");
  let fired = false;
  const wrapper: Listener = function (...args: unknown[]) {
    if (fired) return undefined;
    emitter.removeListener(name, wrapper);
    fired = true;
    return listener.apply(emitter, args);
  };
  wrapper.listener = listener;
  return wrapper;
}

function unhandled(error: unknown): unknown {
  if (error instanceof Error) return error;
  let text: string;
  try {
    text = inspect(error);
  } catch {
    text = String(error);
  }
  return nodeError(Error, "ERR_UNHANDLED_ERROR", "Unhandled error. (" + text + ")", { context: error });
}

/** Watches what a listener returned: its rejection becomes an error event. */
function capture(emitter: EventEmitter, result: any, name: Name, args: unknown[]): void {
  try {
    const { then } = result;
    if (typeof then !== "function") return;
    then.call(result, undefined, (error: unknown) => {
      tick(() => {
        const handler = (emitter as any)[captureRejectionSymbol];
        if (typeof handler === "function") return void handler.call(emitter, error, name, ...args);
        const previous = emitter[captureFlag];
        emitter[captureFlag] = false;
        try {
          emitter.emit("error", error);
        } finally {
          emitter[captureFlag] = previous;
        }
      });
    });
  } catch (error) {
    emitter.emit("error", error);
  }
}

const methods = {
  emit(this: EventEmitter, name: Name, ...args: unknown[]): boolean {
    const events = this._events;
    if (name === "error") {
      if (events?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
      if (events?.error === undefined) throw unhandled(args[0]);
    }
    const handler = events?.[name];
    if (handler === undefined) return false;
    const captures = this[captureFlag] ?? captureRejections;
    if (typeof handler === "function") {
      const result = handler.apply(this, args);
      if (captures && result !== undefined && result !== null) capture(this, result, name, args);
      return true;
    }
    for (const listener of handler.slice()) {
      const result = listener.apply(this, args);
      if (captures && result !== undefined && result !== null) capture(this, result, name, args);
    }
    return true;
  },
  addListener(this: EventEmitter, name: Name, listener: Listener) {
    return add(this, name, listener, false);
  },
  on(this: EventEmitter, name: Name, listener: Listener) {
    return add(this, name, listener, false);
  },
  prependListener(this: EventEmitter, name: Name, listener: Listener) {
    return add(this, name, listener, true);
  },
  once(this: EventEmitter, name: Name, listener: Listener) {
    return this.on(name, onceWrapper(this, name, listener));
  },
  prependOnceListener(this: EventEmitter, name: Name, listener: Listener) {
    return this.prependListener(name, onceWrapper(this, name, listener));
  },
  removeListener(this: EventEmitter, name: Name, listener: Listener) {
    checkFunction(listener, "listener");
    const list = listOf(this, name);
    let at = list.length - 1;
    while (at >= 0 && list[at] !== listener && list[at]!.listener !== listener) at--;
    if (at < 0) return this;
    const events = this._events!;
    if (list.length === 1) {
      this._eventsCount--;
      delete events[name];
    } else {
      list.splice(at, 1);
      if (list.length === 1) events[name] = list[0]!;
    }
    if (events.removeListener !== undefined) this.emit("removeListener", name, listener.listener ?? listener);
    return this;
  },
  off(this: EventEmitter, name: Name, listener: Listener) {
    return this.removeListener(name, listener);
  },
  removeAllListeners(this: EventEmitter, name?: Name) {
    const events = this._events;
    if (events === undefined) return this;
    if (events.removeListener === undefined) {
      if (arguments.length === 0) {
        this._events = Object.create(null) as Listeners;
        this._eventsCount = 0;
      } else if (events[name!] !== undefined) {
        this._eventsCount--;
        delete events[name!];
      }
      return this;
    }
    if (arguments.length === 0) {
      for (const key of Reflect.ownKeys(events)) {
        if (key !== "removeListener") this.removeAllListeners(key);
      }
      this.removeAllListeners("removeListener");
      this._events = Object.create(null) as Listeners;
      this._eventsCount = 0;
      return this;
    }
    for (const listener of listOf(this, name!).slice().reverse()) this.removeListener(name!, listener);
    return this;
  },
  listeners(this: EventEmitter, name: Name): Listener[] {
    return listOf(this, name).map((listener) => listener.listener ?? listener);
  },
  rawListeners(this: EventEmitter, name: Name): Listener[] {
    return listOf(this, name).slice();
  },
  listenerCount(this: EventEmitter, name: Name, listener?: Listener): number {
    const list = listOf(this, name);
    if (listener == null) return list.length;
    return list.filter((each) => each === listener || each.listener === listener).length;
  },
  eventNames(this: EventEmitter): Name[] {
    return this._events === undefined ? [] : (Reflect.ownKeys(this._events) as Name[]);
  },
  setMaxListeners(this: EventEmitter, n: number) {
    checkNumber(n, "setMaxListeners", 0);
    this._maxListeners = n;
    return this;
  },
  getMaxListeners(this: EventEmitter): number {
    return maxOf(this);
  },
};

Object.assign(EventEmitter.prototype, { _events: undefined, _eventsCount: 0, _maxListeners: undefined }, methods);

/** Listens where the target is an emitter or an EventTarget; the value stops it. */
function listen(target: any, name: Name, listener: Listener): () => void {
  if (typeof target?.on === "function") {
    target.on(name, listener);
    return () => target.removeListener(name, listener);
  }
  if (typeof target?.addEventListener === "function") {
    target.addEventListener(name, listener);
    return () => target.removeEventListener(name, listener);
  }
  throw invalidType("emitter", "an instance of EventEmitter", target);
}

/** A promise of the arguments of an event; an error event rejects it. */
export function once(emitter: any, name: Name, options: { signal?: any } = {}): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    checkSignal(options?.signal);
    const { signal } = options ?? {};
    if (signal?.aborted) throw abortError(signal);
    const undo: (() => void)[] = [];
    const end = (): void => undo.forEach((f) => f());
    undo.push(listen(emitter, name, (...args) => (end(), resolve(args))));
    if (name !== "error" && typeof emitter.on === "function") {
      undo.push(listen(emitter, "error", (error) => (end(), reject(error))));
    }
    if (signal) undo.push(onAbort(signal, () => (end(), reject(abortError(signal)))));
  });
}

/** The events as an async iterator. */
function on(emitter: any, name: Name, options: { signal?: any; close?: Name[] } = {}): AsyncIterableIterator<unknown[]> {
  checkSignal(options?.signal);
  const { signal, close = [] } = options ?? {};
  if (signal?.aborted) throw abortError(signal);
  const arrived: unknown[][] = [];
  const waiting: { resolve(r: IteratorResult<unknown[]>): void; reject(e: unknown): void }[] = [];
  const undo: (() => void)[] = [];
  let error: unknown;
  let failed = false;
  let finished = false;
  const finish = (): void => {
    undo.splice(0).forEach((f) => f());
    finished = true;
    for (const w of waiting.splice(0)) w.resolve({ value: undefined, done: true });
  };
  const fail = (why: unknown): void => {
    const first = waiting.shift();
    if (first) first.reject(why);
    else {
      error = why;
      failed = true;
    }
    finish();
  };
  undo.push(listen(emitter, name, (...args) => {
    const first = waiting.shift();
    if (first) first.resolve({ value: args, done: false });
    else arrived.push(args);
  }));
  if (name !== "error" && typeof emitter.on === "function") undo.push(listen(emitter, "error", fail));
  for (const event of close) undo.push(listen(emitter, event, finish));
  if (signal) undo.push(onAbort(signal, () => fail(abortError(signal))));
  return {
    next() {
      if (arrived.length > 0) return Promise.resolve({ value: arrived.shift()!, done: false });
      if (failed) {
        failed = false;
        return Promise.reject(error);
      }
      if (finished) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      finish();
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(why: unknown) {
      fail(why);
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  } as AsyncIterableIterator<unknown[]>;
}

const targetMax = new WeakMap<object, number>();

const statics = {
  EventEmitter,
  once,
  on,
  errorMonitor,
  captureRejectionSymbol,
  usingDomains: false,
  init,
  getEventListeners(target: any, name: Name): Listener[] {
    if (typeof target?.listeners === "function") return target.listeners(name);
    return [];
  },
  getMaxListeners(target: any): number {
    return typeof target?.getMaxListeners === "function" ? target.getMaxListeners() : (targetMax.get(target) ?? defaultMaxListeners);
  },
  setMaxListeners(n: number = defaultMaxListeners, ...targets: any[]): void {
    checkNumber(n, "setMaxListeners", 0);
    if (targets.length === 0) defaultMaxListeners = n;
    for (const target of targets) {
      if (typeof target.setMaxListeners === "function") target.setMaxListeners(n);
      else targetMax.set(target, n);
    }
  },
  listenerCount(emitter: EventEmitter, name: Name): number {
    return typeof emitter.listenerCount === "function" ? emitter.listenerCount(name) : methods.listenerCount.call(emitter, name);
  },
  addAbortListener(signal: any, listener: Listener): { [Symbol.dispose](): void } {
    checkSignal(signal, "signal");
    checkFunction(listener, "listener");
    let stop = (): void => {};
    if (signal.aborted) tick(() => listener());
    else stop = onAbort(signal, () => listener());
    return { [Symbol.dispose ?? Symbol.for("nodejs.dispose")]: () => stop() } as never;
  },
};

Object.assign(EventEmitter, statics);
Object.defineProperties(EventEmitter, {
  defaultMaxListeners: {
    enumerable: true,
    get: () => defaultMaxListeners,
    set(n: unknown) {
      checkNumber(n, "defaultMaxListeners", 0);
      defaultMaxListeners = n;
    },
  },
  captureRejections: {
    enumerable: true,
    get: () => captureRejections,
    set(value: unknown) {
      if (typeof value !== "boolean") throw invalidType("EventEmitter.captureRejections", "of type boolean", value);
      captureRejections = value;
    },
  },
});

/** What `node:events` exports: the class itself. */
export default EventEmitter;
