const error = new Error("from the callback");
const fail = () => {
  throw error;
};
const reports = () => host.reported.splice(0);

// A callback's exception is reported; the timer is gone.
setTimeout(fail, 1);
host.advance(1);
assert(reports()[0] === error);
assert.equal(host.armed.length, 0);

// An interval goes on.
const id = setInterval(fail, 10);
for (let i = 0; i < 3; i++) host.advance(10);
assert.equal(reports().length, 3);
assert.deepEqual(host.armed.map((timer) => timer.id), [id]);
clearInterval(id);

// The nesting does not outlive the callback.
const deep = (n) => setTimeout(() => {
  if (n > 0) return deep(n - 1);
  fail();
}, 0);
deep(8);
host.advance(100);
assert.equal(reports().length, 1);
setTimeout(() => {}, 0);
assert.equal(host.armed.pop().delay, 0);

setImmediate(fail);
host.advance(0);
assert.equal(reports().length, 1);
