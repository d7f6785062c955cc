// Operations of the host: at once where they take no time, else on a thread of their own.

import { toDOMException } from "../events/events.ts";
import { opOf } from "../internal/op.ts";
import { ErrorIsError, ReflectApply } from "../internal/primordials.ts";

declare const __host: {
  /** Performs an operation: the method's name, then what the Go half says. Returns the Error with which it fails. */
  perform(operation: string, ...args: unknown[]): any;
  /** The same for operations that draw no random numbers: their outcome can be part of an image. */
  compute(operation: string, ...args: unknown[]): any;
  /** Begins the same, for op. */
  begin(operation: string, ...args: unknown[]): number;
};

/** The size in bytes up to which a fast algorithm is performed at once: a few dozen microseconds. */
const smallMax = 65536;

/**
 * Performs an operation on so many bytes. The host copies its arguments before this returns, so that what the script
 * does with their memory afterwards has no part in the outcome.
 */
export function perform(fast: boolean, size: number, ...args: unknown[]): Promise<any> | any {
  if (!fast || size > smallMax) return begin(args);
  // Of fast algorithms this alone is random.
  const host = args[0] === "generateKey" ? __host.perform : __host.compute;
  const result = ReflectApply(host, undefined, args as never);
  if (ErrorIsError(result)) throw toDOMException(result);
  return result;
}

async function begin(args: unknown[]): Promise<any> {
  try {
    return await opOf(__host.begin, args);
  } catch (error) {
    throw toDOMException(error);
  }
}
