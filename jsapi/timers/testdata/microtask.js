const order = [];
const error = new Error("in a microtask");
assert.equal(queueMicrotask(function () { order.push(["first", this, arguments.length]); }, 1, 2), undefined);
Promise.resolve().then(() => order.push("promise"));
queueMicrotask(() => {
  order.push("throws");
  throw error;
});
queueMicrotask(() => queueMicrotask(() => order.push("nested")));
order.push("sync");
await null;
await null;
assert.equal(order[0], "sync");
// `this` is undefined; a sloppy function sees the global object instead.
assert.equal(order[1][0], "first");
assert(order[1][1] === globalThis);
assert.equal(order[1][2], 0);
assert.deepEqual(order.slice(2), ["promise", "throws", "nested"]);
assert.equal(host.reported.length, 1);
assert.equal(host.reported[0], error);
