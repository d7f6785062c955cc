declare const __host: {
  /** How a promise stands, which no script can see for itself. Throws for what is no promise. */
  promiseState?(promise: object): [state: "pending" | "fulfilled" | "rejected", result: unknown];
};

/** What a promise was settled with, its value or its reason; the promise itself while it is pending, and what is none. */
export function peek(promise: unknown): unknown {
  if (typeof promise !== "object" || promise === null) return promise;
  let state;
  try {
    state = __host.promiseState?.(promise);
  } catch {
    return promise;
  }
  return state === undefined || state[0] === "pending" ? promise : state[1];
}
