// A sleep is a timer of the host, in the ids that the group timers does not use.
let woken = 0;
const nap = Rowan.sleep(10).then(() => { woken++; });
Rowan.sleep(-5);
Rowan.sleep(Infinity);
const [[id], [, atOnce], [, longest]] = host.timers;
assert(id >= 2 ** 31 && id < 2 ** 32);
assert.equal(host.timers[0][1], 10);
assert.equal(atOnce, 0);
assert.equal(longest, 9e12);
assert.equal(new Set(host.timers.map(([id]) => id)).size, 3);
assert.equal(woken, 0);
group.wake(id);
await nap;
assert.equal(woken, 1);
group.wake(id); // it is over
assert.throws(() => Rowan.sleep(NaN), TypeError);
assert.throws(() => Rowan.sleep("1"), TypeError);
