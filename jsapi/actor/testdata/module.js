// The functions that a module exports are its methods.
let calls = 0;
const namespace = Object.freeze({
  __proto__: null,
  add: (a, b) => a + b,
  then: () => "never",
  self() { "use strict"; return this; },
  get count() { return () => ++calls; },
  number: 1,
});
group.install(namespace);
assert.equal(group.start(), undefined);
assert.equal(group.call("room", "add", [1, 2]), 3);
assert.equal(group.call("room", "self", []), undefined);
assert.equal(group.call("room", "count", []), 1);
for (const name of ["then", "number", "nothing", "toString", "constructor", "__proto__", ""]) {
  assert.throws(() => group.call("room", name, []), TypeError);
}
assert.throws(() => group.call("room", "a\"b", []), TypeError, /^actor room has no method "a\\"b"; it has add, self, count$/);
