// A call is a promise that the host settles in a later turn.
const first = Rowan.call("greet", "ann", { n: 1 });
const second = Rowan.call("greet");
assert.equal(host.calls.length, 2);
assert.deepEqual(host.calls[0], ["greet", "ann", { n: 1 }]);
assert.deepEqual(host.calls[1], ["greet"]);

group.settle(2, true, "two");
group.settle(1, true, "one");
assert.equal(await first, "one");
assert.equal(await second, "two");

const third = Rowan.call("greet");
const reason = Object.assign(new Error("greet: no"), { code: "timeout" });
group.settle(3, false, reason);
assert.equal(await third.catch((error) => error), reason);

// What nobody waits for does no harm, nor does a second outcome.
group.settle(3, true, "late");
group.settle(99, true, "stray");
