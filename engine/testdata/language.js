// A program that uses the whole language and keeps state in all of it. Each feature is called with a number below 1000,
// any number of times and in any order, and returns what can be seen of its state.
"use strict";
const features = {};
const feature = (f) => { features[f.name] = f };
const cap = (list, n) => { if (list.length > n) list.splice(0, list.length - n); return list };

// Classes.
class Account {
  static #made = 0;
  static limits = new Map();
  static { this.limits.set("max", 500) }
  static get made() { return this.#made }
  #balance = 0;
  #log = [];
  owner;
  constructor(owner) { this.owner = owner; this.#log.push(`open ${Account.#made++}`) }
  get balance() { return this.#balance }
  set balance(v) { this.#put(v) }
  #put(v) { this.#balance = Math.min(v, Account.limits.get("max")); cap(this.#log, 5).push(`put ${v}`) }
  static isAccount(o) { return #balance in o }
  get [Symbol.toStringTag]() { return "Account" }
  toJSON() { return { owner: this.owner, balance: this.#balance, log: this.#log } }
}
class Savings extends Account {
  rate = super.balance + 3;
  *years(n) { for (let i = 0; i < n; i++) yield (this.balance += this.balance * this.rate / 100 | 0) }
  toJSON() { return { ...super.toJSON(), rate: this.rate } }
}
const accounts = [];
feature(function classes(r) {
  cap(accounts, 8).push(r % 2 ? new Account(`a${r}`) : new Savings(`s${r}`));
  const a = accounts[r % accounts.length];
  a.balance += r;
  const years = a instanceof Savings ? [...a.years(r % 4)] : [];
  return JSON.stringify([a, years, Account.made, Account.isAccount(a), Account.isAccount({}), String(a)]);
});
feature(function accessors(r) {
  const o = { n: r, get twice() { return this.n * 2 }, set twice(v) { this.n = v / 2 }, ["k" + r % 3]: r, __proto__: { inherited: 1 } };
  Object.defineProperty(o, "hidden", { value: r, enumerable: false });
  o.twice = r * 4;
  return JSON.stringify([o, Object.entries(Object.getOwnPropertyDescriptors(o)).map(([k, d]) => k + (d.get ? "get" : d.enumerable)), o.inherited, "hidden" in o]);
});
let mixins = 0;
feature(function mixed(r) {
  const Counted = (Base) => class extends Base { constructor(...a) { super(...a); mixins++ } };
  class P extends Counted(Array) { static get [Symbol.species]() { return Array } }
  const p = P.from({ length: r % 5 + 1 }, (_, i) => i * r);
  return [mixins, p.map((x) => x + 1) instanceof P, p.length, p instanceof P, new.target === undefined].join();
});

// Maps, sets, weak things.
const byKey = new Map(), keys = [], weak = new WeakMap(), weakSet = new WeakSet();
feature(function maps(r) {
  const k = r % 3 ? { k: r } : r % 7 ? "s" + r % 40 : r / 3;
  if (typeof k === "object") { cap(keys, 15).push(k); weak.set(k, { value: r, self: k }); if (r % 2) weakSet.add(k) }
  byKey.set(k, r);
  if (byKey.size > 60) { let i = 0; for (const [k] of byKey) { byKey.delete(k); if (++i > 30) break } }
  if (r % 97 === 0) byKey.clear();
  return byKey.size + ":" + [...byKey.values()].slice(-4) + ":" + keys.map((k) => weak.get(k)?.value + (weakSet.has(k) ? "*" : "")).join();
});
const groups = new Set();
feature(function sets(r) {
  for (let i = 0; i < r % 9; i++) groups.add((r * 7 + i * 13) % 50);
  if (groups.size > 30) groups.clear();
  const other = new Set([1, 2, 3, r % 50]);
  return [[...groups.union(other)].length, [...groups.intersection(other)], groups.isSupersetOf(new Set()), [...groups.symmetricDifference(other)].length,
    JSON.stringify(Object.groupBy(groups, (x) => x % 3)), Map.groupBy(groups, (x) => x % 2 === 0).size].join("|");
});
const iterated = new Map([[0, 0]]);
let mapIterator = iterated.entries();
feature(function mapIterators(r) { // an iterator lives on while its map changes
  iterated.set(r % 30, r);
  if (r % 5 === 0) iterated.delete(r % 29);
  const { value, done } = mapIterator.next();
  if (done) mapIterator = iterated.entries();
  return JSON.stringify([value, iterated.size]);
});
const registered = new Set(), finalized = [];
const registry = new FinalizationRegistry((n) => finalized.push(n));
let registrations = 0;
const refs = [];
feature(function finalization(r) {
  const o = { n: registrations++ };
  if (r % 2) o.cycle = { o }; // only a collection finds it
  const token = {};
  registry.register(o, o.n, token);
  if (r % 5 === 0) registry.unregister(token);
  if (r % 3 === 0) { registered.add(o); if (registered.size > 10) registered.delete(registered.values().next().value) }
  cap(refs, 10).push(new WeakRef(registered.values().next().value ?? globalThis));
  return registrations + ":" + refs.map((w) => typeof w.deref()).join();
});
globalThis.afterCollection = () => finalized.splice(0).sort((a, b) => a - b).join();

// Functions, closures, generators.
const closures = [];
feature(function closed(r) {
  let n = r, self;
  for (let i = 0; i < 3; i++) cap(closures, 30).push({ inc: () => n += i, get: () => [n, i, self?.n], me(v) { self = { n: v } } });
  const c = closures[(r * 31) % closures.length];
  c.inc(); if (r % 4 === 0) c.me(r);
  return c.get().join();
});
function* walk(tree) { if (tree) { const got = yield tree.v; if (got) tree.v = got; try { yield* walk(tree.l); yield* walk(tree.r) } finally { tree.seen = (tree.seen ?? 0) + 1 } } }
const tree = { v: 1, l: { v: 2, l: { v: 3 }, r: { v: 4 } }, r: { v: 5 } };
let walker = walk(tree);
feature(function generators(r) {
  let x = r % 11 === 0 ? walker.return(r) : walker.next(r % 3 ? undefined : r);
  if (x.done) walker = walk(tree);
  try { if (r % 17 === 0) walker.throw(new Error("t" + r)) } catch (e) { walker = walk(tree); x = e.message }
  return JSON.stringify([x, tree]);
});
let helper = [1, 2, 3, 4, 5, 6, 7, 8, 9].values().filter((x) => x % 2).map((x, i) => x * i).drop(1);
feature(function iteratorHelpers(r) {
  const { value, done } = helper.next();
  if (done) helper = Iterator.from({ i: 0, next() { return { value: this.i++, done: this.i > 12 } } }).flatMap((x) => [x, x * r]).take(7);
  const it = Iterator.from(new Set([r, r + 1, r + 2]));
  return [value, done, it.reduce((a, b) => a + b), [..."abc"].values().some((c) => c === "b"), [1, 2].values().map((x) => x * r).toArray()].join();
});
feature(function tailsAndArguments(r) {
  const sloppy = Function("a", "b", "arguments[0] = b; b = 7; return [a, b, arguments.length, [...arguments]]"); // mapped arguments
  const bound = sloppy.bind(null, r);
  const curry = (f, ...a) => a.length >= f.length ? f(...a) : (...b) => curry(f, ...a, ...b);
  return JSON.stringify([bound(1), bound(), curry((a, b, c) => a + b + c)(r)(1)(2), ((a, b = a, { c = b, ...rest } = {}) => [a, b, c, rest])(r, undefined, { d: 1 })]);
});
const strings = [];
feature(function templates(r) {
  const tag = (s, ...v) => { if (!strings.includes(s)) strings.push(s); return s.raw.join("|") + v.join("&") };
  const t = () => tag`a\n${r}b${{ toString: () => "o" + r }}c`;
  t();
  return t() + strings.length + String.raw`\u{${r}}`;
});

// Promises over several turns.
const waiting = [], story = [];
const sleep = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
async function journey(n) {
  story.push("start" + n);
  try {
    for (let i = 0; i < 3; i++) { story.push(`at${n}.${i}=` + await sleep()); await null }
    return n;
  } catch (e) { story.push("lost" + n + e.message); throw e } finally { story.push("end" + n) }
}
const journeys = [];
feature(function asyncFunctions(r) {
  if (journeys.length < 12 || r % 4 === 0) { const j = journey(r); j.catch(() => {}); cap(journeys, 12).push(j) }
  const w = waiting.splice(r % waiting.length, 1)[0];
  if (r % 13 === 0) w?.reject(new TypeError("r" + r)); else w?.resolve(r);
  if (waiting.length > 30) waiting.splice(0, 15).forEach((w) => w.resolve(0));
  return cap(story, 12).join() + waiting.length;
});
async function* ticks(n) { for (let i = 0; ; i++) { const cmd = yield [n, i]; if (cmd === "wait") await sleep(); if (cmd === "stop") return i } }
let ticker = ticks(0);
const ticked = [];
feature(function asyncGenerators(r) {
  const p = r % 19 === 0 ? ticker.return(r) : ticker.next(r % 7 === 0 ? "wait" : r % 23 === 0 ? "stop" : undefined);
  p.then((x) => { cap(ticked, 6).push(JSON.stringify(x)); if (x.done) ticker = ticks(r) }, (e) => { cap(ticked, 6).push(e.message); ticker = ticks(r) });
  return ticked.join();
});
const settled = [];
feature(function combinators(r) {
  const p = [Promise.resolve(r), Promise.reject(new Error("e" + r)), r % 2 ? sleep() : Promise.resolve("x"), { then(ok) { ok("thenable" + r) } }];
  const note = (k) => (v) => cap(settled, 10).push(k + JSON.stringify(v?.errors?.map(String) ?? v?.message ?? v));
  Promise.allSettled(p).then(note("all")); Promise.any(p).then(note("any"), note("-any")); Promise.race(p.slice(2)).then(note("race"), note("-race"));
  Promise.all(p).catch(note("-all")); Promise.try(() => r).finally(() => note("fin")(r)).then(note("try"));
  const d = Promise.withResolvers(); d.promise.then(note("with")); d.resolve(d.promise === r ? 0 : r);
  return settled.join();
});
feature(function forAwait(r) {
  (async () => { let sum = 0; for await (const x of [1, Promise.resolve(r), (async () => 3)()]) sum += x; cap(settled, 10).push("sum" + sum) })();
  return settled.join();
});

// Proxies and Reflect.
const seen = [];
const target = { a: 1 };
const proxy = new Proxy(target, {
  get: (t, k, p) => { cap(seen, 8).push("get " + String(k)); return Reflect.get(t, k, p) },
  set: (t, k, v) => { cap(seen, 8).push("set " + String(k)); return Reflect.set(t, k, v) },
  deleteProperty: (t, k) => { cap(seen, 8).push("del " + String(k)); return delete t[k] },
  ownKeys: (t) => Reflect.ownKeys(t).sort(), has: (t, k) => k === "magic" || k in t,
});
feature(function proxies(r) {
  proxy["p" + r % 12] = r;
  if (r % 3 === 0) delete proxy["p" + r % 11];
  const { proxy: once, revoke } = Proxy.revocable(() => r, { apply: (f, _, args) => f() + args.length });
  const out = once(1, 2); revoke();
  let dead; try { once() } catch (e) { dead = e.message }
  class Frozen { constructor() { return new Proxy(this, { set: () => false }) } }
  let strict; try { new Frozen().x = 1 } catch (e) { strict = e.message }
  return [Object.keys(proxy), "magic" in proxy, seen.join(), out, dead, strict, Reflect.construct(Date, [r], Object).constructor.name].join("|");
});

// Typed arrays.
let buffer = new ArrayBuffer(16, { maxByteLength: 4096 });
const bytes = new Uint8Array(buffer), tail = new Int16Array(buffer, 8);
const doubles = new Float64Array(16);
feature(function typedArrays(r) {
  buffer.resize(16 + (r % 100) * 8);
  bytes[r % bytes.length] = r;
  tail.fill(r, tail.length - 2);
  doubles[r % 16] = r / 7;
  const view = new DataView(buffer);
  view.setFloat32(4, r, true); view.setBigInt64(8, -BigInt(r));
  const f16 = new Float16Array([r / 3, Infinity, 65520]);
  return [bytes.length, tail.length, bytes.subarray(0, 16).toHex?.() ?? [...bytes.subarray(0, 16)].join(""), doubles.toSorted().at(-1), view.getUint16(4), f16.join(),
    new Uint8ClampedArray([r, -1]).join(), doubles.with(0, 1).findLast((x) => x > 1), new BigUint64Array([BigInt(r) ** 5n])[0], Uint32Array.of(r, 5, 3).sort().join()].join("|");
});
const spare = [];
feature(function transfers(r) {
  const b = new Uint8Array(r % 700 + 1).fill(r).buffer;
  const moved = b.transfer(r % 50 + 8);
  cap(spare, 6).push(moved);
  return [b.detached, b.byteLength, spare.map((s) => s.byteLength).join(), new Uint8Array(moved.slice(1, 3)).join()].join();
});

// Text.
const sticky = /(?<word>[a-z]+)|(\d)/gy;
feature(function regularExpressions(r) {
  const text = "abc12 def" + r + " \u{1F600}é";
  sticky.lastIndex = r % 6;
  const m = sticky.exec(text);
  return JSON.stringify([m && [m.index, m.groups, ...m], sticky.lastIndex, text.replace(/(?<=f)(\d+)/, (x) => x.length), text.match(/\p{L}+/gu), text.match(/^.*$/su)?.[0].length,
    [...text.matchAll(/(?<k>[a-f])(?!c)/dg)].map((m) => [m.groups.k, m.indices[0]]), text.split(/(\s)/), /(?i:ABC)(?<n>x)?|(?<o>y)/.exec(text)?.groups, text.search(/[^\x00-\x7f]/v), /\u{1F600}/u.test(text)]);
});
let rope = "";
feature(function ropes(r) {
  rope = r % 2 ? rope + "x".repeat(r) + r : String(r).padStart(r % 30, "ab") + rope;
  if (r % 10 === 0) rope += "\u1234\uD800";
  if (rope.length > 20000) rope = rope.slice(5000, 5200);
  return [rope.length, rope.at(r % 50), rope.indexOf("9"), rope.slice(-8), rope.isWellFormed(), rope.toWellFormed().length].join();
});
const big = [];
feature(function bigStrings(r) {
  cap(big, 3).push(("wide\u20ac" + r).repeat(300 + r));
  return [big.reduce((n, s) => n + s.length, 0), big[0].lastIndexOf("w"), big.at(-1).split("e").length, big[0].localeCompare(big.at(-1)), big[0].normalize("NFD").length, big[0].replaceAll("wi", "WI").charCodeAt(6)].join();
});
feature(function text(r) {
  const s = "Grüße " + r;
  return [s.toUpperCase(), s.codePointAt(2), encodeURIComponent(s), s.trimEnd().at(-1), [...s].reverse().join(""), escape(s), parseInt("0x" + r, 16), (r / 7).toFixed(3), (r * 1e20).toExponential(2), (r / 3).toPrecision(4), Number(`${r}e-2`), (r).toString(36), s.anchor?.("x")].join("|");
});

// Numbers.
let product = 1n;
feature(function bigInts(r) {
  product = product * BigInt(r + 1) + 1n;
  if (product > 2n ** 600n) product = BigInt.asIntN(64, product);
  return [product, product ** 2n % 1000007n, -product >> 5n, product & 0xffn, BigInt(r) * -7n / 3n, ~product < 0n, BigInt.asUintN(70, -BigInt(r)), product.toString(16).length, 5n == 5, typeof product].join();
});
let acc = 0;
feature(function floats(r) {
  acc = (acc + Math.sqrt(r) * Math.PI) % 1e6;
  return [acc, Object.is(-0, Math.round(-0.2)), Math.hypot(r, 3), Math.fround(r / 3), r | 0, r >>> 1, -r >>> 28, Math.clz32(r), Math.sumPrecise?.([0.1, 0.2, r]), NaN !== NaN, 0.1 * r, r % -7, 2 ** (r % 60), Math.imul(r, 0x7fffffff)].join();
});
feature(function dates(r) {
  const d = new Date(Date.UTC(2000 + r % 50, r % 12, r % 28 + 1, r % 24, r % 60));
  d.setUTCMonth(d.getUTCMonth() + 1);
  return [d.toISOString(), d.getUTCDay(), JSON.stringify(d), new Date(NaN).getTime(), Date.parse("2020-02-30T00:00:00Z"), d > new Date(0), new Date(2020, 1, r % 28).getMonth()].join();
});
const symbols = {};
feature(function symbolKeys(r) {
  const s = Symbol("s" + r % 5), reg = Symbol.for("k" + r % 9);
  symbols[reg] = r; symbols[s] = r;
  const own = Object.getOwnPropertySymbols(symbols);
  if (own.length > 20) for (const s of own) delete symbols[s];
  return [own.length, reg.description, Symbol.keyFor(reg), symbols[reg], Symbol.iterator in [], String(s), { [Symbol.toPrimitive]: () => r } + 1].join();
});

// Objects and arrays.
const sparse = [];
feature(function sparseArrays(r) {
  sparse[r * 3] = r;
  delete sparse[r * 2];
  if (sparse.length > 2500) sparse.length = r;
  if (r % 31 === 0) { sparse.length = 0; sparse[50000] = 1; sparse.length = 10 }
  return [sparse.length, Object.keys(sparse).length, sparse.findLastIndex((x) => x), sparse.flat().length, 3 in sparse, sparse.indexOf(undefined), sparse.slice(-4).join()].join();
});
const list = Array.from({ length: 40 }, (_, i) => ({ k: i % 5, i }));
feature(function arrays(r) {
  list.push(list.shift()); list.splice(r % 40, 1, { k: r % 5, i: r });
  const sorted = list.toSorted((a, b) => a.k - b.k); // stable
  const nested = [r, [r + 1, [r + 2, [r + 3]]]];
  return [sorted.map((x) => x.i).join(), list.findLast((x) => x.k === 2)?.i, nested.flat(Infinity).join(), [3, 1, 2].toSpliced(1, 1, r).join(), Array.from("ab", (c) => c + r).join(), [1, 2, 3, 4].copyWithin(0, 2).join(),
    list.at(-1).i, [..."hello"].entries().next().value.join(), [r, , 3].includes(undefined), list.some((x) => x.i === r), [[1, 2], [3]].flatMap((x) => x).join(), Array.isArray(Array.prototype)].join("|");
});
let shape = {};
feature(function shapes(r) {
  shape["p" + r % 60] = r;
  if (r % 3 === 0) delete shape["p" + r % 59];
  if (Object.keys(shape).length > 40) shape = Object.fromEntries(Object.entries(shape).slice(0, 10));
  let big = {}; for (let i = 0; i < r % 200; i++) big["k" + i] = { i };
  globalThis.last = big;
  const frozen = Object.freeze({ a: [1] });
  let err; try { frozen.a = 2 } catch (e) { err = e.message }
  return [Object.keys(shape).join(), Object.keys(big).length, err, Object.isSealed(frozen), JSON.stringify(Object.assign({}, shape, null, "ab")).length, Object.hasOwn(shape, "p1"), delete globalThis["gone" + r]].join("|");
});
feature(function destructuring(r) {
  let a = r, b = 2, c, rest;
  [a, b] = [b, a];
  ({ x: c = a, y: [, ...rest] = [0, r, b] } = r % 2 ? { x: r } : { y: "uvw" });
  const { length, [length - 1]: lastOne, ...others } = [...Array(r % 5 + 1).keys()];
  for (const [i, { v = i }] of [{}, { v: r }].entries()) c += v;
  return JSON.stringify([a, b, c, rest, length, lastOne, others, a ?? 1, null ?? r, (a ||= 5), (c &&= r), c?.x?.y.z]);
});
feature(function loops(r) {
  let n = 0;
  outer: for (let i = 0; i < 10; i++) {
    for (let j = 0; ; j++) { if (j > i) continue outer; if (i * j > r % 40) break outer; n += i ^ j }
  }
  do { n-- } while (n > 100);
  switch (r % 4) { case 0: n++; case 1: n += 10; break; default: n = -n; case 3: n *= 2 }
  for (const k in { a: 1, b: 2, __proto__: { c: 3 } }) n += k.charCodeAt(0);
  blk: { if (r % 2) break blk; n = ~n }
  return n;
});
feature(function json(r) {
  const text = JSON.stringify({ a: [r, { b: "x\u2028" + r, d: new Date(r) }], u: undefined, n: null, toJSON(k) { return { ...this, k, toJSON: undefined } } }, null, r % 3);
  const parsed = JSON.parse(text, function (k, v) { return typeof v === "number" ? v + 1 : v === null ? undefined : v });
  let err; try { JSON.parse('{"a":' + "[".repeat(r % 5) + "}") } catch (e) { err = e.name + e.message }
  return [JSON.stringify(parsed), text.length, err, JSON.stringify("\ud800"), JSON.stringify({ [Symbol()]: 1, f() {} }), JSON.stringify(Object(1n) instanceof BigInt), JSON.rawJSON?.(r).rawJSON].join("|");
});
feature(function errors(r) {
  const inner = () => { throw r % 2 ? new TypeError("inner" + r, { cause: { r } }) : new AggregateError([new Error("x")], "agg") };
  function middle() { try { inner() } catch (e) { throw new (class Wrapped extends Error { name = "Wrapped" })("wrapped", { cause: e }) } finally { acc++ } }
  try { middle() } catch (e) {
    return [e.name, e.message, e.cause.message, JSON.stringify(e.cause.cause), e.cause.errors?.length, e instanceof Error, e.stack, e.cause.stack].join("|");
  }
});
feature(function thrown(r) {
  switch (r % 8) {
    case 0: return null.x;
    case 1: return undefinedName;
    case 2: return new Array(-1);
    case 3: return (1n + 1);
    case 4: return eval("let let = 1");
    case 5: return decodeURI("%");
    case 6: return new RegExp("(");
    case 7: throw new EvalError(`own ${r}`);
  }
});
feature(function deep(r) { // the depth of the stack differs, its end does not
  let depth = 0;
  const down = () => { depth++; down() };
  try { down() } catch (e) { return (e.name === "InternalError" ? "RangeError" : e.name) + (depth > 100) }
});
feature(function evals(r) {
  const x = r;
  const f = new Function("a", `return a * ${r} + (typeof x === "undefined" ? 1 : 2)`);
  return [eval("x + 1"), (0, eval)("var ev = (globalThis.ev ?? 0) + 1; ev"), f(2), f.toString().length, eval("(class Q { static m() { return " + r + " } })").m(), features.classes.toString().length].join();
});

// The heap grows and shrinks.
let heap = [];
feature(function growth(r) {
  for (let i = 0; i < 50; i++) heap.push(r % 3 ? { i, t: "t" + r + i } : new Uint32Array(64).fill(i));
  if (heap.length > 1500) heap = heap.slice(0, 20);
  const a = { }; a.b = { a, heap: heap.slice(-3) }; // garbage in a cycle
  return heap.length + ":" + (heap[r % heap.length].t ?? heap[r % heap.length].join());
});
const links = { next: null };
feature(function linked(r) {
  let n = links; for (let i = 0; i < r % 300; i++) n = n.next ??= { next: null, prev: n, i };
  n.next = null;
  let count = 0; for (n = links; n; n = n.next) count++;
  return count;
});

const names = Object.keys(features);
// ascii makes text that any border carries.
const ascii = (s) => s.replace(/[^\x20-\x7e\n]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
globalThis.featureCount = names.length;
globalThis.featureName = (k) => names[k];
globalThis.run = function run(k, r) {
  try { return ascii(String(features[names[k]](r))) } catch (e) { return ascii([e.name, e.message, e.stack].join("\n")) }
};
// burst runs n features that follow from a seed, in one turn, and digests what they return.
globalThis.burst = function burst(seed, n) {
  let digest = 17;
  for (let i = 0; i < n; i++) {
    seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff;
    const text = run((seed >> 8) % names.length, (seed >> 16) % 1000);
    for (let j = 0; j < text.length; j += 7) digest = Math.imul(digest, 31) + text.charCodeAt(j) | 0;
  }
  return digest;
};
