// Event handler attributes, such as onmessage:
// https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-attributes

import { ObjectDefineProperty, ObjectGetOwnPropertyDescriptor } from "../internal/primordials.ts";
import { type EventTarget, type Listener, add, listenersOf, receiver, remove } from "./target.ts";

/** Gives the class an event handler attribute for each type: onmessage for "message". */
export function defineHandlers(Class: { prototype: object }, types: readonly string[]): void {
  for (let i = 0; i < types.length; i++) defineHandler(Class.prototype, types[i]!);
}

export function defineHandler(holder: object, type: string): void {
  const name = "on" + type;
  const descriptor = ObjectGetOwnPropertyDescriptor(
    {
      get [name](): object | null {
        return handlerOf(receiver(this), type)?.callback ?? null;
      },
      set [name](value: unknown) {
        setHandler(receiver(this), type, value);
      },
    },
    name,
  )!;
  ObjectDefineProperty(holder, name, descriptor);
}

function handlerOf(target: EventTarget, type: string): Listener | undefined {
  const listeners = listenersOf(target, type);
  for (let i = 0; i < listeners.length; i++) {
    if (listeners[i]!.handler) return listeners[i];
  }
  return undefined;
}

/** A handler keeps its place among the listeners until it is set to what is no object ([LegacyTreatNonObjectAsNull]). */
function setHandler(target: EventTarget, type: string, value: unknown): void {
  const old = handlerOf(target, type);
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    if (old !== undefined) remove(target, type, old);
  } else if (old !== undefined) {
    old.callback = value;
  } else {
    add(target, type, {
      callback: value,
      capture: false,
      once: false,
      passive: false,
      handler: true,
      removed: false,
      unwatch: undefined,
    });
  }
}
