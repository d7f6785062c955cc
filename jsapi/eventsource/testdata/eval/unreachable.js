// A source that cannot be reached says so and tries again, until it is closed.
const source = new EventSource("http://127.0.0.1:1/");
assert.equal(source.readyState, EventSource.CONNECTING);
assert.equal(source.url, "http://127.0.0.1:1/");
assert.equal(source.withCredentials, false);
await new Promise((resolve) => (source.onerror = resolve));
assert.equal(source.readyState, source.CONNECTING);
source.close();
assert.equal(source.readyState, source.CLOSED);
assert.throws(() => new EventSource("//"), DOMException);
