// Responses and requests without a network.
const r = new Response("hi é", { status: 201, headers: { a: "b" } });
assert.equal(r.status, 201);
assert.equal(r.headers.get("content-type"), "text/plain;charset=UTF-8");
assert.equal(JSON.stringify([...r.headers]), '[["a","b"],["content-type","text/plain;charset=UTF-8"]]');
const copy = r.clone();
assert.equal(await r.text(), "hi é");
assert.equal(r.bodyUsed, true);
assert.equal(new TextDecoder().decode(await copy.bytes()), "hi é");
assert.equal((await new Response(new Blob(["x"], { type: "a/b" })).blob()).type, "a/b");
assert.deepEqual(await Response.json({ a: 1 }).json(), { a: 1 });
assert.equal(await new Response("\uFEFFx").text(), "x");
assert.throws(() => new Response("x", { status: 204 }), TypeError);
assert.throws(() => new Response("x", { status: 99 }), RangeError);
assert.throws(() => Response.error().headers.set("a", "b"), TypeError);

const q = new Request("http://example.com/a b", { method: "post", body: new URLSearchParams({ a: "é" }) });
assert.equal(q.url, "http://example.com/a%20b");
assert.equal(q.method, "POST");
assert.equal((await q.clone().formData()).get("a"), "é");
const next = new Request(q, { headers: { x: "y" } });
assert.equal(q.bodyUsed, true);
assert.equal(await next.text(), "a=%C3%A9");

const controller = new AbortController();
const followed = new Request("http://example.com/", { signal: controller.signal });
controller.abort("why");
assert.equal(followed.signal.reason, "why");
assert.equal(await fetch(followed).catch((reason) => reason), "why");

assert.equal(await (await fetch("data:text/plain;base64,WA==")).text(), "X");
const url = URL.createObjectURL(new Blob(["blob"], { type: "x/y" }));
const response = await fetch(url);
assert.equal(response.headers.get("content-type"), "x/y");
assert.equal(await response.text(), "blob");
const ranges = { "bytes=1-2": "lo 1-2/4", "bytes=2-": "ob 2-3/4", "bytes = -1": "b 3-3/4", "bytes=-9": "blob 0-3/4", "bytes=1-9": "lob 1-3/4" };
for (const [range, want] of Object.entries(ranges)) {
  const part = await fetch(url, { headers: { range } });
  assert.equal(part.status, 206);
  assert.equal(await part.text() + part.headers.get("content-range").replace("bytes", ""), want);
}
for (const range of ["bytes=4-", "bytes=2-1", "bytes=-", "bytes=1-2,3-3", "x=1-2"]) {
  assert.equal((await fetch(url, { headers: { range } }).catch((e) => e)).name, "TypeError", range);
}
URL.revokeObjectURL(url);
assert.equal((await fetch(url).catch((e) => e)).name, "TypeError");
