// Errors as Node's have them: an Error, TypeError or RangeError with a code that programs can compare.

import { inspect } from "../internal/inspect.ts";

type ErrorClass = new (message: string, options?: ErrorOptions) => Error;

/** An error of the class with Node's code. */
export function nodeError(Class: ErrorClass, code: string, message: string, more?: object): Error {
  return Object.assign(new Class(message), { code }, more);
}

/** "type number (5)", "an instance of Map", "undefined": how Node says what it got. */
export function received(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === "function") return value.name ? "function " + value.name : "function ";
  if (typeof value === "object") {
    const name = value.constructor?.name;
    return name ? "an instance of " + name : inspect(value, { depth: -1 });
  }
  let text = inspect(value);
  if (text.length > 28) text = text.slice(0, 25) + "...";
  return "type " + typeof value + " (" + text + ")";
}

/** The TypeError for an argument, or for a property such as "options.x"; what is "of type string", "an instance of X". */
export function invalidType(name: string, what: string, value: unknown): Error {
  const kind = name.includes(".") ? "property" : "argument";
  const subject = name.endsWith(" argument") ? name : '"' + name + '" ' + kind;
  return nodeError(TypeError, "ERR_INVALID_ARG_TYPE", "The " + subject + " must be " + what + ". Received " + received(value));
}

export function invalidValue(name: string, value: unknown, reason = "is invalid"): Error {
  const kind = name.includes(".") ? "property" : "argument";
  const shown = inspect(value);
  return nodeError(TypeError, "ERR_INVALID_ARG_VALUE",
    "The " + kind + " '" + name + "' " + reason + ". Received " + (shown.length > 128 ? shown.slice(0, 128) + "..." : shown));
}

export function outOfRange(name: string, range: string, value: unknown): Error {
  let text: string;
  if (typeof value === "bigint" || (Number.isInteger(value) && Math.abs(value as number) > 2 ** 32)) {
    text = String(value).replace(/\B(?=(\d{3})+$)/g, "_") + (typeof value === "bigint" ? "n" : "");
  } else {
    text = inspect(value);
  }
  return nodeError(RangeError, "ERR_OUT_OF_RANGE",
    'The value of "' + name + '" is out of range. It must be ' + range + ". Received " + text);
}

export function checkString(value: unknown, name: string): asserts value is string {
  if (typeof value !== "string") throw invalidType(name, "of type string", value);
}

export function checkFunction(value: unknown, name: string): asserts value is (...args: any[]) => any {
  if (typeof value !== "function") throw invalidType(name, "of type function", value);
}

export function checkObject(value: unknown, name: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalidType(name, "of type object", value);
}

export function checkBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== "boolean") throw invalidType(name, "of type boolean", value);
}

export function checkNumber(value: unknown, name: string, min = -Infinity, max = Infinity): asserts value is number {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!(value >= min && value <= max)) throw outOfRange(name, ">= " + min + " && <= " + max, value);
}

export function checkInteger(
  value: unknown,
  name: string,
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
  and = "&&",
): asserts value is number {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!Number.isInteger(value)) throw outOfRange(name, "an integer", value);
  if (value < min || value > max) throw outOfRange(name, ">= " + min + " " + and + " <= " + max, value);
}
