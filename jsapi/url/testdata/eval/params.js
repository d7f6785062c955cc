const url = new URL("http://a/?x=1&y=%ff+b&x=2#h");
const { searchParams } = url;
assert.equal(searchParams, url.searchParams);
assert.deepEqual([...searchParams], [["x", "1"], ["y", "\ufffd b"], ["x", "2"]]);

// Both sides see what the other does.
searchParams.set("x", "ä&");
assert.equal(url.href, "http://a/?x=%C3%A4%26&y=%EF%BF%BD+b#h");
url.search = "?z=3";
assert.equal(String(searchParams), "z=3");
searchParams.delete("z");
assert.equal(url.href, "http://a/#h");
url.href = "http://b/?q";
assert.equal(searchParams.get("q"), "");

// Iterators see changes as they go.
const seen = [];
const params = new URLSearchParams("a=1&b=2&c=3");
for (const [name] of params) {
  seen.push(name);
  params.delete("b");
}
assert.deepEqual(seen, ["a", "c"]);

assert.equal(new URLSearchParams({ a: 1, b: "\ud800" }).toString(), "a=1&b=%EF%BF%BD");
assert.equal(new URLSearchParams([["a", "1"], new Set(["b", "2"])]).toString(), "a=1&b=2");
assert.throws(() => new URLSearchParams([["a"]]), TypeError);
const sorted = new URLSearchParams("\uffff=1&😀=2&a=4&a=3");
sorted.sort();
assert.deepEqual([...sorted.keys()], ["a", "a", "😀", "\uffff"]);
assert.deepEqual(sorted.getAll("a"), ["4", "3"]);
assert.equal(sorted.size, 4);
assert.equal(sorted.has("a", "3"), true);
assert.equal(sorted.has("a", "5"), false);
assert.equal(Object.prototype.toString.call(sorted), "[object URLSearchParams]");
