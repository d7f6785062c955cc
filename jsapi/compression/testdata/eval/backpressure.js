// A chunk that stands for very much is decompressed as far as somebody reads, and can be cancelled in between.
const zeros = new Uint8Array(1 << 20);
const packed = new Blob([await new Response(ReadableStream.from(new Array(64).fill(zeros)).pipeThrough(new CompressionStream("gzip"))).bytes()]);
assert(packed.size < 1_000_000);

const stream = new DecompressionStream("gzip");
const writer = stream.writable.getWriter();
let written = false;
writer.write(await packed.bytes()).then(() => (written = true));
const reader = stream.readable.getReader();
for (let i = 0; i < 10; i++) {
  const { value } = await reader.read();
  assert(value.length > 0 && value.length <= 65536, "a piece of " + value.length);
}
await new Promise((resolve) => setTimeout(resolve, 50));
assert(!written, "all of it was decompressed, and nobody read it");
await reader.cancel("enough");
const closed = await writer.closed.catch((error) => error);
assert.equal(closed, "enough");

// The same while the end is flushed.
const compressor = new CompressionStream("gzip");
const w = compressor.writable.getWriter();
const noise = new Uint8Array(1 << 20);
for (let i = 0, x = 1; i < noise.length; i++) noise[i] = (x = (x * 1103515245 + 12345) & 0x7fffffff) >> 16;
w.write(noise).catch(() => {});
w.close().catch(() => {});
const r = compressor.readable.getReader();
await r.read();
await r.cancel();

// No more streams than there is memory for, and those that were left do not count.
const many = [];
for (let i = 0; i < 65; i++) {
  const { writable, readable } = new CompressionStream("gzip");
  const one = writable.getWriter();
  many.push([one, one.write(new Uint8Array(10)).then(() => undefined, (error) => error)]);
  readable.getReader().read().catch(() => {});
}
const errors = (await Promise.all(many.map(([, written]) => written))).filter((error) => error !== undefined);
assert.equal(errors.length, 1);
assert.equal(errors[0].name, "RangeError");
for (const [one] of many) one.abort().catch(() => {});
await new Promise((resolve) => setTimeout(resolve, 10));
const after = new CompressionStream("gzip");
const last = after.writable.getWriter();
last.write(new Uint8Array(10));
last.close();
assert((await after.readable.getReader().read()).value.length > 0);
