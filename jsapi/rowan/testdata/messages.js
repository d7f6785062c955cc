// Messages wait at the host until there is a callback, and come to the one that was registered last.
const log = [];
let kept = [["a", "X"], ["b", "Y"]];
host.kept = () => { const all = kept; kept = []; return all; };
assert.equal(group.receive("early", "X"), false);

Rowan.onMessage((message, from) => log.push(message + from));
assert.deepEqual(log, [], "not before onMessage has returned");
await null;
await null;
assert.deepEqual(log, ["aX", "bY"]);
assert.equal(group.receive("c", "X"), true);

Rowan.onMessage((message) => { log.push("second " + message); });
group.receive("d", "X");
assert.deepEqual(log, ["aX", "bY", "cX", "second d"]);
assert.throws(() => Rowan.onMessage("no"), TypeError, /^onMessage: the callback is not a function$/);

const sent = [];
host.send = (message, to) => sent.push([message, to]) === 1;
assert.equal(Rowan.send("X", { n: 1 }), true);
assert.equal(Rowan.send("X"), false);
assert.deepEqual(sent, [[{ n: 1 }, "X"], [undefined, "X"]]);
assert.throws(() => Rowan.send(1, 2), TypeError, /^send: the receiver is not a string$/);
