// Operations of the host: at once where they take no time, else on a thread of their own.

import { toDOMException } from "../events/events.ts";
import { pendingAs } from "../internal/op.ts";
import { ErrorIsError, ReflectApply } from "../internal/primordials.ts";

declare const __host: {
  /** Performs an operation: the method's name, then what the Go half says. Returns the Error with which it fails. */
  perform(operation: string, ...args: unknown[]): any;
  /** The same for operations that draw no random numbers: their outcome can be part of an image. */
  compute(operation: string, ...args: unknown[]): any;
  /** Begins the same, for pendingAs. */
  begin(operation: string, ...args: unknown[]): number;
};

/** The size in bytes up to which a fast algorithm is performed at once: a few dozen microseconds. */
const smallMax = 65536;

/** For outcomes that scripts get as they are. */
export const asIs = (result: any): any => result;

/**
 * Performs an operation on so many bytes and makes what the script gets of its outcome. What comes in between may be a key's
 * bytes: it is never awaited, since promises show their values to scripts that tamper with them. The host copies its arguments
 * before this returns, so that what the script does with their memory afterwards has no part in the outcome.
 */
export function perform(outcome: (result: any) => any, fast: boolean, size: number, ...args: unknown[]): any {
  if (!fast || size > smallMax) return pendingAs(begin(args), outcome, toDOMException);
  // Of fast algorithms this alone is random.
  const host = args[0] === "generateKey" ? __host.perform : __host.compute;
  const result = ReflectApply(host, undefined, args as never);
  if (ErrorIsError(result)) throw toDOMException(result);
  return outcome(result);
}

function begin(args: unknown[]): number {
  try {
    return ReflectApply(__host.begin, undefined, args as never);
  } catch (error) {
    throw toDOMException(error);
  }
}
