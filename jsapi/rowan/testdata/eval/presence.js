// Each context has its own presences; see daemon/presence_test.go for what ends them.
const { presence } = Rowan;
assert.deepEqual(presence.list("room:1"), {});
presence.track("room:1", "ann", { device: "phone" });
presence.track("room:1", "bob", {});
const [{ phx_ref: ref, ...meta }] = presence.list("room:1").ann.metas;
assert.deepEqual(meta, { device: "phone" });
assert.match(ref, /^[\w-]{16}$/);

// An update names what it replaces. Scripts may hand back what a list gave them.
presence.update("room:1", "ann", { ...presence.list("room:1").ann.metas[0], typing: true });
const updated = presence.list("room:1").ann.metas;
assert.equal(updated.length, 1);
assert.equal(updated[0].phx_ref_prev, ref);
assert(updated[0].phx_ref !== ref, "a new phx_ref");
assert.equal(updated[0].typing, true);
presence.update("room:1", "ann", {});
assert.deepEqual(Object.keys(presence.list("room:1").ann.metas[0]), ["phx_ref", "phx_ref_prev"]);

const thrown = (f) => {
  try {
    f();
  } catch (error) {
    return [error.constructor, error.code, error.message];
  }
};
assert.deepEqual(thrown(() => presence.track("room:1", "ann", {})),
  [Error, "already_tracked", 'presence.track: "ann" on topic "room:1" is tracked already; update replaces its meta']);
assert.deepEqual(thrown(() => presence.update("room:1", "eve", {})),
  [Error, "not_tracked", 'presence.update: "eve" on topic "room:1" is not tracked']);
assert.deepEqual(thrown(() => presence.track("room:1", "eve", { text: "x".repeat(70_000) })),
  [RangeError, "limit", "presence.track: the meta has 70011 bytes as JSON, more than 65536"]);
assert.deepEqual(thrown(() => presence.track("", "eve", {}))?.slice(0, 2), [RangeError, "limit"]);

for (const meta of [undefined, null, 1, "{}", [], () => {}, new Date(), { toJSON: () => "{" }]) {
  assert.deepEqual(thrown(() => presence.track("room:1", "eve", meta)), [TypeError, undefined, "presence.track: the meta is not an object"]);
  assert.deepEqual(thrown(() => presence.update("room:1", "ann", meta)), [TypeError, undefined, "presence.update: the meta is not an object"]);
}

presence.untrack("room:1", "nobody");
presence.untrack("room:1", "ann");
assert.deepEqual(Object.keys(presence.list("room:1")), ["bob"]);

// Keys are any strings, and harmless.
presence.untrack("room:1", "bob");
for (const key of ["__proto__", "", "\ud800", 'quo"te\n']) presence.track("room:1", key, { __proto__: { a: 1 }, ["__proto__"]: 1 });
const list = presence.list("room:1");
assert.deepEqual(Object.keys(list), ["__proto__", "", "\ud800", 'quo"te\n']);
assert.equal(Object.getPrototypeOf(list), Object.prototype);
assert.equal(list[""].metas.length, 1);

// There is an end to it.
assert.deepEqual(thrown(() => { for (let i = 0; ; i++) presence.track("many", String(i), {}); }),
  [RangeError, "limit", "presence.track: 1000 presences are tracked already"]);
assert.equal(Object.keys(presence.list("many")).length, 996);
