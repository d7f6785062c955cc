const calls = [];
const ids = [
  setTimeout((...args) => calls.push(["a", ...args]), 20, 1, "two", null),
  setTimeout(function () { calls.push(["this", this === globalThis]); }, 10),
  setTimeout(() => calls.push(["b"]), 20),
  setTimeout(() => calls.push(["now"])),
  (0, setTimeout)(() => calls.push(["undefined"]), undefined, 5),
];
for (const id of ids) assert(Number.isInteger(id) && id > 0, "id " + id);
assert.equal(new Set(ids).size, ids.length);
assert.deepEqual(calls, []);

host.advance(0);
assert.deepEqual(calls, [["now"], ["undefined"]]);
host.advance(100);
assert.deepEqual(calls.slice(2), [["this", true], ["a", 1, "two", null], ["b"]]);
assert.equal(host.armed.length, 0);

// A due timer that is not known, since it was cleared on the way, is none.
group.fire(ids[0]);
group.fire(12345);
assert.equal(calls.length, 5);
