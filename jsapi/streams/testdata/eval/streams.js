// The streams together: backpressure, errors, tee, byte streams, and iteration.
const order = [];
const source = new ReadableStream(
  {
    pull(controller) {
      order.push("pull " + ++this.n);
      controller.enqueue(this.n);
      if (this.n === 4) controller.close();
    },
    n: 0,
  },
  { highWaterMark: 1 },
);
const doubled = source.pipeThrough(new TransformStream({ transform: (n, c) => c.enqueue(n * 2) }));
const sum = [];
await doubled.pipeTo(new WritableStream({ write: (n) => void sum.push(n) }));
assert.deepEqual(sum, [2, 4, 6, 8]);
assert.deepEqual(order, ["pull 1", "pull 2", "pull 3", "pull 4"]);

// An error of the sink cancels the source, and the pipe says it.
let cancelled;
const piped = new ReadableStream({ pull: (c) => c.enqueue("x"), cancel: (why) => void (cancelled = why) }).pipeTo(
  new WritableStream({ write: () => Promise.reject(new RangeError("full")) }),
);
assert.equal((await piped.catch((e) => e)).message, "full");
assert.equal(cancelled.message, "full");

// A signal ends a pipe.
const controller = new AbortController();
const endless = new ReadableStream({ pull: (c) => c.enqueue("x") });
const aborted = endless.pipeTo(new WritableStream({ write: () => new Promise((resolve) => setTimeout(resolve, 1)) }), { signal: controller.signal });
setTimeout(() => controller.abort("stop"), 5);
assert.equal(await aborted.catch((e) => e), "stop");
assert(!endless.locked);

// Both branches of a tee get everything.
const [a, b] = ReadableStream.from("abc").tee();
const collect = async (stream) => {
  const list = [];
  for await (const chunk of stream) list.push(chunk);
  return list.join("");
};
assert.deepEqual(await Promise.all([collect(a), collect(b)]), ["abc", "abc"]);

// A reader's own buffer is filled and comes back; a minimum is waited for.
const bytes = new ReadableStream({
  type: "bytes",
  pull(c) {
    c.byobRequest.view[0] = 7;
    c.byobRequest.respond(1);
  },
});
const reader = bytes.getReader({ mode: "byob" });
const { value, done } = await reader.read(new Uint16Array(4), { min: 3 });
assert(!done && value instanceof Uint16Array);
assert.deepEqual([...value], [0x707, 0x707, 0x707]);
await reader.cancel();
assert.equal((await reader.read(new Uint8Array(2))).done, true);

// Leaving a loop cancels, unless that is prevented.
let ended = false;
const left = new ReadableStream({ pull: (c) => c.enqueue(1), cancel: () => void (ended = true) });
for await (const _ of left.values({ preventCancel: true })) break;
assert(!ended && !left.locked);
for await (const _ of left) break;
assert(ended);

// Strategies count.
const writer = new WritableStream({}, new ByteLengthQueuingStrategy({ highWaterMark: 10 })).getWriter();
assert.equal(writer.desiredSize, 10);
writer.write(new Uint8Array(4));
assert.equal(writer.desiredSize, 6);
assert.equal(new CountQueuingStrategy({ highWaterMark: 3 }).size(), 1);
