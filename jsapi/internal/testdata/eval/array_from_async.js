// Array.fromAsync takes what is asynchronously iterable, iterable, or like an array, and maps it.
const later = (value) => new Promise((resolve) => setTimeout(resolve, 1, value));
assert.deepEqual(await Array.fromAsync(ReadableStream.from([1, 2])), [1, 2]);
assert.deepEqual(await Array.fromAsync([later(1), 2]), [1, 2]);
assert.deepEqual(await Array.fromAsync({ length: 2, 0: later("a"), 1: "b" }), ["a", "b"]);
assert.deepEqual(await Array.fromAsync(new Set([1, 2]), (n, i) => later(n * 10 + i)), [10, 21]);
assert.equal((await Array.fromAsync([1], 5).catch((e) => e)).name, "TypeError");
assert.equal((await Array.fromAsync(null).catch((e) => e)).name, "TypeError");
class List extends Array {}
assert((await List.fromAsync([1])) instanceof List);
assert.equal(Array.fromAsync.length, 1);
assert(!Object.keys(Array).includes("fromAsync"));
