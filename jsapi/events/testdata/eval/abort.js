// Signals, and those that depend on others.
const next = (signal) => new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));

const controller = new AbortController();
assert.equal(controller.signal, controller.signal);
assert.throws(() => new AbortSignal(), TypeError, /Illegal constructor/);

// A dependent signal knows that its source was aborted, whether or not anyone listened to it.
const quiet = AbortSignal.any([controller.signal]);
const heard = AbortSignal.any([quiet, new AbortController().signal]);
let events = 0;
heard.onabort = (event) => {
  assert(event.isTrusted);
  assert(quiet.aborted);
  events++;
};
controller.abort("first");
controller.abort("second");
assert.equal(events, 1);
for (const signal of [controller.signal, quiet, heard]) {
  assert.equal(signal.reason, "first");
  assert.throws(() => signal.throwIfAborted(), "first");
}

// The reason is that of the source that was aborted first, not of the first in the list.
const [a, b] = [new AbortController(), new AbortController()];
const either = AbortSignal.any([a.signal, b.signal]);
b.abort("b");
a.abort("a");
assert.equal(either.reason, "b");
assert.equal(AbortSignal.any([new AbortController().signal, either]).reason, "b");

// A handler that is taken back is not called.
const c = new AbortController();
const follower = AbortSignal.any([c.signal]);
follower.onabort = () => events++;
follower.onabort = null;
c.abort();
assert.equal(events, 1);
assert.equal(follower.reason.name, "AbortError");
assert.equal(follower.reason.code, DOMException.ABORT_ERR);

// Time. A signal keeps the script running while somebody waits for it.
const timeout = AbortSignal.timeout(5);
await next(AbortSignal.any([timeout]));
assert.equal(timeout.reason.name, "TimeoutError");
assert.throws(() => AbortSignal.timeout(-1), TypeError, /range/);
assert.throws(() => AbortSignal.any([{}]), TypeError, /not an AbortSignal/);
AbortSignal.timeout(1e9);
const listener = () => {};
const ignored = AbortSignal.timeout(1e9);
ignored.addEventListener("abort", listener);
ignored.removeEventListener("abort", listener);
const ended = new AbortController();
AbortSignal.any([AbortSignal.timeout(1e9), ended.signal]).onabort = listener;
ended.abort();
