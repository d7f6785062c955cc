// The part of Rowan that is about other contexts: actors, messages, names, monitors and links.

import {
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectDefineProperty,
  ObjectKeys,
  SafeMap,
  SafeTypeError,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  enqueueMicrotask,
} from "../internal/primordials.ts";
import { pending } from "../internal/op.ts";
import { report } from "../internal/report.ts";

// What can be sent comes first in a host function's arguments, for errors to say where in it they are.
declare const __host: {
  /** Calls a method of an actor; its outcome comes to settle under the id that is returned. */
  actorCall(args: unknown[], kind: string, id: string, method: string): number;
  actorStop(kind: string, id: string, reason?: string): boolean;
  actorKind(): string | null;
  actorId(): string | null;
  /** Starts an actor without an id; its address comes to settle. */
  spawn(kind: string, apis?: string, memory?: number, idleTimeout?: number, restart?: string): number;
  self(): string;
  stop(address: string, reason?: string): boolean;
  /** Ends the turn, and the context with it, at the next loop or call. */
  exit(reason: string): void;
  send(message: unknown, to: string): boolean;
  /** The messages that came before there was a callback, oldest first. They are handed over once. */
  kept(): [message: unknown, from: string][];
  register(name: string): boolean;
  whereis(name: string): string | null;
  /** Has down called with ref when the context ends. False: it has ended. */
  monitor(address: string, ref: number): boolean;
  demonitor(ref: number): boolean;
  /** False: there is nothing to link to, and the turn ends as by exit. */
  link(address: string): boolean;
  unlink(address: string): void;
};

type Receiver = (message: any, from: string) => void;
type Monitor = (reason: string) => void;
type SpawnOptions = { apis?: string; memory?: number; idleTimeout?: number; restart?: string };

const SafePromise = Promise;
const SafeProxy = Proxy;
const { freeze } = Object;

let receiver: Receiver | undefined;
const monitors = new SafeMap<number, Monitor>();
let lastMonitor = 0;

function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw new SafeTypeError(what + " is not a string");
  return value;
}

function callable<F>(value: F, what: string): F {
  if (typeof value !== "function") throw new SafeTypeError(what + " is not a function");
  return value;
}

/**
 * What a host function threw, in the words of its caller: what that is called, and the value that is
 * the function's first argument.
 */
function refusal(error: any, host: string, caller: string, value: string): unknown {
  const prefix = host + ": ";
  const place = prefix + "arg[0]";
  let message: string = error.message;
  if (StringPrototypeStartsWith(message, place)) {
    message = caller + ": " + value + StringPrototypeSlice(message, place.length);
    define(error, "code", "unclonable", true);
  } else if (StringPrototypeStartsWith(message, prefix)) {
    message = caller + ": " + StringPrototypeSlice(message, prefix.length);
  }
  define(error, "message", message, false);
  return error;
}

function define(error: object, key: string, value: unknown, enumerable: boolean): void {
  ObjectDefineProperty(error, key, { __proto__: null, value, enumerable, writable: true, configurable: true } as never);
}

function rejected(error: unknown): Promise<any> {
  return new SafePromise((_resolve, reject) => reject(error));
}

/** Calls a method of an actor. */
function call(kind: string, id: string, method: string, args: unknown[]): Promise<any> {
  let promise: number;
  try {
    promise = __host.actorCall(args, kind, id, method);
  } catch (error) {
    return rejected(refusal(error, "actorCall", method, "arg"));
  }
  return pending(promise);
}

/** A stub: each of its properties is a method that calls the actor's. */
function stub(kind: string, id: string): object {
  return new SafeProxy(freeze({ __proto__: null, $id: id }), {
    __proto__: null,
    get(_target: object, key: string | symbol) {
      if (key === "$id") return id;
      // A stub is no promise, whatever its script exports: `await` leaves it alone.
      if (key === "then" || typeof key === "symbol") return undefined;
      return (...args: unknown[]) => call(kind, id, key, args);
    },
  } as ProxyHandler<object>);
}

/** The options of spawn, in the order of the host function. */
const optionNames = ["apis", "memory", "idleTimeout", "restart"];

function checked(options: SpawnOptions): SpawnOptions {
  const names = ObjectKeys(options);
  for (let i = 0; i < names.length; i++) {
    let known = false;
    for (let j = 0; j < optionNames.length; j++) known ||= optionNames[j] === names[i];
    if (!known) {
      throw new SafeTypeError("spawn: unknown option " + names[i] + "; known are apis, memory, idleTimeout and restart");
    }
  }
  // Fields that are not there are not to be looked for further up.
  const own = { __proto__: null, apis: undefined, memory: undefined, idleTimeout: undefined, restart: undefined, ...options };
  atLeast(own.memory, 1, "memory");
  atLeast(own.idleTimeout, 0, "idleTimeout");
  return own;
}

function atLeast(value: number | undefined, least: number, name: string): void {
  if (value !== undefined && !(typeof value === "number" && value >= least)) {
    throw new SafeTypeError("spawn: " + name + " is not a number of at least " + least);
  }
}

/** Does not return: the host has ended the turn, and the next poll is due at once. */
function never(): never {
  for (;;);
}

const members = {
  actor(kind: unknown, id: unknown): object {
    return stub(text(kind, "actor: the kind"), text(id, "actor: the id"));
  },
  get actorKind(): string | null {
    return __host.actorKind();
  },
  get actorId(): string | null {
    return __host.actorId();
  },
  stopActor(kind: string, id: string, reason?: string): boolean {
    try {
      return __host.actorStop(kind, id, reason);
    } catch (error) {
      throw refusal(error, "actorStop", "stopActor", "kind");
    }
  },
  self: (): string => __host.self(),
  spawn(kind: string, options: SpawnOptions = {}): Promise<string> {
    let promise: number;
    try {
      const { apis, memory, idleTimeout, restart } = checked(options);
      promise = __host.spawn(text(kind, "spawn: the kind"), apis, memory, idleTimeout, restart);
    } catch (error) {
      return rejected(error);
    }
    return pending(promise);
  },
  stop: (id: string, reason?: string): boolean => __host.stop(id, reason),
  send(to: string, message: unknown): boolean {
    text(to, "send: the receiver");
    try {
      return __host.send(message, to);
    } catch (error) {
      throw refusal(error, "send", "send", "message");
    }
  },
  onMessage(callback: Receiver): void {
    receiver = callable(callback, "onMessage: the callback");
    const kept = __host.kept();
    for (let i = 0; i < kept.length; i++) {
      const message = kept[i]![0];
      const from = kept[i]![1];
      enqueueMicrotask(() => void receive(message, from));
    }
  },
  register: (name: string): boolean => __host.register(name),
  whereis: (name: string): string | null => __host.whereis(name),
  monitor(id: string, callback: Monitor): number {
    callable(callback, "monitor: the callback");
    const ref = lastMonitor + 1;
    const lives = __host.monitor(text(id, "monitor: the id"), ref);
    lastMonitor = ref;
    MapPrototypeSet(monitors, ref, callback);
    if (!lives) enqueueMicrotask(() => down(ref, "noproc"));
    return ref;
  },
  demonitor(ref: number): boolean {
    if (!MapPrototypeDelete(monitors, ref)) return false;
    __host.demonitor(ref);
    return true;
  },
  link(id: string): void {
    if (!__host.link(id)) never();
  },
  unlink: (id: string): void => __host.unlink(id),
  exit(reason: string = "normal"): never {
    __host.exit(text(reason, "exit: the reason"));
    never();
  },
};

/** Hands a message to the callback; false while there is none. The host calls this. */
function receive(message: unknown, from: string): boolean {
  if (receiver === undefined) return false;
  try {
    receiver(message, from);
  } catch (error) {
    report(error);
  }
  return true;
}

/** Tells a monitor that what it watches has ended. The host calls this. */
function down(ref: number, reason: string): void {
  const callback = MapPrototypeGet(monitors, ref);
  if (callback === undefined) return;
  MapPrototypeDelete(monitors, ref);
  try {
    callback(reason);
  } catch (error) {
    report(error);
  }
}

export default { members, exports: { receive, down } };
