import {
  ArrayBufferIsView,
  ArrayIsArray,
  ObjectGetOwnPropertyDescriptor,
  ObjectIsExtensible,
  ObjectPrototypeToString,
  SymbolToStringTag,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetName,
  ownValue,
} from "../primordials.ts";
import { arrayEntries, typedArrayEntries } from "./collections.ts";
import { formatFunction } from "./functions.ts";
import { interfaceShape } from "./interfaces.ts";
import { kindOf } from "./kinds.ts";
import { type Naming, prefix } from "./names.ts";
import { keysBesideElements, keysOf } from "./properties.ts";
import { based, braced, type Shape } from "./shape.ts";
import type { State } from "./state.ts";

/** The shape of any object. */
export function shapeOf(state: State, value: object, naming: Naming): Shape {
  if (typeof value === "function") return based(naming, "Function", formatFunction(value, naming), keysOf(state, value));
  if (ArrayIsArray(value)) return arrayShape(state, value, naming);
  if (ArrayBufferIsView(value) && TypedArrayPrototypeGetName(value) !== undefined) {
    return typedArrayShape(state, value as Uint8Array, naming);
  }
  if (naming.constructor === "Object") return plainShape(state, value, naming);
  const kind = kindOf(value);
  if (kind !== undefined) return kind.shape(state, value, naming);
  const shape = interfaceShape(state, value, naming);
  if (shape !== undefined) return shape;
  const name = naming.constructor === null && isModule(value) ? "Module" : "Object";
  return braced(naming, name, keysOf(state, value));
}

function plainShape(state: State, value: object, naming: Naming): Shape {
  const shape = braced(naming, "Object", keysOf(state, value));
  if (naming.tag !== "") return shape;
  const open = isArguments(value) ? "[Arguments] {" : "{";
  return { ...shape, open, whole: open + "}" };
}

function isArguments(value: object): boolean {
  try {
    return ObjectPrototypeToString(value) === "[object Arguments]";
  } catch {
    return false;
  }
}

function arrayShape(state: State, value: unknown[], naming: Naming): Shape {
  const { length } = value;
  const plain = naming.constructor === "Array" && naming.tag === "";
  const open = plain ? "[" : prefix(naming, "Array", "(" + length + ")") + "[";
  return {
    ...listed(naming, "Array", open, keysBesideElements(state, value, length), length),
    entries: (state, level) => arrayEntries(state, value, level),
  };
}

function typedArrayShape(state: State, value: Uint8Array, naming: Naming): Shape {
  const kind = TypedArrayPrototypeGetName(value)!;
  const length = TypedArrayPrototypeGetLength(value);
  const open = prefix(naming, kind, "(" + length + ")") + "[";
  const shape = listed(naming, kind, open, keysBesideElements(state, value, length), length);
  if (state.settings.showHidden) shape.whole = undefined;
  return { ...shape, entries: (state) => typedArrayEntries(state, value) };
}

function listed(naming: Naming, kind: string, open: string, keys: PropertyKey[], length: number): Shape {
  const whole = length === 0 ? open + "]" : undefined;
  return { ...braced(naming, kind, keys), open, close: "]", elements: true, whole };
}

/** Whether the object, which has no prototype, is a module's namespace. */
function isModule(value: object): boolean {
  if (ownValue(value, SymbolToStringTag) !== "Module" || ObjectIsExtensible(value)) return false;
  const { writable, configurable } = ObjectGetOwnPropertyDescriptor(value, SymbolToStringTag)!;
  return !writable && !configurable;
}
