const calls = [];
const ids = [
  setImmediate((...args) => calls.push(args), 1, 2),
  setTimeout(() => calls.push("timeout"), 0),
  setImmediate(function () { calls.push(this === globalThis); }),
];
assert.equal(new Set(ids).size, 3);
assert.deepEqual(host.armed.map((timer) => timer.delay), [0, 0, 0]);
clearImmediate(setImmediate(() => calls.push("cleared")));
host.advance(0);
assert.deepEqual(calls, [[1, 2], "timeout", true]);
