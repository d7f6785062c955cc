const custom = Symbol.for("nodejs.util.inspect.custom");
const value = { a: { b: { c: { d: 1 } } }, [custom]: () => "custom" };

console.dir(value);
console.dir(value, { depth: 0 });
console.dir(value, { customInspect: true });
console.dir(value, null);
console.dir();
console.dir("%s", 1);
console.dir({ a: 1 }, { get depth() { throw new Error("no"); } });
assert.deepEqual(host.take(), [
  "log {\n  a: { b: { c: [Object] } },\n  [Symbol(nodejs.util.inspect.custom)]: [Function: [nodejs.util.inspect.custom]]\n}",
  "log {\n  a: [Object],\n  [Symbol(nodejs.util.inspect.custom)]: [Function: [nodejs.util.inspect.custom]]\n}",
  "log custom",
  "log {\n  a: { b: { c: [Object] } },\n  [Symbol(nodejs.util.inspect.custom)]: [Function: [nodejs.util.inspect.custom]]\n}",
  "log undefined",
  "log '%s'",
  "log { a: 1 }",
]);
