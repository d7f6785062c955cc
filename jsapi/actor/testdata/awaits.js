// A module that awaits at its top level starts when it has come to its end.
const log = [];
const started = group.start().then(() => log.push("started"));
await null;
log.push("installed");
group.install({ __proto__: null, f: () => 1 });
await started;
assert.deepEqual(log, ["installed", "started"]);
assert.equal(group.start(), undefined);
assert.equal(group.call("room", "f", []), 1);
