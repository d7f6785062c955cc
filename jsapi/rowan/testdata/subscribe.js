// Several callbacks of a topic share one subscription of the host, and are called in the order in which they came.
const log = [];
const stopA = Rowan.subscribe("t", (message, topic) => log.push(["a", message, topic]));
const stopB = Rowan.subscribe("t", (message) => log.push(["b", message]));
assert.deepEqual(host.topics, ["t"]);
group.deliver("t", 1);
assert.deepEqual(log, [["a", 1, "t"], ["b", 1]]);

stopA();
stopA();
log.length = 0;
group.deliver("t", 2);
assert.deepEqual(log, [["b", 2]]);
assert.deepEqual(host.topics, ["t"]);

stopB();
assert.deepEqual(host.topics, []);
log.length = 0;
group.deliver("t", 3); // it was on its way
assert.deepEqual(log, []);
