// Scripts that replace built-ins do not change what a channel does.
const log = [];
const channel = new BroadcastChannel("x");
Map.prototype.get = Map.prototype.set = () => { throw new Error("tampered"); };
Array.prototype.push = Array.prototype.slice = Array.prototype.splice = Array.prototype.indexOf = () => { throw new Error("tampered"); };
Function.prototype.apply = Function.prototype.call = () => { throw new Error("tampered"); };
const listener = (event) => { log[log.length] = event.data; };
channel.addEventListener("message", listener);
channel.onmessage = listener;
group.deliver(1, "a");
channel.removeEventListener("message", listener);
group.deliver(1, "b");
assert.equal(log.length, 3);
assert.equal(log[2], "b");
