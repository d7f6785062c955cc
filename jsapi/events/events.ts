// The group "events": https://dom.spec.whatwg.org/#events and what is made of them: abort signals, DOMException, and the
// global's own events.

import { expose, exposeFunctions, exposeReplaceable } from "../internal/expose.ts";
import { ObjectSetPrototypeOf, global } from "../internal/primordials.ts";
import { requireArguments, requireToken } from "../internal/webidl.ts";
import { AbortController, AbortSignal, timeout } from "./abort.ts";
import { DOMException } from "./domexception.ts";
import { Event } from "./event.ts";
import { defineHandler } from "./handlers.ts";
import { handled, rejected, reportException, thrown } from "./report.ts";
import { CloseEvent, CustomEvent, ErrorEvent, MessageEvent, ProgressEvent, PromiseRejectionEvent } from "./subclasses.ts";
import { QuotaExceededError } from "./quota.ts";
import { EventTarget } from "./target.ts";

export { abortReason, isAbortSignal, onAbort, toAbortSignal } from "./abort.ts";
export { isDOMException, toDOMException } from "./domexception.ts";
export { defineHandlers } from "./handlers.ts";
export { useMessagePorts } from "./subclasses.ts";
export { fire, hasListeners } from "./target.ts";
export {
  AbortController,
  AbortSignal,
  CloseEvent,
  CustomEvent,
  DOMException,
  ErrorEvent,
  Event,
  EventTarget,
  MessageEvent,
  ProgressEvent,
  PromiseRejectionEvent,
  QuotaExceededError,
  reportException,
};

declare const __host: { chosen: boolean };

/** The interface of the global, which is neither a window nor a worker's scope: there is no global of its name. */
class GlobalScope extends EventTarget {
  constructor(token: unknown = undefined) {
    requireToken(token);
    super();
  }
}

if (__host.chosen) {
  ObjectSetPrototypeOf(global, GlobalScope.prototype);
  defineHandler(global, "error");
  defineHandler(global, "unhandledrejection");
  defineHandler(global, "rejectionhandled");
}

expose(__host, {
  AbortController,
  AbortSignal,
  CloseEvent,
  CustomEvent,
  DOMException,
  ErrorEvent,
  Event,
  EventTarget,
  MessageEvent,
  ProgressEvent,
  PromiseRejectionEvent,
  QuotaExceededError,
});
exposeReplaceable(__host, { self: () => global });
exposeFunctions(__host, {
  reportError(error: unknown): void {
    requireArguments(arguments.length, 1, "Failed to execute 'reportError'");
    reportException(error);
  },
});

export default { handled, rejected, thrown, timeout };
