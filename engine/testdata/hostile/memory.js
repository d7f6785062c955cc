//// garbage-cycles
// want: ok 200000
// turn: 20s
// heap: 512_000
let n = 0;
for (let i = 0; i < 200000; i++) { const a = {}, b = { a }; a.b = b; n++ }
n;

//// garbage-closures
// want: ok 100000
// turn: 20s
// heap: 512_000
let n = 0;
for (let i = 0; i < 100000; i++) { const f = () => f; f.g = () => f; n++ }
n;

//// garbage-strings
// want: ok
// turn: 20s
// heap: 512_000
for (let i = 0; i < 5000; i++) "x".repeat(10000) + i;

//// garbage-buffers
// want: ok
// turn: 20s
// heap: 512_000
for (let i = 0; i < 500; i++) new Uint8Array(200000).fill(1);

//// keep-strings
// want: heap
// turn: 5s
// heap: 4_000_000
// then: globalThis.kept = undefined
globalThis.kept = [];
for (let i = 0; i < 200000; i++) kept.push("string number " + i + " ".repeat(80));

//// keep-one-string
// want: RangeError
// heap: 4_000_000
"x".repeat(20_000_000);

//// keep-arrays
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 200000; i++) kept.push([i, i, i, i, i]);

//// keep-one-array
// want: RangeError | heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 2_000_000; i++) kept.push(i);

//// keep-one-array-fill
// want: RangeError
// turn: 200ms
// heap: 4_000_000
new Array(2_000_000).fill(1);

//// keep-objects
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 500000; i++) kept.push({ i });

//// keep-maps
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = new Map();
for (let i = 0; i < 500000; i++) kept.set(i, { i });

//// keep-map-primitives
// want: heap | RangeError
// turn: 5s
// heap: 4_000_000
globalThis.kept = new Map();
for (let i = 0; i < 5000000; i++) kept.set(i, i);

//// keep-sets
// want: heap | RangeError
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 200000; i++) kept.push(new Set([i]));

//// keep-uint8array
// want: RangeError
// heap: 4_000_000
globalThis.kept = new Uint8Array(20_000_000);

//// keep-many-uint8arrays
// want: heap
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 200; i++) kept.push(new Uint8Array(100_000));

//// keep-many-small-uint8arrays
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 200000; i++) kept.push(new Uint8Array(100));

//// json-text
// want: heap
// turn: 5s
// heap: 10_000_000
const text = "[" + Array.from({ length: 1000 }, (_, i) => `{"id":${i},"name":"n${i}"}`).join(",") + "]";
globalThis.kept = [];
for (let i = 0; i < 2000; i++) kept.push(JSON.parse(text));

//// json-one-text
// want: heap | RangeError
// turn: 5s
// heap: 10_000_000
const part = '{"id":1,"name":"abc"},';
JSON.parse("[" + part.repeat(300000) + "{}]");

//// json-stringify-giant
// want: RangeError
// turn: 5s
// heap: 4_000_000
const a = new Array(40000).fill({ id: 12345678, name: "a long enough name", list: [1, 2, 3, 4, 5, 6, 7, 8] });
JSON.stringify([a, a, a]);

//// json-doubling
// want: RangeError
// turn: 5s
// heap: 10_000_000
let a = ["x".repeat(1000)];
for (let i = 0; i < 20; i++) a = [a, a];
JSON.stringify(a);

//// json-indent-giant
// want: RangeError
// turn: 1s
let a = 1;
for (let i = 0; i < 150; i++) a = [a, a.length > 3 ? 1 : a];
JSON.stringify(a, null, 10);

//// keep-in-closures
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 500000; i++) { const x = [i]; kept.push(() => x) }

//// keep-generators
// want: heap
// turn: 5s
// heap: 4_000_000
function* g() { yield 1 }
globalThis.kept = [];
for (let i = 0; i < 500000; i++) { const it = g(); it.next(); kept.push(it) }

//// keep-promises
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 500000; i++) kept.push(new Promise(() => {}));

//// keep-regexps
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 500000; i++) kept.push(new RegExp("a" + i));

//// keep-dates
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 500000; i++) kept.push(new Date(i));

//// keep-functions
// want: heap
// turn: 10s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 100000; i++) kept.push(new Function("return " + i));

//// keep-classes
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 100000; i++) kept.push(class { #x = i; m() { return this.#x } });

//// keep-proxies
// want: heap | RangeError
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 500000; i++) kept.push(new Proxy({}, {}));

//// keep-errors
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0; i < 500000; i++) kept.push(new Error("e" + i));

//// keep-bigints
// want: heap
// turn: 5s
// heap: 4_000_000
globalThis.kept = [];
for (let i = 0n; i < 500000n; i++) kept.push(2n ** 200n + i);

//// swallow-everything
// want: heap | time
// turn: 5s
const z = [];
for (;;) try { for (;;) z.push({}) } catch {}

//// swallow-everything-in-a-promise
// want: heap | time
// turn: 5s
const z = [];
(async () => { for (;;) try { await null; for (;;) z.push({}) } catch {} })();

//// swallow-large-requests
// want: time | heap
// turn: 50ms
const z = [];
for (;;) try { for (;;) z.push(new Uint8Array(1e6)) } catch {}

//// large-request-is-catchable
// want: ok RangeError
let name;
try { new Uint8Array(40_000_000) } catch (e) { name = e.name }
name;

//// large-string-is-catchable
// want: ok RangeError
let name;
try { "x".repeat(40_000_000) } catch (e) { name = e.name }
name;

//// large-join-is-catchable
// want: ok RangeError
let name;
const s = "x".repeat(1_000_000);
try { new Array(60).fill(s).join() } catch (e) { name = e.name }
name;

//// large-request-then-on
// want: ok 1000
let n = 0;
for (let i = 0; i < 1000; i++) try { new Uint8Array(1e9) } catch { n++ }
n;

//// properties-1e6
// want: heap | RangeError
// turn: 2s
// heap: 10_000_000
// then: globalThis.o = undefined
globalThis.o = {};
for (let i = 0; i < 1e6; i++) o["k" + i] = i;

//// properties-1e6-caught
// want: time | heap
// turn: 40ms
// heap: 10_000_000
// then: globalThis.o = undefined
globalThis.o = {};
for (let i = 0; ; i++) try { o["k" + i] = i } catch {}

//// elements-sparse
// want: heap | RangeError | time
// turn: 40ms
const a = [];
for (let i = 0; i < 1e6; i++) a[i * 1000] = i;

//// symbols-1e6
// want: heap | RangeError
// turn: 2s
// heap: 10_000_000
// then: globalThis.o = undefined
globalThis.o = {};
for (let i = 0; i < 1e6; i++) o[Symbol(i)] = i;

//// atoms-exhaustion
// want: heap | RangeError | time
// turn: 40ms
// heap: 10_000_000
const keep = [];
for (let i = 0; ; i++) keep.push(Symbol("some description " + i));

//// atoms-by-properties
// want: heap | time
// turn: 40ms
const keep = [];
for (let i = 0; ; i++) keep.push({ ["property" + i]: 1 });

//// property-name-huge
// want: RangeError | heap | ok
// turn: 500ms
const o = {};
for (let i = 0; i < 30; i++) o["x".repeat(1_000_000) + i] = 1;

//// property-names-huge-kept
// want: RangeError | heap
// turn: 500ms
// heap: 10_000_000
const o = {};
for (let i = 0; i < 60; i++) o["x".repeat(1_000_000) + i] = 1;

//// shapes-flood
// want: heap | RangeError
// turn: 1s
// heap: 10_000_000
// then: globalThis.keep = undefined
globalThis.keep = [];
for (let i = 0; ; i++) { const o = {}; for (let j = 0; j < 20; j++) o["p" + (i * 20 + j)] = 1; keep.push(o) }

//// string-concat-doubling
// want: RangeError
let s = "x";
for (;;) s += s;

//// string-concat-doubling-caught
// want: ok
let s = "x";
try { for (;;) s += s } catch {}
s.length;

//// rope-flatten
// want: RangeError | ok
let s = "x".repeat(1000);
for (let i = 0; i < 14; i++) s = s + s;
s.charCodeAt(5) + s.length;

//// rope-flatten-giant
// want: RangeError
let s = "x".repeat(1000);
for (let i = 0; i < 16; i++) s = s + s;
s.charCodeAt(5);

//// rope-left-deep
// want: ok 2000000
// turn: 1s
let s = "";
for (let i = 0; i < 200000; i++) s = s + "0123456789";
s.length;

//// rope-right-deep
// want: ok 2000000
// turn: 1s
let s = "";
for (let i = 0; i < 200000; i++) s = "0123456789" + s;
s.length;

//// rope-shared-doubling
// want: RangeError
let s = "0123456789".repeat(1000);
for (let i = 0; i < 30; i++) s = s + s;
s.length;

//// rope-as-property-key
// want: RangeError | ok
// turn: 500ms
let s = "0123456789".repeat(1000);
for (let i = 0; i < 11; i++) s = s + s;
({})[s];

//// padStart-giant
// want: RangeError
"x".padStart(2 ** 30 - 1, "abc");

//// padEnd-giant
// want: RangeError
"x".padEnd(100_000_000);

//// repeat-giant
// want: RangeError
"abc".repeat(2 ** 28);

//// repeat-max
// want: RangeError
"abc".repeat(2 ** 53);

//// raw-giant
// want: lost | RangeError
String.raw({ raw: { length: 2 ** 53 - 1 } }, 1);

//// raw-string-giant
// want: lost | RangeError
String.raw({ raw: "x".repeat(10_000_000) }, ..."ab");

//// concat-giant
// want: result | RangeError
// turn: 1s
const s = "x".repeat(10_000_000);
"".concat(s, s, s, s, s, s);

//// replaceAll-giant
// want: lost
"x".repeat(10_000_000).replaceAll("x", "y".repeat(1000));

//// split-join-giant
// want: RangeError | heap | time | lost
"x".repeat(3_000_000).split("").join("y".repeat(100));

//// toUpperCase-giant
// want: RangeError | ok | time | lost
"ß".repeat(15_000_000).toUpperCase().length;

//// utf16-giant
// want: RangeError
"é世".repeat(12_000_000);

//// template-giant
// want: RangeError
// turn: 1s
const s = "x".repeat(15_000_000);
`${s}${s}${s}${s}`.charCodeAt(1);

//// array-join-hole
// want: RangeError | lost
Array(2 ** 32 - 1).join("x");

//// array-huge-push
// want: TypeError | RangeError
Array.prototype.push.call({ length: 2 ** 53 - 1 }, 1);

//// array-length-growth
// want: ok 4.294967295e+09
const a = [];
a.length = 2 ** 32 - 1;
a.length;

//// array-concat-giant
// want: RangeError | heap
// turn: 1s
const a = new Array(1_000_000).fill(1);
[].concat(a, a, a, a, a, a);

//// array-spread-giant
// want: RangeError | heap
// turn: 1s
const a = new Array(1_000_000).fill(1);
[...a, ...a, ...a, ...a];

//// array-doubling
// want: RangeError | heap
// turn: 300ms
// heap: 10_000_000
let a = [1];
for (;;) a = a.concat(a);

//// array-push-self
// want: RangeError | heap | time
const a = [1, 2, 3];
for (;;) a.push(...a);

//// array-flat-doubling
// want: RangeError | time | lost
// turn: 50ms
let a = [1];
for (let i = 0; i < 40; i++) a = [a, a];
a.flat(Infinity);

//// array-flatMap-giant
// want: RangeError | heap | time
const a = new Array(2000).fill(0);
a.flatMap(() => a).flatMap(() => a);

//// array-from-length
// want: RangeError
// turn: 300ms
// heap: 10_000_000
Array.from({ length: 2 ** 32 - 1 });

//// array-of-apply
// want: RangeError
Array.apply(null, { length: 2 ** 31 });

//// typed-array-giant
// want: RangeError
new Float64Array(2 ** 40);

//// typed-array-2gb
// want: RangeError
new Uint8Array(2 ** 31);

//// typed-array-just-below-4gb
// want: RangeError
new Uint8Array(2 ** 32 - 1);

//// typed-array-from-iterator
// want: RangeError | heap | time
Uint8Array.from({ *[Symbol.iterator]() { for (;;) yield 1 } });

//// typed-array-from-array-like
// want: RangeError
new Uint8Array({ length: 2 ** 32 });

//// buffer-max
// want: RangeError
new ArrayBuffer(2 ** 53 - 1);

//// buffer-resizable-reserve
// want: RangeError | ok
new ArrayBuffer(1, { maxByteLength: 2 ** 40 }).maxByteLength;

//// buffer-resizable-grow
// want: RangeError
const b = new ArrayBuffer(1, { maxByteLength: 60_000_000 });
b.resize(60_000_000);
new Uint8Array(b).fill(1);

//// buffer-resize-loop
// want: time | RangeError
const b = new ArrayBuffer(1, { maxByteLength: 8_000_000 });
for (let i = 0; ; i++) b.resize(i * 4096 % 8_000_000);

//// buffer-transfer-chain
// want: time
let b = new ArrayBuffer(1_000_000);
for (;;) b = b.transfer(b.byteLength + 1 & 0xfffff);

//// buffer-transfer-giant
// want: RangeError
new ArrayBuffer(8).transfer(2 ** 40);

//// buffer-resized-under-a-view
// want: ok
const b = new ArrayBuffer(1000, { maxByteLength: 100000 });
const v = new Uint8Array(b), w = new Float64Array(b, 8, 10);
b.resize(4);
let n = v.length + w.length;
try { w[0] = 1; w.fill(1) } catch {}
b.resize(100000);
n + v.length;

//// buffer-detached-in-comparator
// want: ok | TypeError
const b = new ArrayBuffer(8000), v = new Uint16Array(b).map((_, i) => -i);
const w = new Uint16Array(v.buffer);
w.sort((a, c) => { if (v.buffer.byteLength) v.buffer.transfer(); return a - c });
w.length;

//// buffer-resized-in-valueOf
// want: ok | TypeError | RangeError
const b = new ArrayBuffer(10000, { maxByteLength: 10000 });
const v = new Uint8Array(b);
v.fill({ valueOf() { b.resize(10); return 7 } });
v.set({ length: 5, get 0() { b.resize(0); return 1 } });
v.copyWithin({ valueOf() { b.resize(100); return 50 } }, 0, 100);
v.subarray({ valueOf() { b.resize(1); return 50 } });
v.slice({ valueOf() { b.resize(1); return 50 } });
v.indexOf(1, { valueOf() { b.resize(0); return 0 } });
v.with(0, { valueOf() { b.resize(0); return 0 } });

//// dataview-resized
// want: RangeError | TypeError
const b = new ArrayBuffer(100, { maxByteLength: 1000 });
const d = new DataView(b, 50, 40);
d.setFloat64({ valueOf() { b.resize(10); return 0 } }, 1);

//// shared-buffer-giant
// want: RangeError | ReferenceError | TypeError
new SharedArrayBuffer(2 ** 40);

//// shared-buffer-flood
// want: RangeError | heap | ReferenceError | TypeError
const keep = [];
for (;;) keep.push(new SharedArrayBuffer(1_000_000));

//// shared-buffer-small-flood
// want: RangeError | heap | time | ReferenceError | TypeError
// turn: 40ms
const keep = [];
for (;;) keep.push(new SharedArrayBuffer(1000));

//// shared-buffer-growable
// want: RangeError | ReferenceError | TypeError
const b = new SharedArrayBuffer(1, { maxByteLength: 2 ** 31 });
b.grow(2 ** 31);

//// bigint-power
// want: RangeError
2n ** (2n ** 30n);

//// bigint-shift
// want: RangeError
1n << 2n ** 40n;

//// bigint-shift-flood
// want: heap
// turn: 1s
const keep = [];
for (let i = 0n; ; i++) keep.push(1n << 1_000_000n + i);

//// bigint-factorial
// want: time | lost | RangeError
let f = 1n;
for (let i = 1n; ; i++) f *= i;

//// bigint-square
// want: RangeError | time | lost
let f = 3n;
for (;;) f *= f;

//// bigint-toString-giant
// want: lost | ok | time
(2n ** 1_000_000n).toString().length;

//// bigint-parse-giant
// want: lost | ok | time | RangeError
BigInt("9".repeat(300_000)) > 0n;

//// bigint-parse-too-large
// want: RangeError | SyntaxError
BigInt("0x" + "f".repeat(1_000_000));

//// bigint-literal-giant
// want: lost | ok | time | RangeError | SyntaxError
eval("9".repeat(300_000) + "n") > 0n;

//// bigint-divide-giant
// want: time | lost
for (let a = 3n ** 400_000n, b = 7n ** 150_000n; ;) a / b;

//// bigint-asUintN
// want: RangeError | ok
BigInt.asUintN(2 ** 53 - 1, -1n);

//// bigint-exponent-chain
// want: RangeError
2n ** 2n ** 2n ** 2n ** 2n ** 2n;

//// arguments-giant
// want: RangeError | ok
(function () { return arguments.length })(...new Array(65000).fill(0));

//// rest-giant
// want: RangeError | ok
((...a) => a.length)(...new Array(65000).fill(0));

//// spread-too-many
// want: RangeError
// turn: 1s
((...a) => a.length)(...new Array(200_000).fill(0));

//// new-spread-too-many
// want: RangeError
// turn: 1s
new Array(...new Array(200_000).fill(0));

//// fromCharCode-too-many
// want: RangeError
String.fromCharCode.apply(null, new Array(200_000).fill(65));

//// error-stack-giant
// want: ok | RangeError
// turn: 1s
const name = "f".repeat(100_000);
const f = new Function("n", `const o = { ["${name}"](n) { return n ? o["${name}"](n - 1) : new Error("x").stack.length } }; return o["${name}"](n)`);
f(100);

//// error-stack-giant-thrown
// want: Error | RangeError
// turn: 1s
const name = "f".repeat(100_000);
const f = new Function("n", `const o = { ["${name}"](n) { if (n) return o["${name}"](n - 1); throw new Error("x") } }; return o["${name}"](n)`);
f(150);

//// error-message-giant
// want: Error
// turn: 1s
throw new Error("x".repeat(14_000_000));

//// error-message-over-the-limit
// want: Error
// turn: 1s
throw new Error("x".repeat(20_000_000));

//// error-stack-trace-limit
// want: RangeError
Error.stackTraceLimit = Infinity;
function f() { f() }
f();

//// error-prepareStackTrace-loops
// want: time | Error
Error.prepareStackTrace = () => { for (;;) {} };
throw new Error("x");

//// string-kept-by-slices
// want: heap | RangeError | time
// turn: 40ms
const keep = [];
for (let i = 0; ; i++) keep.push("x".repeat(100_000).slice(i % 1000));

//// map-huge-then-clear
// want: ok 0
// turn: 2s
const m = new Map();
for (let i = 0; i < 200_000; i++) m.set(i, i);
m.clear();
m.size;

//// intern-strings
// want: heap | time
// turn: 40ms
const o = {};
for (let i = 0; ; i++) { o["q" + i] = 1; delete o["q" + i]; Symbol.for("q" + i) }

//// eval-kept
// want: heap | time
// turn: 40ms
globalThis.kept = [];
for (let i = 0; ; i++) kept.push(eval("(function f" + i + "(a, b, c) { return a + b + c + " + i + " })"));

//// globals-flood
// want: heap | time | RangeError
// turn: 40ms
for (let i = 0; ; i++) globalThis["g" + i] = i;

//// global-lexicals-flood
// want: heap | time
// turn: 40ms
for (let i = 0; ; i++) (0, eval)("var gv" + i + " = 1");

//// private-fields-flood
// want: heap | time
// turn: 40ms
const keep = [];
for (;;) keep.push(new (class { #a = 1; #b = 2; #c = 3; #d = 4 })());

//// accessors-flood
// want: heap | time
// turn: 40ms
const keep = [];
for (;;) keep.push({ get x() { return 1 }, set x(v) {} });

//// freeze-flood
// want: heap | time
// turn: 40ms
const keep = [];
for (;;) keep.push(Object.freeze({ a: 1, b: 2 }));

//// date-strings-flood
// want: heap | time
// turn: 40ms
const keep = [];
for (let i = 0; ; i++) keep.push(new Date(i).toString() + new Date(i).toISOString());

//// tiny-heap
// want: heap
// heap: 50_000
globalThis.kept = [];
for (;;) kept.push({});

//// tiny-heap-recursion
// want: RangeError | heap
// heap: 50_000
function f() { f() }
f();

//// stringify-toJSON-doubling
// want: RangeError | heap | time
// turn: 1s
// heap: 8_000_000
let s = "x";
const o = { toJSON() { return s += s } };
for (;;) JSON.stringify(o);
