const url = new URL("../x/./y?a=1#h", "https://me:pw@Exämple.com:8080/a/b/c");
assert.equal(url.href, "https://me:pw@xn--exmple-cua.com:8080/a/x/y?a=1#h");
const parts = {};
for (const name of ["protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash", "origin"]) {
  parts[name] = url[name];
}
assert.deepEqual(parts, {
  protocol: "https:",
  username: "me",
  password: "pw",
  host: "xn--exmple-cua.com:8080",
  hostname: "xn--exmple-cua.com",
  port: "8080",
  pathname: "/a/x/y",
  search: "?a=1",
  hash: "#h",
  origin: "https://xn--exmple-cua.com:8080",
});
assert.equal(JSON.stringify({ url }), '{"url":"' + url + '"}');
assert.equal(URL.name, "URL");

// A path that would read as a host.
const path = new URL("web+demo:/.//not-a-host/");
assert.deepEqual([path.host, path.port, path.pathname, path.href], ["", "", "//not-a-host/", "web+demo:/.//not-a-host/"]);

assert.equal(new URL("blob:https://a.example/1").origin, "https://a.example");
assert.equal(new URL("data:,x").origin, "null");

assert.equal(URL.canParse("x"), false);
assert.equal(URL.canParse("x", "http://a/"), true);
assert.equal(URL.parse("x"), null);
assert.equal(URL.parse("x", "http://a/b").href, "http://a/x");
try {
  new URL("x");
  assert(false);
} catch (error) {
  assert(error instanceof TypeError);
  assert.equal(error.code, "ERR_INVALID_URL");
}
