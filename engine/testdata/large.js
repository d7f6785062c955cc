// Work on large blocks, any request for which may be refused. work(seed) does some of it, whatever is thrown, and returns
// what it has to show for it.
const kept = [];
const size = (r) => 1000 + r % 15000;
const jobs = [
  function grow(r) { const a = []; for (let i = 0; i < size(r); i++) a.push(i); return a.length },
  function growObjects(r) { const a = []; for (let i = 0; i < size(r) / 10; i++) a[i] = { i, s: "s" + i }; return a.at(-1).s },
  function holes(r) { const a = []; a[size(r)] = 1; a.length += 10; a.unshift(1, 2); a.splice(5, 100, ..."abc"); return a.indexOf(1, 7) },
  function concat(r) { const a = new Array(size(r)).fill(r); return a.concat(a, [a]).flat().length },
  function spread(r) { const a = new Array(size(r)).fill(r); return [...a, ...a].length + Math.max(...a.slice(0, 30000)) },
  function sort(r) { return Array.from({ length: size(r) }, (_, i) => i * 7919 % 10007).sort((a, b) => a - b)[5] },
  function sortStrings(r) { return Array.from({ length: size(r) / 10 }, (_, i) => "k" + i * 7919 % 10007).sort().join().length },
  function splits(r) { return "a,b;c".repeat(size(r)).split(",").reverse().join("").length },
  function replaces(r) { return "abc".repeat(size(r)).replace(/b/g, (m) => m + m).replaceAll("c", "$&$&").length },
  function matches(r) { return [..."a1b2".repeat(size(r) / 10).matchAll(/\d/g)].length + "xyz".repeat(size(r)).match(/y/g).length },
  function ropes(r) { let s = ""; for (let i = 0; i < size(r) / 10; i++) s = i % 2 ? s + "left" + i : "é" + i + s; return s.slice(5, 100) + s.length },
  function doubling(r) { let s = "abc" + r; for (let i = 0; i < r % 17; i++) s += s; return s.charCodeAt(s.length >> 1) },
  function upper(r) { return "straße".repeat(size(r)).toUpperCase().normalize("NFD").length },
  function codes(r) { return encodeURIComponent("é".repeat(size(r))).length + String.fromCharCode(...new Array(30000).fill(65)).length },
  function json(r) { return JSON.stringify(JSON.parse(JSON.stringify(Array.from({ length: size(r) / 20 }, (_, i) => ({ i, a: [i], s: "x".repeat(20) }))))).length },
  function pretty(r) { return JSON.stringify(new Array(size(r)).fill({ a: 1 }), null, 4).length },
  function map(r) { const m = new Map(); for (let i = 0; i < size(r) / 4; i++) m.set("k" + i, i); for (let i = 0; i < 500; i++) m.delete("k" + i); return m.size },
  function set(r) { const s = new Set(Array.from({ length: size(r) / 4 }, (_, i) => i)); return s.union(new Set(["a"])).size },
  function groups(r) { return Object.keys(Object.groupBy(Array.from({ length: size(r) / 10 }, (_, i) => i), (i) => "g" + i % 5000)).length },
  function properties(r) { const o = {}; for (let i = 0; i < size(r) / 10; i++) o["p" + i] = i; for (let i = 0; i < 1000; i += 2) delete o["p" + i]; return Object.entries(o).length },
  function symbols(r) { const o = {}; for (let i = 0; i < size(r) / 20; i++) o[Symbol("s" + i)] = i; return Reflect.ownKeys(o).length },
  function classes(r) { const list = []; for (let i = 0; i < size(r) / 100; i++) list.push(class { #p = i; get p() { return this.#p } }); return new list[3]().p },
  function buffers(r) { const b = new Uint8Array(size(r) * 8); b.fill(r); return b.slice(10).subarray(5).reduce((a, v) => a + v & 0xffff, 0) },
  function floats(r) { return new Float64Array(size(r)).map((_, i) => -i).sort().toReversed().at(3) },
  function resizable(r) { const b = new ArrayBuffer(10, { maxByteLength: 1e6 }); b.resize(size(r) * 10); const c = b.transfer(size(r) * 12); return c.byteLength },
  function bigints(r) { return ((1n << BigInt(size(r) * 10)) - 1n).toString(16).length },
  function functions(r) { return new Function(...Array.from({ length: 300 }, (_, i) => "a" + i), "return [" + "a1,".repeat(r % 2000) + "a2].length")() },
  function evals(r) { return eval("[" + Array.from({ length: size(r) / 20 }, (_, i) => `{k${i % 50}: ${i}, f() { return ${i} }}`) + "]").length },
  function applies(r) { return ((...a) => a.length)(...new Array(size(r) % 50000).fill(0)) + Math.min.apply(null, new Array(20000).fill(1)) },
  function generators(r) { function* g(n) { const big = new Array(1000).fill(n); yield big; yield* big } let n = 0; for (let i = 0; i < size(r) / 1000; i++) for (const x of g(i)) n++; return n },
  function closures(r) { const list = []; for (let i = 0; i < size(r) / 10; i++) { const a = [i]; list.push(() => a) } return list.at(-1)()[0] },
  function regexps(r) { return new RegExp(Array.from({ length: size(r) / 100 }, (_, i) => "w" + i).join("|")).exec("xxw7").index },
  function backtracks(r) { return /^(?:ab|cd)*c/.test("abcd".repeat(size(r))) },
  function promises(r) { for (let i = 0; i < size(r) / 20; i++) Promise.resolve(i).then((v) => { kept.length = v % 7 }); return kept.length },
  function keeps(r) { kept.push("k".repeat(size(r) % 5000)); if (kept.length > 20) kept.length = 3; return kept.length },
  function errors(r) { const f = (n) => n ? f(n - 1) : new Error("e".repeat(size(r))); return f(r % 200).stack.length },
];
function work(seed) {
  const out = [];
  for (let i = 0; i < 12; i++) {
    seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff;
    const job = jobs[(seed >> 8) % jobs.length];
    try { out.push(job.name + job(seed >> 4)) } catch (e) { out.push(job.name + "!") }
  }
  return out.join(" ");
}
