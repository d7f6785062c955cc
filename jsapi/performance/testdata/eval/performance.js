const start = performance.now();
assert(start > 0 && performance.now() >= start);
assert(Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000);
assert.deepEqual(performance.toJSON(), { timeOrigin: performance.timeOrigin });
assert.throws(() => new Performance(), TypeError, /Illegal constructor/);
assert.throws(() => Performance.prototype.now.call({}), TypeError);

// Marks and measures.
const detail = { a: [1] };
const a = performance.mark("a", { startTime: 10, detail });
performance.mark("b", { startTime: 5 });
assert(a.detail !== detail);
assert.deepEqual(a.detail, detail);
assert.deepEqual(performance.getEntries().map((entry) => entry.name), ["b", "a"]);
const measure = performance.measure("m", "b", "a");
assert.deepEqual([measure.startTime, measure.duration, measure.entryType, measure.detail], [5, 5, "measure", null]);
assert.equal(performance.measure("m", { end: "a", duration: 3 }).startTime, 7);
assert.deepEqual(performance.getEntriesByName("m", "measure").map((entry) => entry.startTime), [5, 7]);
const json = measure.toJSON();
assert.deepEqual([json.name, json.entryType, json.startTime, json.duration, json.detail], ["m", "measure", 5, 5, null]);
assert.throws(() => performance.measure("m", "missing"), DOMException, /'missing' does not exist/);
assert.throws(() => performance.measure("m", { detail }), TypeError, /'start' or 'end'/);
assert.throws(() => performance.measure("m", { start: 1 }, "a"), TypeError, /beside options/);
assert.throws(() => performance.mark("m", { startTime: -1 }), TypeError, /negative/);
assert.throws(() => performance.mark("m", { detail: () => {} }), DOMException);
performance.clearMeasures("m");
performance.clearMarks();
assert.deepEqual(performance.getEntries(), []);

// Observers are called in a later turn, with what there was before if they ask.
const calls = [];
performance.mark("before");
const observer = new PerformanceObserver(function (list, self, options) {
  assert(this === observer && self === observer);
  calls.push([list.getEntries().map((entry) => entry.name), options.droppedEntriesCount]);
});
observer.observe({ type: "mark", buffered: true });
performance.mark("after");
performance.measure("unseen");
assert.deepEqual(calls, []);
await new Promise((resolve) => setTimeout(resolve, 20));
assert.deepEqual(calls, [[["before", "after"], 0]]);
performance.mark("last");
assert.deepEqual(observer.takeRecords().map((entry) => entry.name), ["last"]);
observer.disconnect();
performance.mark("lost");
await new Promise((resolve) => setTimeout(resolve, 20));
assert.equal(calls.length, 1);
assert.deepEqual([...PerformanceObserver.supportedEntryTypes], ["mark", "measure"]);
assert.throws(() => observer.observe({ entryTypes: ["mark"] }), DOMException, /by 'type' already/);
