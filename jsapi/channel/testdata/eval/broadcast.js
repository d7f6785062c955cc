// BroadcastChannel reaches the others of its name, with clones.
const a = new BroadcastChannel("news"), b = new BroadcastChannel("news"), other = new BroadcastChannel("");
const got = [];
a.onmessage = () => got.push("a");
other.onmessage = () => got.push("other");
const event = await new Promise((resolve) => {
  b.onmessage = resolve;
  const item = {};
  a.postMessage({ item, again: item, pattern: /x/ });
});
assert(event instanceof MessageEvent && event.data.item === event.data.again && event.data.pattern instanceof RegExp);
assert.deepEqual(got, []);
assert(a.name === "news" && a instanceof EventTarget && other.name === "");

// Plain values are the topic's as they are: Rowan.subscribe and sockets get them unchanged.
const plain = new Promise((resolve) => Rowan.subscribe("news", resolve));
a.postMessage({ x: [1, { y: 2 }] });
assert.deepEqual(await plain, { x: [1, { y: 2 }] });

a.close();
let name = "";
try {
  a.postMessage(Symbol());
} catch (error) {
  name = error.name;
}
assert.equal(name, "InvalidStateError");
assert.throws(() => new BroadcastChannel(), TypeError);
b.close();
other.close();
