// Streams that are transferred go on through a channel.
const source = new ReadableStream({
  pull(controller) {
    controller.enqueue({ n: ++this.n });
    if (this.n === 3) controller.close();
  },
  n: 0,
});
const moved = structuredClone(source, { transfer: [source] });
assert(moved instanceof ReadableStream);
assert(source.locked);
const got = [];
for await (const chunk of moved) got.push(chunk.n);
assert.deepEqual(got, [1, 2, 3]);

// An error passes, and cancelling does in the other direction.
const failing = new ReadableStream({ start: (c) => c.error(new RangeError("broken")) });
const error = await structuredClone(failing, { transfer: [failing] }).getReader().read().catch((e) => e);
assert(error instanceof RangeError);
assert.equal(error.message, "broken");
let reason;
const cancelled = new Promise((resolve) => (reason = resolve));
const endless = new ReadableStream({ cancel: (why) => reason(why) });
await structuredClone(endless, { transfer: [endless] }).cancel("enough");
assert.equal(await cancelled, "enough");

const written = [];
const sink = new WritableStream({ write: (chunk) => void written.push(chunk), close: () => void written.push("closed") });
const writer = structuredClone(sink, { transfer: [sink] }).getWriter();
await writer.write("a");
await writer.write("b");
await writer.close();
await new Promise((resolve) => setTimeout(resolve, 10));
assert.deepEqual(written, ["a", "b", "closed"]);

// A chunk that cannot be cloned fails both sides.
const target = new WritableStream({ abort: (why) => reason(why) });
const there = structuredClone(target, { transfer: [target] }).getWriter();
const refused = await there.write(() => {}).catch((e) => e);
assert.equal(refused.name, "DataCloneError");

const upper = new TransformStream({ transform: (chunk, c) => c.enqueue(chunk.toUpperCase()) });
const remote = structuredClone(upper, { transfer: [upper] });
const w = remote.writable.getWriter();
w.write("hello");
assert.equal((await remote.readable.getReader().read()).value, "HELLO");
w.close();

const busy = new ReadableStream();
busy.getReader();
for (const locked of [busy, remote]) assert.throws(() => structuredClone(locked, { transfer: [locked] }), DOMException);
assert.throws(() => structuredClone(new ReadableStream()), DOMException);

const { port1, port2 } = new MessageChannel();
const sent = ReadableStream.from(["x", "y"]);
port1.postMessage(sent, [sent]);
const received = await new Promise((resolve) => (port2.onmessage = (event) => resolve(event.data)));
assert.deepEqual([await received.getReader().read()].map((r) => r.value), ["x"]);
port1.close();
