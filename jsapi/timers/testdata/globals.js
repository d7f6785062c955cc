const lengths = {
  setTimeout: 1,
  setInterval: 1,
  clearTimeout: 0,
  clearInterval: 0,
  setImmediate: 1,
  clearImmediate: 0,
  queueMicrotask: 1,
};
for (const name in lengths) {
  const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name);
  assert.deepEqual([writable, enumerable, configurable], [true, true, true], name);
  assert.equal(value.name, name);
  assert.equal(value.length, lengths[name], name);
  assert.throws(() => new value(() => {}), TypeError);
}
