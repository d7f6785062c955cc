const { locks } = navigator;
const order = [];
// Exclusive, then shared ones together, then exclusive again.
let release;
const held = locks.request("r", (lock) => {
  assert(lock instanceof Lock && lock.name === "r" && lock.mode === "exclusive");
  order.push("first");
  return new Promise((resolve) => (release = resolve));
});
const shared = [1, 2].map((n) => locks.request("r", { mode: "shared" }, async () => order.push("shared" + n)));
const last = locks.request("r", async () => order.push("last"));
assert.equal(await locks.request("r", { ifAvailable: true }, (lock) => lock), null);
const state = await locks.query();
assert.deepEqual(state.held.map(({ name, mode }) => [name, mode]), [["r", "exclusive"]]);
assert.deepEqual(state.pending.map(({ mode }) => mode), ["shared", "shared", "exclusive"]);
assert(state.held[0].clientId === state.pending[0].clientId);
release("value");
assert.equal(await held, "value");
await Promise.all([...shared, last]);
assert.deepEqual(order, ["first", "shared1", "shared2", "last"]);

const name = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error.name;
  }
};
// Steal and signal.
const victim = name(locks.request("s", () => new Promise(() => {})));
await locks.request("other", () => {});
assert.equal(await locks.request("s", { steal: true }, () => "thief"), "thief");
assert.equal(await victim, "AbortError");
const controller = new AbortController();
const hold = locks.request("t", () => new Promise((resolve) => (release = resolve)));
const aborted = name(locks.request("t", { signal: controller.signal }, () => assert(false)));
controller.abort();
assert.equal(await aborted, "AbortError");
await locks.request("u", () => {});
release();
await hold;

// A callback that throws releases the lock.
assert.equal(await name(locks.request("v", () => { throw new RangeError(); })), "RangeError");
assert.equal(await locks.request("v", { ifAvailable: true }, (lock) => lock.name), "v");

for (const args of [
  ["-x", () => {}],
  ["x", { steal: true, ifAvailable: true }, () => {}],
  ["x", { steal: true, mode: "shared" }, () => {}],
  ["x", { signal: AbortSignal.abort(), steal: true }, () => {}],
]) {
  assert.equal(await name(locks.request(...args)), "NotSupportedError");
}
assert.equal(await name(locks.request("x")), "TypeError");
assert.deepEqual(await locks.query(), { held: [], pending: [] });
