// The data of operations: taken when the method is called, of every size.
const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
const abc = new Uint8Array([97, 98, 99]);

assert.equal(hex(await crypto.subtle.digest("sha-1", abc)), "a9993e364706816aba3e25717850c26c9cd0d89d");
const view = new DataView(new Uint8Array([0, 97, 98, 99, 0]).buffer, 1, 3);
assert.equal(hex(await crypto.subtle.digest({ name: "SHA-1" }, view)), "a9993e364706816aba3e25717850c26c9cd0d89d");
const wide = new Uint16Array([0x6261, 0x6463]);
assert.equal(hex(await crypto.subtle.digest("SHA-1", wide)), "81fe8bfe87576c3ecb22426f8e57847382917acf");

// Small data is digested at once, large data on another thread; neither sees what is written afterwards.
for (const size of [10, 1_000_000]) {
  const zeros = new Uint8Array(size);
  const expected = hex(await crypto.subtle.digest("SHA-256", zeros));
  const digest = crypto.subtle.digest("SHA-256", zeros);
  assert(digest instanceof Promise);
  zeros.fill(1);
  assert.equal(hex(await digest), expected);
}

// AES-CTR: a counter of few bits wraps around without touching the bits before it.
const key = await crypto.subtle.importKey("raw", new Uint8Array(16), "AES-CTR", false, ["encrypt"]);
const counter = new Uint8Array(16).fill(255);
const blocks = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CTR", counter, length: 4 }, key, new Uint8Array(40)));
counter[15] = 0xf0;
const wrapped = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CTR", counter, length: 4 }, key, new Uint8Array(24)));
assert.equal(hex(blocks.slice(16)), hex(wrapped));

// AES-GCM: tags that the library has none of.
const gcm = await crypto.subtle.importKey("raw", new Uint8Array(32), "AES-GCM", false, ["encrypt", "decrypt"]);
for (const tagLength of [32, 64, 96, 128]) {
  for (const size of [1, 12, 16, 100]) {
    const algorithm = { name: "AES-GCM", iv: new Uint8Array(size), additionalData: abc, tagLength };
    const sealed = await crypto.subtle.encrypt(algorithm, gcm, abc);
    assert.equal(sealed.byteLength, 3 + tagLength / 8);
    assert.equal(hex(await crypto.subtle.decrypt(algorithm, gcm, sealed)), "616263");
    new Uint8Array(sealed)[0] ^= 1;
    assert.equal(await crypto.subtle.decrypt(algorithm, gcm, sealed).catch((e) => e.name), "OperationError");
  }
}
