for (const level of ["debug", "info", "log", "warn", "error"]) console[level]("a", { level });
console.dirxml("x", [1]);
assert.deepEqual(host.take(), [
  "debug a { level: 'debug' }",
  "info a { level: 'info' }",
  "log a { level: 'log' }",
  "warn a { level: 'warn' }",
  "error a { level: 'error' }",
  "log x [ 1 ]",
]);

console.log("%s is %d years", "Ann", 42, "old");
console.log();
console.log("");
console.log(Symbol("a"));
console.log("100%%");
assert.deepEqual(host.take(), ["log Ann is 42 years old", "log ", "log ", "log Symbol(a)", "log 100%%"]);

console.clear();
assert.deepEqual(host.take(), []);
