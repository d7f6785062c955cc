// Views share their buffer in the clone as they did.
const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
const { a, b, c, d } = structuredClone({ a: new Uint16Array(buffer, 2, 2), b: buffer, c: new DataView(buffer), d: new Uint8Array(buffer) });
assert(a.buffer === b && c.buffer === b && d.buffer === b && b !== buffer);
assert(a.byteOffset === 2 && a.length === 2 && c.byteLength === 8);
const [x, y] = structuredClone([d, d.buffer]);
assert(x.buffer === y && x.length === 8);

// Resizable buffers and views that follow their length.
const r = new ArrayBuffer(4, { maxByteLength: 16 });
const copy = structuredClone({ r, tracks: new Uint8Array(r), fixed: new Uint8Array(r, 0, 4) });
copy.r.resize(8);
assert(copy.r.maxByteLength === 16 && copy.tracks.length === 8 && copy.fixed.length === 4);

// Transfer.
const t = new ArrayBuffer(4, { maxByteLength: 8 });
const moved = structuredClone({ t, v: new Int8Array(t, 1, 2) }, { transfer: [t] });
assert(t.detached && moved.t.byteLength === 4 && moved.t.resizable && moved.v.buffer === moved.t);
const unused = new ArrayBuffer(1);
structuredClone(1, { transfer: [unused] });
assert(unused.detached);

const refuses = (f) => {
  try {
    f();
  } catch (error) {
    return error.name === "DataCloneError";
  }
};
assert(refuses(() => structuredClone(t)), "detached");
assert(refuses(() => structuredClone(1, { transfer: [t] })), "transferred already");
assert(refuses(() => structuredClone(1, { transfer: [b, b] })), "twice");
assert(refuses(() => structuredClone(1, { transfer: [{}] })), "not transferable");
assert(refuses(() => structuredClone(() => 1, { transfer: [b] })) && !b.detached, "nothing is detached if the value cannot be cloned");
