const error = new Error("from the callback");
const fail = () => {
  throw error;
};

// A callback's exception reaches the host; the timer is gone.
setTimeout(fail, 1);
assert.throws(() => host.advance(1), error);
assert.equal(host.armed.length, 0);

// An interval goes on.
const id = setInterval(fail, 10);
for (let i = 0; i < 3; i++) assert.throws(() => host.advance(10), error);
assert.deepEqual(host.armed.map((timer) => timer.id), [id]);
clearInterval(id);

// The nesting does not outlive the callback.
const deep = (n) => setTimeout(() => {
  if (n > 0) return deep(n - 1);
  fail();
}, 0);
deep(8);
assert.throws(() => host.advance(100), error);
setTimeout(() => {}, 0);
assert.equal(host.armed.pop().delay, 0);

setImmediate(fail);
assert.throws(() => host.advance(0), error);
assert.deepEqual(host.reported, []);
