// Options are handed on in order; those that are not known, or make no sense, are refused.
const calls = [];
host.spawn = (...args) => calls.push(args);
const spawned = Rowan.spawn("peer", { memory: 5, apis: "rowan", restart: "permanent", idleTimeout: 0 });
Rowan.spawn("peer");
Rowan.spawn("peer", { memory: undefined });
assert.deepEqual(calls, [["peer", "rowan", 5, 0, "permanent"], ["peer", undefined, undefined, undefined, undefined], ["peer", undefined, undefined, undefined, undefined]]);
group.settle(1, true, "ADDRESS");
assert.equal(await spawned, "ADDRESS");

Object.prototype.memory = 1; // is none of the options
Rowan.spawn("peer", {});
assert.equal(calls[3][2], undefined);
delete Object.prototype.memory;

const refused = async (options, pattern) => Rowan.spawn("peer", options).then(() => assert(false), (e) => assert.match(e.message, pattern));
await refused({ script: "x" }, /^spawn: unknown option script; known are apis, memory, idleTimeout and restart$/);
await refused({ memory: 0 }, /^spawn: memory is not a number of at least 1$/);
await refused({ memory: NaN }, /memory/);
await refused({ memory: "5" }, /memory/);
await refused({ idleTimeout: -1 }, /^spawn: idleTimeout is not a number of at least 0$/);
assert.equal(calls.length, 4);
