// A worker from a data: URL, with messages both ways.
const of = (code, options) => new Worker("data:text/javascript," + encodeURIComponent(code), options);
const next = (worker) => new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));

const echo = of(`
  onmessage = ({ data, ports }) => {
    if (ports.length > 0) ports[0].postMessage("through the port");
    else postMessage({ data, name, self: self === globalThis, scope: self instanceof DedicatedWorkerGlobalScope, has: typeof Worker });
  };
  postMessage("begun");
`, { name: "echo" });
const item = { deep: [1, 2n, new Date(3)] };
item.self = item;
echo.postMessage(item);
assert.equal((await next(echo)).data, "begun");
const { data, isTrusted, target } = await next(echo);
assert(data.data.self === data.data && data.data.deep[1] === 2n && data.name === "echo" && data.self && data.scope && data.has === "function");
assert(isTrusted && target === echo);

// A port to a worker, and bytes that move.
const { port1, port2 } = new MessageChannel();
echo.postMessage(1, [port2]);
port1.start();
assert.equal((await next(port1)).data, "through the port");
const bytes = new Uint8Array([1, 2, 3]).buffer;
echo.postMessage(bytes, { transfer: [bytes] });
assert(bytes.detached && (await next(echo)).data.data.byteLength === 3);

// Errors, with where they came from.
const broken = of("onmessage = () => {\n  throw new RangeError('bad');\n}");
broken.postMessage(1);
const error = await new Promise((resolve) => (broken.onerror = resolve));
assert(error instanceof ErrorEvent && /RangeError: bad/.test(error.message) && error.lineno === 2, error.message + " " + error.lineno);
const handled = of("onerror = () => { postMessage('own'); return true; }; throw 1;");
assert.equal((await next(handled)).data, "own");
const unread = new Worker("./there/is/none.js");
assert(await new Promise((resolve) => (unread.onerror = resolve)) instanceof Event);

// From a blob: URL.
const blobURL = URL.createObjectURL(new Blob(["postMessage('blob')"]));
assert.equal((await next(new Worker(blobURL))).data, "blob");
URL.revokeObjectURL(blobURL);

// The end: by itself, or from here even in the middle of a loop.
const closing = of("close(); postMessage('last'); setTimeout(() => postMessage('never'), 1);");
assert.equal((await next(closing)).data, "last");
const endless = of("postMessage(1); for (;;);");
await next(endless);
endless.terminate();
endless.postMessage("lost");
echo.terminate();

// A worker of a worker.
const outer = of(`
  const inner = new Worker("data:text/javascript,postMessage('inner')");
  inner.onmessage = ({ data }) => postMessage(data);
`);
assert.equal((await next(outer)).data, "inner");

for (const [f, name] of [
  [() => new Worker(), "TypeError"],
  [() => new Worker("x.js", { type: "odd" }), "TypeError"],
  [() => new Worker("https://example.com/x.js"), "SecurityError"],
]) {
  let error;
  try {
    f();
  } catch (e) {
    error = e;
  }
  assert.equal(error?.name, name);
}

// Locks and storage are the app's.
let release;
const held = navigator.locks.request("shared", () => new Promise((resolve) => (release = resolve)));
localStorage.setItem("from", "main");
const other = of(`
  navigator.locks.request("shared", { ifAvailable: true }, (lock) => postMessage([lock === null, localStorage.from]));
`);
assert.deepEqual((await next(other)).data, [true, "main"]);
release();
await held;
const taker = of(`navigator.locks.request("taken", () => { postMessage("held"); return new Promise(() => {}); });`);
await next(taker);
taker.terminate();
assert.equal(await navigator.locks.request("taken", () => "released"), "released");
