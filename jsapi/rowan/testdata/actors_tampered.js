// Scripts that replace built-ins do not change how contexts talk to each other.
const calls = [];
const promise = Promise;
let length = 0;
host.actorCall = (args) => { calls[length] = args; return ++length; };
host.kept = () => [["kept", "X"]];
host.monitor = () => true;
globalThis.Proxy = globalThis.Promise = undefined;
Object.freeze = Object.keys = Object.defineProperty = () => { throw new Error("tampered"); };
Map.prototype.get = Map.prototype.set = Map.prototype.delete = () => { throw new Error("tampered"); };
Array.prototype.push = Array.prototype[Symbol.iterator] = () => { throw new Error("tampered"); };
String.prototype.startsWith = String.prototype.slice = () => { throw new Error("tampered"); };

const call = Rowan.actor("room", "lobby").say(1, 2);
assert(call instanceof promise);
assert.equal(calls[0].length, 2);
group.settle(1, true, "said");
assert.equal(await call, "said");
let got = "";
Rowan.onMessage((message, from) => { got += message + from; });
await null;
group.receive("later", "Y");
assert.equal(got, "keptXlaterY");
const ref = Rowan.monitor("lives", (reason) => { got = reason; });
group.down(ref, "normal");
assert.equal(got, "normal");
host.send = () => { throw new TypeError("send: arg[0]: a function cannot be sent"); };
try {
  Rowan.send("X", () => {});
} catch (error) {
  got = error.message;
}
assert.equal(got, "send: message: a function cannot be sent");
