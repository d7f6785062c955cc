// The class looks as Web IDL says.
assert.equal(BroadcastChannel.length, 1);
assert.throws(() => new BroadcastChannel(), TypeError, /name is required/);
assert.throws(() => BroadcastChannel("x"), TypeError);
const channel = new BroadcastChannel(12);
assert.equal(channel.name, "12");
assert.equal(channel.onmessage, null);
assert.equal(Object.prototype.toString.call(channel), "[object BroadcastChannel]");
assert.throws(() => channel.postMessage(), TypeError, /message is required/);
assert.throws(() => BroadcastChannel.prototype.postMessage.call({}, 1), TypeError);
assert.throws(() => BroadcastChannel.prototype.name, TypeError);
assert.deepEqual(Object.keys(BroadcastChannel.prototype).sort(),
  ["addEventListener", "close", "name", "onmessage", "postMessage", "removeEventListener"]);
assert.deepEqual(Object.getOwnPropertyNames(BroadcastChannel).sort(), ["length", "name", "prototype"]);
const descriptor = Object.getOwnPropertyDescriptor(globalThis, "BroadcastChannel");
assert(descriptor.writable && descriptor.configurable && !descriptor.enumerable);
assert.equal(delete BroadcastChannel.prototype.toString, true);

host.portsMax = 1;
assert.throws(() => new BroadcastChannel("y"), RangeError, /too many/);
