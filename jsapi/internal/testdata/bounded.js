const max = 128 * 1024;
const text = "x".repeat(9000);
const values = {
  "long string": "x".repeat(1_000_000),
  "many strings": Array.from({ length: 100 }, () => text),
  "many keys": Object.fromEntries(Array.from({ length: 300 }, (_, i) => ["key" + i, "x".repeat(500)])),
  "long key": { ["k".repeat(200_000)]: 1 },
  "long symbol": { [Symbol("s".repeat(200_000))]: 1 },
  "long function name": Object.defineProperty(() => {}, "name", { value: "n".repeat(200_000) }),
  "long message": new Error("m".repeat(200_000)),
  "long stack": Object.defineProperty(new Error("m"), "stack", { value: ("    at f" + text + "\n").repeat(50) }),
  "long custom text": { [Symbol.for("nodejs.util.inspect.custom")]: () => (text + "\n").repeat(50) },
};
for (const name in values) {
  const result = group.inspect(values[name], { maxStringLength: null });
  assert.equal(result.length, max + 1, name);
  assert.equal(result.at(-1), "…", name);
}
for (const directive of ["%s", "%j"]) {
  assert(group.format([directive, values["many strings"], values["long string"], "more"]).length <= max + 1, directive);
}
assert.equal(group.format(["x".repeat(max)]).length, max);
assert.equal(group.format(["x".repeat(max), ""]).length, max + 1);

// A value that refers to itself in many ways grows with every level.
let branches = text;
for (let i = 0; i < 40; i++) branches = { a: branches, b: branches };
const result = group.inspect(branches, { depth: null });
assert(result.length <= max + 1 && result.endsWith("…"), result.length);

// White space counts: each level indents all that is below it.
let deep = [];
for (let i = 0; i < 120; i++) deep = [deep, deep, i];
assert(group.inspect(deep, { depth: null, compact: false }).length <= max + 1);
