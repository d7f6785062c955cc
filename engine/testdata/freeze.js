// Random operations that tie the realm and the API group into cycles with objects of the bundle, and let go again.
"use strict";
let keep = [];
const originals = [Array.prototype.at, api.nested.deep, api.nested.deep.list]; // replaced below, but not dropped
const hold = (o) => { keep.push(o); if (keep.length > 25) keep.splice(0, 12); return o };
const pick = (r) => keep.length ? keep[r % keep.length] : hold({ r });
const builtins = [Array, Map, Promise, Array.prototype, Object.prototype, Function.prototype, Math, JSON, Reflect, Symbol, RegExp.prototype, Error,
  Uint8Array.prototype, Iterator.prototype, bus, api, api.Bus.prototype, api.counter, api.nested, globalThis, (function* () {}).constructor.prototype, WeakMap.prototype];
const hide = (o, k, v) => Object.defineProperty(o, k, { value: v, writable: true, configurable: true, enumerable: false });
const ops = [
  (r) => { const b = builtins[r % builtins.length], o = { b }; hide(b, "tie" + r % 5, o); o.self = o; return typeof b["tie" + r % 5] },
  (r) => { const b = builtins[r % builtins.length]; return delete b["tie" + r % 5] },
  (r) => { for (const b of builtins) for (let i = 0; i < 5; i++) delete b["tie" + i]; return 0 },
  (r) => { const f = () => f.b; f.b = builtins[r % builtins.length]; hold(f); return typeof f() },
  (r) => bus.on((v) => { bus.seen = v; return 1 }),
  (r) => { const o = { bus }; o.f = bus.on((v) => (o.v = v, 2)); return o.f },
  (r) => bus.emit({ r, keep: pick(r) }),
  (r) => { bus.handler = hold((x) => bus.last ?? x); return typeof bus.handler(r) },
  (r) => { bus.clear(); delete bus.seen; return 0 },
  (r) => { const o = hold({ r }); return bus.mark(o) },
  (r) => bus.name("n" + r % 12, { bus, r, list: [pick(r)] }),
  (r) => { class Own extends api.Bus { constructor() { super(); this.own = this } emit(v) { return super.emit(v) + 1 } } return hold(new Own()).emit(r) },
  (r) => { const o = Object.create(bus); o.o = o; o.handler = bus; hold(o); return typeof o.on },
  (r) => { const o = { __proto__: builtins[r % 3].prototype, r }; o.cycle = [o]; return r % 2 ? typeof hold(o) : 0 },
  (r) => { const m = new Map([[bus, 1]]); m.set(m, builtins); hide(Map.prototype, "m", m); return m.size },
  (r) => delete Map.prototype.m,
  (r) => { const old = Array.prototype.at; hide(Array.prototype, "at", function (i) { return old.call(this, i) }); return [1, 2].at(-1) },
  (r) => { const p = new Proxy(bus, { get: (t, k) => t[k === "x" ? "last" : k] }); hold(p); return typeof p.x },
  (r) => { const g = (function* () { yield bus; yield g2; })(), g2 = { g }; g.next(); if (r % 2) hold(g2); return 0 },
  (r) => { (async () => { const me = { bus }; me.me = me; await null; bus.emit(1); await new Promise(() => { me.never = me }); })(); return 0 },
  (r) => { const bound = bus.emit.bind(bus, { bus, r }); bound.self = bound; return bound() | 0 },
  (r) => { api.nested.deep.list.push({ api, r }); if (api.nested.deep.list.length > 15) api.nested.deep.list.length = 0; return api.nested.deep.list.length },
  (r) => { api.nested.deep = { list: [], up: api.nested }; return 0 },
  (r) => { const o = { api }; o.o = o; api.registry.register(o, r, o); return api.ids.next().value },
  (r) => { api.ids.tie = { ids: api.ids }; return api.counter() > 0 },
  (r) => { const s = Symbol("s" + r); bus[s] = { bus, s }; if (r % 2) delete bus[s]; return 0 },
  (r) => { for (const s of Object.getOwnPropertySymbols(bus)) delete bus[s]; return 0 },
  (r) => { Object.setPrototypeOf(api.nested, r % 2 ? bus : Object.prototype); return "on" in api.nested },
  (r) => { const e = new Error("e" + r, { cause: bus }); e.e = e; bus.error = e; return e.stack.length > 0 },
  (r) => delete bus.error,
  (r) => { globalThis["g" + r % 7] = { [r]: globalThis }; return Object.keys(globalThis).length },
  (r) => { for (let i = 0; i < 7; i++) delete globalThis["g" + i]; return 0 },
  (r) => { Object.defineProperty(bus, "acc", { get() { return this.acc2 }, set(v) { this.acc2 = { v, bus } }, configurable: true }); bus.acc = r; return typeof bus.acc },
  (r) => { delete bus.acc; delete bus.acc2; return 0 },
  (r) => { const w = new WeakSet([bus, pick(r)]); w.w = w; hold({ w }); return w.has(bus) },
  (r) => { const { proxy, revoke } = Proxy.revocable(api, {}); proxy.p = { proxy, revoke }; delete api.p; return 0 },
  (r) => { eval(`(function f${r % 50}() { f${r % 50}.bus = bus; bus.f = f${r % 50} })()`); return typeof bus.f },
  (r) => delete bus.f,
  (r) => { keep.length = r % 5; return keep.length },
  (r) => { const b = new Uint8Array(r % 2000); b.bus = bus; bus.bytes = b; return b.length },
];
// What drops frozen objects for good: their memory stays taken.
const drops = [
  (r) => { const C = api.Bus; api.Bus = class extends C { }; return 0 },
  (r) => { delete globalThis.AggregateError; return typeof AggregateError },
  (r) => { api.ids = api.Bus; return 0 },
  (r) => { hide(Promise.prototype, "finally", function () { return this }); return 0 },
  (r) => { delete Array.prototype.copyWithin; delete String.prototype.anchor; return 0 },
  (r) => { Math.tie = { Math }; delete globalThis.Math.sumPrecise; return 0 },
  (r) => { for (const k of Object.getOwnPropertyNames(Atomics)) delete Atomics[k]; globalThis.Atomics = { get a() { return this } }; return 0 },
];
globalThis.opCount = ops.length;
globalThis.op = (k, r) => { try { return String(ops[k](r)) } catch (e) { return e.message } };
globalThis.drop = (k) => { try { return String(drops[k % drops.length](k)) } catch (e) { return e.message } };
