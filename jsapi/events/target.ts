// EventTarget and the dispatch of events: https://dom.spec.whatwg.org/#interface-eventtarget
//
// There is no tree of targets here, so an event's path is its target alone.

import {
  ArrayPrototypeFilter,
  ArrayPrototypeSlice,
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeSet,
  ArrayPrototypePush,
  ReflectApply,
  SafeMap,
  SafeTypeError,
  global,
} from "../internal/primordials.ts";
import { defineInterface, requireArguments, toBoolean, toDOMString, toDictionary } from "../internal/webidl.ts";
import type { AbortSignal } from "./abort.ts";
import { DOMException } from "./domexception.ts";
import { type Event, Flag, begin, end, flagsOf, isEvent, setFlag } from "./event.ts";
import { processHandler } from "./process.ts";
import { reportException } from "./report.ts";

/** One listener of a target. */
export interface Listener {
  /** A function, an object with handleEvent, or what an event handler attribute was set to. */
  callback: object;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  /** Whether this is an event handler attribute, such as onmessage. */
  readonly handler: boolean;
  removed: boolean;
  /** Ends the watch over the signal that removes the listener. */
  unwatch: (() => void) | undefined;
}

/** A target's listeners by type. The lists are never changed but replaced: a dispatch goes on with the one it began with. */
type Table = Map<string, readonly Listener[]>;

/** What a target must know of signals. These are targets themselves, so their file provides it. */
interface Signals {
  isSignal(value: unknown): value is AbortSignal;
  isAborted(signal: AbortSignal): boolean;
  onAbort(signal: AbortSignal, f: () => void): () => void;
  /** Is called when a target has gained or lost a listener for "abort". */
  listenersChanged(target: EventTarget): void;
}

let signals: Signals;

export function useSignals(implementation: Signals): void {
  signals = implementation;
}

/** The global is an EventTarget too, but no constructor ever ran for it. */
let globalTable: Table | undefined;

let tableOf: (target: EventTarget) => Table | undefined;
let makeTable: (target: EventTarget) => Table;
/** The receiver of a target's method: the global when there is none, as for an operation of Web IDL. */
export let receiver: (self: unknown) => EventTarget;

export class EventTarget {
  /** Made with the first listener. */
  #table: Table | undefined;

  static {
    tableOf = (target) => ((target as unknown) === global ? globalTable : target.#table);
    makeTable = (target) => {
      const table: Table = new SafeMap();
      if ((target as unknown) === global) globalTable = table;
      else target.#table = table;
      return table;
    };
    receiver = (self) => {
      if (self === undefined || self === null || self === global) return global as never;
      if (typeof self === "object" && #table in self) return self;
      throw new SafeTypeError("Illegal invocation: the receiver is not an EventTarget.");
    };
  }

  addEventListener(type: unknown, callback: unknown, options: unknown = undefined): void {
    const target = receiver(this);
    const where = "Failed to execute 'addEventListener' on 'EventTarget'";
    requireArguments(arguments.length, 2, where);
    const name = toDOMString(type, where + ": parameter 1");
    const listener = toListener(callback, where + ": parameter 2");
    const { capture, once, passive, signal } = addOptions(options, where + ": parameter 3");
    if (listener === null || (signal !== undefined && signals.isAborted(signal))) return;
    if (find(target, name, listener, capture) !== undefined) return;
    const added: Listener = { callback: listener, capture, once, passive, handler: false, removed: false, unwatch: undefined };
    add(target, name, added);
    if (signal !== undefined) added.unwatch = signals.onAbort(signal, () => remove(target, name, added));
  }

  removeEventListener(type: unknown, callback: unknown, options: unknown = undefined): void {
    const target = receiver(this);
    const where = "Failed to execute 'removeEventListener' on 'EventTarget'";
    requireArguments(arguments.length, 2, where);
    const name = toDOMString(type, where + ": parameter 1");
    const listener = toListener(callback, where + ": parameter 2");
    const capture = captureOf(options, where + ": parameter 3");
    const found = listener === null ? undefined : find(target, name, listener, capture);
    if (found !== undefined) remove(target, name, found);
  }

  dispatchEvent(event: unknown): boolean {
    const target = receiver(this);
    const where = "Failed to execute 'dispatchEvent' on 'EventTarget'";
    requireArguments(arguments.length, 1, where);
    if (!isEvent(event)) throw new SafeTypeError(where + ": parameter 1 is not an Event.");
    return dispatch(target, event, false);
  }
}

defineInterface(EventTarget);

/** Dispatches an event of the host's own, a trusted one. False: a listener has canceled it. */
export function fire(target: EventTarget, event: Event): boolean {
  return dispatch(target, event, true);
}

function dispatch(target: EventTarget, event: Event, trusted: boolean): boolean {
  if (!begin(event, target, trusted)) {
    throw new DOMException("The event is already being dispatched.", "InvalidStateError");
  }
  invoke(target, event, true);
  invoke(target, event, false);
  return end(event);
}

/** Calls the target's listeners of one kind: those that capture come first. */
function invoke(target: EventTarget, event: Event, capture: boolean): void {
  if ((flagsOf(event) & Flag.stopped) !== 0) return;
  const { type } = event;
  const listeners = listenersOf(target, type);
  for (let i = 0; i < listeners.length; i++) {
    const listener = listeners[i]!;
    if (listener.removed || listener.capture !== capture) continue;
    if (listener.once) remove(target, type, listener);
    if (listener.passive) setFlag(event, Flag.inPassiveListener, true);
    try {
      call(listener, target, event);
    } catch (error) {
      reportException(error);
    }
    if (listener.passive) setFlag(event, Flag.inPassiveListener, false);
    if ((flagsOf(event) & Flag.stoppedAtOnce) !== 0) return;
  }
}

function call(listener: Listener, target: EventTarget, event: Event): void {
  const { callback } = listener;
  if (listener.handler) {
    processHandler(callback, target, event);
  } else if (typeof callback === "function") {
    ReflectApply(callback as () => void, target, [event]);
  } else {
    const { handleEvent } = callback as { handleEvent: unknown };
    if (typeof handleEvent !== "function") throw new SafeTypeError("The listener's handleEvent is not a function.");
    ReflectApply(handleEvent as () => void, callback, [event]);
  }
}

const none: readonly Listener[] = [];

export function listenersOf(target: EventTarget, type: string): readonly Listener[] {
  const table = tableOf(target);
  return (table === undefined ? undefined : MapPrototypeGet(table, type)) ?? none;
}

/** Whether an event of the type would reach anyone. */
export function hasListeners(target: EventTarget, type: string): boolean {
  return listenersOf(target, type).length !== 0;
}

function find(target: EventTarget, type: string, callback: object, capture: boolean): Listener | undefined {
  const listeners = listenersOf(target, type);
  for (let i = 0; i < listeners.length; i++) {
    const listener = listeners[i]!;
    if (listener.callback === callback && listener.capture === capture && !listener.handler) return listener;
  }
  return undefined;
}

export function add(target: EventTarget, type: string, listener: Listener): void {
  const listeners = ArrayPrototypeSlice(listenersOf(target, type));
  ArrayPrototypePush(listeners, listener);
  MapPrototypeSet(tableOf(target) ?? makeTable(target), type, listeners);
  if (type === "abort") signals.listenersChanged(target);
}

export function remove(target: EventTarget, type: string, listener: Listener): void {
  if (listener.removed) return;
  listener.removed = true;
  listener.unwatch?.();
  const listeners = ArrayPrototypeFilter(listenersOf(target, type), (other) => other !== listener);
  const table = tableOf(target)!;
  if (listeners.length === 0) MapPrototypeDelete(table, type);
  else MapPrototypeSet(table, type, listeners);
  if (type === "abort") signals.listenersChanged(target);
}

/** A callback interface's value: any object will do, and is asked for handleEvent when an event comes. */
function toListener(callback: unknown, where: string): object | null {
  if (callback === null || callback === undefined) return null;
  if (typeof callback === "object" || typeof callback === "function") return callback;
  throw new SafeTypeError(where + " is neither a function nor an object.");
}

function captureOf(options: unknown, where: string): boolean {
  if (isDictionary(options)) return toBoolean(toDictionary(options, where).capture);
  return toBoolean(options);
}

interface AddOptions {
  capture: boolean;
  once: boolean;
  passive: boolean;
  signal: AbortSignal | undefined;
}

function addOptions(options: unknown, where: string): AddOptions {
  if (!isDictionary(options)) return { capture: toBoolean(options), once: false, passive: false, signal: undefined };
  const { capture, once, passive, signal } = toDictionary(options, where);
  if (signal !== undefined && !signals.isSignal(signal)) {
    throw new SafeTypeError(where + ": member 'signal' is not an AbortSignal.");
  }
  return { capture: toBoolean(capture), once: toBoolean(once), passive: toBoolean(passive), signal };
}

/** Of a dictionary or a boolean, whether a value is the dictionary. */
function isDictionary(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "object" || typeof value === "function";
}
