// Pairs of Rowan.storage: values as structured clones have them, and lists by range.
const { storage } = Rowan;
assert(Object.isFrozen(storage) && storage.get("absent") === undefined);

const shared = { name: "shared" };
const value = {
  big: 2n ** 70n, date: new Date(5), map: new Map([[shared, 1]]), set: new Set([undefined, null]), bytes: new Uint16Array([1, 65535]),
  again: shared, error: new RangeError("out", { cause: 1 }), holes: [1, , 3], nan: NaN, zero: -0, pattern: /a+/gi, text: "é😀\ud800",
};
value.self = value;
storage.set("value", value);
const copy = storage.get("value");
assert(copy !== value && copy.self === copy && copy.map.get(copy.again) === 1 && copy.set.has(undefined) && copy.big === 2n ** 70n);
assert(+copy.date === 5 && copy.bytes[1] === 65535 && copy.bytes instanceof Uint16Array && !(1 in copy.holes) && Object.is(copy.zero, -0));
assert(copy.error instanceof RangeError && copy.error.cause === 1 && copy.pattern.flags === "gi" && copy.text === value.text);
copy.again.name = "changed";
assert(storage.get("value").again.name === "shared");
assert.throws(() => storage.set("f", () => {}), DOMException, /function/);
assert(storage.delete("value") === true && storage.delete("value") === false && storage.get("value") === undefined);

for (const key of ["b", "a/2", "a", "a/1", "a0", "\u{1F600}", "\uffff", ""]) storage.set(key, key.length);
const keys = (options) => storage.list(options).map(([key]) => key);
assert.deepEqual(storage.list({ prefix: "a/" }), [["a/1", 3], ["a/2", 3]]);
assert.deepEqual(keys(), ["", "a", "a/1", "a/2", "a0", "b", "\uffff", "\u{1F600}"]); // by code points
assert.deepEqual(keys({ prefix: "a", limit: 2, reverse: true }), ["a0", "a/2"]);
assert.deepEqual(keys({ start: "a/1", end: "b" }), ["a/1", "a/2", "a0"]);
assert.deepEqual(keys({ prefix: "a/", start: "a/2", end: "b" }), ["a/2"]);
assert.deepEqual(keys({ prefix: "\uffff" }), ["\uffff"]);
assert.deepEqual(keys({ limit: 0 }), []);
Object.prototype.limit = 1; // is no option
assert(keys({}).length === 8);
delete Object.prototype.limit;
storage.set("", undefined);
assert.deepEqual(storage.list({ limit: 1 }), [["", undefined]]);

assert.throws(() => storage.get(1), TypeError, /storage\.get: argument 1: want string/);
assert.throws(() => storage.list({ limit: "2" }), TypeError);
const long = assert.throws(() => storage.set("k".repeat(2049), 1), RangeError);
assert(long.code === "limit");
