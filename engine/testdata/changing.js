// Values whose accessors change what they are part of while it is encoded. make returns the argument of host.take; want is
// what the script sees, and after it what host functions saw.
const junk = () => { let a = []; for (let i = 0; i < 200; i++) a.push({ ["j" + i]: [i, "junk" + i] }); globalThis.dirt = a };
const changing = {
  throwing: { make: () => ({ a: { get b() { throw new RangeError("from a getter") } } }), want: "RangeError: take: from a getter" },
  throwingPrimitive: { make: () => ({ get b() { throw 5 } }), want: "Uncaught: take: 5" },
  throwingUnreadable: { make: () => ({ get b() { throw { get x() { throw 1 } } } }), want: "Error: take: thrown value cannot be read: Error: an error whose properties throw when they are read" },
  emptiesItsArray: { make() { const a = [{ get x() { a.length = 0; junk(); return 1 }, y: [2], z: "z" }, { q: 1 }, "s"]; return a }, want: "sent[{x: 1, y: [2], z: \"z\"}, hole, hole]" },
  growsItsArray: { make() { const a = [{ get x() { for (let i = 0; i < 1000; i++) a.push(i); junk(); return 1 } }, 2]; return a }, want: "sent[{x: 1}, 2]" },
  makesItsArraySlow: { make() { const a = [{ get x() { Object.defineProperty(a, 1, { get: () => "slow" }); junk(); return 1 } }, 2]; return a }, want: "sent[{x: 1}, \"slow\"]" },
  dropsItself: { make() { const o = { o: { get x() { delete o.o; o.p = 1; junk(); return this.y }, y: 7 }, p: "deleted", q: 1 }; o.q = 2; Object.defineProperty(o.o, "w", { get: () => delete o.q, enumerable: true }); return o },
    want: "sent{o: {x: 7, y: 7, w: true}, p: 1, q: undefined}" },
  dropsItsMap: { make() { const m = new Map([[1, { get x() { m.clear(); junk(); return 1 } }], [2, 2]]); globalThis.lastMap = m; return m }, want: "TypeError: take: arg[0]: changed while it was being sent" },
  deletesItsEntry: { make() { const m = new Map([[1, { get x() { m.delete(1); junk(); return 1 } }], [2, 2]]); globalThis.lastMap = m; return m }, want: "sentMap(2) {1 => {x: 1}, 2 => 2}" },
  deletesTheNextEntry: { make() { const m = new Map([[1, { get x() { m.delete(2); m.delete(3); junk(); return 1 } }], [2, 2], [3, 3]]); return m }, want: "TypeError: take: arg[0]: changed while it was being sent" },
  replacesAnEntry: { make() { const m = new Map([[1, { get x() { m.delete(2); m.set("new", 5); return 1 } }], [2, 2]]); return m }, want: "sentMap(2) {1 => {x: 1}, \"new\" => 5}" },
  growsItsSet: { make() { const s = new Set([{ get x() { for (let i = 0; i < 50; i++) s.add(i); return 1 } }]); return s }, want: "TypeError: take: arg[0]: changed while it was being sent" },
  iteratesItsMap: { make() { const m = new Map([[1, { get x() { const it = m.entries(); it.next(); m.delete(1); globalThis.it = it; return 1 } }]]); return m }, want: "sentMap(1) {1 => {x: 1}}" },
  detachesItsBuffer: { make() { const b = new ArrayBuffer(8); return { get a() { b.transfer(); return 1 }, b } }, want: "TypeError: take: arg[0].b: a detached ArrayBuffer cannot be sent" },
  resizesItsBuffer: { make() { const b = new ArrayBuffer(8, { maxByteLength: 64 }), v = new Uint8Array(b); return [{ get a() { b.resize(2); return 1 } }, v] }, want: "sent[{a: 1}, Uint8Array(2)]" },
  callsTheHost: { make: () => ["first", { get a() { host.take({ inner: "x".repeat(20), more: [1, 2, 3] }); return "outer" } }, "last"],
    want: "sent{inner: \"xxxxxxxxxxxxxxxxxxxx\", more: [1, 2, 3]} [\"first\", {a: \"outer\"}, \"last\"]" },
  callsTheHostWithItself: { make() { let once = false; const o = { n: 1, get a() { if (once) return "inner"; once = true; host.take(o); return "outer" } }; return o }, want: "sent{n: 1, a: \"inner\"} {n: 1, a: \"outer\"}" },
  callsBack: { make: () => [1, { get a() { return host.back({ deep: 1, list: [1, 2] }) } }, "z"], want: "sent{was: [1, 2]} [1, {a: [1, 2]}, \"z\"]" },
  throwsInTheHost: { make: () => ({ get a() { try { host.take(() => 1) } catch (e) { return e.name } } }), want: "sent{a: \"TypeError\"}" },
  hidesBehindAPrototype: { make() { const a = [1, , 3]; a.__proto__ = { __proto__: Array.prototype, get 1() { a.length = 1; return "behind" } }; return a }, want: "sent[1, \"behind\", hole]" },
  trapsBehindAPrototype: { make() { const a = [1, , 3]; a.__proto__ = new Proxy({}, { has: (t, k) => k === "1", get: (t, k) => k === "1" ? "trap" : undefined }); return a }, want: "sent[1, \"trap\", 3]" },
  liesAboutItsName: { make: () => Object.defineProperties(new Error("e"), { name: { get() { junk(); return "N" } }, stack: { value: 5 }, code: { get: () => "C" }, cause: { get: () => [1] } }), want: "sentN(\"e\", cause: [1])" },
  pollutesDescriptors: { make() { Object.prototype.get = () => "polluted"; Object.prototype.set = 1; return new Map([[1, 2]]) }, want: "sentMap(1) {1 => 2}" },
};
function check(name) {
  try { const v = changing[name].make(); host.take(v); return "sent" } catch (e) { return e.name + ": " + e.message } finally { delete Object.prototype.get; delete Object.prototype.set }
}
function backIn(v) { host.take({ was: v.list }); junk(); return v.list }
// intact looks whether the heap still makes sense.
function intact() {
  globalThis.lastMap?.set("again", 1); globalThis.lastMap?.delete("again"); globalThis.lastMap?.clear();
  if (globalThis.it) { if (globalThis.it.next().done !== true) return "an iterator goes on"; delete globalThis.it }
  junk();
  for (const [i, d] of globalThis.dirt.entries()) if (d["j" + i][1] !== "junk" + i) return "junk is not what it was";
  const m = new Map(); for (let i = 0; i < 300; i++) m.set("k" + i, { i }); for (let i = 0; i < 300; i += 2) m.delete("k" + i);
  return m.size === 150 && [...m.values()].every((v, i) => v.i === 2 * i + 1) ? "intact" : "a Map lost entries";
}
