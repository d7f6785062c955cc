const { inspect } = group;

// A proxy without traps looks like its target.
assert.equal(inspect(new Proxy({ a: 1 }, {})), "{ a: 1 }");
assert.equal(inspect(new Proxy([1, 2], {})), "[ 1, 2 ]");

// Every trap may throw.
const throwing = new Proxy({}, { get: (_, trap) => () => { throw new Error(trap); } });
for (const target of [{ a: 1 }, [1], () => {}, new Map([[1, 2]])]) {
  const text = inspect({ before: 1, value: new Proxy(target, throwing), after: 2 });
  assert.match(text, /^{\s+before: 1,\s+value: <Inspection threw \(\w+\)>,\s+after: 2\s+}$/);
}

// A trap may lie about the length, the keys and the prototype.
const endless = new Proxy([], { get: (target, key) => (key === "length" ? 2 ** 53 - 1 : target[key]) });
assert.match(inspect(endless), /more item|empty item/);
let depth = 0;
const chain = new Proxy({}, { getPrototypeOf: () => (depth++, new Proxy({}, { getPrototypeOf: () => chain })) });
assert.equal(typeof inspect(chain), "string");
assert(depth < 10_000, `the chain was followed ${depth} times`);
const keys = new Proxy({}, { ownKeys: () => ["ghost"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) });
assert.equal(inspect(keys), "{ ghost: undefined }");
