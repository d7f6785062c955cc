// As expect(a).toEqual(b).
class Point {
  constructor(x) {
    this.x = x;
  }
}
const cycle = (n) => {
  const o = { n };
  o.self = o;
  return o;
};
const bytes = (...list) => new Uint8Array(list);
const symbol = Symbol("s");

const equal = [
  [1, 1],
  [NaN, NaN],
  ["a", "a"],
  [null, null],
  [{ a: 1, b: [2, { c: 3 }] }, { b: [2, { c: 3 }], a: 1 }],
  [{ a: 1, b: undefined }, { a: 1 }],
  [[undefined], [,]],
  [new Point(1), { x: 1 }],
  [Object.create(null), {}],
  [new Date(5), new Date(5)],
  [new Date(NaN), new Date(NaN)],
  [/a/g, /a/g],
  [new Error("m"), new Error("m")],
  [new Error("m", { cause: [1] }), new Error("m", { cause: [1] })],
  [bytes(1, 2), bytes(1, 2)],
  [bytes(1, 2).buffer, bytes(1, 2).buffer],
  [new DataView(bytes(1, 2).buffer, 1), new DataView(bytes(9, 2).buffer, 1)],
  [new Float64Array([NaN]), new Float64Array([NaN])],
  [new Map([[1, { a: 1 }], [2, 3]]), new Map([[2, 3], [1, { a: 1 }]])],
  [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]])],
  [new Set([1, { a: 1 }, { a: 2 }]), new Set([{ a: 2 }, 1, { a: 1 }])],
  [new Number(1), new Number(1)],
  [new String("a"), new String("a")],
  [Object(1n), Object(1n)],
  [{ [symbol]: 1 }, { [symbol]: 1 }],
  [cycle(1), cycle(1)],
];
for (const [a, b] of equal) {
  assert(Rowan.deepEquals(a, b), Rowan.inspect([a, b]));
  assert(Rowan.deepEquals(b, a), Rowan.inspect([b, a]));
}

const different = [
  [1, 2],
  [0, -0],
  [1, "1"],
  [null, undefined],
  [null, {}],
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: 1, b: null }],
  [{ toString: 1 }, {}],
  [[1], { 0: 1, length: 1 }],
  [[1], [1, 2]],
  [() => {}, () => {}],
  [new Date(5), new Date(6)],
  [new Date(5), {}],
  [/a/g, /a/i],
  [new Error("m"), new Error("n")],
  [new Error("m"), new TypeError("m")],
  [bytes(1, 2), bytes(1, 3)],
  [bytes(1), new Int8Array([1])],
  [bytes(1).buffer, bytes(1, 2).buffer],
  [new Map([[1, 2]]), new Map([[1, 3]])],
  [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 2]])],
  [new Set([1]), new Set([2])],
  [new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])],
  [new Set([1]), new Map([[1, 1]])],
  [new Number(1), new Number(2)],
  [new Number(1), 1],
  [{ [symbol]: 1 }, { [symbol]: 2 }],
  [Promise.resolve(1), Promise.resolve(1)],
  [new WeakMap(), new WeakMap()],
  [cycle(1), cycle(2)],
  [cycle(1), { n: 1, self: { n: 1, self: null } }],
];
for (const [a, b] of different) {
  assert(!Rowan.deepEquals(a, b), Rowan.inspect([a, b]));
  assert(!Rowan.deepEquals(b, a), Rowan.inspect([b, a]));
}
