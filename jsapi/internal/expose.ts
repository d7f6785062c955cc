// How a group's globals come about. A group that is only there for others leaves none.

import { ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectKeys, SafeTypeError, global } from "./primordials.ts";

interface Host {
  /** Whether scripts were given the group. */
  readonly chosen: boolean;
}

function define(target: object, name: string, descriptor: PropertyDescriptor): void {
  ObjectDefineProperty(target, name, { __proto__: null, configurable: true, ...descriptor } as PropertyDescriptor);
}

/** Interfaces and objects: writable, not enumerable (Web IDL, 3.7 Interfaces). */
export function expose(host: unknown, values: { [name: string]: unknown }): void {
  exposeAs(host, values, false);
}

/** Operations of the global: writable and enumerable. */
export function exposeFunctions(host: unknown, functions: { [name: string]: unknown }): void {
  exposeAs(host, functions, true);
}

function exposeAs(host: unknown, values: { [name: string]: unknown }, enumerable: boolean): void {
  if (!(host as Host).chosen) return;
  for (const name of ObjectKeys(values)) define(global, name, { value: values[name], writable: true, enumerable });
}

/** Attributes of the global: accessors, enumerable. An object literal with getters and setters gives them. */
export function exposeAttributes(host: unknown, attributes: object): void {
  if (!(host as Host).chosen) return;
  for (const name of ObjectKeys(attributes)) {
    const { get, set } = ObjectGetOwnPropertyDescriptor(attributes, name)!;
    define(global, name, { get, set, enumerable: true });
  }
}

/** Read-only attributes of the global that a script may replace ([Replaceable]): accessors, enumerable. */
export function exposeReplaceable(host: unknown, getters: { [name: string]: () => unknown }): void {
  if (!(host as Host).chosen) return;
  for (const name of ObjectKeys(getters)) {
    const getter = getters[name]!;
    const accessors = {
      get [name](): unknown {
        requireGlobal(this);
        return getter();
      },
      set [name](value: unknown) {
        requireGlobal(this);
        define(global, name, { value, writable: true, enumerable: true });
      },
    };
    const { get, set } = ObjectGetOwnPropertyDescriptor(accessors, name)!;
    define(global, name, { get, set, enumerable: true });
  }
}

/** Throws for a receiver that is not the global; none at all stands for it. */
export function requireGlobal(self: unknown): void {
  if (self !== undefined && self !== null && self !== global) throw new SafeTypeError("Illegal invocation");
}
