// What inspect and format are compared with Node on: each name with what makes the text. Run by
// Node with -update, and by every test run with what Node said then.
(inspect, format) => {
  const custom = Symbol.for("nodejs.util.inspect.custom");
  const range = (n, f = (i) => i) => Array.from({ length: n }, (_, i) => f(i));
  // Stacks differ from engine to engine, so that these errors bring one of their own.
  const withStack = (error, header = String(error), frames = ["f (app.ts:1:2)", "main (app.ts:9:1)"]) =>
    Object.defineProperty(error, "stack", {
      value: [header, ...frames.map((frame) => `    at ${frame}`)].join("\n"),
      writable: true,
      configurable: true,
    });
  const circular = (() => {
    const value = { name: "a", list: [1] };
    value.self = value;
    value.list.push(value.list, { up: value });
    return value;
  })();
  class Foo {
    constructor(fields) {
      Object.assign(this, fields);
    }
  }
  class Bar extends Foo {
    #hidden = 1;
    static count = 1;
    get hidden() {
      return this.#hidden;
    }
  }
  class Tagged {
    get [Symbol.toStringTag]() {
      return "bar";
    }
  }
  class AppError extends Error {}
  class Failure extends Error {}
  class List extends Array {}
  class Dict extends Map {}
  class Task extends Promise {}
  class Bytes extends Uint8Array {}
  const bare = (fields) => Object.assign(Object.create(null), fields);
  const nested = { a: { b: { c: { d: 1 } } } };
  const text = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt";

  const values = {
    // Primitives
    "undefined": undefined,
    "null": null,
    "true": true,
    "number": 1.5,
    "minus zero": -0,
    "NaN": NaN,
    "infinity": -Infinity,
    "large number": 1e21,
    "bigint": 123n,
    "symbol": Symbol("a b"),
    "symbol without description": Symbol(),
    "string": "abc",
    "string with single quote": "it's",
    "string with both quotes": `it's "so"`,
    "string with all quotes": "it's \"so\" `now`",
    "string with quotes and template": "'\"${",
    "string with escapes": "a\nb\tc\\d\x00\x7f\x9f\b\f\r\v",
    "string with lone surrogates": "\ud800 \udc00 \u{1f600}",
    "long string": text.repeat(2),
    "string with lines": `${text}\n${text}\n`,
    "very long string": "x".repeat(10_050),
    "very long string in an object": { s: "x".repeat(10_001) },
    "string in an object": { s: "it's\n", long: `${text}\n${text}` },

    // Plain objects
    "empty object": {},
    "object": { a: 1, b: "two", c: [3] },
    "keys": { "a-b": 1, "1": 2, "__proto_": 3, $: 4, _a1: 5, "it's": 6, "": 7, "ä": 8, [Symbol("s")]: 9 },
    "own __proto__": JSON.parse('{"__proto__":1}'),
    "hidden symbol": Object.defineProperty({}, Symbol("h"), { value: 1 }),
    "too deep": nested,
    "too deep in arrays": [[[[1]]]],
    "too deep with names": { a: { b: { c: new Foo({ x: 1 }), m: new Map([[1, 2]]), e: new Map(), f: [], n: bare({ x: 1 }), r: /x/, d: new Date(0), u: new Uint8Array(2), g: () => 1, p: new Tagged() } } },
    "null prototype": bare({ a: 1 }),
    "empty null prototype": bare(),
    "null prototype with tag": Object.defineProperty(bare({ a: 1 }), Symbol.toStringTag, { value: "T" }),
    "prototype of null prototype": Object.create(bare()),
    "getters": { get a() { return 1; }, set a(v) {}, get b() { return 1; }, set c(v) {} },
    "line of 72": { a: "x".repeat(20), b: "y".repeat(20), c: "z".repeat(12) },
    "line of 76": { a: "x".repeat(20), b: "y".repeat(20), c: "z".repeat(16) },
    "line of 77": { a: "x".repeat(20), b: "y".repeat(20), c: "z".repeat(17) },
    "six levels wide": { a: { b: 1, c: { d: 2 } }, e: [{ f: 1 }, { g: 2 }], h: { i: { j: { k: 1 } } } },
    "compact levels": { a: { b: { c: {} } } },
    "users": range(3, (i) => ({ id: i, name: `user ${i}`, roles: ["admin", "editor"], address: { city: "Bern", zip: 3000 + i } })),
    "circular": circular,
    "circular map": (() => { const m = new Map(); m.set("self", m); return m; })(),
    "circular set": (() => { const s = new Set(); s.add(s).add([s]); return { s }; })(),
    "two cycles": (() => { const a = {}; const b = { a }; a.b = b; b.b = b; return [a, b]; })(),
    "same twice is no cycle": (() => { const a = { x: 1 }; return [a, a]; })(),
    "global objects": [Math, JSON, Reflect, Atomics],

    // Arrays
    "empty array": [],
    "array": [1, "a", null, undefined],
    "holes": [, 1, , , 2, ,],
    "only holes": new Array(3),
    "many holes": Object.assign(new Array(200), { 150: 1 }),
    "holes after": Object.assign([1, 2], { length: 5 }),
    "extra properties": Object.assign([1, 2], { name: "x", "-1": 0, [Symbol("s")]: 1 }),
    "match": /(?<y>\d+)-(\d+)/.exec("on 2024-06"),
    "six numbers": range(6),
    "seven numbers": range(7),
    "a hundred numbers": range(100),
    "a hundred and one": range(101),
    "two hundred": range(200, (i) => i * i),
    "mixed numbers": range(30, (i) => (i % 3 ? i * 1000 : -i / 3)),
    "bigints": range(20, (i) => BigInt(i) ** 3n),
    "strings in columns": range(27, (i) => "abcdefghijk".slice(0, i % 11)),
    "short strings": range(40, (i) => `k${i}`),
    "long strings": range(8, (i) => `${text} ${i}`),
    "one long among short": [...range(9), text],
    "objects in an array": range(8, (i) => ({ i })),
    "arrays in an array": range(8, (i) => [i, i]),
    "wide characters": range(12, (i) => "漢字かな交じり".slice(0, 1 + (i % 7))),
    "emoji": range(10, (i) => "😀".repeat(i % 3)),
    "numbers in an object": { list: range(60), other: { list: range(120, (i) => i * 7) } },
    "array with extra in columns": Object.assign(range(10), { extra: true }),
    "subclass of Array": List.from([1, 2]),
    "empty subclass of Array": new List(),
    "null prototype array": Object.setPrototypeOf([1], null),
    "nested arrays": [[1, [2, [3, [4]]]]],
    "long nested": [range(3, () => text), [text]],

    // Buffers
    "Uint8Array": new Uint8Array([1, 2, 255]),
    "empty Uint8Array": new Uint8Array(),
    "Float64Array": new Float64Array([1.5, -0, NaN]),
    "BigInt64Array": new BigInt64Array([1n, -2n]),
    "large Uint8Array": new Uint8Array(200),
    "typed array with property": Object.assign(new Uint8Array(2), { a: 1 }),
    "subclass of Uint8Array": new Bytes(2),
    "ArrayBuffer": new Uint8Array([1, 2, 171]).buffer,
    "empty ArrayBuffer": new ArrayBuffer(0),
    "large ArrayBuffer": new ArrayBuffer(120),
    "ArrayBuffer with property": Object.assign(new ArrayBuffer(1), { a: 1 }),
    "SharedArrayBuffer": new SharedArrayBuffer(2),
    "DataView": new DataView(new ArrayBuffer(4), 1, 2),

    // Map, Set and their kin
    "empty Map": new Map(),
    "Map": new Map([["a", 1], [{ k: 1 }, [2]]]),
    "nested Map": new Map([[new Map([[1, 2]]), new Map([[3, new Map([[4, new Map([[5, 6]])]])]])]]),
    "large Map": new Map(range(102, (i) => [i, `value ${i}`])),
    "Map with property": Object.assign(new Map([[1, 2]]), { a: 1 }),
    "subclass of Map": new Dict([[1, 2]]),
    "null prototype Map": Object.setPrototypeOf(new Map([[1, 2]]), null),
    "Set": new Set([1, "a", { b: 1 }]),
    "empty Set": new Set(),
    "large Set": new Set(range(150)),
    "long Set": new Set(range(4, () => Symbol(text))),
    "null prototype Set": Object.setPrototypeOf(new Set([1]), null),
    "WeakMap": new WeakMap(),
    "WeakSet": new WeakSet([{}]),
    "WeakRef": [new WeakMap(), new FinalizationRegistry(() => {})],
    "generator object": (function* () {})(),
    "Map.prototype": Map.prototype,

    // Functions and classes
    "function": function f() {},
    "anonymous function": (() => () => {})(),
    "arrow in an object": { f: () => 1, async g() {}, *h() {}, async *i() {} },
    "async function": async function f() {},
    "generator function": function* g() {},
    "async generator function": async function* ag() {},
    "function with properties": Object.assign(function f() {}, { a: 1, b: { c: 2 } }),
    "bound function": function f() {}.bind(null),
    "native function": Math.max,
    "native constructor": [Map, Promise, Object, Function],
    "class": Foo,
    "derived class": Bar,
    "anonymous class": (() => class {})(),
    "class extending null": class N extends null {},
    "class in an object": { Foo, Array },
    "function without prototype": Object.setPrototypeOf(function f() {}, null),
    "function with own name": Object.defineProperty(() => {}, "name", { value: "other" }),

    // Instances
    "instance": new Foo({ a: 1 }),
    "empty instance": new Foo(),
    "derived instance": new Bar({ a: 1 }),
    "tagged": new Tagged(),
    "tagged object": { [Symbol.toStringTag]: "T", a: 1 },
    "tag of the same name": new (class T { get [Symbol.toStringTag]() { return "T"; } })(),
    "instance of an anonymous class": new (class {})(),
    "instance of a function": new (function Old() { this.a = 1; })(),
    "prototype of a class": Bar.prototype,
    "own constructor property": { constructor: 1 },
    "inherited constructor": Object.create({ constructor: Foo }),
    "arguments": (function () { return arguments; })(1, "a"),

    // Dates, regular expressions, boxed values, promises
    "Date": new Date(0),
    "invalid Date": new Date(NaN),
    "Date with property": Object.assign(new Date(0), { a: 1 }),
    "subclass of Date": new (class Day extends Date {})(0),
    "RegExp": /a\/b/gi,
    "RegExp with property": Object.assign(/a/, { a: 1 }),
    "subclass of RegExp": new (class Pattern extends RegExp {})("a", "y"),
    "boxed number": Object(3),
    "boxed minus zero": Object(-0),
    "boxed string": Object("it's"),
    "boxed string with property": Object.assign(Object("abc"), { a: 1 }),
    "boxed boolean": Object(false),
    "boxed bigint": Object(1n),
    "boxed symbol": Object(Symbol("a")),
    "subclass of Number": new (class Meters extends Number {})(3),

    // Errors
    "error": withStack(new Error("message")),
    "error without message": withStack(new Error()),
    "type error": withStack(new TypeError("no")),
    "error without stack": Object.defineProperty(new Error("message"), "stack", { value: undefined }),
    "error of several lines": withStack(new Error("one\ntwo")),
    "errors in an object": { error: withStack(new Error("message")), list: [withStack(new RangeError("r"))] },
    "error with properties": Object.assign(withStack(new Error("message")), { code: "E_CODE", status: 500 }),
    "error with cause": withStack(new Error("outer", { cause: withStack(new TypeError("inner"), undefined, ["g (b.ts:2:2)"]) })),
    "error with odd cause": withStack(new Error("outer", { cause: "a string" })),
    "error with undefined cause": withStack(new Error("outer", { cause: undefined })),
    "error with common frames": withStack(
      new Error("outer", { cause: withStack(new Error("inner"), undefined, ["x (x.ts:1:1)", ..."abcdef"]) }), undefined, ["y (y.ts:1:1)", ..."abcdef"]),
    "aggregate error": withStack(new AggregateError([withStack(new Error("1")), 2], "several")),
    "subclass of Error": withStack(new AppError("a"), "Error: a"),
    "subclass with another name": withStack(new Failure("f"), "Error: f"),
    "renamed error": Object.assign(withStack(new Error("a")), { name: "RenamedError" }),
    "error with own message": Object.assign(withStack(new Error("a")), { message: "b" }),
    "error too deep": { a: { b: { c: withStack(new Error("deep")), d: Object.assign(withStack(new Error("deep")), { x: 1 }) } } },
    "error with its name in the stack": withStack(new Failure("f"), "Failure: f"),
    "circular error": (() => { const e = withStack(new Error("e")); e.self = e; return e; })(),
    "error in a Map": new Map([["e", withStack(new Error("m"))]]),

    // Inspectors of the app's own
    "custom": { [custom]: () => "<custom>" },
    "custom lines": { a: { [custom]: () => "one\ntwo" } },
    "custom value": { [custom]: () => ({ a: { b: { c: { d: 1 } } } }) },
    "custom itself": { a: 1, [custom]() { return this; } },
    "custom arguments": { a: { [custom]: (depth, options, f) => `${depth} ${typeof options.stylize} ${options.stylize("s", "x")} ${options.breakLength} ${f({ x: [1] }, options)}` } },
    "custom in a class": [new (class Money { [custom]() { return "3 CHF"; } })()],
    "custom on a prototype": (class Money { [custom]() { return "3 CHF"; } }).prototype,
  };

  const texts = {};
  for (const name in values) texts[name] = inspect(values[name]);

  const options = [
    ["depth 0", nested, { depth: 0 }],
    ["depth null", nested, { depth: null }],
    ["depth infinite", [nested, [[[[1]]]]], { depth: Infinity }],
    ["depth -1", { a: 1 }, { depth: -1 }],
    ["hidden", Object.defineProperty({ a: 1 }, "b", { value: 2 }), { showHidden: true }],
    ["hidden array", [1, 2], { showHidden: true }],
    ["hidden typed arrays", [new Uint8Array(2), new Float64Array(), new BigInt64Array([1n])], { showHidden: true }],
    ["hidden in function", { f: (a, b) => 1 }, { showHidden: true }],
    ["hidden symbol shown", Object.defineProperty({}, Symbol("h"), { value: 1 }), { showHidden: true }],
    ["without inspectors", { a: 1, [custom]: () => "no" }, { customInspect: false }],
    ["three elements", [range(5), new Set(range(5)), new Map([[1, 1], [2, 2], [3, 3], [4, 4]]), new Uint8Array(5)], { maxArrayLength: 3 }],
    ["no elements", [range(5), new Set(range(5))], { maxArrayLength: 0 }],
    ["all elements", range(120), { maxArrayLength: null }],
    ["short strings", ["abcdefgh", "ab"], { maxStringLength: 4 }],
    ["narrow", { a: "x".repeat(20), b: "y".repeat(20), c: range(10) }, { breakLength: 40 }],
    ["wide", { a: text, b: [text, { c: text }] }, { breakLength: Infinity }],
    ["not compact", { a: { b: [1, 2] } }, { compact: false }],
    ["compact 1", { a: { b: [1, 2], c: {} }, d: range(20) }, { compact: 1 }],
    ["sorted", { c: 1, a: { z: 1, b: 2 }, b: [3, 1] }, { sorted: true }],
    ["sorted backwards", { c: 1, a: 2 }, { sorted: (a, b) => (a < b ? 1 : -1) }],
    ["getters called", { get a() { return { x: 1 }; }, get b() { return "s"; }, get c() { throw new Error("no"); }, get d() { return null; }, set d(v) {} }, { getters: true }],
    ["getters without setter", { get a() { return 1; }, get b() { return 2; }, set b(v) {} }, { getters: "get" }],
    ["getters with setter", { get a() { return 1; }, get b() { return 2; }, set b(v) {} }, { getters: "set" }],
  ];
  for (const [name, value, given] of options) texts[`option: ${name}`] = inspect(value, given);

  const formats = [
    [],
    [""],
    ["a"],
    ["100%%"],
    ["100%%", 1],
    ["%s", "a"],
    ["%s %s", "a"],
    ["%s", "a", "b", { c: 1 }],
    ["%s|%s|%s|%s|%s", 1, -0, 2n, null, undefined],
    ["%s|%s", true, Symbol("x")],
    ["%s", { a: { b: { c: 1 } } }],
    ["%s", [1, [2, [3]]]],
    ["%s", { toString: () => "mine" }],
    ["%s", new (class { toString() { return "of the class"; } })()],
    ["%s", new (class { [Symbol.toPrimitive]() { return "primitive"; } })()],
    ["%s", new Date(0)],
    ["%s", withStack(new Error("e"))],
    ["%s", bare({ a: 1 })],
    ["%s", function f() { return 1; }],
    ["%d|%d|%d|%d|%d", 42, "0x10", "x", 3n, {}],
    ["%d|%d|%d", Symbol("x"), "", -0],
    ["%d", { valueOf: () => 7 }],
    ["%i|%i|%i|%i|%i", 42.9, "12px", "x", 3n, Symbol("x")],
    ["%f|%f|%f|%f", "1.5x", 2, "x", Symbol("x")],
    ["%j|%j", { a: [1] }, "s"],
    ["%j", undefined],
    ["%j", circular],
    ["%o", { a: { b: { c: { d: { e: {} } } } } }],
    ["%o", [1, "a"]],
    ["%O", { a: { b: { c: { d: { e: {} } } } } }],
    ["%c styled %c plain", "color: red", ""],
    ["%x %", 1],
    ["%", 1],
    ["%s%", 1],
    ["%%%s%%", 1],
    ["a%", "b"],
    ["%s %s %s", "%s", "b"],
    [1, 2, "3"],
    ["a", "b\n", ["c"]],
    [{ a: 1 }, "%s", 1],
    [Symbol("x"), undefined, null],
    ["long", { a: "x".repeat(70) }, range(30)],
  ];
  formats.forEach((args, i) => {
    texts[`format ${i}: ${JSON.stringify(String(args[0])).slice(0, 30)}`] = format(args);
  });
  return JSON.stringify(texts);
}
