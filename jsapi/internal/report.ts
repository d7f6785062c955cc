import { enqueueMicrotask } from "./primordials.ts";

/** Reports what a callback threw as any error that nobody catches, and lets the caller go on. */
export function report(error: unknown): void {
  enqueueMicrotask(() => {
    throw error;
  });
}
