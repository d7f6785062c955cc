import { formatValue } from "./value.ts";
import type { State } from "./state.ts";

/** How a promise stands, and its value or the reason of its rejection. */
export type PromiseState = [state: "pending" | "fulfilled" | "rejected", result: unknown];

declare const __host: {
  /** No script can look into a promise; a group whose host can, says so here. Throws for what is no promise. */
  promiseState?(promise: object): PromiseState;
};

/** The promise's state, or undefined where the host does not tell. */
export function promiseState(promise: object): PromiseState | undefined {
  try {
    return __host.promiseState?.(promise);
  } catch {
    return undefined;
  }
}

export function promiseEntries(state: State, settled: PromiseState, level: number): string[] {
  if (settled[0] === "pending") return [state.take("<pending>")];
  state.indentation += 2;
  const text = formatValue(state, settled[1], level);
  state.indentation -= 2;
  return [settled[0] === "rejected" ? state.take("<rejected>") + " " + text : text];
}
