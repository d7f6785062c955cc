console.group("outer %d", 1);
console.log("one\ntwo");
console.groupCollapsed();
console.info("three");
console.table([1]);
console.groupEnd();
console.groupEnd();
console.groupEnd();
console.log("four");
assert.deepEqual(host.take(), [
  "log outer 1",
  "log   one\n  two",
  "info     three",
  "log     ┌─────────┬────────┐\n    │ (index) │ Values │\n    ├─────────┼────────┤\n    │ 0       │ 1      │\n    └─────────┴────────┘",
  "log four",
]);

console.group();
console.clear();
console.log("cleared");
assert.deepEqual(host.take(), ["log cleared"]);

// However many groups a script opens, the text stays bounded.
for (let i = 0; i < 1000; i++) console.group();
console.log(("x".repeat(2000) + "\n").repeat(100));
assert.equal(host.messages[0].text.length, 128 * 1024 + 1);
host.take();
for (let i = 0; i < 1000; i++) console.groupEnd();
console.log("left");
assert.deepEqual(host.take(), ["log left"]);
