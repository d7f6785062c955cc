import {
  AsyncFunctionPrototype,
  AsyncGeneratorFunctionPrototype,
  FunctionPrototypeToString,
  GeneratorFunctionPrototype,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyNames,
  ObjectGetPrototypeOf,
  ObjectPrototypeHasOwnProperty,
  SafeSet,
  SetPrototypeAdd,
  SetPrototypeHas,
  StringPrototypeEndsWith,
  StringPrototypeStartsWith,
  global,
  ownValue,
} from "../primordials.ts";
import { chainLengthMax, type Naming } from "./names.ts";
import { read } from "./options.ts";

/** "[Function: f]", "[class A extends B]". */
export function formatFunction(value: Function, naming: Naming): string {
  return isClass(value) ? formatClass(value, naming) : formatPlainFunction(value, naming);
}

function formatPlainFunction(value: Function, { constructor, tag }: Naming): string {
  const type = functionType(value);
  const name = nameOf(value);
  let text = "[" + type;
  if (constructor === null) text += " (null prototype)";
  text += name === "" ? " (anonymous)]" : ": " + name + "]";
  if (constructor !== type && constructor !== null) text += " " + constructor;
  if (tag !== "" && tag !== constructor) text += " [" + tag + "]";
  return text;
}

function formatClass(value: Function, { constructor, tag }: Naming): string {
  const name = ObjectPrototypeHasOwnProperty(value, "name") ? nameOf(value) : "";
  let text = "[class " + (name || "(anonymous)");
  if (constructor !== "Function" && constructor !== null) text += " [" + constructor + "]";
  if (tag !== "" && tag !== constructor) text += " [" + tag + "]";
  if (constructor === null) return text + " extends [null prototype]]";
  const base = nameOf(ObjectGetPrototypeOf(value));
  return base === "" ? text + "]" : text + " extends " + base + "]";
}

function nameOf(value: unknown): string {
  const name = read(value, "name");
  return typeof name === "string" ? name : "";
}

function functionType(value: Function): string {
  let holder: object | null = value;
  for (let i = 0; holder !== null && i < chainLengthMax; i++) {
    if (holder === AsyncFunctionPrototype) return "AsyncFunction";
    if (holder === GeneratorFunctionPrototype) return "GeneratorFunction";
    if (holder === AsyncGeneratorFunctionPrototype) return "AsyncGeneratorFunction";
    holder = ObjectGetPrototypeOf(holder) as object | null;
  }
  return "Function";
}

/**
 * Whether the function was written as a class. Source text tells; a bundle loaded without its
 * source has none, and there a class is what has a read-only prototype and is not the engine's.
 */
function isClass(value: Function): boolean {
  const source = FunctionPrototypeToString(value);
  if (!StringPrototypeEndsWith(source, "[native code]\n}")) return StringPrototypeStartsWith(source, "class");
  return hasReadOnlyPrototype(value) && !isIntrinsic(value);
}

function hasReadOnlyPrototype(value: Function): boolean {
  const descriptor = ObjectGetOwnPropertyDescriptor(value, "prototype");
  return descriptor !== undefined && descriptor.writable === false;
}

/** Whether the value is one of the engine's own functions that stand on the global object. */
export function isIntrinsic(value: unknown): boolean {
  return SetPrototypeHas(intrinsics, value);
}

const intrinsics = new SafeSet<unknown>();
for (const name of ObjectGetOwnPropertyNames(global)) {
  const value = ownValue(global, name);
  if (typeof value === "function") SetPrototypeAdd(intrinsics, value);
}
SetPrototypeAdd(intrinsics, ObjectGetPrototypeOf(Uint8Array));
for (const prototype of [AsyncFunctionPrototype, GeneratorFunctionPrototype, AsyncGeneratorFunctionPrototype]) {
  SetPrototypeAdd(intrinsics, prototype.constructor);
}
