// The stream of a body that is there as a whole ends after its one chunk.
async function chunks(stream, options) {
  const reader = stream.getReader(options);
  const list = [];
  for (;;) {
    const { value, done } = await reader.read(...(options ? [new Uint8Array(2)] : []));
    if (done) return list;
    list.push([...value]);
  }
}

const request = (body) => new Request("http://example.com/", { method: "POST", body });
assert.deepEqual(await chunks(new Response("abc").body), [[97, 98, 99]]);
assert.deepEqual(await chunks(request(new Uint8Array([1, 2, 3])).body), [[1, 2, 3]]);
assert.deepEqual(await chunks(new Response("").body), []);
assert.deepEqual(await chunks(new Response("abc").body, { mode: "byob" }), [[97, 98], [99]]);
assert.deepEqual(await chunks(new Response("").body, { mode: "byob" }), []);
