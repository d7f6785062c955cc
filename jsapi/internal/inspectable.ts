// How console.log shows an instance of an interface, whose state no inspection sees: as Node does, by its attributes.

import { ObjectDefineProperty, SymbolFor } from "./primordials.ts";

type Inspect = (value: unknown, options: object) => string;

/**
 * Gives a class Node's method for inspection. show says what follows the class's name; `nested` inspects a value inside of it.
 */
export function inspectable<T>(
  C: { prototype: T; name: string },
  show: (self: T, nested: (value: unknown) => string) => string,
): void {
  ObjectDefineProperty(C.prototype, SymbolFor("nodejs.util.inspect.custom"), {
    __proto__: null,
    value: function (this: T, depth: number, options: object, inspect: Inspect): string {
      if (depth < 0) return "[" + C.name + "]";
      return C.name + " " + show(this, (value) => inspect(value, { ...options, depth: depth - 1 }));
    },
    writable: true,
    configurable: true,
  } as PropertyDescriptor);
}

/** Shows these attributes. */
export function showAttributes(C: { prototype: object; name: string }, names: readonly string[]): void {
  inspectable(C, (self, nested) => {
    const attributes: { [name: string]: unknown } = {};
    for (let i = 0; i < names.length; i++) attributes[names[i]!] = (self as { [name: string]: unknown })[names[i]!];
    return nested(attributes);
  });
}
