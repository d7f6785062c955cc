//// plain
// want: RangeError
function f() { f() }
f();

//// plain-caught-and-again
// want: time
function f() { f() }
for (;;) try { f() } catch {}

//// catch-and-recurse
// want: time
function f() { try { f() } catch { f() } }
f();

//// finally-and-recurse
// want: time
function f() { try { f() } finally { f() } }
f();

//// mutual
// want: RangeError
const even = (n) => odd(n - 1), odd = (n) => even(n - 1);
even(1);

//// arguments
// want: RangeError
// turn: 300ms
function f() { return f(...arguments, 1) }
f();

//// rest
// want: RangeError
function f(...a) { return f(...a, ...a, 1) }
f();

//// many-locals
// want: RangeError
// turn: 300ms
const f = new Function("n", Array.from({ length: 3000 }, (_, i) => `let v${i} = n;`).join("") + "return globalThis.f(n + 1)");
globalThis.f = f;
f(0);

//// getter
// want: RangeError
const o = { get x() { return this.x } };
o.x;

//// setter
// want: RangeError
const o = { set x(v) { this.x = v } };
o.x = 1;

//// toString
// want: RangeError
const o = { toString() { return "" + this } };
"" + o;

//// toPrimitive
// want: RangeError
const o = { [Symbol.toPrimitive]() { return +this } };
+o;

//// call
// want: RangeError
function f() { return f.call(this) }
f();

//// apply
// want: RangeError
function f() { return f.apply(this, arguments) }
f(1, 2, 3);

//// reflect-apply
// want: RangeError
function f() { return Reflect.apply(f, this, [1]) }
f();

//// reflect-construct
// want: RangeError
function F() { return Reflect.construct(F, []) }
new F();

//// call-call-chain
// want: TypeError | RangeError
const call = Function.prototype.call;
let f = call;
for (let i = 0; i < 1000; i++) f = f.bind(call);
f(1);

//// apply-65000-arguments
// want: heap | RangeError
// turn: 300ms
function f() { return f.apply(null, a) }
const a = new Array(65000).fill(1);
f();

//// apply-65000-arguments-spread
// want: heap | RangeError
// turn: 300ms
const a = new Array(65000).fill(1);
function f() { return f(...a) }
f();

//// apply-65000-native
// want: RangeError | ok
// turn: 300ms
const a = new Array(65000).fill(1);
Math.max.apply(null, a) + String.fromCharCode(...a).length + Array.of(...a).length;

//// apply-too-many
// want: RangeError
Math.max.apply(null, { length: 1e7 });

//// bound-native-recursion-with-arguments
// want: RangeError
const a = new Array(1000).fill(1);
function f() { return g() }
const g = f.bind(null, ...a);
f();

//// native-to-script-with-arguments
// want: heap | RangeError
// turn: 300ms
const a = new Array(60000).fill(0);
const f = () => [1].map(Math.max.bind(null, 1)) && Reflect.apply(g, null, a);
const g = (...r) => f();
g();

//// constructor
// want: RangeError
class A { constructor() { new A() } }
new A();

//// constructor-super-chain
// want: RangeError | ok
let C = class { };
for (let i = 0; i < 5000; i++) { const B = C; C = class extends B { } }
new C();

//// field-initializer
// want: RangeError
class A { x = new A() }
new A();

//// tagged-template
// want: RangeError
const t = (s) => t`x`;
t`x`;

//// default-parameter
// want: RangeError
function f(a = f()) {}
f();

//// map
// want: RangeError
const f = (x) => [x].map(f);
f(1);

//// flatMap
// want: RangeError
const f = (x) => [x].flatMap(f);
f(1);

//// forEach
// want: RangeError
const f = () => [1].forEach(f);
f();

//// sort
// want: RangeError
const f = () => [1, 2].sort(f);
f();

//// replace
// want: RangeError
const f = () => "a".replace(/a/, f);
f();

//// json-stringify
// want: RangeError
const f = { toJSON() { return JSON.stringify(f) } };
JSON.stringify(f);

//// json-parse
// want: RangeError | SyntaxError
const f = () => JSON.parse("[1]", f);
f();

//// reduce
// want: RangeError
const f = () => [1, 2].reduce(f);
f();

//// array-from
// want: RangeError
const f = () => Array.from([1], f);
f();

//// iterator-protocol
// want: RangeError
const o = { [Symbol.iterator]() { return [...o] } };
[...o];

//// generator
// want: RangeError
function* g() { yield* g() }
[...g()];

//// generator-next-in-generator
// want: RangeError | TypeError
function* g() { for (const x of g()) yield x }
g().next();

//// yield-star-chain
// want: RangeError | ok
function* chain(n) { if (n) yield* chain(n - 1); else yield 1 }
[...chain(100000)];

//// yield-star-chain-built
// want: RangeError | ok
// turn: 300ms
let it = [1][Symbol.iterator]();
for (let i = 0; i < 20000; i++) { const inner = it; it = (function* () { yield* inner })() }
[...it];

//// async
// want: RangeError
async function f() { return f() }
f();

//// proxy-get
// want: RangeError
const p = new Proxy({}, { get(t, k, r) { return r[k] } });
p.x;

//// proxy-chain-get
// want: RangeError
let p = {};
for (let i = 0; i < 100000; i++) p = new Proxy(p, {});
p.x;

//// proxy-chain-set
// want: RangeError
let p = {};
for (let i = 0; i < 100000; i++) p = new Proxy(p, {});
p.x = 1;

//// proxy-chain-has
// want: RangeError
let p = {};
for (let i = 0; i < 100000; i++) p = new Proxy(p, {});
"x" in p;

//// proxy-chain-call
// want: RangeError
let p = () => 1;
for (let i = 0; i < 100000; i++) p = new Proxy(p, {});
p();

//// proxy-chain-construct
// want: RangeError
let p = class {};
for (let i = 0; i < 100000; i++) p = new Proxy(p, {});
new p();

//// proxy-chain-isArray
// want: RangeError | ok
let p = [];
for (let i = 0; i < 100000; i++) p = new Proxy(p, {});
Array.isArray(p);

//// proxy-chain-stringify
// want: RangeError
let p = [1];
for (let i = 0; i < 100000; i++) p = new Proxy(p, {});
JSON.stringify(p);

//// proxy-chain-concat
// want: RangeError
let p = [1];
for (let i = 0; i < 100000; i++) p = new Proxy(p, {});
[].concat(p);

//// proxy-chain-realm
// want: RangeError
// heap: 50_000_000
// turn: 2s
let p = function () {};
for (let i = 0; i < 150000; i++) p = new Proxy(p, {});
Reflect.construct(Object, [], new Proxy(p, { get: () => 1 }));

//// proxy-chain-species-realm
// want: RangeError
// heap: 50_000_000
// turn: 2s
let p = function () {};
for (let i = 0; i < 150000; i++) p = new Proxy(p, {});
const a = [1];
a.constructor = new Proxy(p, { get: () => undefined });
a.map((x) => x);

//// proxy-as-prototype-chain
// want: RangeError
// turn: 300ms
let p = {};
for (let i = 0; i < 50000; i++) p = Object.create(new Proxy(p, {}));
p.x;

//// proxy-own-prototype
// want: RangeError
const o = {};
const p = new Proxy(o, {});
Object.setPrototypeOf(o, p);
o.x;

//// prototype-chain-deep
// want: ok undefined
// turn: 2s
let o = {};
for (let i = 0; i < 100000; i++) o = Object.create(o);
o.missing;

//// prototype-chain-deep-loop
// want: time | lost
let o = {};
for (let i = 0; i < 100000; i++) o = Object.create(o);
for (;;) o.missing;

//// prototype-chain-instanceof
// want: ok false
// turn: 300ms
let o = {};
for (let i = 0; i < 100000; i++) o = Object.create(o);
o instanceof Array;

//// prototype-chain-for-in
// want: ok 0 | time
// turn: 200ms
let o = {}, n = 0;
for (let i = 0; i < 20000; i++) o = Object.create(o);
for (const k in o) n++;
n;

//// prototype-chain-dropped
// want: ok 1
// turn: 2s
{ let o = {}; for (let i = 0; i < 100000; i++) o = Object.create(o) }
1;

//// bind-chain
// want: RangeError
let f = () => 1;
for (let i = 0; i < 100000; i++) f = f.bind();
f();

//// bind-chain-construct
// want: RangeError
let f = function () {};
for (let i = 0; i < 100000; i++) f = f.bind();
new f();

//// bind-chain-instanceof
// want: RangeError
let f = function () {};
for (let i = 0; i < 100000; i++) f = f.bind();
({}) instanceof f;

//// bind-chain-realm
// want: RangeError
// heap: 50_000_000
// turn: 2s
let f = function () {};
for (let i = 0; i < 200000; i++) f = f.bind();
Reflect.construct(Object, [], f);

//// bind-1000-arguments
// want: ok 1000
(function () { return arguments.length }).bind(null, ...new Array(1000).fill(0))();

//// bind-2000-arguments
// want: ok undefined
(function () {}).bind(null, ...new Array(2000).fill(0))();

//// bind-chain-arguments
// want: ok 10000
let f = function () { return arguments.length };
for (let i = 0; i < 100; i++) f = f.bind(null, ...new Array(100).fill(0));
f();

//// bind-after-tampering
// want: RangeError
// after: values
WeakMap.prototype.get = () => 0;
WeakMap.prototype.set = () => 0;
Array.prototype[Symbol.iterator] = function* () {};
let f = function () { return arguments.length };
for (let i = 0; i < 3000; i++) f = f.bind(null, 1);
f();

//// helper-chain-drop
// want: RangeError
// turn: 5s
// heap: 50_000_000
let it = [1][Symbol.iterator]();
for (let i = 0; i < 50000; i++) it = it.drop(0);
it.next();

//// helper-chain-map
// want: RangeError
// turn: 5s
// heap: 50_000_000
let it = [1].values();
const f = (x) => x;
for (let i = 0; i < 40000; i++) it = it.map(f);
it.next();

//// helper-chain-filter
// want: RangeError
// turn: 5s
// heap: 50_000_000
let it = [1].values();
for (let i = 0; i < 40000; i++) it = it.filter(Boolean);
it.next();

//// helper-chain-take
// want: RangeError
// turn: 5s
// heap: 50_000_000
let it = [1].values();
for (let i = 0; i < 40000; i++) it = it.take(5);
[...it];

//// helper-chain-flatMap
// want: RangeError
// turn: 5s
// heap: 50_000_000
let it = [1].values();
for (let i = 0; i < 40000; i++) it = it.flatMap((x) => [x]);
it.next();

//// helper-chain-return
// want: RangeError | ok
// turn: 5s
// heap: 50_000_000
let it = [1].values();
for (let i = 0; i < 50000; i++) it = it.drop(0);
it.return();

//// helper-chain-toArray
// want: RangeError
// turn: 5s
// heap: 50_000_000
let it = [1].values();
for (let i = 0; i < 50000; i++) it = it.drop(0);
it.toArray();

//// helper-chain-for-of-break
// want: RangeError | ok
// turn: 5s
let it = [1, 2, 3].values();
for (let i = 0; i < 100; i++) it = it.drop(0);
for (const x of it) break;

//// helper-chain-wrap
// want: RangeError
// turn: 5s
// heap: 50_000_000
let it = { next: () => ({ done: true }) };
for (let i = 0; i < 40000; i++) { const inner = Iterator.from(it); it = { __proto__: null, next: () => inner.next(), [Symbol.iterator]: undefined } }
Iterator.from(it).next();

//// helper-chain-wrap-direct
// want: RangeError
// turn: 5s
// heap: 50_000_000
const W = Object.getPrototypeOf(Iterator.from({ next() {} }));
let it = Iterator.from({ next() { return { done: true } } });
for (let i = 0; i < 30000; i++) {
  const o = { next: it.next };
  Object.setPrototypeOf(it, null);
  it.next = W.next;
  it = Iterator.from(it);
}
it.next();

//// helper-chain-concat
// want: RangeError
// turn: 5s
// heap: 50_000_000
let it = [1].values();
for (let i = 0; i < 40000; i++) it = Iterator.concat(it);
it.next();

//// helper-chain-dropped
// want: ok 1
// turn: 5s
// heap: 50_000_000
{ let it = [1].values(); for (let i = 0; i < 50000; i++) it = it.drop(0) }
1;

//// array-nested-toString
// want: RangeError
// turn: 300ms
let a = [];
for (let i = 0; i < 100000; i++) a = [a];
String(a);

//// array-nested-flat
// want: RangeError
// turn: 300ms
let a = [];
for (let i = 0; i < 100000; i++) a = [a];
a.flat(Infinity);

//// array-nested-stringify
// want: RangeError
// turn: 300ms
let a = [];
for (let i = 0; i < 100000; i++) a = [a];
JSON.stringify(a);

//// array-self-flat
// want: RangeError | heap
const a = [];
a.push(a, a);
a.flat(Infinity);

//// array-self-toString
// want: RangeError
const a = [];
a.push(a, a);
String(a);

//// array-nested-dropped
// want: ok 1
// turn: 2s
{ let a = []; for (let i = 0; i < 200000; i++) a = [a] }
1;

//// array-nested-result
// want: result
// turn: 300ms
let a = [];
for (let i = 0; i < 100000; i++) a = [a];
a;

//// object-nested-result
// want: result
// turn: 300ms
let a = {};
for (let i = 0; i < 100000; i++) a = { a };
a;

//// linked-list-dropped
// want: ok 1
// turn: 2s
{ let a = null; for (let i = 0; i < 200000; i++) a = { next: a } }
1;

//// closure-chain-dropped
// want: ok 1
// turn: 2s
{ let f = () => 1; for (let i = 0; i < 50000; i++) { const g = f; f = () => g } }
1;

//// generator-chain-dropped
// want: ok 1
// turn: 2s
// heap: 60_000_000
{ let g = null; for (let i = 0; i < 20000; i++) { const h = g; g = (function* () { yield h })(); g.next() } }
1;

//// map-nested-dropped
// want: ok 1
// turn: 2s
// heap: 60_000_000
{ let m = null; for (let i = 0; i < 50000; i++) m = new Map([[m, m]]) }
1;

//// weakref-chain-dropped
// want: ok 1
// turn: 2s
// heap: 60_000_000
{ let m = {}; const keep = []; for (let i = 0; i < 50000; i++) { m = new WeakRef(m); keep.push(m) } }
1;

//// cause-chain
// want: ok | result | Error
// turn: 300ms
let e = new Error("0");
for (let i = 1; i < 10000; i++) e = new Error("" + i, { cause: e });
throw e;

//// json-deep-parse
// want: RangeError | SyntaxError
JSON.parse("[".repeat(100000) + "]".repeat(100000));

//// json-deep-parse-object
// want: RangeError | SyntaxError
JSON.parse('{"a":'.repeat(100000) + "1" + "}".repeat(100000));

//// json-deep-parse-reviver
// want: RangeError | SyntaxError | ok
JSON.parse("[".repeat(200) + "]".repeat(200), (k, v) => v);

//// source-deep-parens
// want: RangeError | SyntaxError
eval("(".repeat(100000) + "1" + ")".repeat(100000));

//// source-deep-brackets
// want: RangeError | SyntaxError
eval("[".repeat(100000) + "]".repeat(100000));

//// source-deep-braces
// want: RangeError | SyntaxError
eval("{".repeat(100000) + "}".repeat(100000));

//// source-deep-functions
// want: RangeError | SyntaxError
eval("(function(){".repeat(20000) + "})".repeat(20000));

//// source-deep-arrows
// want: RangeError | SyntaxError
eval("()=>".repeat(50000) + "1");

//// source-deep-arrow-parens
// want: RangeError | SyntaxError | time
eval("(a=".repeat(5000) + "1" + ")=>1".repeat(5000));

//// source-deep-templates
// want: RangeError | SyntaxError
eval("`${".repeat(50000) + "1" + "}`".repeat(50000));

//// source-deep-unary
// want: RangeError | SyntaxError
eval("!".repeat(200000) + "1");

//// source-deep-ternary
// want: RangeError | SyntaxError
eval("1?".repeat(50000) + "1" + ":1".repeat(50000));

//// source-deep-new
// want: RangeError | SyntaxError | TypeError
eval("new ".repeat(100000) + "Object");

//// source-deep-assign
// want: RangeError | SyntaxError
eval("var a;" + "a=".repeat(100000) + "1");

//// source-deep-power
// want: RangeError | SyntaxError
eval("1**".repeat(100000) + "1");

//// source-deep-if
// want: RangeError | SyntaxError
eval("if(1)".repeat(100000) + ";");

//// source-deep-labels
// want: RangeError | SyntaxError
// turn: 300ms
eval(Array.from({ length: 50000 }, (_, i) => `a${i}:`).join("") + ";");

//// source-deep-class
// want: RangeError | SyntaxError
eval("(class extends ".repeat(20000) + "Object" + "{})".repeat(20000));

//// source-deep-destructuring
// want: RangeError | SyntaxError
eval("var " + "[".repeat(50000) + "a" + "]".repeat(50000) + "=1");

//// source-deep-optional-chain
// want: RangeError | SyntaxError | ok
// turn: 300ms
eval("globalThis" + "?.a".repeat(30000));

//// source-long-chain
// want: RangeError | SyntaxError | TypeError
// turn: 300ms
eval("globalThis" + ".a".repeat(100000));

//// source-long-sum
// want: ok 100001
// turn: 300ms
eval("1" + "+1".repeat(100000));

//// source-long-comma
// want: ok 1
// turn: 300ms
eval("1" + ",1".repeat(100000));

//// source-long-string
// want: ok 3000000
// turn: 300ms
eval("'" + "a".repeat(3000000) + "'.length");

//// source-many-statements
// want: time | heap | lost | ok
eval("a=1;".repeat(500000));

//// source-many-functions
// want: time | heap | lost | RangeError | ok
eval("function f(){}".repeat(100000));

//// source-array-literal-giant
// want: time | heap | RangeError | ok | lost
eval("[" + "1,".repeat(1000000) + "]").length;

//// source-object-literal-giant
// want: time | heap | RangeError | ok | lost
eval("({" + Array.from({ length: 50000 }, (_, i) => `a${i}:1`).join(",") + "})");

//// source-many-locals
// want: SyntaxError | RangeError | time | lost
new Function(Array.from({ length: 70000 }, (_, i) => `let a${i};`).join(""));

//// source-comment-giant
// want: ok 1
// turn: 300ms
eval("/*" + "x".repeat(5000000) + "*/1");

//// frame-eval
// want: RangeError
// turn: 300ms
eval("(function f(" + Array.from({ length: 20000 }, (_, i) => "a" + i) + ") { return f() })()");

//// frame-indirect-eval
// want: RangeError
// turn: 300ms
(0, eval)("(function f(" + Array.from({ length: 20000 }, (_, i) => "a" + i) + ") { return f() })()");

//// frame-function
// want: RangeError
// turn: 300ms
new Function(...Array.from({ length: 20000 }, (_, i) => "a" + i), "return 1")();

//// frame-async-function
// want: RangeError
// turn: 300ms
const A = (async () => {}).constructor;
new A(Array.from({ length: 20000 }, (_, i) => "a" + i), "return 1")();

//// frame-generator-function
// want: RangeError
// turn: 300ms
const G = (function* () {}).constructor;
new G(Array.from({ length: 20000 }, (_, i) => "a" + i), "return 1")();

//// frame-async-generator-function
// want: RangeError
// turn: 300ms
const G = (async function* () {}).constructor;
new G(Array.from({ length: 20000 }, (_, i) => "a" + i), "return 1")();

//// frame-locals
// want: RangeError
// turn: 1s
new Function(Array.from({ length: 6000 }, (_, i) => `var a${i} = 1;`).join("") + "return 1")();

//// frame-stack
// want: RangeError | ok
// turn: 300ms
new Function("return [" + "[".repeat(1) + Array.from({ length: 30000 }, () => "1").join(",") + "]]")().length;

//// frame-call-stack
// want: RangeError
// turn: 300ms
new Function("return Math.max(" + Array.from({ length: 30000 }, () => "1").join(",") + ")")();

//// frame-nested-in-eval-in-function
// want: RangeError
// turn: 300ms
function f() { const x = 1; return eval("(function g(" + Array.from({ length: 20000 }, (_, i) => "a" + i) + ") { return x })") }
f();

//// frame-short-names
// want: RangeError
// Its source is shorter than its slots. Each empty pattern makes a hidden parameter.
eval("(function f(" + "[],".repeat(5000) + ") { return f() })");

//// frame-destructuring-holes
// want: result
eval("(function f([" + ",".repeat(30000) + "]) { return f() })");

//// frame-just-below
// want: RangeError
// turn: 300ms
const f = new Function(Array.from({ length: 4000 }, (_, i) => "a" + i), "return globalThis.ff()");
globalThis.ff = f;
f();

//// frame-eval-many-small
// want: RangeError
const n = Array.from({ length: 500 }, (_, i) => "a" + i).join();
const f = new Function(n, "return globalThis.ff()");
globalThis.ff = f;
f();

//// eval-of-eval
// want: SyntaxError
const s = "eval(s)";
eval(s);

//// function-of-function
// want: SyntaxError
const f = () => new Function("f", "return f()")(f);
f();
