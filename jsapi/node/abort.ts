// What Node does with an AbortSignal.

import { invalidType, nodeError } from "../buffer/buffer.ts";

/** Calls the function once the signal is aborted. The value stops it. */
export function onAbort(signal: any, f: () => void): () => void {
  signal.addEventListener("abort", f, { once: true });
  return () => signal.removeEventListener("abort", f);
}

export function abortError(signal?: { reason?: unknown }): Error {
  const error = nodeError(Error, "ABORT_ERR", "The operation was aborted", signal ? { cause: signal.reason } : undefined);
  error.name = "AbortError";
  return error;
}

export function checkSignal(signal: any, name = "options.signal"): void {
  if (signal !== undefined && (signal === null || typeof signal !== "object" || !("aborted" in signal))) {
    throw invalidType(name, "an instance of AbortSignal", signal);
  }
}
