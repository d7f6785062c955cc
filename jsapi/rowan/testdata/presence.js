// Metas cross as JSON.
const { presence } = Rowan;
assert(Object.isFrozen(presence));
presence.track("t", "k", { n: 1, nothing: undefined });
presence.update("t", "k", { toJSON: () => ({ n: 2 }) });
presence.untrack("t", "k");
assert.deepEqual(host.calls, [["track", "t", "k", '{"n":1}'], ["update", "t", "k", '{"n":2}'], ["untrack", "t", "k"]]);

assert.throws(() => presence.track("t", "k", { n: 1n }), TypeError);
assert.throws(() => presence.track(1, "k", {}), TypeError, /presence\.track: the topic is not a string/);
assert.throws(() => presence.track("t", 1, {}), TypeError, /presence\.track: the key is not a string/);
assert.throws(() => presence.update("t", 1, {}), TypeError, /presence\.update: the key is not a string/);
assert.throws(() => presence.untrack("t", 1), TypeError, /presence\.untrack: the key is not a string/);
assert.throws(() => presence.list(), TypeError, /presence\.list: the topic is not a string/);
assert.equal(host.calls.length, 3);

// A key may be any string.
const list = presence.list("t");
assert.deepEqual(Object.keys(list), ["k", "__proto__"]);
assert.equal(Object.getPrototypeOf(list), Object.prototype);
assert.equal(list.__proto__.metas[0].phx_ref, "B");
assert.deepEqual(list.k, { metas: [{ n: 1, phx_ref: "A" }] });
