// The functions that a script declares globally are its methods; what was there before is not.
for (const name of ["declared", "assigned"]) {
  Object.defineProperty(globalThis, name, { value: () => name, enumerable: true, writable: true, configurable: false });
}
globalThis.made = () => "made";
group.install(undefined);
assert.equal(group.start(), undefined);
assert.equal(group.call("room", "declared", []), "declared");
for (const name of ["made", "eval", "Function", "parseInt", "Infinity", "globalThis", "assert"]) {
  assert.throws(() => group.call("room", name, []), TypeError, /has no method .*; it has declared, assigned$/);
}
