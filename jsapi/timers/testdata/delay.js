const delays = [
  [10, 10],
  [10.9, 10],
  ["15", 15],
  [-5, 0],
  [NaN, 0],
  [Infinity, 0],
  [null, 0],
  ["soon", 0],
  [true, 1],
  [{ valueOf: () => 7 }, 7],
  [2 ** 31 - 1, 2 ** 31 - 1],
  [2 ** 31, 0],
  [2 ** 32, 0],
  [2 ** 32 + 3, 3],
];
for (const start of [setTimeout, setInterval]) {
  for (const [delay, want] of delays) {
    start(() => {}, delay);
    assert.equal(host.armed.pop().delay, want, String(delay));
  }
}

// What the conversion throws leaves nothing behind.
for (const delay of [1n, Symbol("s"), { valueOf() { throw new TypeError("no"); } }]) {
  assert.throws(() => setTimeout(() => {}, delay), TypeError);
}
assert.equal(host.armed.length, 0);
