import { SafeTypeError } from "./primordials.ts";

/** Reports whether a value is a promise, or what await takes for one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** Returns what a function of the script has returned, which must not be a promise, since nobody waits for it. */
export function synchronous<T>(name: string, result: T): T {
  if (isThenable(result)) throw new SafeTypeError(`${name} returned a promise; it must end when it returns`);
  return result;
}
