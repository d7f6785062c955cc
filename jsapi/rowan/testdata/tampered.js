// Scripts that replace built-ins do not change what Rowan does.
const promise = Promise;
const log = [];
const maps = [new Map([[{}, 1]]), new Map([[{}, 1]])];
Map.prototype.get = Map.prototype.set = () => { throw new Error("tampered"); };
Array.prototype.push = Array.prototype.slice = Array.prototype.splice = () => { throw new Error("tampered"); };
Array.prototype[Symbol.iterator] = () => { throw new Error("tampered"); };
RegExp.prototype.exec = String.prototype.slice = String.prototype.charCodeAt = () => { throw new Error("tampered"); };
Function.prototype.apply = Function.prototype.call = () => { throw new Error("tampered"); };
globalThis.Promise = undefined;
host.subscribe = host.unsubscribe = host.startTimer = () => {};
host.call = () => 7;

const stop = Rowan.subscribe("t", (message) => { log[log.length] = message; });
Rowan.subscribe("t", (message) => { log[log.length] = message; });
group.deliver("t", 1);
stop();
group.deliver("t", 2);
assert.equal(log.length, 3);

const call = Rowan.call("f");
assert(call instanceof promise);
group.settle(7, true, "done");
assert.equal(await call, "done");
assert(Rowan.sleep(1) instanceof promise);

assert.equal(Rowan.semver.satisfies("1.2.3", "^1.2 || 3.x - 4"), true);
assert.equal(Rowan.semver.order("1.0.0-a.1", "1.0.0-a.2"), -1);
assert.equal(Rowan.escapeHTML("<"), "&lt;");
assert.equal(Rowan.deepEquals(maps[0], maps[1]), true);
