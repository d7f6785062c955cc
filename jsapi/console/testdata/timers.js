console.time();
console.time("t%s");
host.time += 12.3456;
console.timeLog("t%s");
console.timeLog("t%s", "more", { a: 1 }, "%d");
console.timeEnd();
console.timeEnd();
console.time("t%s");
console.timeLog("absent", 1);
assert.deepEqual(host.take(), [
  "log t%s: 12.346ms",
  "log t%s: 12.346ms more { a: 1 } %d",
  "info default: 12.346ms",
  "warn Timer 'default' does not exist",
  "warn Timer 't%s' already exists",
  "warn Timer 'absent' does not exist",
]);

const durations = [
  [0, "0ms"],
  [0.0004, "0ms"],
  [999.9994, "999.999ms"],
  [1000, "1.000s"],
  [59_999, "59.999s"],
  [62_250, "1:02.250 (m:ss.mmm)"],
  [3_600_000, "1:00:00.000 (h:mm:ss.mmm)"],
  [100_000_000.5, "27:46:40.001 (h:mm:ss.mmm)"],
];
for (const [duration, want] of durations) {
  console.time("d");
  host.time += duration;
  console.timeEnd("d");
  // The clock's fractions are rounded by what it stands at.
  assert.deepEqual(host.take(), ["info d: " + want]);
}
