// Errors that no script catches: https://html.spec.whatwg.org/multipage/webappapis.html#runtime-script-errors and
// https://html.spec.whatwg.org/multipage/webappapis.html#unhandled-promise-rejections

import { inspect } from "../internal/inspect.ts";
import { ErrorIsError, ErrorPrototypeToString, SafeError, global, ownValue } from "../internal/primordials.ts";
import { ErrorEvent, PromiseRejectionEvent } from "./subclasses.ts";
import { type EventTarget, fire, hasListeners } from "./target.ts";

declare const __host: {
  /** Reports an error that no script catches, or a text about it, in the host's log. Throws for what cannot be sent. */
  report(error: unknown): void;
  /** Where the first frame of a stack is that is not the API groups': a file, a line, a column. */
  position(stack: string): [filename: string, lineno: number, colno: number];
  promiseState(promise: object): [state: string, value: unknown];
};

const globalTarget = global as unknown as EventTarget;

/**
 * Whether the global's error event is being dispatched: what its listeners throw is not dispatched again. A turn that a
 * limit ends in one of them leaves this set, since no `finally` runs then: they have cost a turn, and are not asked again.
 */
let reporting = false;

/** Tells the global's listeners of an error. True: one of them has canceled the event, and all is said. */
export function thrown(error: unknown): boolean {
  if (reporting || !hasListeners(globalTarget, "error")) return false;
  reporting = true;
  try {
    const { 0: filename, 1: lineno, 2: colno } = __host.position(stackOf(error));
    const message = "Uncaught " + textOf(error);
    const init = { __proto__: null, cancelable: true, message, filename, lineno, colno, error };
    return !fire(globalTarget, new ErrorEvent("error", init));
  } finally {
    reporting = false;
  }
}

/** Reports an error to the global's listeners and, unless one of them objects, to the host. */
export function reportException(error: unknown): void {
  if (thrown(error)) return;
  try {
    __host.report(ErrorIsError(error) ? error : textOf(error));
  } catch {
    __host.report(textOf(error));
  }
}

/** The error as text, without any getter of an object that only looks like an error. */
function textOf(error: unknown): string {
  if (ErrorIsError(error)) {
    try {
      return ErrorPrototypeToString(error);
    } catch {
      // its name or message throws: it is shown as any value
    }
  }
  return inspect(error);
}

/** The error's stack, or that of now. */
function stackOf(error: unknown): string {
  const stack = ErrorIsError(error) ? ownValue(error as object, "stack") : undefined;
  return typeof stack === "string" ? stack : new SafeError().stack!;
}

/** Is called for a promise that was rejected while nobody listened. True: a listener has canceled the event. */
export function rejected(promise: object, reason: unknown): boolean {
  if (!hasListeners(globalTarget, "unhandledrejection")) return false;
  const init = { __proto__: null, cancelable: true, promise, reason };
  return !fire(globalTarget, new PromiseRejectionEvent("unhandledrejection", init));
}

/** Is called for a promise for which rejected was called, and that is handled now. */
export function handled(promise: object): void {
  if (!hasListeners(globalTarget, "rejectionhandled")) return;
  const init = { __proto__: null, promise, reason: __host.promiseState(promise)[1] };
  fire(globalTarget, new PromiseRejectionEvent("rejectionhandled", init));
}
