import { promiseState } from "../internal/inspect/promises.ts";

/** What a promise was settled with, its value or its reason; the promise itself while it is pending, and what is none. */
export function peek(promise: unknown): unknown {
  if (typeof promise !== "object" || promise === null) return promise;
  const state = promiseState(promise);
  return state === undefined || state[0] === "pending" ? promise : state[1];
}
