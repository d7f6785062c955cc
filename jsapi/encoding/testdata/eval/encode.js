const encoder = new TextEncoder();
assert.deepEqual([...encoder.encode("aä€😀\ud800")], [97, 195, 164, 226, 130, 172, 240, 159, 152, 128, 239, 191, 189]);
assert.equal(encoder.encode().length, 0);
assert.equal(encoder.encoding, "utf-8");

function into(text, room) {
  const { read, written } = encoder.encodeInto(text, new Uint8Array(room));
  return [read, written];
}
assert.deepEqual(into("ab€😀", 5), [3, 5]);
assert.deepEqual(into("ab€😀", 9), [5, 9]);
assert.deepEqual(into("a😀", 4), [1, 1], "no half of a pair");
assert.deepEqual(into("😀", 3), [0, 0]);
assert.deepEqual(into("", 3), [0, 0]);
assert.throws(() => encoder.encodeInto("a", new Uint16Array(1)), TypeError);

// A text of several calls of the host, with a pair where it is cut.
const long = "a".repeat((4 << 20) - 1) + "😀" + "b";
const bytes = encoder.encode(long);
assert.equal(bytes.length, (4 << 20) + 4);
assert.deepEqual([...bytes.slice(-6)], [97, 240, 159, 152, 128, 98]);
const room = new Uint8Array(bytes.length);
assert.equal(encoder.encodeInto(long, room).written, bytes.length);
assert.deepEqual([...room.slice(-6)], [97, 240, 159, 152, 128, 98]);
