// Methods, named properties, and what is out of their sight.
for (const storage of [localStorage, sessionStorage]) {
  storage.clear();
  storage.setItem("a", 1);
  storage.b = { toString: () => "two" };
  storage["3"] = true;
  assert.equal(storage.length, 3);
  assert.equal(Object.keys(storage).sort().join(), "3,a,b");
  assert(storage.a === "1" && storage.getItem("b") === "two" && storage[3] === "true" && storage.c === undefined && storage.getItem("c") === null);
  assert("a" in storage && !("c" in storage) && storage.key(0) === "a" && storage.key(9) === null);
  assert(delete storage.a && delete storage.c && storage.length === 2);
  storage.getItem = "shadowed";
  assert(typeof storage.getItem === "function" && storage.getItem("getItem") === "shadowed");
  storage.removeItem("getItem");
  storage.setItem("\ud800", "\udc00");
  assert(storage.getItem("\ud800") === "\udc00");
  const symbol = Symbol();
  storage[symbol] = 5;
  assert(storage[symbol] === 5 && storage.length === 3);
  assert.throws(() => Object.preventExtensions(storage), TypeError);
  assert(storage instanceof Storage && String(storage) === "[object Storage]");
  const heir = Object.create(storage);
  heir.mine = 1;
  assert(storage.getItem("mine") === null && heir.mine === 1);
  storage.clear();
  assert(storage.length === 0);
}
assert(localStorage === globalThis.localStorage && localStorage !== sessionStorage);
assert.throws(() => new Storage(), TypeError);
assert.throws(() => Storage.prototype.getItem.call({}, "x"), TypeError);

let error;
try {
  for (let i = 0; ; i++) sessionStorage.setItem("k" + i, "x".repeat(1 << 20));
} catch (e) {
  error = e;
}
assert(error instanceof QuotaExceededError && error instanceof DOMException && error.name === "QuotaExceededError" && error.quota === null);
sessionStorage.clear();
