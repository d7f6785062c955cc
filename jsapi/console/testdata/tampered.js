// A script that breaks what it can reach still gets its messages out, and whole.
const { getOwnPropertyNames, defineProperty, getPrototypeOf } = Object;
const broken = () => {
  throw new Error("tampered");
};
const targets = [Array, String, Map, Set, Number, Symbol, Function, Promise, RegExp].map((c) => c.prototype);
targets.push(getPrototypeOf(new Map().entries()), getPrototypeOf([].values()), Object, JSON, Math, Array, Number, Reflect);
for (let i = 0; i < targets.length; i++) {
  const names = getOwnPropertyNames(targets[i]);
  for (let j = 0; j < names.length; j++) {
    const name = names[j];
    if (name === "constructor" || name === "prototype" || name === "name") continue;
    try {
      defineProperty(targets[i], name, { value: broken });
    } catch {}
  }
}
Array.prototype[Symbol.iterator] = broken;
Object.prototype.depth = 0;
globalThis.Error = broken;

console.group("g");
console.log("%s %d %O", "a", 1, { b: { c: [1, "two"] } });
console.error("e");
console.count("n");
console.time("t");
console.timeEnd("t");
console.table([{ a: 1 }]);
console.dir({ a: { b: 1 } }, null);
console.assert(false, "why");
assert.deepEqual(host.take(), [
  "log g",
  "log   a 1 { b: { c: [ 1, 'two' ] } }",
  "error   e",
  "info   n: 1",
  "info   t: 0ms",
  "log   ┌─────────┬───┐\n  │ (index) │ a │\n  ├─────────┼───┤\n  │ 0       │ 1 │\n  └─────────┴───┘",
  "log   { a: { b: 1 } }",
  "error   Assertion failed: why",
]);
