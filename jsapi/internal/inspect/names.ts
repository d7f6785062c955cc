import {
  FunctionPrototype,
  FunctionPrototypeSymbolHasInstance,
  ObjectGetPrototypeOf,
  ObjectPrototype,
  ObjectPrototypeHasOwnProperty,
  ObjectPrototypePropertyIsEnumerable,
  SymbolToStringTag,
  ownValue,
} from "../primordials.ts";
import { read } from "./options.ts";
import type { State } from "./state.ts";

/** Prototypes looked at above one object: a proxy can pretend a chain without end. */
export const chainLengthMax = 100;

/** What an object calls itself. */
export interface Naming {
  /** The name of its constructor; null for an object without a prototype. */
  constructor: string | null;
  /** Its Symbol.toStringTag; "" where that is absent or shown as a property. */
  tag: string;
}

export function namingOf(state: State, value: object): Naming {
  return { constructor: constructorName(value), tag: tagOf(state, value) };
}

function constructorName(value: object): string | null {
  let holder: object | null = value;
  let length = 0;
  for (; holder !== null && length < chainLengthMax; length++) {
    // Scripts may change the constructor property of these two, and everything has them above it.
    if (holder === ObjectPrototype && value !== holder) return "Object";
    if (holder === FunctionPrototype && value !== holder) return "Function";
    const constructor = ownValue(holder, "constructor");
    if (typeof constructor === "function") {
      const name = read(constructor, "name");
      if (typeof name === "string" && name !== "" && isInstance(value, constructor)) return name;
    }
    holder = ObjectGetPrototypeOf(holder) as object | null;
  }
  if (length === 1) return null;
  return length === 2 ? "Object <[Object: null prototype] {}>" : "Object <Complex prototype>";
}

function isInstance(value: object, constructor: Function): boolean {
  try {
    return FunctionPrototypeSymbolHasInstance(constructor, value);
  } catch {
    return false;
  }
}

function tagOf(state: State, value: object): string {
  const tag = read(value, SymbolToStringTag);
  if (typeof tag !== "string" || tag === "") return "";
  const listed = state.settings.showHidden
    ? ObjectPrototypeHasOwnProperty(value, SymbolToStringTag)
    : ObjectPrototypePropertyIsEnumerable(value, SymbolToStringTag);
  return listed ? "" : tag;
}

/**
 * An object's names as they stand before its braces, with a space at the end: "Foo(2) [tag] ".
 * `fallback` names what it is when it has no prototype.
 */
export function prefix({ constructor, tag }: Naming, fallback: string, size = ""): string {
  if (constructor === null) {
    const text = "[" + fallback + size + ": null prototype] ";
    return tag !== "" && tag !== fallback ? text + "[" + tag + "] " : text;
  }
  return tag !== "" && tag !== constructor ? constructor + size + " [" + tag + "] " : constructor + size + " ";
}
