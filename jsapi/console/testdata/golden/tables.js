// What console.table is compared with Node on. `table` is console.table as a function that returns the text.
(table) => {
  class Point {
    constructor(x, y) {
      this.x = x;
      this.y = y;
    }
  }
  const cases = {
    "primitives": [[1, "two", null, undefined, true, 3n, Symbol("s")]],
    "a string": ["text"],
    "a number": [42],
    "null": [null],
    "a function": [Math.max],
    "empty": [[]],
    "empty object": [{}],
    "objects": [[{ a: 1, b: "x" }, { a: 2, c: true }]],
    "instances": [[new Point(1, 2), new Point(3, 4)]],
    "object of objects": [{ first: { a: 1 }, second: { b: 2 } }],
    "object of primitives": [{ a: 1, b: "x" }],
    "arrays": [[[1, 2], [3, 4, 5]]],
    "mixed": [[1, { a: 1 }, [2], "x"]],
    "columns": [[{ a: 1, b: 2, c: 3 }, { b: 4 }], ["b", "a"]],
    "absent columns": [[{ a: 1 }, 5], ["z"]],
    "no columns": [[{ a: 1 }, 5], []],
    "nested": [[{ a: { b: 1 }, c: { d: 1, e: 2, f: 3 }, g: [1, 2, 3, 4, 5], h: new Map([[1, 2]]) }]],
    "Map": [new Map([["a", 1], [{ k: 1 }, [2]]])],
    "empty Map": [new Map()],
    "Set": [new Set([1, { a: 1 }, "x"])],
    "typed array": [new Uint8Array([1, 2])],
    "integer keys": [[{ b: 1, 2: "two", 1: "one" }]],
    "a column named Values": [[{ Values: 1 }, 2]],
    "wide characters": [[{ "名前": "太郎", e: "😀" }, { "名前": "x", e: "y" }]],
    "lines": [[{ a: "one\ntwo" }]],
    "long": [[{ a: "x".repeat(120) }]],
    "holes": [[1, , 3]],
    "Date": [[{ at: new Date(0) }]],
    "errors of props": [{ length: 2, 0: "a" }],
  };
  const texts = {};
  for (const name in cases) texts[name] = table(...cases[name]);
  return JSON.stringify(texts);
}
