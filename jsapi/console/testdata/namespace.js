const property = Object.getOwnPropertyDescriptor(globalThis, "console");
assert.deepEqual([property.writable, property.enumerable, property.configurable], [true, false, true]);

assert.equal(String(console), "[object console]");
const prototype = Object.getPrototypeOf(console);
assert.equal(Reflect.ownKeys(prototype).length, 0);
assert.equal(Object.getPrototypeOf(prototype), Object.prototype);

const names = Object.keys(console);
assert.deepEqual(names.slice().sort(), [
  "assert", "clear", "count", "countReset", "debug", "dir", "dirxml", "error", "group", "groupCollapsed",
  "groupEnd", "info", "log", "table", "time", "timeEnd", "timeLog", "trace", "warn",
]);
for (const name of names) {
  const method = Object.getOwnPropertyDescriptor(console, name);
  assert.deepEqual([method.writable, method.enumerable, method.configurable], [true, true, true], name);
  assert.equal(method.value.length, 0, name);
  assert.equal(method.value.name, name);
  assert.throws(() => new method.value(), TypeError);
  // No method needs its receiver.
  const bare = method.value;
  bare();
}
