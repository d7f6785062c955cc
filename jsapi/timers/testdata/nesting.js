// Timers nested more than five deep wait 4 ms at least; a timer from elsewhere does not.
const delays = [];
const nest = (depth) => {
  if (depth === 0) return;
  setTimeout(() => nest(depth - 1), 1);
  delays.push(host.armed.at(-1).delay);
};
nest(9);
host.advance(100);
assert.deepEqual(delays, [1, 1, 1, 1, 1, 1, 4, 4, 4]);
setTimeout(() => {}, 1);
assert.equal(host.armed.pop().delay, 1);

// A longer delay stays as it is.
const long = (depth) => {
  if (depth > 0) setTimeout(() => long(depth - 1), 10);
};
long(9);
const before = host.now;
host.advance(90);
assert.equal(host.now - before, 90);
assert.equal(host.armed.length, 0);

// Each repetition of an interval counts as one level.
const times = [];
const start = host.now;
const id = setInterval(() => times.push(host.now - start), 0);
host.advance(13);
clearInterval(id);
assert.deepEqual(times, [0, 0, 0, 0, 0, 0, 4, 8, 12]);

// Microtasks and immediates are no timers.
let microtask;
setImmediate(() => {
  setTimeout(() => {}, 0);
  microtask = host.armed.at(-1).delay;
});
host.advance(0);
assert.equal(microtask, 0);
