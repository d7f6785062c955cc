// What a callback throws keeps a message from no other one.
const log = [];
Rowan.subscribe("t", () => { throw new Error("no"); });
Rowan.subscribe("t", (message) => log.push(message));
group.deliver("t", 1);
assert.deepEqual(log, [1]);
