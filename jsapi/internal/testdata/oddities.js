const { inspect } = group;

// A large array is not searched for names, whatever its length.
assert.match(inspect(new Array(2 ** 31)), /^\[ <2147483648 empty items> \]$/);
assert.match(inspect(new Uint8Array(10_000_000)), /... 9999900 more items\n\]$/);

const detached = new ArrayBuffer(8);
detached.transfer();
assert.equal(inspect(detached), "ArrayBuffer { (detached), byteLength: 0 }");

const module = Object.freeze(Object.create(null, { a: { value: 1, enumerable: true }, [Symbol.toStringTag]: { value: "Module" } }));
assert.equal(inspect(module), "[Module: null prototype] { a: 1 }");

// Names that only pretend to be a built-in type.
assert.equal(inspect(Object.create(Map.prototype)), "Map {}");
assert.equal(inspect({ __proto__: Date.prototype, a: 1 }), "Date { a: 1 }");
assert.equal(inspect(Object.setPrototypeOf(new Map(), null)), "[Map(0): null prototype] {}");
assert.equal(inspect(Object.setPrototypeOf(new Date(0), null)), "[Date: null prototype] 1970-01-01T00:00:00.000Z");
assert.equal(inspect(Object.setPrototypeOf(/a/g, null)), "[RegExp: null prototype] /a/g");

// globalThis refers to itself.
assert.match(inspect(globalThis, { depth: 0 }), /globalThis|Circular|\{/);
assert.equal(inspect(new Proxy(class A {}, {})), "[class A]");
