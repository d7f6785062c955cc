const times = [];
const id = setInterval((tag) => times.push(tag + host.now), 10, "t");
host.advance(35);
assert.deepEqual(times, ["t10", "t20", "t30"]);
assert.deepEqual(host.armed.map((timer) => timer.id), [id]);

clearInterval(id);
host.advance(100);
assert.equal(times.length, 3);

// It is armed again after the callback: a slow one is not overrun.
const starts = [];
const slow = setInterval(() => {
  starts.push(host.now);
  assert.equal(host.armed.length, 0);
  host.now += 25;
}, 10);
for (let i = 0; i < 3; i++) {
  const timer = host.first();
  host.now = timer.due;
  host.armed = [];
  group.fire(timer.id);
}
assert.deepEqual(starts, [145, 180, 215]);
clearInterval(slow);

// Cleared by itself, it is not armed again.
let count = 0;
const own = setInterval(() => {
  if (++count === 2) clearInterval(own);
}, 1);
host.advance(50);
assert.equal(count, 2);
assert.equal(host.armed.length, 0);
