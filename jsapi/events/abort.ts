// AbortController and AbortSignal: https://dom.spec.whatwg.org/#aborting-ongoing-activities

import {
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeHas,
  MapPrototypeSet,
  SafeMap,
  SafeSet,
  SafeTypeError,
  SetPrototypeAdd,
  SetPrototypeDelete,
  SetPrototypeForEach,
  SetPrototypeGetSize,
} from "../internal/primordials.ts";
import {
  defineInterface,
  internalToken,
  requireArguments,
  requireToken,
  toSequence,
  toUnsignedLongLong,
} from "../internal/webidl.ts";
import { DOMException } from "./domexception.ts";
import { Event } from "./event.ts";
import { defineHandlers } from "./handlers.ts";
import { reportException } from "./report.ts";
import { EventTarget, fire, hasListeners, useSignals } from "./target.ts";

declare const __host: {
  /** Has timeout(id) called once, in delay milliseconds or later. Throws where too many timers are pending. */
  startTimer(id: number, delay: number): void;
  /** Says whether a timer keeps the script running until it fires. At first it does not. */
  holdTimer(id: number, hold: boolean): void;
};

type Algorithm = () => void;

/** How many signals were aborted: of several sources the one that was aborted first gives the reason. */
let aborts = 0;

let make: () => AbortSignal;
let abort: (signal: AbortSignal, reason: unknown) => void;
/** The signal, if it was aborted itself, or the first of its sources that was. */
let abortedOf: (signal: AbortSignal) => AbortSignal | undefined;
let any: (signals: readonly AbortSignal[]) => AbortSignal;
let reasonOf: (aborted: AbortSignal) => unknown;
let algorithmsOf: (signal: AbortSignal) => Set<Algorithm>;
/** Is called when somebody has begun or ceased to wait for a signal. */
let observe: (signal: AbortSignal) => void;
let setTimer: (signal: AbortSignal, id: number) => void;
export let isAbortSignal: (value: unknown) => value is AbortSignal;

export class AbortSignal extends EventTarget {
  /** What abort() was called with. */
  #reason: unknown;
  /** The count of aborts when this signal was; 0 while it is not. */
  #order = 0;
  /** What is to be done before the event. */
  #algorithms: Set<Algorithm> | undefined;
  /** What a signal of any() depends on: signals with a controller or a time. */
  #sources: AbortSignal[] | undefined;
  /**
   * The signals of any() that follow this one and that somebody listens to. Nobody notices when the others are
   * aborted: they look at their sources when they are asked, and can be collected before these.
   */
  #followers: Set<AbortSignal> | undefined;
  /** The timer of a signal of timeout(), else 0. It keeps the script running while somebody waits for the signal. */
  #timer = 0;

  static {
    make = () => new AbortSignal(internalToken);
    isAbortSignal = (value): value is AbortSignal => typeof value === "object" && value !== null && #order in value;
    reasonOf = (signal) => signal.#reason;
    algorithmsOf = (signal) => (signal.#algorithms ??= new SafeSet());

    abortedOf = (signal) => {
      if (signal.#order !== 0) return signal;
      let first: AbortSignal | undefined;
      const sources = signal.#sources;
      for (let i = 0; sources !== undefined && i < sources.length; i++) {
        const source = sources[i]!;
        if (source.#order !== 0 && (first === undefined || source.#order < first.#order)) first = source;
      }
      return first;
    };

    any = (signals) => {
      const result = make();
      const sources: AbortSignal[] = [];
      for (let i = 0; i < signals.length; i++) {
        const aborted = abortedOf(signals[i]!);
        if (aborted !== undefined) {
          mark(result, aborted.#reason);
          return result;
        }
        const own = signals[i]!.#sources;
        if (own === undefined) include(sources, signals[i]!);
        else for (let j = 0; j < own.length; j++) include(sources, own[j]!);
      }
      result.#sources = sources;
      return result;
    };

    const mark = (signal: AbortSignal, reason: unknown) => {
      signal.#reason = reason;
      signal.#order = ++aborts;
      unfollow(signal);
    };

    const unfollow = (signal: AbortSignal) => {
      const sources = signal.#sources;
      for (let i = 0; sources !== undefined && i < sources.length; i++) {
        const source = sources[i]!;
        if (source.#followers !== undefined && SetPrototypeDelete(source.#followers, signal)) observe(source);
      }
    };

    const isObserved = (signal: AbortSignal) =>
      hasListeners(signal, "abort") ||
      (signal.#algorithms !== undefined && SetPrototypeGetSize(signal.#algorithms) > 0) ||
      (signal.#followers !== undefined && SetPrototypeGetSize(signal.#followers) > 0);

    observe = (signal) => {
      if (abortedOf(signal) !== undefined) return;
      const observed = isObserved(signal);
      if (signal.#timer !== 0) __host.holdTimer(signal.#timer, observed);
      const sources = signal.#sources;
      if (sources === undefined) return;
      if (!observed) return unfollow(signal);
      for (let i = 0; i < sources.length; i++) {
        const source = sources[i]!;
        SetPrototypeAdd((source.#followers ??= new SafeSet()), signal);
        observe(source);
      }
    };

    setTimer = (signal, id) => {
      signal.#timer = id;
    };

    const notify = (signal: AbortSignal) => {
      const algorithms = signal.#algorithms;
      signal.#algorithms = undefined;
      if (algorithms !== undefined) SetPrototypeForEach(algorithms, run);
      if (hasListeners(signal, "abort")) fire(signal, new Event("abort"));
    };

    abort = (signal, reason) => {
      if (abortedOf(signal) !== undefined) return;
      const given = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
      // All are marked before anyone is told.
      const told: AbortSignal[] = [signal];
      const followers = signal.#followers;
      signal.#followers = undefined;
      if (followers !== undefined) {
        SetPrototypeForEach(followers, (follower) => {
          if (follower.#order === 0) ArrayPrototypePush(told, follower);
        });
      }
      for (let i = 0; i < told.length; i++) mark(told[i]!, given);
      for (let i = 0; i < told.length; i++) notify(told[i]!);
    };
  }

  constructor(token: unknown = undefined) {
    requireToken(token);
    super();
  }

  static abort(reason: unknown = undefined): AbortSignal {
    const signal = make();
    abort(signal, reason);
    return signal;
  }

  static timeout(milliseconds: unknown): AbortSignal {
    const where = "Failed to execute 'timeout' on 'AbortSignal'";
    requireArguments(arguments.length, 1, where);
    const delay = toUnsignedLongLong(milliseconds, where + ": parameter 1", "enforce");
    const signal = make();
    startTimer(signal, delay);
    return signal;
  }

  static any(signals: unknown): AbortSignal {
    const where = "Failed to execute 'any' on 'AbortSignal'";
    requireArguments(arguments.length, 1, where);
    return any(toSequence(signals, toAbortSignal, where + ": parameter 1"));
  }

  get aborted(): boolean {
    return abortedOf(this) !== undefined;
  }

  get reason(): unknown {
    const aborted = abortedOf(this);
    return aborted === undefined ? undefined : reasonOf(aborted);
  }

  throwIfAborted(): void {
    const aborted = abortedOf(this);
    if (aborted !== undefined) throw reasonOf(aborted);
  }
}
defineHandlers(AbortSignal, ["abort"]);
defineInterface(AbortSignal);

export class AbortController {
  #signal = make();

  get signal(): AbortSignal {
    return this.#signal;
  }

  abort(reason: unknown = undefined): void {
    abort(this.#signal, reason);
  }
}
defineInterface(AbortController);

/** Runs an algorithm. What it throws keeps no other one from running. */
function run(algorithm: Algorithm): void {
  try {
    algorithm();
  } catch (error) {
    reportException(error);
  }
}

function include(sources: AbortSignal[], signal: AbortSignal): void {
  if (!ArrayPrototypeIncludes(sources, signal)) ArrayPrototypePush(sources, signal);
}

export function toAbortSignal(value: unknown, where: string): AbortSignal {
  if (!isAbortSignal(value)) throw new SafeTypeError(where + " is not an AbortSignal.");
  return value;
}

/** What a signal was aborted with; undefined: it was not. */
export function abortReason(signal: AbortSignal): unknown {
  const aborted = abortedOf(signal);
  return aborted === undefined ? undefined : reasonOf(aborted);
}

/** Has f called once when the signal is aborted, before the event. The function that is returned calls that off. */
export function onAbort(signal: AbortSignal, f: Algorithm): () => void {
  if (abortedOf(signal) !== undefined) return () => {};
  const algorithms = algorithmsOf(signal);
  SetPrototypeAdd(algorithms, f);
  observe(signal);
  return () => {
    if (SetPrototypeDelete(algorithms, f)) observe(signal);
  };
}

useSignals({
  isSignal: isAbortSignal,
  isAborted: (signal) => abortedOf(signal) !== undefined,
  onAbort,
  listenersChanged: (target) => {
    if (isAbortSignal(target)) observe(target);
  },
});

// Ids of timers are uint32: the lowest are the group timers', the last quarter is this group's.
const idMin = 3 * 2 ** 30;
const idMax = 2 ** 32 - 1;
/** 285 years in milliseconds: what a Duration of the host holds. */
const delayMax = 9e12;

const timed = new SafeMap<number, AbortSignal>();
let lastId = idMin;

function startTimer(signal: AbortSignal, delay: number): void {
  do {
    lastId = lastId === idMax ? idMin : lastId + 1;
  } while (MapPrototypeHas(timed, lastId));
  __host.startTimer(lastId, delay < delayMax ? delay : delayMax);
  MapPrototypeSet(timed, lastId, signal);
  setTimer(signal, lastId);
}

/** Aborts a signal whose time has come. The host calls this. */
export function timeout(id: number): void {
  const signal = MapPrototypeGet(timed, id);
  if (signal === undefined) return;
  MapPrototypeDelete(timed, id);
  abort(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError"));
}
