async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
const source = (...chunks) => new ReadableStream({
  start(controller) {
    for (const chunk of chunks) controller.enqueue(chunk);
    controller.close();
  },
});

// Pairs and characters that chunks cut in two.
const encoded = await collect(source("a\ud83d", "\ude00", "", "\ud800").pipeThrough(new TextEncoderStream()));
assert.deepEqual(encoded.map((chunk) => [...chunk]), [[97], [240, 159, 152, 128], [239, 191, 189]]);

const bytes = (...list) => new Uint8Array(list);
const decoded = await collect(source(bytes(0x61, 0xe2), bytes(0x82), bytes(0xac, 0xe2)).pipeThrough(new TextDecoderStream()));
assert.deepEqual(decoded, ["a", "€", "\ufffd"]);

await collect(source(bytes(0xff)).pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))).then(
  () => assert(false),
  (error) => assert(error instanceof TypeError),
);
