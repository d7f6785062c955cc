const pattern = new URLPattern({ pathname: "/books/:id(\\d+)/{page-*}?" });
assert.equal(pattern.pathname, "/books/:id(\\d+)/{page-*}?");
assert.equal(pattern.hostname, "*");
assert.equal(pattern.hasRegExpGroups, true);
const result = pattern.exec("https://example.com/books/12/page-3?q");
assert.deepEqual(result.pathname, { input: "/books/12/page-3", groups: { id: "12", 0: "3" } });
assert.deepEqual(result.inputs, ["https://example.com/books/12/page-3?q"]);
assert.equal(pattern.test("https://example.com/books/x/"), false);
assert.equal(pattern.test("no URL"), false);

const site = new URLPattern("http{s}?://*.Exämple.com/:path+");
assert.equal(site.hostname, "*.xn--exmple-cua.com");
assert.equal(site.pathname, "/:path+");
assert.deepEqual(site.exec({ protocol: "https", hostname: "a.exämple.com", pathname: "/b/c" }).pathname.groups, { path: "b/c" });

assert.equal(new URLPattern("/a", "https://x.example", { ignoreCase: true }).test("https://x.example/A"), true);
assert.equal(new URLPattern({ pathname: "/a-b\\:\\:c" }).test("https://x.example/a-b::c"), true);
for (const bad of [{ pathname: "/:a/:a" }, { pathname: "(" }, { pathname: "([a-z&&&])" }, { hostname: "a b" }, "relative"]) {
  assert.throws(() => new URLPattern(bad), TypeError);
}

const { groups } = new URLPattern({ pathname: "/:__proto__" }).exec("http://x.example/a").pathname;
assert.deepEqual(Object.entries(groups), [["__proto__", "a"]]);
