// Identity, cycles, and everything that the standard lists.
const o = { m: new Map([[{ k: 1 }, 2]]), s: new Set([{ z: 1 }]), r: /a/gi, d: new Date(5), u: undefined, n: null, z: -0, big: 12n ** 30n };
o.self = o;
o.again = o.m;
const c = structuredClone(o);
assert(c !== o && c.self === c && c.again === c.m && c.m !== o.m);
assert.equal([...c.m][0][0].k, 1);
assert.equal([...c.s][0].z, 1);
assert.equal(String(c.r), "/a/gi");
assert.equal(+c.d, 5);
assert("u" in c && Object.is(c.z, -0) && c.big === o.big);

// Arrays keep holes, length and other properties.
const sparse = [1, , 3];
sparse.length = 5;
sparse.name = "x";
const s = structuredClone([sparse])[0];
assert(!(1 in s) && s.length === 5 && s[2] === 3 && s.name === "x");

// A Map in itself, and a Set in a Map of itself.
const m = new Map();
m.set(m, new Set([m]));
const m2 = structuredClone(m);
assert(m2.has(m2) && m2.get(m2).has(m2));

// Errors: type, message, cause, stack; a subclass is what its name says.
const e = structuredClone(new RangeError("bad", { cause: { a: 1 } }));
assert(e instanceof RangeError && e.message === "bad" && e.cause.a === 1 && typeof e.stack === "string");
class Odd extends Error {
  name = "Odd";
}
assert.equal(structuredClone(new Odd("x")).name, "Error");
assert(!("message" in Object.getOwnPropertyDescriptors(structuredClone(new Error()))));
const d = structuredClone(new DOMException("no", "AbortError"));
assert(d instanceof DOMException && d.name === "AbortError" && d.message === "no" && d.code === 20);

// Boxed primitives and instances of classes.
assert(structuredClone(new Boolean(false)).valueOf() === false);
assert(typeof structuredClone(Object(3n)) === "object");
class P {
  x = 1;
}
assert(Object.getPrototypeOf(structuredClone(new P())) === Object.prototype);

// Odd keys.
const odd = structuredClone(JSON.parse('{"__proto__":{"a":1},"toString":2}'));
assert.equal(Object.keys(odd).join(), "__proto__,toString");
assert(Object.getPrototypeOf(odd) === Object.prototype);

// Deeper than one tree may be.
let deep = {};
const bottom = deep;
for (let i = 0; i < 3000; i++) deep = i % 2 ? { deep } : [deep];
bottom.top = deep;
const top = structuredClone(deep);
let at = top;
for (let i = 2999; i >= 0; i--) at = i % 2 ? at.deep : at[0];
assert(at.top === top);

// What cannot be cloned.
const refused = [
  () => 1, Symbol(), Object(Symbol()), new WeakMap(), Promise.resolve(), new Proxy({}, {}), globalThis, new EventTarget(),
  (function* () {})(), [{ f() {} }], new SharedArrayBuffer(1), [].values(),
];
for (const value of refused) {
  let error;
  try {
    structuredClone(value);
  } catch (e) {
    error = e;
  }
  assert(error instanceof DOMException && error.name === "DataCloneError", Object.prototype.toString.call(value));
}
assert.throws(() => structuredClone(), TypeError);
