console.count();
console.count(undefined);
console.count("default");
console.count("%s");
console.count(null);
console.countReset();
console.count();
console.countReset("absent");
assert.deepEqual(host.take(), [
  "info default: 1",
  "info default: 2",
  "info default: 3",
  "info %s: 1",
  "info null: 1",
  "info default: 1",
  "warn Count for 'absent' does not exist",
]);
