// An API group whose objects a bundle can bind into garbage: everything made here is frozen, see freeze.go.
(function () {
  "use strict";
  const listeners = [], seen = new WeakMap(), byName = new Map(), weak = new WeakRef(listeners);
  class Bus {
    #last;
    handler = null;
    on(f) { listeners.push(f); if (listeners.length > 20) listeners.splice(0, 10); return listeners.length }
    emit(v) { this.#last = v; let n = 0; for (const f of listeners.slice()) n += f(v) | 0; return n }
    get last() { return this.#last }
    mark(o) { seen.set(o, { o, bus: this }); return seen.has(o) }
    name(k, o) { byName.set(k, o); if (byName.size > 10) byName.clear(); return byName.size }
    alive() { return weak.deref() === listeners }
    clear() { listeners.length = 0; byName.clear(); this.#last = undefined; this.handler = null }
  }
  const counter = (() => { let n = 0; return () => ++n })();
  function* ids() { for (let i = 0; ; i++) yield i }
  globalThis.bus = new Bus();
  globalThis.api = { Bus, counter, ids: ids(), registry: new FinalizationRegistry(() => { counter() }), nested: { deep: { list: [] } } };
  return {};
})
