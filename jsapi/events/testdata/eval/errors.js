// Errors that no script catches, and DOMException.
const seen = [];
addEventListener("error", (event) => {
  seen.push([event.message, event.error, event.lineno, event.isTrusted]);
  event.preventDefault();
});

reportError(new TypeError("told"));
assert.equal(seen[0][0], "Uncaught TypeError: told");
assert.equal(seen[0][2], 8);
assert(seen[0][3]);
for (const value of [undefined, 1, "text", Symbol("s"), { get message() { throw 1; } }, () => 1]) {
  reportError(value);
  assert.equal(seen.at(-1)[1], value);
  assert.match(seen.at(-1)[0], /^Uncaught ./);
}
assert.throws(() => reportError(), TypeError);

// Timers' callbacks report theirs.
const thrown = new Error("in a timer");
setTimeout(() => { throw thrown; });
queueMicrotask(() => { throw thrown; });
await new Promise((resolve) => setTimeout(resolve, 5));
assert.equal(seen.filter(([, error]) => error === thrown).length, 2);

// Rejections.
const rejections = [];
onunhandledrejection = (event) => {
  rejections.push("unhandled", event.reason, event.promise);
  return false;
};
onrejectionhandled = (event) => rejections.push("handled", event.reason, event.promise);
const promise = Promise.reject("why");
await new Promise((resolve) => setTimeout(resolve, 5));
promise.catch(() => {});
await new Promise((resolve) => setTimeout(resolve, 5));
assert.equal(rejections.length, 6);
assert.deepEqual(rejections.filter((x) => typeof x === "string"), ["unhandled", "why", "handled", "why"]);
assert(rejections[2] === promise && rejections[5] === promise);

// DOMException.
const exception = new DOMException("message", "AbortError");
assert(exception instanceof Error && exception instanceof DOMException);
assert.equal(`${exception}`, "AbortError: message");
assert.equal(exception.code, 20);
// A script sees the engine's names of files, which are those of the bundle.
assert.match(exception.stack, /^    at <anonymous> \((?!rowan:)/, "the stack begins at the script");
assert.equal(new (class Mine extends DOMException {})("m", "n").name, "n");
assert.throws(() => DOMException.prototype.name, TypeError);
