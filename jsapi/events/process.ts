import { ReflectApply, global } from "../internal/primordials.ts";
import { type Event, cancel, typeOf } from "./event.ts";
import { errorArguments } from "./subclasses.ts";
import type { EventTarget } from "./target.ts";

/** https://html.spec.whatwg.org/multipage/webappapis.html#the-event-handler-processing-algorithm */
export function processHandler(callback: object, target: EventTarget, event: Event): void {
  if (typeof callback !== "function") return;
  const handler = callback as (...args: unknown[]) => unknown;
  const special = (target as unknown) === global && typeOf(event) === "error" ? errorArguments(event) : undefined;
  if (special !== undefined) {
    if (ReflectApply(handler, target, special) === true) cancel(event);
  } else if (ReflectApply(handler, target, [event]) === false) {
    cancel(event);
  }
}
