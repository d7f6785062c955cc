for (const start of [setTimeout, setInterval, setImmediate, queueMicrotask]) {
  for (const handler of ["globalThis.evaluated = true", "", undefined, null, 1, {}, Symbol("s")]) {
    assert.throws(() => start(handler, 0), TypeError, /handler is (a string|not a function)/);
  }
}
assert.throws(() => setTimeout("code"), TypeError, /^setTimeout: the handler is a string; strings are not evaluated/);
assert.equal(host.armed.length, 0);
host.advance(10);
assert.equal(globalThis.evaluated, undefined);
