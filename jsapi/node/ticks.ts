// process.nextTick: callbacks that run before anything else does, in order. They share the queue of the promises' jobs,
// so that a tick does not come before the jobs that were queued before it.

import { enqueueMicrotask } from "../internal/primordials.ts";
import { report } from "../internal/report.ts";

/** Runs the callback after the present job. What it throws is an uncaught exception. */
export function tick(callback: (...args: any[]) => unknown, ...args: unknown[]): void {
  const run = bound(callback);
  enqueueMicrotask(() => {
    try {
      run(...args);
    } catch (error) {
      fail(error);
    }
  });
}

type Callback = (...args: any[]) => unknown;

let bound: (callback: Callback) => Callback = (callback) => callback;
let fail: (error: unknown) => void = report;

/** Says how a callback keeps the asynchronous context in which it was queued. */
export function setBinding(bind: (callback: Callback) => Callback): void {
  bound = bind;
}

/** Says who hears of errors: process. */
export function setFailure(f: (error: unknown) => void): void {
  fail = f;
}
