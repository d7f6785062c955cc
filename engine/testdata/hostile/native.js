// Native loops that poll nothing: only taking the window away ends them.

//// indexOf
// want: lost
Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);

//// includes
// want: lost
Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);

//// lastIndexOf
// want: lost
Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1);

//// join
// want: lost | RangeError
Array.prototype.join.call({ length: 2 ** 53 - 1 }, "");

//// fill
// want: lost
Array.prototype.fill.call(new Proxy({ length: 2 ** 53 - 1 }, {}), 1);

//// fill-frozen
// want: lost | TypeError
Array.prototype.fill.call(Object.freeze({ length: 2 ** 53 - 1 }), 1);

//// fill-setter
// want: lost
Array.prototype.fill.call(Object.create({ set 0(v) {} }, { length: { value: 2 ** 32 } }), 1, 2 ** 31);

//// reverse
// want: lost
Array.prototype.reverse.call({ length: 2 ** 53 - 1 });

//// copyWithin
// want: lost
Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 0, 1);

//// splice
// want: lost | RangeError | TypeError
Array.prototype.splice.call({ length: 2 ** 53 - 1 }, 0, 1);

//// shift
// want: lost
Array.prototype.shift.call({ length: 2 ** 53 - 1 });

//// unshift
// want: lost | TypeError
Array.prototype.unshift.call({ length: 2 ** 53 - 2 }, 1);

//// concat-spreadable
// want: lost | RangeError
[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true });

//// flat
// want: lost
Array.prototype.flat.call({ length: 2 ** 53 - 1 });

//// flatMap
// want: lost
Array.prototype.flatMap.call({ length: 2 ** 53 - 1 }, (x) => x);

//// slice
// want: lost | RangeError
Array.prototype.slice.call({ length: 2 ** 53 - 1 }, 0, 2 ** 32 - 1);

//// forEach
// want: lost
Array.prototype.forEach.call({ length: 2 ** 53 - 1 }, () => {});

//// map
// want: lost | RangeError
Array.prototype.map.call({ length: 2 ** 32 - 1 }, (x) => x);

//// filter
// want: lost
Array.prototype.filter.call({ length: 2 ** 53 - 1 }, () => true);

//// every
// want: lost
Array.prototype.every.call({ length: 2 ** 53 - 1 }, () => true);

//// find
// want: time
Array.prototype.find.call({ length: 2 ** 53 - 1 }, () => false);

//// findLast
// want: time
Array.prototype.findLast.call({ length: 2 ** 53 - 1 }, () => false);

//// reduceRight
// want: lost
Array.prototype.reduceRight.call({ length: 2 ** 53 - 1 }, (a) => a);

//// sort-sparse
// want: lost | RangeError
Array.prototype.sort.call({ length: 2 ** 53 - 1 });

//// toSorted-length
// want: RangeError
Array.prototype.toSorted.call({ length: 2 ** 53 - 1 });

//// toReversed-length
// want: RangeError
Array.prototype.toReversed.call({ length: 2 ** 32 - 1 });

//// toSpliced-length
// want: RangeError | TypeError
Array.prototype.toSpliced.call({ length: 2 ** 32 - 1 }, 0, 0, 1);

//// with-length
// want: RangeError
Array.prototype.with.call({ length: 2 ** 32 - 1 }, 0, 1);

//// toString-huge-array
// want: lost | RangeError
String(Array(2 ** 32 - 1));

//// toLocaleString
// want: lost | RangeError
Array.prototype.toLocaleString.call({ length: 2 ** 53 - 1 });

//// holey-array-indexOf
// want: lost
Array(2 ** 32 - 1).indexOf(1);

//// holey-array-includes
// want: lost
Array(2 ** 32 - 1).includes(1);

//// holey-array-fill
// want: lost | RangeError | heap
Array(2 ** 32 - 1).fill();

//// holey-array-reverse
// want: lost
Array(2 ** 32 - 1).reverse();

//// holey-array-forEach
// want: lost
Array(2 ** 32 - 1).forEach(() => {});

//// holey-array-shift
// want: lost
const a = [];
a.length = 2 ** 32 - 1;
a.shift();

//// indexOf-caught
// want: lost
for (;;) try { Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) } catch {}

//// indexOf-in-a-promise
// want: lost
(async () => { await null; Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) })();

//// indexOf-in-a-comparator
// want: lost
[2, 1].sort(() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1));

//// indexOf-in-a-getter-of-an-error
// want: lost
const e = new Error("x");
Object.defineProperty(e, "message", { get() { return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) } });
throw e;

//// indexOf-in-a-result
// want: lost
({ get x() { return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) } });

//// native-after-native
// want: time | lost
for (let i = 0; ; i++) Array.prototype.indexOf.call({ length: 200000 + i }, 1);

//// apply-length
// want: RangeError
(() => {}).apply(null, { length: 2 ** 32 - 1 });

//// reflect-construct-length
// want: RangeError
Reflect.construct(Array, { length: 2 ** 31 });

//// typed-array-set-length
// want: RangeError
new Uint8Array(10).set({ length: 2 ** 53 - 1 });

//// typed-array-fill-loop
// want: time
const a = new Uint8Array(8_000_000);
for (;;) a.fill(1);

//// typed-array-sort
// want: ok | time | lost
const a = new Float64Array(2_000_000);
for (let i = 0; i < 200; i++) a[i * 1000] = i;
a.sort()[0];

//// array-sort-native
// want: ok | time | lost
Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 200_003).sort()[0];

//// string-indexOf
// want: lost | ok
("a".repeat(400_000)).indexOf("a".repeat(200_000) + "b");

//// string-lastIndexOf
// want: lost | ok
("a".repeat(400_000)).lastIndexOf("b" + "a".repeat(200_000));

//// string-split-quadratic
// want: lost | ok
("a".repeat(400_000)).split("a".repeat(200_000) + "b").length;

//// string-replaceAll-quadratic
// want: lost | ok
("a".repeat(400_000)).replaceAll("a".repeat(200_000) + "b", "").length;

//// string-compare-loop
// want: time | lost
const a = "a".repeat(5_000_000), b = "a".repeat(5_000_000);
for (;;) a === b;

//// string-raw-native
// want: lost | RangeError | time
String.raw({ raw: { length: 2 ** 53 - 1 } });

//// bigint-multiply
// want: lost
let a = 3n ** 600_000n;
a * a * a;

//// bigint-power-slow
// want: lost
7n ** 370_000n;

//// json-stringify-holes
// want: lost | RangeError
JSON.stringify(Array(2 ** 32 - 1));

//// object-keys-on-a-huge-string
// want: RangeError | heap | lost | time
Object.keys(new String("x".repeat(5_000_000))).length;

//// object-assign-from-a-huge-string
// want: RangeError | heap | lost | time
Object.assign({}, "x".repeat(5_000_000));

//// getOwnPropertyDescriptors-huge
// want: RangeError | heap | lost | time
Object.getOwnPropertyDescriptors(new Uint8Array(3_000_000));

//// reflect-ownKeys-typed-array
// want: RangeError | heap | lost | time | ok
Reflect.ownKeys(new Uint8Array(5_000_000)).length;

//// object-freeze-typed-array
// want: TypeError | RangeError | lost | heap
Object.freeze(new Uint8Array(5_000_000));

//// proxy-ownKeys-giant
// want: TypeError | RangeError | lost | heap | time
Object.keys(new Proxy({}, { ownKeys: () => ({ length: 2 ** 32 - 1 }) }));

//// set-union-giant-size
// want: time | heap | lost | ok
new Set([1]).union({ size: Infinity, has: () => true, keys: () => ({ next: () => ({ done: false, value: 1 }) }) });

//// set-methods-native
// want: time | ok
// turn: 2s
const a = new Set(Array.from({ length: 100_000 }, (_, i) => i));
a.isSubsetOf(a) && a.symmetricDifference(a).size;

//// map-hash-collisions
// want: ok | time | heap | lost
// turn: 2s
const m = new Map();
for (let i = 0; i < 50_000; i++) m.set(i * 4294967296, i);
m.size;

//// math-sumPrecise
// want: time | heap | lost
Math.sumPrecise({ *[Symbol.iterator]() { for (;;) yield 1e308 } });

//// math-hypot-spread
// want: ok | RangeError
Math.hypot(...new Array(60000).fill(1)) > 0;

//// decodeURIComponent-giant
// want: ok
// turn: 1s
decodeURIComponent("%41".repeat(1_000_000)).length;

//// date-setters-infinity
// want: ok
const d = new Date(0);
d.setFullYear(1e308, 1e308, 1e308);
new Date(8.64e15).setMonth(-1e300);
new Date(-1e15, 1e15) + "";

//// date-huge-year-loop
// want: time
for (;;) new Date(8.64e15).toISOString() + new Date(-8.64e15).toLocaleString();

//// parseInt-giant
// want: ok +Inf
// turn: 1s
parseInt("9".repeat(2_000_000));

//// parseFloat-giant
// want: ok | lost | time
parseFloat("0." + "1".repeat(5_000_000));

//// number-toString-radix
// want: ok
(1e308).toString(3).length + (5e-324).toString(36).length;

//// localeCompare-normalize
// want: ok | lost | time | heap | RangeError
("e" + "\u0301".repeat(2_000_000)).normalize("NFC").length;

//// normalize-worst
// want: ok | lost | time | heap | RangeError
("\u0344\u0301\u0327".repeat(300_000)).normalize("NFKD").length;

//// isWellFormed-giant
// want: ok true
"é".repeat(5_000_000).isWellFormed();

//// structured-loop-of-large-copies
// want: time | lost
const a = new Uint8Array(10_000_000);
for (;;) a.slice();

//// string-at-a-rope
// want: time | ok | RangeError
let s = "a";
for (let i = 0; i < 20; i++) s += s;
for (let i = 0; i < 1e6; i++) (s + i).charCodeAt(0);
