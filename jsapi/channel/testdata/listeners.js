// Listeners are called in the order in which they came, each once, onmessage among them.
const channel = new BroadcastChannel("x");
const log = [];
const first = () => log.push("first");
const object = { handleEvent(event) { log.push("object " + (this === object) + " " + event.data); } };
channel.addEventListener("message", first);
channel.addEventListener("message", first);
channel.onmessage = function () { log.push("handler " + (this === channel)); };
channel.addEventListener("message", object);
channel.addEventListener("message", () => log.push("once"), { once: true });
channel.addEventListener("message", null);
channel.addEventListener("other", () => log.push("other"));
group.deliver(1, 1);
assert.deepEqual(log, ["first", "handler true", "object true 1", "once"]);

log.length = 0;
channel.removeEventListener("message", first);
channel.removeEventListener("message", first);
channel.onmessage = () => log.push("replaced");
group.deliver(1, 2);
assert.deepEqual(log, ["replaced", "object true 2"]);

log.length = 0;
const { onmessage } = channel;
channel.removeEventListener("message", onmessage); // that is not how a handler goes
channel.addEventListener("message", onmessage);
group.deliver(1, 3);
assert.deepEqual(log, ["replaced", "object true 3", "replaced"]);

log.length = 0;
channel.onmessage = "no function";
assert.equal(channel.onmessage, null);
channel.onmessage = onmessage; // it comes last now
channel.removeEventListener("message", object);
group.deliver(1, 4);
assert.deepEqual(log, ["replaced", "replaced"]);
assert.equal(channel.onmessage, onmessage);
