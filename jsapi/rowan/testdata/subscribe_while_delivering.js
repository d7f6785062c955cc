// Who comes while a message is delivered gets the next one; who has gone does not get this one.
const log = [];
let stopLast;
Rowan.subscribe("t", (message) => {
  log.push("first " + message);
  stopLast();
  if (message === 1) Rowan.subscribe("t", (message) => log.push("new " + message));
});
stopLast = Rowan.subscribe("t", (message) => log.push("last " + message));
group.deliver("t", 1);
group.deliver("t", 2);
assert.deepEqual(log, ["first 1", "first 2", "new 2"]);
