// Who is removed by another listener is not called; who is added gets the next message.
const channel = new BroadcastChannel("x");
const log = [];
const removed = () => log.push("removed");
channel.addEventListener("message", () => {
  channel.removeEventListener("message", removed);
  channel.addEventListener("message", added);
});
const added = () => log.push("added");
channel.addEventListener("message", removed);
group.deliver(1, 1);
assert.deepEqual(log, []);
group.deliver(1, 2);
assert.deepEqual(log, ["added"]);
