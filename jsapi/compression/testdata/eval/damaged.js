// Input that is cut off, damaged, or goes on after its end is a TypeError.
const input = new TextEncoder().encode("hello ".repeat(100));
const bytes = async (stream) => {
  const parts = [];
  for await (const chunk of stream) parts.push(...chunk);
  return new Uint8Array(parts);
};
const failure = async (format, ...chunks) => {
  try {
    await bytes(ReadableStream.from(chunks).pipeThrough(new DecompressionStream(format)));
  } catch (error) {
    return error;
  }
};

for (const format of ["gzip", "deflate", "deflate-raw", "brotli"]) {
  const packed = await bytes(ReadableStream.from([input]).pipeThrough(new CompressionStream(format)));
  for (const chunks of [
    [],
    [packed.slice(0, -1)],
    [packed.slice(0, 5)],
    [new Uint8Array([...packed, 0])],
    [packed, new Uint8Array(1)],
    [packed, packed],
  ]) {
    const error = await failure(format, ...chunks);
    assert(error instanceof TypeError, format + ": " + error);
    assert.match(error.message, /the compressed data/);
  }
  assert.equal(await failure(format, packed, new Uint8Array()), undefined);
}
for (const chunk of ["text", 1, null, {}]) assert((await failure("gzip", chunk)) instanceof TypeError);
