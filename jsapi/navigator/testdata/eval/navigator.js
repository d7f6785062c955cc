assert.match(navigator.userAgent, /^Rowan\/test$/);
assert(navigator.hardwareConcurrency >= 1);
assert.equal(navigator.language, "en-US");
assert.deepEqual([...navigator.languages], ["en-US"]);
assert(Object.isFrozen(navigator.languages) && navigator.languages === navigator.languages);
assert.match(navigator.platform, /./);
assert.equal(String(navigator), "[object Navigator]");
assert(navigator instanceof Navigator);
assert.throws(() => new Navigator(), TypeError, /Illegal constructor/);
assert.throws(() => Navigator.prototype.userAgent, TypeError);

// The attribute can be replaced.
assert.throws(() => Object.create(globalThis).navigator, TypeError, /Illegal invocation/);
navigator = "mine";
assert.equal(globalThis.navigator, "mine");
