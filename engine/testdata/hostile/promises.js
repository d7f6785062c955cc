//// microtask-chain
// want: time | jobs
(function f() { Promise.resolve().then(f) })();

//// microtask-pair
// want: time | jobs
const f = () => { Promise.resolve().then(f); Promise.resolve().then(g) };
const g = () => {};
f();

//// microtask-bomb
// want: time | heap | jobs
const f = () => { Promise.resolve().then(f); Promise.resolve().then(f) };
f();

//// async-loop
// want: time | jobs
(async () => { for (;;) await null })();

//// async-loop-with-catch
// want: time | jobs
(async () => { for (;;) try { await null; throw 1 } catch {} })();

//// async-generator-loop
// want: time | jobs
async function* g() { for (;;) yield 1 }
(async () => { for await (const x of g()); })();

//// for-await-over-sync
// want: time | jobs
(async () => { for await (const x of (function* () { for (;;) yield 1 })()); })();

//// jobs-limit
// want: jobs
// jobs: 1000
// turn: 5s
(async () => { for (;;) await null })();

//// thenable-loops
// want: time
Promise.resolve({ then() { for (;;) {} } });

//// thenable-resolves-with-thenable
// want: time | jobs
const t = { then(r) { r(t) } };
Promise.resolve(t);

//// thenable-recursion
// want: time | jobs | heap
const mk = () => ({ then(r) { r(mk()) } });
Promise.resolve(mk());

//// promise-chain-1e6
// want: time | heap
let p = Promise.resolve();
for (let i = 0; i < 1e6; i++) p = p.then(() => i);

//// promise-chain-pending
// want: ok 30000
// turn: 2s
// heap: 50_000_000
let r, p = new Promise((f) => r = f);
for (let i = 0; i < 30000; i++) p = p.then((v) => v + 1);
r(0);
p;

//// promise-chain-dropped
// want: ok undefined
// turn: 2s
// heap: 100_000_000
{ let p = new Promise(() => {}); for (let i = 0; i < 40000; i++) p = p.then(() => i) }
undefined;

//// promise-resolved-with-promise-chain
// want: ok 7
// turn: 5s
// heap: 100_000_000
let p = Promise.resolve(7);
for (let i = 0; i < 15000; i++) { const q = p; p = new Promise((f) => f(q)) }
p;

//// promise-all-giant
// want: heap | time
Promise.all(Array.from({ length: 1e6 }, () => new Promise(() => {})));

//// promise-race-on-one
// want: time | heap
const never = new Promise(() => {});
for (;;) Promise.race([never, 1]);

//// async-recursion
// want: RangeError
async function f() { return await f() }
f();

//// async-recursion-behind-await
// want: time | heap | jobs
async function f() { await null; return f() }
f();

//// async-stack-dropped
// want: ok 1
// turn: 2s
// heap: 100_000_000
let p = new Promise(() => {});
const wait = async (q) => { await q };
for (let i = 0; i < 50000; i++) p = wait(p);
p = null;
1;

//// async-generator-queue
// want: heap | time
async function* g() { await new Promise(() => {}) }
const it = g();
for (;;) it.next();

//// unhandled-rejections-flood
// want: uncaught
for (let i = 0; i < 1000; i++) Promise.reject(new Error("r" + i));

//// unhandled-rejection-loops-when-read
// want: time
const e = new Error("x");
Object.defineProperty(e, "message", { get() { for (;;) {} } });
Promise.reject(e);

//// then-replaced
// want: ok 5
// after: values
Promise.prototype.then = () => { for (;;) {} };
Promise.resolve(5);

//// constructor-species-of-promise
// want: time
class P extends Promise { static get [Symbol.species]() { for (;;) {} } }
new P(() => {}).then(1);

//// await-getter-then
// want: time
(async () => { await { get then() { for (;;) {} } } })();

//// finally-throws-for-ever
// want: time | jobs
const again = () => Promise.reject(1).finally(() => {}).catch(again);
again();

//// dynamic-import
// want: TypeError | ReferenceError | SyntaxError | Error
import("fs");

//// dynamic-import-data
// want: TypeError | ReferenceError | SyntaxError | Error
import("data:text/javascript,export default 1");

//// dynamic-import-loop
// want: time | jobs | heap
(async () => { for (;;) try { await import("x" + Math.random()) } catch {} })();

//// dynamic-import-flood
// want: time | jobs | heap | uncaught
for (let i = 0; i < 100000; i++) import("x" + i).catch(() => {});

//// dynamic-import-toString-loops
// want: time
import({ toString() { for (;;) {} } });

//// dynamic-import-json
// want: TypeError | ReferenceError | SyntaxError | Error
import("/etc/passwd", { with: { type: "json" } });

//// static-import-in-function
// want: SyntaxError
new Function("import x from 'fs'");

//// import-meta-in-script
// want: SyntaxError
eval("import.meta");

//// finalization-flood
// want: time | heap | jobs | ok
const r = new FinalizationRegistry(() => {});
for (let i = 0; i < 200000; i++) r.register({}, i);

//// finalization-callback-loops
// want: time
globalThis.r = new FinalizationRegistry(() => { for (;;) {} });
{ let o = {}; r.register(o, 1); o = null }
for (let i = 0; i < 10; i++) { const o = { i }; o.o = o; r.register(o, i) }
(async () => { for (let i = 0; i < 2e5; i++) { const a = {}; a.a = a } await null })();

//// finalization-callback-registers-again
// want: time | heap | jobs | ok
globalThis.r = new FinalizationRegistry(function f() { r.register({}, 1) });
r.register({}, 1);

//// weakref-flood
// want: heap | time
const refs = [];
for (;;) refs.push(new WeakRef({}));

//// weakmap-flood
// want: heap | time
const m = new WeakMap(), keys = [];
for (;;) { const k = {}; keys.push(k); m.set(k, { k }) }

//// weakmap-cycle-chain
// want: ok 30000
// turn: 2s
const m = new WeakMap();
let k = {};
const first = k;
for (let i = 0; i < 30000; i++) { const n = {}; m.set(k, n); k = n }
let i = 0;
for (let x = first; m.has(x); x = m.get(x)) i++;
i;
