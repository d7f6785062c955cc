// A refused subscription leaves nothing behind.
assert.throws(() => Rowan.subscribe(1, () => {}), TypeError, /topic is not a string/);
assert.throws(() => Rowan.subscribe("t"), TypeError, /callback is not a function/);
Rowan.subscribe("a", () => {});
const stop = Rowan.subscribe("b", () => {});
let called = false;
assert.throws(() => Rowan.subscribe("c", () => { called = true; }), RangeError, /too many/);
group.deliver("c", 1);
assert.equal(called, false);
stop();
Rowan.subscribe("c", () => { called = true; });
group.deliver("c", 1);
assert.equal(called, true);
