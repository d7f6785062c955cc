// A monitor tells once; one that comes too late is told at the next opportunity.
const log = [];
const asked = [];
host.monitor = (id, ref) => { asked.push(ref); return id === "lives"; };
host.demonitor = (ref) => asked.push(-ref);
const a = Rowan.monitor("lives", (reason) => log.push("a " + reason));
const b = Rowan.monitor("lives", (reason) => log.push("b " + reason));
const c = Rowan.monitor("gone", (reason) => log.push("c " + reason));
const d = Rowan.monitor("gone", (reason) => log.push("d " + reason));
assert.deepEqual(asked, [a, b, c, d]);
assert.equal(Rowan.demonitor(d), true);
assert.equal(Rowan.demonitor(d), false);
assert.deepEqual(log, []);
await null;
assert.deepEqual(log, ["c noproc"]);
group.down(a, "normal");
group.down(a, "twice");
assert.equal(Rowan.demonitor(a), false);
assert.equal(Rowan.demonitor(b), true);
group.down(b, "dropped");
assert.deepEqual(log, ["c noproc", "a normal"]);
assert.throws(() => Rowan.monitor("lives"), TypeError, /^monitor: the callback is not a function$/);
assert.throws(() => Rowan.monitor(1, () => {}), TypeError, /^monitor: the id is not a string$/);
// What the host refuses leaves nothing behind.
host.monitor = () => { throw new RangeError("monitor: too many"); };
assert.throws(() => Rowan.monitor("lives", () => {}), RangeError);
