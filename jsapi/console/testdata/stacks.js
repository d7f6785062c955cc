// Errors, assertions and traces say where they were called; the console's own frames are left out.
function caller(method, ...args) {
  console[method](...args);
}
for (const [method, args] of [["error", ["e"]], ["trace", ["t"]], ["assert", [false, "a"]]]) {
  caller(method, ...args);
  const [{ stack }] = host.messages;
  assert.match(stack, /^    at caller \([^\n]*\)\n    at [^]*[^\n]$/, method);
  host.take();
}
for (const method of ["log", "info", "debug", "warn"]) {
  caller(method, "x");
  assert.equal(host.messages[0].stack, undefined, method);
  host.take();
}

const deep = (n) => (n === 0 ? console.error("deep") : deep(n - 1) ?? undefined);
deep(500);
assert(host.messages[0].stack.length <= 8 * 1024);
host.take();

console.trace();
console.trace("at %s", "home", 1);
console.trace({ a: 1 }, "b");
assert.deepEqual(host.take(), ["log Trace", "log Trace: at home 1", "log Trace: { a: 1 } b"]);
