// peek gives a settled promise's outcome without waiting, and anything else as it is.
const pending = new Promise(() => {});
const fulfilled = Promise.resolve(1);
const rejected = Promise.reject("no");
rejected.catch(() => {});
host.states.set(fulfilled, ["fulfilled", 1]);
host.states.set(rejected, ["rejected", "no"]);
assert.equal(Rowan.peek(pending), pending);
assert.equal(Rowan.peek(fulfilled), 1);
assert.equal(Rowan.peek(rejected), "no");
assert.equal(Rowan.peek(42), 42);
assert.equal(Rowan.peek(null), null);
