// events, util, assert, querystring, string_decoder, url, punycode, timers and what else is small.
import assert from "node:assert";
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import diagnostics from "node:diagnostics_channel";
import EventEmitter, { once, on } from "node:events";
import { isIP } from "node:net";
import punycode from "node:punycode";
import querystring from "node:querystring";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep, setInterval as every } from "node:timers/promises";
import url from "node:url";
import util from "node:util";

const attempt = (f) => {
  try {
    return f();
  } catch (error) {
    return [error.name, error.code, error.message];
  }
};

const emitter = new EventEmitter();
const seen = [];
emitter.on("newListener", (name) => seen.push("new " + String(name)));
emitter.on("x", function (...args) { seen.push(["x", this === emitter, ...args]); });
emitter.prependOnceListener("x", () => seen.push("first"));
console.log(emitter.emit("x", 1, 2), emitter.emit("x"), emitter.emit("y"), emitter.eventNames(), emitter.listenerCount("x"), seen);
console.log(attempt(() => emitter.emit("error", new TypeError("bad"))), attempt(() => emitter.emit("error", 5)), attempt(() => emitter.on("x", 5)));
function Old() { EventEmitter.call(this); }
util.inherits(Old, EventEmitter);
const old = new Old();
old.once("a", (v) => console.log("old", v));
old.emit("a", 1);
setImmediate(() => emitter.emit("later", 1));
console.log(await once(emitter, "later"));
const ac = new AbortController();
setTimeout(() => { emitter.emit("n", 1); emitter.emit("n", 2); ac.abort(); }, 1);
try { for await (const [n] of on(emitter, "n", { signal: ac.signal })) console.log("on", n); } catch (error) { console.log(error.name, error.code); }
const capturing = new EventEmitter({ captureRejections: true });
capturing.on("e", async () => { throw new Error("captured"); });
capturing.on("error", (error) => console.log(error.message));
capturing.emit("e");
await sleep(1);

for (const [a, b] of [[{ a: 1 }, { a: 1 }], [[1, 2], [1, 3]], [{ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 } }], [new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])], [new Set([{ a: 1 }]), new Set([{ a: 2 }])], [NaN, NaN], [0, -0], ["1", 1], [new Date(0), new Date(0)], [/a/g, /a/i], [new Error("a"), new Error("b")], [Object.create(null), {}], [[,], [undefined]], [new Uint8Array([1]), Buffer.from([1])]]) {
  console.log(util.isDeepStrictEqual(a, b), attempt(() => assert.deepEqual(a, b) ?? "equal") === "equal", attempt(() => assert.strictEqual(a, b))?.[1]);
}
console.log(attempt(() => assert.strictEqual(1, 2)), attempt(() => assert.deepStrictEqual([1, 2, { a: 3 }], [1, 2, { a: 4 }])), attempt(() => assert.equal(1, "1")), attempt(() => assert(0, "msg")));
console.log(attempt(() => assert.throws(() => { throw new TypeError("x"); }, RangeError))?.[1] ?? "same", attempt(() => assert.throws(() => {})), attempt(() => assert.throws(() => { throw new Error("abc"); }, /abd/)), attempt(() => assert.notStrictEqual(1, 1)), attempt(() => assert.match("a", /b/)), attempt(() => assert.fail("f")), attempt(() => assert.ifError(null)));
await assert.rejects(Promise.reject(new Error("r")), { message: "r" });

console.log(util.format("%s %d %i %f %j %o %O %% %c x", "a", 1.5, 1.5, "2.5", { a: 1 }, [1], { b: 2 }, "css", "rest"), util.inspect({ a: [1, { b: { c: { d: 1 } } }], m: new Map([[1, 2]]) }, { depth: 0 }), util.inspect("x".repeat(5)), util.inspect(new (class Foo { x = 1 })()));
console.log(await util.promisify((a, done) => done(null, a + 1))(1), util.types.isPromise(Promise.resolve()), util.types.isRegExp(/a/), util.types.isAsyncFunction(async () => {}), util.types.isBoxedPrimitive(Object(1)), util.types.isUint8Array(Buffer.alloc(1)), util.types.isMap(new Map()), util.types.isGeneratorFunction(function* () {}));
util.callbackify(async (a) => a * 2)(4, (error, value) => console.log("callbackify", error, value));
console.log(util.stripVTControlCharacters("\u001b[31mred\u001b[39m"), JSON.stringify(util.styleText("red", "x", { validateStream: false })), util.parseArgs({ args: ["-a", "--b=1", "--no-c", "pos", "--", "-z"], options: { a: { type: "boolean", short: "a" }, b: { type: "string", multiple: true }, c: { type: "boolean" } }, allowPositionals: true, strict: false }));
console.log(attempt(() => util.parseArgs({ args: ["--x"], options: {} })), attempt(() => util.promisify(5)), util.toUSVString("a\ud800"), util.getSystemErrorName(-2));

console.log(querystring.parse("a=1&b=2&a=3&c=%20x+y&d&=e&f=%zz"), querystring.stringify({ a: [1, 2], b: "x y&z", c: true, d: null, e: 1n, f: "ü" }), querystring.parse("a:1;b:2", ";", ":"));
const decoder = new StringDecoder("utf8");
console.log([decoder.write(Buffer.from([0xe2, 0x82])), decoder.write(Buffer.from([0xac, 0x41])), decoder.write(Buffer.from([0xf0, 0x9f])), decoder.end()]);
const utf16 = new StringDecoder("utf16le");
console.log([utf16.write(Buffer.from([0x3d, 0xd8])), utf16.write(Buffer.from([0x00, 0xde, 0x41])), utf16.end()]);
const base64 = new StringDecoder("base64");
console.log([base64.write(Buffer.from("ab")), base64.write(Buffer.from("cd")), base64.end()]);

for (const u of ["http://user:pass@host.com:8080/p/a/t/h?query=string#hash", "/a/b?x=1&y=2", "//host/path", "http://x.com", "javascript:alert('x')", "HTTP://EXAMPLE.com/a b", "http://[::1]:80/x", "a/b#c?d", "http:a", "http://x.com?q"]) console.log(JSON.stringify(url.parse(u, true)), url.format(url.parse(u)));
for (const [a, b] of [["/one/two/three", "four"], ["http://example.com/", "/one"], ["http://example.com/one", "/two"], ["http://a/b/c/d;p?q", "../g"], ["http://a/b/c/d;p?q", "?y"], ["http://a/b/c/d", "."], ["http://a/b/c/d", "../../../x"], ["a/b", "../c"], ["http://a/b", "#f"], ["http://a/b", "https://c/d"]]) console.log(url.resolve(a, b));
console.log(url.fileURLToPath("file:///a%20b"), url.pathToFileURL("/x y#z").href, url.format({ protocol: "https", hostname: "h", pathname: "p", query: { a: 1 } }), url.urlToHttpOptions(new URL("https://a:b@c.d:81/x?y#z")).auth, attempt(() => url.fileURLToPath("http://x")));
console.log(punycode.encode("mañana"), punycode.decode("maana-pta"), punycode.toASCII("mañana.com"), punycode.toUnicode("xn--maana-pta.com"), url.domainToASCII("español.com"), isIP("1.2.3.4"), isIP("::1"), isIP("1.2.3"), isIP("fe80::1.2.3.4"));

const storage = new AsyncLocalStorage();
storage.run(7, () => {
  Promise.resolve().then(() => console.log("then", storage.getStore()));
  setTimeout(() => console.log("timeout", storage.getStore()), 20);
  process.nextTick((a) => console.log("tick", a, storage.getStore()), 1);
  setImmediate(AsyncResource.bind(() => console.log("bound", storage.getStore())));
});
console.log("outside", storage.getStore());
await sleep(40);
const channel = diagnostics.channel("c");
channel.subscribe((message, name) => console.log("message", message, name));
channel.publish({ a: 1 });
const ticks = [];
for await (const v of every(1, "v")) if (ticks.push(v) === 3) break;
const timer = setTimeout(() => console.log("never"), 1);
console.log(ticks, typeof timer.ref().unref().hasRef(), typeof +timer, timer.constructor.name, clearTimeout(timer));
console.log(typeof process.hrtime.bigint(), process.hrtime().length, process.cwd().startsWith("/"), process.argv.length >= 2, process.version.startsWith("v"), typeof process.memoryUsage().heapUsed, attempt(() => process.nextTick(1)), Object.prototype.toString.call(process));
