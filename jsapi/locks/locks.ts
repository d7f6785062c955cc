// The group "locks": navigator.locks, after the Web Locks API (https://w3c.github.io/web-locks/).

import { DOMException, abortReason, onAbort, toAbortSignal } from "../events/events.ts";
import { expose, exposeReplaceable } from "../internal/expose.ts";
import {
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  PromisePrototypeThen,
  ReflectApply,
  SafeMap,
  SafePromise,
  StringPrototypeStartsWith,
} from "../internal/primordials.ts";
import {
  defineInterface, internalToken, requireArguments, requireToken, toBoolean, toCallback, toDOMString, toDictionary, toEnum,
} from "../internal/webidl.ts";
import { Navigator, navigator, requireNavigator } from "../navigator/navigator.ts";

declare const __host: {
  chosen: boolean;
  /** Asks for a lock under a number of this context's; granted is called in a later turn. Throws where a bound is reached. */
  request(id: number, name: string, shared: boolean, option: number): void;
  /** Releases a lock or takes a request back; whether the request still waited. */
  end(id: number): boolean;
  query(): { held: LockInfo[]; pending: LockInfo[] };
};

interface LockInfo {
  name: string;
  mode: string;
  clientId: string;
}

type Callback = (lock: Lock | null) => unknown;

/** Options of __host.request. */
const WAIT = 0, IF_AVAILABLE = 1, STEAL = 2;

class Lock {
  #name: string;
  #mode: string;

  constructor(token: unknown = undefined, name = "", mode = "") {
    requireToken(token);
    this.#name = name;
    this.#mode = mode;
  }

  get name(): string {
    return this.#name;
  }

  get mode(): string {
    return this.#mode;
  }
}
defineInterface(Lock);

/** A request, and then the lock, of this context. */
interface Entry {
  id: number;
  name: string;
  mode: string;
  callback: Callback;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  /** Stops listening to the signal. */
  unwatch: (() => void) | undefined;
  /** The promise has been rejected, by the signal or because the lock was stolen. */
  over: boolean;
}

const entries = new SafeMap<number, Entry>();
let lastID = 0;

class LockManager {
  #brand = true;

  constructor(token: unknown = undefined) {
    requireToken(token);
  }

  request(name: unknown, options: unknown, callback: unknown = undefined): Promise<unknown> {
    const given = arguments.length;
    return new SafePromise((resolve, reject) => {
      this.#brand;
      const where = "Failed to execute 'request' on 'LockManager'";
      requireArguments(given, 2, where);
      request(
        toDOMString(name, where + ": parameter 1"),
        given === 2 ? undefined : options,
        toCallback(given === 2 ? options : callback, where + ": the callback"),
        resolve,
        reject,
        where,
      );
    });
  }

  query(): Promise<unknown> {
    return new SafePromise((resolve) => {
      this.#brand;
      resolve(__host.query());
    });
  }
}
defineInterface(LockManager);

function request(
  name: string, options: unknown, callback: Callback, resolve: Entry["resolve"], reject: Entry["reject"], where: string,
): void {
  const members = toDictionary(options, where + ": the options");
  const ifAvailable = toBoolean(members.ifAvailable);
  const mode = members.mode === undefined ? "exclusive" : toEnum(members.mode, ["shared", "exclusive"], where + ": mode");
  const signal = members.signal === undefined ? undefined : toAbortSignal(members.signal, where + ": signal");
  const steal = toBoolean(members.steal);
  if (StringPrototypeStartsWith(name, "-")) throw notSupported("a name cannot begin with '-'");
  if (steal && ifAvailable) throw notSupported("'steal' and 'ifAvailable' cannot be used together");
  if (steal && mode !== "exclusive") throw notSupported("'steal' needs the mode 'exclusive'");
  if (signal !== undefined && (steal || ifAvailable)) throw notSupported("'signal' cannot be used with 'steal' or 'ifAvailable'");
  if (signal !== undefined && signal.aborted) throw abortReason(signal);
  const entry: Entry = { id: ++lastID, name, mode, callback, resolve, reject, unwatch: undefined, over: false };
  __host.request(entry.id, name, mode === "shared", steal ? STEAL : ifAvailable ? IF_AVAILABLE : WAIT);
  MapPrototypeSet(entries, entry.id, entry);
  if (signal === undefined) return;
  entry.unwatch = onAbort(signal, () => {
    entry.over = true;
    reject(abortReason(signal));
    if (__host.end(entry.id)) MapPrototypeDelete(entries, entry.id);
  });
}

function notSupported(message: string): DOMException {
  return new DOMException(message, "NotSupportedError");
}

/** Is called when a request is over: the lock is held or, if it was only wanted if available, is not. */
function granted(id: number, held: boolean): void {
  const entry = MapPrototypeGet(entries, id);
  if (entry === undefined) return;
  entry.unwatch?.();
  entry.unwatch = undefined;
  if (entry.over) {
    release(entry);
    return;
  }
  if (!held) MapPrototypeDelete(entries, id);
  const outcome = new SafePromise((resolve) => {
    resolve(ReflectApply(entry.callback, undefined, [held ? new Lock(internalToken, entry.name, entry.mode) : null]));
  });
  PromisePrototypeThen(
    outcome,
    (value) => {
      release(entry);
      entry.resolve(value);
    },
    (reason) => {
      release(entry);
      entry.reject(reason);
    },
  );
}

function release(entry: Entry): void {
  if (MapPrototypeDelete(entries, entry.id)) __host.end(entry.id);
}

/** Is called when a lock was taken away. Its callback goes on. */
function stolen(id: number): void {
  const entry = MapPrototypeGet(entries, id);
  if (entry === undefined) return;
  MapPrototypeDelete(entries, id);
  entry.over = true;
  entry.reject(new DOMException("The lock was stolen by another request", "AbortError"));
}

expose(__host, { Lock, LockManager });

if (__host.chosen) {
  let manager: LockManager | undefined;
  const { get } = ObjectGetOwnPropertyDescriptor(
    {
      get locks() {
        requireNavigator(this);
        return (manager ??= new LockManager(internalToken));
      },
    },
    "locks",
  )!;
  ObjectDefineProperty(Navigator.prototype, "locks", { __proto__: null, get, enumerable: true, configurable: true } as PropertyDescriptor);
}
exposeReplaceable(__host, { navigator: () => navigator });

export default { granted, stolen };
