// A message reaches the other channels of its name, not the one that posted it.
const log = [];
const channels = ["x", "x", "y"].map((name, i) => {
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => log.push([i, event.type, event.data, event.target === channel]);
  return channel;
});
channels[0].postMessage("hello");
assert.deepEqual(log, [], "nothing arrives within postMessage");
host.deliver();
assert.deepEqual(log, [[1, "message", "hello", true]]);
