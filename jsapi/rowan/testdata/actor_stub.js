// A stub's properties are the actor's methods, whatever they are called, except those that are about the stub itself.
const calls = [];
host.actorCall = (...args) => calls.push(args);
const stub = Rowan.actor("room", "lobby");
assert.equal(stub.$id, "lobby");
assert.equal(stub.then, undefined);
assert.equal(await stub, stub);
assert.equal(stub[Symbol.iterator], undefined);
assert.equal(Object.getPrototypeOf(stub), null);
assert.throws(() => { "use strict"; stub.join = 1; }, TypeError);
assert.equal(calls.length, 0, "looking at a stub calls nobody");

const join = stub.join;
const first = join("ann", { n: 1 });
const second = stub["to string"]();
assert(first instanceof Promise);
assert.deepEqual(calls, [[["ann", { n: 1 }], "room", "lobby", "join"], [[], "room", "lobby", "to string"]]);
group.settle(2, true, "two");
group.settle(1, true, "one");
assert.equal(await first, "one");
assert.equal(await second, "two");

assert.throws(() => Rowan.actor("room"), TypeError, /^actor: the id is not a string$/);
assert.throws(() => Rowan.actor(undefined, "a"), TypeError, /^actor: the kind is not a string$/);
