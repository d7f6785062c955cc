// Messages through ports, between ports of one context and across a transfer.
const next = (port) => new Promise((resolve) => port.addEventListener("message", resolve, { once: true }));
const { port1, port2 } = new MessageChannel();
let early = 0;
port2.addEventListener("message", () => early++);
const shared = {};
port1.postMessage([shared, shared, new Map([[shared, 1]])]);
await new Promise((resolve) => setTimeout(resolve, 10));
assert.equal(early, 0, "a port that was not started keeps its messages");
const first = next(port2);
port2.start();
const { data, isTrusted, ports, target } = await first;
assert(data[0] === data[1] && data[2].has(data[0]) && isTrusted && ports.length === 0 && target === port2);

// A port that is sent goes on, with what waits in it.
const other = new MessageChannel();
other.port1.postMessage("before");
const second = next(port2);
port1.postMessage({ port: other.port2 }, [other.port2]);
other.port1.postMessage("after");
const event = await second;
assert(event.ports[0] === event.data.port && event.data.port instanceof MessagePort && Object.isFrozen(event.ports));
const got = [];
await new Promise((resolve) => {
  event.data.port.onmessage = ({ data }) => {
    got.push(data);
    if (got.length === 2) resolve();
  };
});
assert.deepEqual(got, ["before", "after"]);
for (const send of [
  () => port1.postMessage(1, [other.port2]),
  () => port1.postMessage(1, [port1]),
  () => port1.postMessage(port2),
  () => port1.postMessage(() => 1),
]) {
  let name = "";
  try {
    send();
  } catch (error) {
    name = error.name;
  }
  assert.equal(name, "DataCloneError");
}

// close: what was sent before arrives, then the other side hears of it.
const log = [];
port2.onmessage = ({ data }) => log.push(data);
const closed = new Promise((resolve) => (port2.onclose = resolve));
port1.postMessage("last");
port1.close();
port1.postMessage("lost");
await closed;
assert.deepEqual(log, ["last"]);

assert.throws(() => new MessagePort(), TypeError);
assert.throws(() => port2.postMessage(), TypeError);
