const { inspect } = group;
const custom = Symbol.for("nodejs.util.inspect.custom");
const fail = () => {
  throw new Error("no");
};

const cases = [
  // What is not read cannot throw.
  [{ get a() { return fail(); } }, "{ a: [Getter] }"],
  // What is read and throws counts as absent.
  [Object.defineProperty({ a: 1 }, Symbol.toStringTag, { get: fail }), "{ a: 1 }"],
  [Object.defineProperty({ a: 1 }, "constructor", { get: fail }), "{ a: 1 }"],
  [Object.defineProperty(() => {}, "name", { get: fail }), "[Function (anonymous)]"],
  [new (class A { static get name() { return fail(); } })(), "{}"],
  [new (class A { static [Symbol.hasInstance]() { return fail(); } })(), "A {}"],
  // What an inspector throws is shown.
  [{ a: { [custom]: fail }, b: 1 }, "{ a: <Inspection threw (no)>, b: 1 }"],
  [{ get [custom]() { return fail(); } }, "<Inspection threw (no)>"],
  [{ [custom]() { throw undefined; } }, "<Inspection threw (undefined)>"],
  [{ [custom]() { throw Symbol("s"); } }, "<Inspection threw (a symbol)>"],
  [{ [custom]() { throw { get message() { return fail(); } }; } }, "<Inspection threw (no message)>"],
];
for (const [value, want] of cases) assert.equal(inspect(value), want);

// Errors whose parts throw.
for (const key of ["stack", "name", "message", "cause", "errors"]) {
  assert.match(inspect(Object.defineProperty(new Error("m"), key, { get: fail })), /Error/);
}
const error = new Error("m");
error.toString = fail;
assert.match(inspect(error), /^Error: m\n    at /);

// Options whose getters throw have their defaults.
assert.equal(inspect({ a: { b: { c: {} } } }, { get depth() { return fail(); } }), "{ a: { b: { c: {} } } }");
assert.equal(inspect([1], null), "[ 1 ]");
assert.equal(inspect([1, 2], { depth: "x", maxArrayLength: NaN, sorted: 1 }), "[ 1, 2 ]");
assert.equal(inspect([2, 1], { sorted: fail }), "[ 2, 1 ]");
assert.equal(inspect({ b: 2, a: 1 }, { sorted: fail }), "<Inspection threw (no)>");
