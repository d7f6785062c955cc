// What the host refuses at once is a rejection too; callSync throws.
const refused = Rowan.call("unknown");
assert(refused instanceof Promise);
assert.equal((await refused.catch((error) => error)).code, "unknown_handler");
assert.throws(() => Rowan.callSync("fails"), TypeError, /fails: no/);
assert.deepEqual(Rowan.callSync("echo", 1, "a"), ["echo", 1, "a"]);
