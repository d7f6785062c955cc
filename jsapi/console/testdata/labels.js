// A label is converted as Web IDL says, and what its conversion throws is thrown on.
const methods = ["count", "countReset", "time", "timeLog", "timeEnd"];
for (const method of methods) {
  let calls = 0;
  console[method]({ toString: () => (calls++, "label") });
  assert.equal(calls, 1, method);

  const error = new Error("no");
  assert.throws(() => console[method]({ toString() { throw error; } }), error);
  assert.throws(() => console[method](Symbol("s")), TypeError, /symbol/);
}
host.take();
console.count({ toString: () => "o", valueOf: () => "v" });
assert.deepEqual(host.take(), ["info o: 1"]);
