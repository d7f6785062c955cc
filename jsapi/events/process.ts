import { ReflectApply, global } from "../internal/primordials.ts";
import { type Event, cancel } from "./event.ts";
import { ErrorEvent } from "./subclasses.ts";
import type { EventTarget } from "./target.ts";

/** https://html.spec.whatwg.org/multipage/webappapis.html#the-event-handler-processing-algorithm */
export function processHandler(callback: object, target: EventTarget, event: Event): void {
  if (typeof callback !== "function") return;
  const handler = callback as (...args: unknown[]) => unknown;
  if ((target as unknown) === global && event.type === "error" && event instanceof ErrorEvent) {
    const { message, filename, lineno, colno, error } = event;
    if (ReflectApply(handler, target, [message, filename, lineno, colno, error]) === true) cancel(event);
  } else if (ReflectApply(handler, target, [event]) === false) {
    cancel(event);
  }
}
