// A turn that a limit ends runs no `finally`. What the callback would have left behind, the host
// mends by finish().
let fires = 0;
const id = setInterval(() => {
  fires++;
  // The end of the turn, as seen from the next one.
  group.finish();
}, 10);
host.advance(10);
assert.deepEqual(host.armed.map((timer) => timer.id), [id]);
host.advance(10);
assert.equal(fires, 2);
clearInterval(id);

// Without anything running, it does nothing.
group.finish();
assert.equal(host.armed.length, 0);

// The nesting ends with the turn.
const deep = (n) => setTimeout(() => (n > 0 ? deep(n - 1) : group.finish()), 0);
deep(8);
host.advance(100);
setTimeout(() => {}, 0);
assert.equal(host.armed.pop().delay, 0);
