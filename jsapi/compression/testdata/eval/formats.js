// What is compressed comes back, however it is cut into chunks.
const text = "The quick brown fox jumps over the lazy dog. ".repeat(2000);
const collect = async (stream) => new Response(stream).bytes();

for (const format of ["gzip", "deflate", "deflate-raw", "brotli"]) {
  const input = new TextEncoder().encode(text);
  const packed = await collect(ReadableStream.from([input.subarray(0, 7), input.subarray(7)]).pipeThrough(new CompressionStream(format)));
  assert(packed.length < input.length / 20, format);
  for (const size of [1, 13, packed.length]) {
    const chunks = [];
    for (let i = 0; i < packed.length; i += size) chunks.push(packed.slice(i, i + size));
    const output = await collect(ReadableStream.from(chunks).pipeThrough(new DecompressionStream(format)));
    assert.equal(new TextDecoder().decode(output), text, format + " in chunks of " + size);
  }
}

assert.throws(() => new CompressionStream("lzma"), TypeError);
assert.throws(() => new DecompressionStream(), TypeError);
