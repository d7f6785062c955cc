// EventTarget and the dispatch of events: https://dom.spec.whatwg.org/#interface-eventtarget
//
// There is no tree of targets here, so an event's path is its target alone.

import {
  ArrayPrototypeFilter,
  ArrayPrototypePush,
  ReflectApply,
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

/**
 * A target's listeners by type, in an object without a prototype. A list grows, but is replaced when one of it goes: a
 * dispatch takes the list and the length that it begins with.
 */
interface Table {
  [type: string]: Listener[];
}

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
      const table: Table = { __proto__: null as never };
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
    const name = typeof type === "string" ? type : toDOMString(type, where + ": parameter 1");
    const listener = toListener(callback, where);
    const { capture, once, passive, signal } = addOptions(options, where);
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
    const name = typeof type === "string" ? type : toDOMString(type, where + ": parameter 1");
    const listener = toListener(callback, where);
    const capture = captureOf(options, where);
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
  const type = begin(event, target, trusted);
  if (type === undefined) throw new DOMException("The event is already being dispatched.", "InvalidStateError");
  const listeners = listenersOf(target, type);
  if (listeners.length !== 0) {
    if (captures(listeners)) invoke(target, type, event, true);
    invoke(target, type, event, false);
  }
  return end(event);
}

function captures(listeners: readonly Listener[]): boolean {
  for (let i = 0; i < listeners.length; i++) {
    if (listeners[i]!.capture) return true;
  }
  return false;
}

/** Calls the target's listeners of one kind: those that capture come first. */
function invoke(target: EventTarget, type: string, event: Event, capture: boolean): void {
  const listeners = listenersOf(target, type);
  const { length } = listeners;
  let stop = Flag.stopped; // by an earlier dispatch, or by a listener of the other kind
  for (let i = 0; i < length; i++) {
    const listener = listeners[i]!;
    if (listener.removed || listener.capture !== capture) continue;
    if ((flagsOf(event) & stop) !== 0) return;
    stop = Flag.stoppedAtOnce;
    if (listener.once) remove(target, type, listener);
    if (listener.passive) setFlag(event, Flag.inPassiveListener, true);
    try {
      const { callback } = listener;
      if (listener.handler) processHandler(callback, target, event);
      else if (typeof callback === "function") ReflectApply(callback as () => void, target, [event]);
      else handleEvent(callback, event);
    } catch (error) {
      reportException(error);
    }
    if (listener.passive) setFlag(event, Flag.inPassiveListener, false);
  }
}

function handleEvent(listener: object, event: Event): void {
  const { handleEvent } = listener as { handleEvent: unknown };
  if (typeof handleEvent !== "function") throw new SafeTypeError("The listener's handleEvent is not a function.");
  ReflectApply(handleEvent as () => void, listener, [event]);
}

const none: readonly Listener[] = [];

export function listenersOf(target: EventTarget, type: string): readonly Listener[] {
  return tableOf(target)?.[type] ?? none;
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
  const table = tableOf(target) ?? makeTable(target);
  const listeners = table[type];
  if (listeners === undefined) table[type] = [listener];
  else ArrayPrototypePush(listeners, listener);
  if (type === "abort") signals.listenersChanged(target);
}

export function remove(target: EventTarget, type: string, listener: Listener): void {
  if (listener.removed) return;
  listener.removed = true;
  listener.unwatch?.();
  const table = tableOf(target)!;
  const listeners = ArrayPrototypeFilter(table[type]!, (other) => other !== listener);
  if (listeners.length === 0) delete table[type];
  else table[type] = listeners;
  if (type === "abort") signals.listenersChanged(target);
}

/** A callback interface's value: any object will do, and is asked for handleEvent when an event comes. */
function toListener(callback: unknown, where: string): object | null {
  if (callback === null || callback === undefined) return null;
  if (typeof callback === "object" || typeof callback === "function") return callback;
  throw new SafeTypeError(where + ": parameter 2 is neither a function nor an object.");
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
  if (options === undefined || !isDictionary(options)) {
    return { capture: toBoolean(options), once: false, passive: false, signal: undefined };
  }
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
