// What a module throws after it has awaited is the outcome of its start, also if it is asked for later.
const reason = new Error("no");
const started = group.start();
group.install(undefined, [reason]);
assert.equal(await started.catch((error) => error), reason);
assert.throws(() => group.start(), reason);
