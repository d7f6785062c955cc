host.max = 3;
const calls = [];
const ids = [1, 2, 3].map((n) => setTimeout(() => calls.push(n), n));
for (const start of [setTimeout, setInterval, setImmediate]) {
  assert.throws(() => start(() => calls.push("refused"), 0), RangeError, /too many timers/);
}
// Nothing of those that were refused is left, whatever their ids were.
for (let id = 1; id < 20; id++) {
  if (!ids.includes(id)) group.fire(id);
}
assert.deepEqual(calls, []);

host.advance(2);
assert.deepEqual(calls, [1, 2]);
setTimeout(() => calls.push("again"), 0);
host.advance(10);
assert.deepEqual(calls, [1, 2, "again", 3]);

// An interval whose callback took the last places is reported and ends.
const interval = setInterval(() => {
  while (host.armed.length < host.max) setTimeout(() => {}, 1000);
}, 1);
host.advance(5);
assert.equal(host.reported.length, 1);
assert(host.reported[0] instanceof RangeError);
host.armed = [];
group.fire(interval);
assert.equal(host.armed.length, 0);
