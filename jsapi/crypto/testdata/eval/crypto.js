// The interface Crypto.
assert.match(crypto.randomUUID(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
assert(crypto.randomUUID() !== crypto.randomUUID());
assert(crypto === globalThis.crypto && crypto.subtle === crypto.subtle);
assert.throws(() => new Crypto(), TypeError);
assert.throws(() => crypto.randomUUID.call({}), TypeError);
assert.throws(() => Object.getOwnPropertyDescriptor(globalThis, "crypto").get.call({}), TypeError);

const numbers = new BigUint64Array(8192);
assert(crypto.getRandomValues(numbers) === numbers);
assert(new Set(numbers).size > 8000);
const part = new Uint8Array(100).subarray(10, 20);
crypto.getRandomValues(part);
assert.equal(new Uint8Array(part.buffer).slice(20).some((b) => b !== 0), false);
const thrown = (array) => {
  try {
    crypto.getRandomValues(array);
  } catch (e) {
    return e.name;
  }
};
assert.equal(thrown(new Uint8Array(65537)), "QuotaExceededError");
assert.equal(thrown(new Float64Array(1)), "TypeMismatchError");
assert.equal(thrown(new DataView(new ArrayBuffer(1))), "TypeMismatchError");
assert.equal(thrown([]), "TypeError");

// supports says what would fail, of algorithms and of their parameters.
const { supports } = SubtleCrypto;
assert.equal(supports("encrypt", { name: "AES-GCM", iv: new Uint8Array(12), tagLength: 33 }), false);
assert.equal(supports("deriveKey", { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(1), info: new Uint8Array(1) }, { name: "AES-GCM", length: 256 }), true);
assert.equal(supports("deriveKey", { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(1), info: new Uint8Array(1) }, "HKDF"), false);
assert.equal(supports("wrapKey", "AES-KW", "HMAC"), true);
assert.equal(supports("encapsulateKey", "ML-KEM-768", "AES-KW"), true);
assert.equal(supports("encapsulateBits", "RSA-OAEP"), false);
assert.equal(supports("getPublicKey", "Ed25519"), true);
assert.equal(supports("getPublicKey", "AES-GCM"), false);

const bytes = (text) => new TextEncoder().encode(text);
assert.equal(crypto.subtle.timingSafeEqual(bytes("secret"), bytes("secret").buffer), true);
assert.equal(crypto.subtle.timingSafeEqual(bytes("secret"), bytes("secreT")), false);
assert.throws(() => crypto.subtle.timingSafeEqual(bytes("secret"), bytes("secrets")), TypeError);
