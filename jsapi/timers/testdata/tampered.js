// Whatever a script breaks, the table of timers stays in order.
const error = new Error("from the callback");
const { getOwnPropertyNames, defineProperty } = Object;
const broken = () => {
  throw new Error("tampered");
};
const targets = [Array.prototype, Map.prototype, Promise.prototype, Function.prototype, String.prototype, Reflect, Promise, Number.prototype];
for (let i = 0; i < targets.length; i++) {
  const names = getOwnPropertyNames(targets[i]);
  for (let j = 0; j < names.length; j++) {
    if (names[j] === "prototype" || names[j] === "name") continue;
    try {
      defineProperty(targets[i], names[j], { value: broken });
    } catch {}
  }
}
Object.prototype.kind = "interval";
Object.prototype.delay = 99;
defineProperty(Promise, Symbol.species, { value: broken });
Array.prototype[Symbol.iterator] = broken;

let fired = 0;
const id = setTimeout((a, b) => { fired += a + b; }, 1, 2, 3);
clearTimeout(setTimeout(broken, 1));
const interval = setInterval(() => { fired += 100; }, 2);
setImmediate(() => { fired += 1000; });
host.advance(3);
clearInterval(interval);
assert.equal(fired, 1105);
assert.equal(host.armed.length, 0);

let microtasks = 0;
queueMicrotask(() => { microtasks++; });
queueMicrotask(() => { throw error; });
// await looks at the constructor itself.
defineProperty(Promise.prototype, "constructor", { value: Promise });
await undefined;
await undefined;
assert.equal(microtasks, 1);
assert(host.reported[0] === error);
