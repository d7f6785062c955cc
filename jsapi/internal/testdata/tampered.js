// A script that breaks every method it can reach does not break the inspection.
const values = [
  [[1, { a: "it's" }], `[ 1, { a: "it's" } ]`],
  [new Map([["k", [1]]]), "Map(1) { 'k' => [ 1 ] }"],
  [new Set([1n]), "Set(1) { 1n }"],
  [new Uint8Array([1, 2]), "Uint8Array(2) [ 1, 2 ]"],
  [new Uint8Array([10]).buffer, "ArrayBuffer { [Uint8Contents]: <0a>, byteLength: 1 }"],
  [/a/g, "/a/g"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [class A {}, "[class A]"],
  [Object("s"), "[String: 's']"],
  [[, 1, , "two\n"], "[ <1 empty item>, 1, <1 empty item>, 'two\\n' ]"],
  [Array.from({ length: 8 }, (_, i) => i), "[\n  0, 1, 2, 3,\n  4, 5, 6, 7\n]"],
];
const { inspect, format } = group;
const { getOwnPropertyNames, defineProperty } = Object;

const broken = () => {
  throw new Error("tampered");
};
const prototypes = [Array, String, Map, Set, WeakMap, Number, Symbol, Function, Promise, Date, BigInt].map((c) => c.prototype);
prototypes.push(Object.getPrototypeOf(new Map().entries()), Object.getPrototypeOf([].values()), Object.getPrototypeOf(Uint8Array.prototype));
const targets = [...prototypes, Object, Reflect, JSON, Math, Array, Number];
for (let i = 0; i < targets.length; i++) {
  const names = getOwnPropertyNames(targets[i]);
  for (let j = 0; j < names.length; j++) {
    const name = names[j];
    // These are what the language itself, and the names of the values, stand on.
    if (name === "constructor" || name === "prototype" || name === "name") continue;
    try {
      defineProperty(targets[i], name, { value: broken });
    } catch {}
  }
}
Array.prototype[Symbol.iterator] = RegExp.prototype.exec = RegExp.prototype[Symbol.replace] = broken;

for (let i = 0; i < values.length; i++) assert.equal(inspect(values[i][0]), values[i][1]);
assert.equal(format(["%s is %d, %j %O", "x", 42, { a: 1 }, [1], "rest"]), "x is 42, {\"a\":1} [ 1 ] rest");
assert.match(inspect(new Error("e")), /^Error: e\n    at /);
