// What comparing with Node.js does not see: the global, without the group "node". The rest is in jsapi/node/testdata/same/buffer.mjs.
assert.equal(Buffer.name, "Buffer");
assert.equal(typeof process, "undefined");
assert(Buffer.from("abc") instanceof Uint8Array && Buffer("abc") instanceof Buffer, "a Buffer is a Uint8Array");
assert.equal(Object.getOwnPropertyDescriptor(globalThis, "Buffer").enumerable, false);
assert.equal(Buffer.from("ÿ".repeat(1000), "latin1").toString("base64"), btoa("ÿ".repeat(1000)));
const large = Buffer.alloc(1 << 20, "0123456789");
assert.equal(large.indexOf("9012", 500_000), 500_009);
assert.equal(Buffer.from(large.toString("hex"), "hex").equals(large), true);
let code;
try {
  large.writeUInt32LE(-1, 0);
} catch (error) {
  code = error.code;
}
assert.equal(code, "ERR_OUT_OF_RANGE");
