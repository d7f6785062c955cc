console.assert(true, "nothing");
console.assert(1);
assert.deepEqual(host.take(), []);

console.assert();
console.assert(false);
console.assert(0, "the %s has %d", "list", 3);
console.assert(null, { a: 1 }, "b");
console.assert(false, undefined);
assert.deepEqual(host.take(), [
  "error Assertion failed",
  "error Assertion failed",
  "error Assertion failed: the list has 3",
  "error Assertion failed: { a: 1 } b",
  "error Assertion failed: undefined",
]);
