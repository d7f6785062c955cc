//// throw-null
// want: Uncaught
throw null;

//// throw-undefined
// want: Uncaught
throw undefined;

//// throw-symbol
// want: Error | Uncaught
throw Symbol("x");

//// throw-function
// want: Error | Uncaught
throw () => 1;

//// throw-object
// want: Uncaught
throw { a: 1 };

//// throw-cycle
// want: Error | Uncaught
const o = {};
o.o = o;
throw o;

//// throw-proxy
// want: Error | Uncaught
throw new Proxy({}, {});

//// throw-revoked-proxy
// want: Error | Uncaught | TypeError
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
throw proxy;

//// throw-proxy-of-error
// want: Error | Uncaught
throw new Proxy(new Error("x"), { get() { for (;;) {} } });

//// throw-giant-string
// want: Uncaught | Error
// turn: 1s
throw "x".repeat(15_000_000);

//// throw-giant-array
// want: Uncaught | Error
// turn: 1s
throw new Array(300_000).fill(1);

//// throw-bigint
// want: Uncaught
throw 1n << 500n;

//// throw-array-with-getter
// want: time
throw [{ get x() { for (;;) {} } }];

//// name-throws
// want: Error
const e = new Error("x");
Object.defineProperty(e, "name", { get() { throw e } });
throw e;

//// name-loops
// want: time
const e = new Error("x");
Object.defineProperty(e, "name", { get() { for (;;) {} } });
throw e;

//// message-throws
// want: Error
const e = new Error("x");
Object.defineProperty(e, "message", { get() { throw new Error("y") } });
throw e;

//// message-object
// want: Error
const e = new Error("x");
e.message = { toString() { for (;;) {} } };
throw e;

//// stack-throws
// want: Error
const e = new Error("x");
Object.defineProperty(e, "stack", { get() { throw 1 } });
throw e;

//// stack-loops
// want: time
const e = new Error("x");
Object.defineProperty(e, "stack", { get() { for (;;) {} } });
throw e;

//// stack-recurses
// want: Error
const e = new Error("x");
Object.defineProperty(e, "stack", { get() { return this.stack } });
throw e;

//// stack-eats-memory
// want: heap | time
// turn: 2s
const e = new Error("x");
Object.defineProperty(e, "stack", { get() { globalThis.kept = []; for (;;) kept.push({}) } });
throw e;

//// cause-loops
// want: time
const e = new Error("x");
Object.defineProperty(e, "cause", { get() { for (;;) {} } });
throw e;

//// cause-self
// want: Error
const e = new Error("x");
e.cause = e;
throw e;

//// cause-endless
// want: Error
class E extends Error { get cause() { return new E("again") } }
throw new E("x");

//// cause-revoked
// want: Error
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
throw new Error("x", { cause: proxy });

//// error-prototype-polluted
// want: time
Object.defineProperty(Error.prototype, "code", { get() { for (;;) {} } });
throw new Error("x");

//// error-prototype-proxy
// want: time
const e = new Error("x");
Object.setPrototypeOf(e, new Proxy({}, { get() { for (;;) {} } }));
throw e;

//// error-prototype-null
// want: unnamed
const e = new Error("x");
Object.setPrototypeOf(e, null);
throw e;

//// aggregate
// want: AggregateError | Error
throw new AggregateError(new Array(1000).fill(new Error("x")), "many");

//// rejected-with-revoked-proxy
// want: Error | Uncaught | TypeError
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
(async () => { throw proxy })();

//// overflow-while-reading
// want: time
function f() { try { f() } catch (e) { throw Object.defineProperty(new Error("x"), "stack", { get: f }) } }
f();

//// out-of-memory-then-message
// want: RangeError
"x".repeat(2 ** 29);

//// result-symbol
// want: result
Symbol("x");

//// result-function
// want: result
() => 1;

//// result-cycle
// want: result
const o = { a: [] };
o.a.push(o);
o;

//// result-getter-throws
// want: Error
({ get x() { throw new Error("g") } });

//// result-getter-loops
// want: time
({ get x() { for (;;) {} } });

//// result-getter-grows-the-array
// want: ok | result
const a = [{ get x() { a.length = 0; for (let i = 0; i < 1000; i++) a.push(i); return 1 } }, 2, 3];
a;

//// result-getter-shrinks-the-map
// want: ok | result
const m = new Map();
for (let i = 0; i < 100; i++) m.set(i, { get x() { m.clear(); return 1 } });
m;

//// result-getter-grows-the-map
// want: ok | result
const m = new Map();
for (let i = 0; i < 100; i++) m.set(i, { get x() { m.set({}, 1); return 1 } });
m;

//// result-getter-deletes-and-adds
// want: ok | result
const m = new Map();
for (let i = 0; i < 100; i++) m.set(i, { get x() { m.delete(i); m.set(i, {}); return 1 } });
m;

//// result-giant-string
// want: result
// turn: 1s
"x".repeat(20_000_000);

//// result-large-string
// want: ok
// turn: 1s
"x".repeat(10_000_000);

//// result-giant-array
// want: result | heap | RangeError
// turn: 1s
Array.from({ length: 200_000 }, (_, i) => ({ i, s: "x".repeat(90) }));

//// result-sparse-array
// want: result | lost | time
Array(2 ** 32 - 1);

//// result-sparse-medium
// want: ok | result | time | lost
Array(1_000_000);

//// result-many-holes-proxied
// want: result
new Proxy([], {});

//// result-detached
// want: result
const b = new ArrayBuffer(8);
b.transfer();
b;

//// result-out-of-bounds-view
// want: ok | result
const b = new ArrayBuffer(100, { maxByteLength: 100 });
const v = new Uint8Array(b, 50, 50);
b.resize(10);
v;

//// result-resized-view
// want: ok | result
const b = new ArrayBuffer(100, { maxByteLength: 100 });
const v = new Float64Array(b);
b.resize(13);
v;

//// result-view-with-fake-length
// want: ok | result
const v = new Uint8Array(8);
Object.defineProperty(v, "byteLength", { value: 2 ** 40 });
Object.defineProperty(v, "byteOffset", { value: 2 ** 40 });
Object.defineProperty(v, "buffer", { value: new ArrayBuffer(1) });
v;

//// result-view-with-negative-offset
// want: ok | result
const v = new Uint8Array(8);
Object.defineProperty(v, "byteOffset", { value: -5 });
Object.defineProperty(v, "byteLength", { value: 1e300 });
v;

//// result-subclassed
// want: ok | result
class A extends Array { get length() { return 1e9 } }
new A(1, 2, 3);

//// result-shared-buffer
// want: result
new SharedArrayBuffer(8);

//// result-regexp
// want: result
/a/;

//// result-nested-promise
// want: result
({ p: new Promise(() => {}) });

//// result-wide-object
// want: ok | heap | result
// turn: 1s
Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => ["k" + i, i]));

//// result-exponential
// want: result | time | lost
let a = "x";
for (let i = 0; i < 40; i++) a = [a, a];
a;

//// result-boxed
// want: ok 1
Object(1);

//// result-date-invalid
// want: ok
new Date(NaN);

//// delete-everything
// want: ok 1
// after: values
for (const k of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[k] } catch {}
1;

//// delete-prototypes
// want: ok 1
// after: values
const all = [Object, Array, Map, Set, Promise, Error, Function, String, Number, Symbol, RegExp, Date, WeakMap, Iterator].map((C) => C.prototype);
const { ownKeys, deleteProperty } = Reflect;
for (let i = 0; i < all.length; i++) { const keys = ownKeys(all[i]); for (let j = 0; j < keys.length; j++) deleteProperty(all[i], keys[j]) }
1;

//// pollute-object-prototype
// want: ok
// after: values
for (const k of ["value", "0", "then", "length", "get", "set", "message", "cause", "writable", "constructor", "done", "next"])
  Object.defineProperty(Object.prototype, k, { __proto__: null, set(v) { for (;;) {} }, get() { for (;;) {} }, configurable: true });
1;

//// pollute-array-prototype
// want: ok
// after: values
for (const k of ["0", "1", "2"])
  Object.defineProperty(Array.prototype, k, { set(v) { for (;;) {} }, get() { for (;;) {} }, configurable: true });
1;

//// replace-builtins
// want: ok
// after: values
const bad = () => { for (;;) {} };
Map.prototype.set = Set.prototype.add = Promise.prototype.then = Array.prototype[Symbol.iterator] = Function.prototype.call = Function.prototype.apply = bad;
globalThis.Map = globalThis.Set = globalThis.Promise = globalThis.Error = globalThis.BigInt = globalThis.DataView = bad;
1;

//// freeze-everything
// want: ok
for (const k of Object.getOwnPropertyNames(globalThis)) { const v = globalThis[k]; if (v && (typeof v === "object" || typeof v === "function") && v !== globalThis) { Object.freeze(v); if (v.prototype) Object.freeze(v.prototype) } }
1;

//// proxy-as-global-prototype
// want: ok | TypeError
// after: values
Object.setPrototypeOf(globalThis, new Proxy({}, { has: () => true, get() { for (;;) {} } }));
1;
