// Targets, listeners and the life of an event.
const log = [];
const target = new EventTarget();
const first = (event) => log.push("first " + event.eventPhase);
target.addEventListener("x", first);
target.addEventListener("x", first);
target.addEventListener("x", () => log.push("capturing"), true);
target.addEventListener("x", { handleEvent() { log.push(this.name); }, name: "object" }, { once: true });
const event = new Event("x", { cancelable: true });
assert(target.dispatchEvent(event));
assert(target.dispatchEvent(event), "an event can be dispatched again");
assert.deepEqual(log, ["capturing", "first 2", "object", "capturing", "first 2"]);
assert.equal(event.target, target);
assert.equal(event.currentTarget, null);
assert.deepEqual(event.composedPath(), []);
assert.equal(event.eventPhase, Event.NONE);

// A listener that is added in a dispatch is not part of it; one that is removed is not called any more.
log.length = 0;
const busy = new EventTarget();
const late = () => log.push("late");
busy.addEventListener("x", () => {
  busy.addEventListener("x", late);
  busy.removeEventListener("x", doomed);
});
const doomed = () => log.push("doomed");
busy.addEventListener("x", doomed);
busy.dispatchEvent(new Event("x"));
assert.deepEqual(log, []);
busy.dispatchEvent(new Event("x"));
assert.deepEqual(log, ["late"]);

// preventDefault counts where the event is cancelable and the listener is not passive.
const canceled = (init, options) => {
  const target = new EventTarget();
  target.addEventListener("x", (event) => event.preventDefault(), options);
  return !target.dispatchEvent(new Event("x", init));
};
assert(canceled({ cancelable: true }));
assert(!canceled({}));
assert(!canceled({ cancelable: true }, { passive: true }));

// An event is dispatched once at a time, and never trusted.
const nested = new EventTarget();
nested.addEventListener("x", (event) => {
  assert.throws(() => nested.dispatchEvent(event), DOMException, /already/);
  assert.equal(event.isTrusted, false);
});
assert(nested.dispatchEvent(new Event("x")));

// What a listener throws is reported, and keeps no other one from being called.
const reported = [];
onerror = (message, file, line, column, error) => {
  reported.push(message, error);
  return true;
};
const thrower = new EventTarget();
thrower.addEventListener("x", () => { throw new RangeError("no"); });
thrower.addEventListener("x", {});
thrower.addEventListener("x", () => reported.push("called"));
thrower.dispatchEvent(new Event("x"));
assert.equal(reported[0], "Uncaught RangeError: no");
assert.match(reported[2], /handleEvent is not a function/);
assert.equal(reported[4], "called");

assert.throws(() => EventTarget.prototype.addEventListener.call({}, "x", null), TypeError, /Illegal invocation/);
assert.throws(() => target.addEventListener("x"), TypeError, /2 arguments required, but only 1 present/);
assert.throws(() => target.addEventListener("x", 1), TypeError, /parameter 2 is neither a function nor an object/);
assert.throws(() => target.dispatchEvent({}), TypeError, /not an Event/);
assert.throws(() => target.addEventListener("x", null, { signal: {} }), TypeError, /not an AbortSignal/);

// The global is a target.
assert(globalThis instanceof EventTarget);
assert.equal(self, globalThis);
let heard = 0;
addEventListener("x", function () { assert.equal(this, globalThis); heard++; });
dispatchEvent(new Event("x"));
EventTarget.prototype.dispatchEvent.call(undefined, new Event("x"));
assert.equal(heard, 2);
assert.equal(AbortSignal.name, "AbortSignal");
assert.equal(String(new AbortController().signal), "[object AbortSignal]");
