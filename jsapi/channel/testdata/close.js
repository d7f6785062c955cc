// A closed channel neither posts nor receives, and gives its port back.
const open = new BroadcastChannel("x");
const closed = new BroadcastChannel("x");
let n = 0;
closed.onmessage = () => n++;
open.postMessage(1);
closed.close();
closed.close();
group.deliver(2, 1); // it was on its way
assert.equal(n, 0);
assert.equal(host.ports.size, 1);
assert.throws(() => closed.postMessage(1), Error, /the channel is closed/);
try {
  closed.postMessage(1);
} catch (error) {
  assert.equal(error.name, "InvalidStateError");
  assert.equal(String(error), "InvalidStateError: postMessage: the channel is closed");
}
