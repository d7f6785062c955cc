const { inspect } = group;
const known = new Map();
assert.equal(inspect(Promise.resolve(1)), "Promise {}");

host.promiseState = (promise) => known.get(promise) ?? (() => { throw new TypeError("not a promise"); })();
const cases = [
  [["pending", undefined], "Promise { <pending> }"],
  [["fulfilled", { a: [1] }], "Promise { { a: [ 1 ] } }"],
  [["rejected", "why"], "Promise { <rejected> 'why' }"],
];
for (const [state, want] of cases) {
  const promise = new Promise(() => {});
  known.set(promise, state);
  assert.equal(inspect(promise), want);
}
const promise = Object.assign(new Promise(() => {}), { id: 1 });
known.set(promise, ["fulfilled", promise]);
assert.equal(inspect(promise), "<ref *1> Promise { [Circular *1], id: 1 }");
assert.equal(inspect(Object.create(Promise.prototype)), "Promise {}");
