//// for-ever
// want: time
for (;;) {}

//// while-true-with-work
// want: time
let n = 0;
while (true) n = (n * 31 + 7) % 1000003;

//// do-continue
// want: time
do { continue } while (true);

//// labelled-continue
// want: time
outer: for (;;) for (let i = 0; ; i++) if (i > 3) continue outer;

//// catch-around-everything
// want: time
for (;;) try { for (;;) try { for (;;) {} } catch {} } catch {}

//// finally-continue
// want: time
for (;;) try { for (;;) {} } finally { continue }

//// finally-return
// want: time
function f() { for (;;) try { for (;;) {} } finally { return f2() } }
function f2() { for (;;) {} }
f();

//// limit-error-is-not-catchable
// want: time
// then: globalThis.caught = undefined
try { for (;;) {} } catch (e) { globalThis.caught = e } finally { globalThis.caught = "finally" }

//// generator-return-in-finally
// want: time
function* g() { for (;;) try { yield 1 } finally { for (;;) {} } }
for (const x of g()) break;

//// iterator-return-swallows-the-end
// want: time
const it = { [Symbol.iterator]() { return { next() { for (;;) {} }, return() { return {} } } } };
for (;;) try { new Map(it) } catch {}

//// iterator-return-swallows-the-end-in-promise-all
// want: time
const it = { [Symbol.iterator]() { return { next() { for (;;) {} }, return() { return {} } } } };
for (;;) { try { Promise.all(it).catch(() => {}) } catch {} }

//// iterator-return-swallows-the-end-in-array-from
// want: time
const it = { [Symbol.iterator]() { return { next() { return { value: 1, done: false } }, return() { return {} } } } };
for (;;) try { Array.from(it, () => { for (;;) {} }) } catch {}

//// helper-return-swallows-the-end
// want: time
const it = { __proto__: Iterator.prototype, next() { return { value: 1, done: false } }, return() { return {} } };
for (;;) try { it.forEach(() => { for (;;) {} }) } catch {}

//// destructuring-swallows-the-end
// want: time
const it = { [Symbol.iterator]() { return { next() { for (;;) {} }, return() { return {} } } } };
for (;;) try { const [a, b] = it } catch {}

//// async-function-swallows-the-end
// want: time
async function spin() { for (;;) {} }
async function main() { for (;;) try { await spin() } catch {} }
main();

//// proxy-trap-loops
// want: time
new Proxy({}, { get() { for (;;) {} } }).x;

//// getter-loops
// want: time
({ get x() { for (;;) {} } }).x;

//// setter-loops
// want: time
({ set x(v) { for (;;) {} } }).x = 1;

//// toString-loops
// want: time
`${{ toString() { for (;;) {} } }}`;

//// valueOf-loops
// want: time
+{ valueOf() { for (;;) {} } };

//// toPrimitive-loops
// want: time
1 + { [Symbol.toPrimitive]() { for (;;) {} } };

//// symbol-iterator-loops
// want: time
[...{ [Symbol.iterator]() { for (;;) {} } }];

//// hasInstance-loops
// want: time
1 instanceof { [Symbol.hasInstance]() { for (;;) {} } };

//// species-loops
// want: time
class A extends Array { static get [Symbol.species]() { for (;;) {} } }
new A(1, 2).map((x) => x);

//// getPrototypeOf-trap-never-ends
// want: time
const p = new Proxy({}, { getPrototypeOf() { return p } });
p instanceof Object;

//// isPrototypeOf-never-ends
// want: time
const p = new Proxy({}, { getPrototypeOf() { return p } });
Array.prototype.isPrototypeOf(p);

//// for-in-over-endless-prototypes
// want: time
const p = new Proxy({}, { getPrototypeOf() { return p }, ownKeys() { return [] } });
for (const k in p);

//// sort-comparator-never-ends
// want: time
[3, 1, 2].sort(() => { for (;;) {} });

//// sort-comparator-slow
// want: time
Array.from({ length: 300000 }, (_, i) => i * 7919 % 300007).sort((a, b) => { let s = 0; for (let i = 0; i < 50; i++) s += i; return a - b });

//// sort-comparator-lies
// want: ok 5000
const a = Array.from({ length: 5000 }, (_, i) => i);
let flip = 0;
a.sort(() => (flip = (flip * 1103515245 + 12345) & 0x7fffffff) % 3 - 1);
a.length;

//// sort-comparator-grows-the-array
// want: time | heap
const a = [3, 1, 2];
a.sort(() => { for (;;) a.push(1); });

//// toSorted-typed-array
// want: time
new Float64Array(100000).map((_, i) => -i).sort((a, b) => { for (;;) {} });

//// stringify-toJSON-loops
// want: time
JSON.stringify({ toJSON() { for (;;) {} } });

//// stringify-toJSON-endless
// want: RangeError
JSON.stringify({ toJSON() { return { a: { toJSON: this.toJSON } } } });

//// stringify-replacer-loops
// want: time
JSON.stringify({ a: 1 }, () => { for (;;) {} });

//// stringify-replacer-endless
// want: RangeError
JSON.stringify({ a: 1 }, () => ({ a: 1 }));

//// parse-reviver-loops
// want: time
JSON.parse("[1,2,3]", () => { for (;;) {} });

//// parse-reviver-grows
// want: time | heap
JSON.parse("[1]", function (k, v) { if (Array.isArray(this)) for (let i = 0; i < 100; i++) this.push([1]); return v });
for (;;) JSON.parse("[[[1]]]", function (k, v) { return [v] });

//// array-from-endless-iterator
// want: time | heap
Array.from({ *[Symbol.iterator]() { for (;;) yield 1 } });

//// spread-endless-generator
// want: time | heap
function* g() { for (;;) yield {} }
[...g()];

//// spread-endless-into-call
// want: time | heap
function* g() { for (;;) yield 1 }
Math.max(...g());

//// set-from-endless-iterator
// want: time | heap
let i = 0;
new Set({ [Symbol.iterator]: () => ({ next: () => ({ value: i++, done: false }) }) });

//// object-fromEntries-endless
// want: time | heap
let i = 0;
Object.fromEntries({ [Symbol.iterator]: () => ({ next: () => ({ value: ["k" + i++, 1], done: false }) }) });

//// groupBy-endless
// want: time | heap
let i = 0;
Object.groupBy({ *[Symbol.iterator]() { for (;;) yield i++ } }, (x) => "k" + x);

//// iterator-toArray-endless
// want: time | heap
Iterator.from({ next: () => ({ value: 1, done: false }) }).toArray();

//// iterator-some-endless
// want: time
Iterator.from({ next: () => ({ value: 1, done: false }) }).some((x) => x === 2);

//// iterator-drop-infinity
// want: time
Iterator.from({ next: () => ({ value: 1, done: false }) }).drop(Infinity).next();

//// iterator-filter-nothing
// want: time
Iterator.from({ next: () => ({ value: 1, done: false }) }).filter(() => false).next();

//// iterator-flatMap-empty
// want: time
Iterator.from({ next: () => ({ value: 1, done: false }) }).flatMap(() => []).next();

//// yield-star-endless
// want: time
function* a() { for (;;) yield 1 }
function* b() { yield* a() }
for (const x of b());

//// map-grows-while-iterated
// want: time | heap
const m = new Map([[0, 0]]);
for (const [k] of m) { m.delete(k); m.set(k + 1, 0) }

//// set-forEach-grows
// want: time | heap
const s = new Set([0]);
s.forEach((k) => s.add(k + 1));

//// array-forEach-over-a-proxy
// want: time
Array.prototype.forEach.call(new Proxy({}, { get: (o, k) => k === "length" ? 2 ** 53 - 1 : 1, has: () => true }), () => {});

//// array-some-huge-length
// want: time | lost
Array.prototype.some.call({ length: 2 ** 53 - 1 }, () => false);

//// reduce-huge-length
// want: time | lost
Array.prototype.reduce.call({ length: 2 ** 53 - 1, 0: 1 }, (a) => a);

//// replace-callback-loops
// want: time
"aaa".replace(/a/g, () => { for (;;) {} });

//// replaceAll-callback-slow
// want: time
"a".repeat(100000).replaceAll("a", () => { let s = 0; for (let i = 0; i < 100; i++) s += i; return s });

//// eval-in-a-loop
// want: time
for (;;) eval("1+1");

//// function-constructor-in-a-loop
// want: time
for (;;) new Function("a", "return a")(1);

//// big-switch
// want: time
const f = new Function("x", "for(;;) switch (x) {" + Array.from({ length: 600 }, (_, i) => `case ${i}: x = ${(i + 1) % 600}; break;`).join("") + "}");
f(0);

//// label-giant
// want: ok 5000
let s = "";
for (let i = 0; i < 250; i++) s += `l${i}: for (;;) { `;
s += "n = 5000; break l0;" + "}".repeat(250);
var n = 0;
new Function(s.replace("n = 5000; break l0;", "globalThis.n = 5000; break l0;"))();
n;

//// with-proxy
// want: time
new Function("p", "with (p) { for (;;) x }")(new Proxy({}, { has: () => true, get: () => 1 }));

//// strict-and-sloppy-arguments
// want: time
new Function("a", "for (;;) { arguments[0] = a + 1; a = arguments[0] }")(1);

//// class-static-block-loops
// want: time
class A { static { for (;;) {} } }

//// tagged-template-loops
// want: time
function t() { for (;;) {} }
t`x${1}`;

//// default-parameter-loops
// want: time
((a = (() => { for (;;) {} })()) => a)();

//// computed-key-loops
// want: time
({ [{ toString() { for (;;) {} } }]: 1 });

//// date-parse-giant
// want: time | ok
const s = "2020-01-01T00:00:00." + "0".repeat(4000000) + "Z";
for (let i = 0; i < 1000; i++) Date.parse(s);

//// number-parse-giant
// want: time | lost | ok
const s = "1" + "0".repeat(5000000);
for (let i = 0; i < 100; i++) Number(s);

//// toFixed-and-dtoa
// want: time
for (;;) (1e-300 * Math.PI).toString(2) + (1.5).toFixed(100) + (1e21).toPrecision(100);

//// locale-compare-giant
// want: ok 0
const s = "é".repeat(200000);
s.localeCompare(s);

//// normalize-giant
// want: ok
"é".repeat(20000).normalize("NFD").normalize("NFC").length;

//// uri-giant
// want: ok 120000
encodeURIComponent("é".repeat(20000)).length;

//// escape-loop
// want: time
for (;;) unescape(escape("ü".repeat(1000)));

//// atomics-wait
// want: TypeError
Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0, 1e9);

//// atomics-wait-nan
// want: TypeError
Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0);

//// atomics-pause
// want: time
for (;;) Atomics.pause();

//// weakref-deref-loop
// want: time
const w = new WeakRef({});
for (;;) w.deref();

//// symbol-for-loop
// want: time | heap
for (let i = 0; ; i++) Symbol.for("s" + i);
