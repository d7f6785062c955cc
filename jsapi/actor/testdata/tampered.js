// Scripts that replace built-ins do not change what is called.
group.install({ __proto__: null, f: (...args) => args.length, g: () => 0 });
Object.prototype.hasOwnProperty = Object.getOwnPropertyDescriptor = Object.keys = () => { throw new Error("tampered"); };
Function.prototype.apply = Function.prototype.call = Reflect.apply = () => { throw new Error("tampered"); };
Array.prototype.push = Array.prototype.join = Array.prototype[Symbol.iterator] = () => { throw new Error("tampered"); };
JSON.stringify = () => { throw new Error("tampered"); };
assert.equal(group.call("room", "f", [1, 2, 3]), 3);
assert.throws(() => group.call("room", "h", []), TypeError, /it has f, g$/);
