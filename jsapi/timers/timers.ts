// The group "timers": https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timers,
// queueMicrotask, and Node's setImmediate.

import {
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeHas,
  MapPrototypeSet,
  ReflectApply,
  SafeMap,
  SafeTypeError,
  enqueueMicrotask,
  global,
} from "../internal/primordials.ts";
import { reportException } from "../events/events.ts";
import { exposeFunctions } from "../internal/expose.ts";

declare const __host: {
  /**
   * Arms a timer: fire(id) once, in delay milliseconds or later, after the timers that were due
   * before it and those of the same moment that were started before it. Throws a RangeError when too
   * many are pending; then none is armed.
   */
  start(id: number, delay: number): void;
  /** Disarms a timer. Nothing happens when it is not armed. */
  stop(id: number): void;
};

type Callback = (...args: unknown[]) => unknown;

interface Timer {
  kind: "timeout" | "interval" | "immediate";
  callback: Callback;
  args: unknown[];
  /** Milliseconds, an int32 of 0 or more. */
  delay: number;
  /** How many timers deep this one was started: timers that start timers are slowed down. */
  nesting: number;
}

const idMax = 2 ** 31 - 1;
/** Timers nested deeper than this wait at least nestedDelayMin milliseconds. */
const nestingMax = 5;
const nestedDelayMin = 4;

/** What is pending. An interval stays while its callback runs. */
const pending = new SafeMap<number, Timer>();
let lastId = 0;
/** The timer whose callback runs, and its id. */
let running: { id: number; timer: Timer } | undefined;

/** Starts a timer and returns its id. When the host refuses it, nothing is left behind. */
function start(timer: Timer): number {
  const id = newId();
  __host.start(id, timer.delay);
  MapPrototypeSet(pending, id, timer);
  return id;
}

function newId(): number {
  do {
    lastId = lastId === idMax ? 1 : lastId + 1;
  } while (MapPrototypeHas(pending, lastId));
  return lastId;
}

function startTimer(kind: Timer["kind"], callback: Callback, timeout: unknown, args: unknown[]): number {
  // Web IDL's long: NaN is 0, and what does not fit in 32 bits wraps around.
  const milliseconds = (timeout as number) | 0;
  const nesting = running === undefined ? 0 : running.timer.nesting;
  return start({ kind, callback, args, delay: delayOf(milliseconds, nesting), nesting: nesting + 1 });
}

function delayOf(milliseconds: number, nesting: number): number {
  const least = nesting > nestingMax ? nestedDelayMin : 0;
  return milliseconds < least ? least : milliseconds;
}

/** The handler, if it can be called. Strings are code elsewhere; here nothing is evaluated. */
function callable(name: string, handler: unknown): Callback {
  if (typeof handler === "function") return handler as Callback;
  if (typeof handler === "string") {
    throw new SafeTypeError(name + ": the handler is a string; strings are not evaluated, pass a function");
  }
  throw new SafeTypeError(name + ": the handler is not a function");
}

/** Clears a timer of these kinds; ids of others, and of none, are let be. */
function clear(id: unknown, immediate: boolean): void {
  const number = (id as number) | 0;
  const timer = MapPrototypeGet(pending, number);
  if (timer === undefined || (timer.kind === "immediate") !== immediate) return;
  MapPrototypeDelete(pending, number);
  __host.stop(number);
}

/** Runs the callback of a timer that is due. The host calls this. */
function fire(id: number): void {
  const timer = MapPrototypeGet(pending, id);
  if (timer === undefined) return;
  if (timer.kind !== "interval") MapPrototypeDelete(pending, id);
  running = { id, timer };
  try {
    ReflectApply(timer.callback, global, timer.args);
  } catch (error) {
    reportException(error);
  } finally {
    finish();
  }
}

/**
 * Ends the timer that was running, and arms it again if it is an interval that was not cleared. The
 * host calls this after a turn that was ended by a limit: no `finally` runs then.
 */
function finish(): void {
  if (running === undefined) return;
  const { id, timer } = running;
  running = undefined;
  if (timer.kind !== "interval" || MapPrototypeGet(pending, id) !== timer) return;
  timer.delay = delayOf(timer.delay, timer.nesting);
  timer.nesting++;
  try {
    __host.start(id, timer.delay);
  } catch (error) {
    MapPrototypeDelete(pending, id);
    reportException(error);
  }
}

const functions = {
  setTimeout(handler: unknown, timeout: unknown = 0, ...args: unknown[]): number {
    return startTimer("timeout", callable("setTimeout", handler), timeout, args);
  },
  setInterval(handler: unknown, timeout: unknown = 0, ...args: unknown[]): number {
    return startTimer("interval", callable("setInterval", handler), timeout, args);
  },
  clearTimeout(id: unknown = 0): void {
    clear(id, false);
  },
  clearInterval(id: unknown = 0): void {
    clear(id, false);
  },
  setImmediate(handler: unknown, ...args: unknown[]): number {
    const callback = callable("setImmediate", handler);
    return start({ kind: "immediate", callback, args, delay: 0, nesting: 0 });
  },
  clearImmediate(id: unknown = 0): void {
    clear(id, true);
  },
  queueMicrotask(callback: unknown): void {
    const job = callable("queueMicrotask", callback);
    enqueueMicrotask(() => {
      try {
        ReflectApply(job, undefined, []);
      } catch (error) {
        reportException(error);
      }
    });
  },
};

exposeFunctions(__host, functions);

export default { fire, finish };
