// Rowan is there to stay as it is.
const descriptor = Object.getOwnPropertyDescriptor(globalThis, "Rowan");
assert.equal(descriptor.writable, false);
assert.equal(descriptor.configurable, false);
assert(Object.isFrozen(Rowan));
assert(Object.isFrozen(Rowan.semver));
assert(Object.isFrozen(Rowan.env));
assert.throws(() => { "use strict"; Rowan.publish = null; }, TypeError);
assert.equal(Rowan.version, "1.2.3");
assert.deepEqual(Rowan.env, { MODE: "test" });
assert.deepEqual(Rowan.usage(), { heap: 1, parked: 2, limit: 3, cpu: 4 });
assert.equal(Rowan.nanoseconds(), 5);
assert.equal(Rowan.inspect({ a: [1, "b"] }), "{ a: [ 1, 'b' ] }");
assert.match(Rowan.randomUUIDv7(), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
