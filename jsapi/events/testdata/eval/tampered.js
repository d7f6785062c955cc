// Whatever a script breaks, events, signals and errors go on.
const { getOwnPropertyNames, defineProperty } = Object;
const broken = () => { throw new Error("tampered"); };
const kept = new Set(["prototype", "name", "constructor"]);
const has = Function.prototype.call.bind(Set.prototype.has);
const targets = [Array.prototype, Map.prototype, Set.prototype, Function.prototype, String.prototype, Reflect, WeakSet.prototype];
for (let i = 0; i < targets.length; i++) {
  const names = getOwnPropertyNames(targets[i]);
  for (let j = 0; j < names.length; j++) {
    if (has(kept, names[j])) continue;
    try {
      defineProperty(targets[i], names[j], { value: broken });
    } catch {}
  }
}
Array.prototype[Symbol.iterator] = broken;
defineProperty(Event.prototype, "type", { get: broken });
defineProperty(AbortSignal.prototype, "aborted", { get: broken });
for (const name in { type: 0, value: 0, capture: 0, once: 0, passive: 0, signal: 0, removed: 0, abort: 0, x: 0 }) Object.prototype[name] = 1;

let count = 0;
const target = new EventTarget();
const controller = new AbortController();
const add = () => count++;
target.addEventListener("x", add);
target.addEventListener("x", add, true);
target.addEventListener("x", () => count++, { __proto__: null, signal: controller.signal });
target.dispatchEvent(new Event("x"));
assert.equal(count, 3);
controller.abort();
target.removeEventListener("x", add);
target.dispatchEvent(new Event("x"));
assert.equal(count, 4);
assert.equal(new EventTarget().dispatchEvent(new Event("toString")), true);

let reported;
onerror = (_message, _file, _line, _column, error) => {
  reported = error;
  return true;
};
target.addEventListener("y", () => { throw target; });
target.dispatchEvent(new Event("y"));
assert(reported === target);
