// A script that tampers with what it can sees no key's bytes: they are never a promise's value nor an array's element
// on a way that it can watch.
const seen = [];
const look = (value) => {
  if (value instanceof Uint8Array) seen.push(value);
  return undefined;
};
const { subtle } = crypto;
const { then } = Promise.prototype;
const getConstructor = () => class extends Promise {};
const watch = () => {
  for (let i = 0; i < 8; i++) {
    Object.defineProperty(Array.prototype, i, {
      set(value) {
        look(value);
        Object.defineProperty(this, i, { value, writable: true, enumerable: true, configurable: true });
      },
      configurable: true,
    });
  }
  Object.defineProperty(Object.prototype, "then", { get() { return look(this); }, configurable: true });
  Object.defineProperty(Promise.prototype, "constructor", { get: getConstructor, configurable: true });
  Object.defineProperty(Promise.prototype, "then", {
    value(onFulfilled, onRejected) {
      return then.call(this, (value) => (look(value), look(value?.sharedKey), onFulfilled?.(value)), onRejected);
    },
    configurable: true, writable: true,
  });
  for (const name of ["sharedKey", "publicKey", "data", "0"]) {
    Object.defineProperty(Object.prototype, name, { set: look, get() { return look(this); }, configurable: true });
  }
};
const restore = () => {
  for (let i = 0; i < 8; i++) delete Array.prototype[i];
  for (const name of ["then", "sharedKey", "publicKey", "data", "0"]) delete Object.prototype[name];
  Object.defineProperty(Promise.prototype, "constructor", { value: Promise, configurable: true, writable: true });
  Promise.prototype.then = then;
};

const salt = new Uint8Array(8);
const usages = ["encapsulateKey", "decapsulateKey"];
const jwk = { kty: "OKP", crv: "X25519", x: "HPKx5gIuxTc3Htf1PlT6EVTYPpjrZOpR-uWzMHz-lwY" };
const kem = await subtle.generateKey("ML-KEM-512", false, usages);
const password = await subtle.importKey("raw", salt, "PBKDF2", false, ["deriveKey"]);
const wrapping = await subtle.generateKey({ name: "AES-KW", length: 128 }, true, ["wrapKey", "unwrapKey"]);
const wrapped = await subtle.wrapKey("raw", wrapping, wrapping, "AES-KW");

watch();
const promises = [
  subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]),
  subtle.generateKey("Ed25519", false, ["sign"]),
  subtle.importKey("raw", salt, "HKDF", false, ["deriveBits"]),
  subtle.importKey("jwk", jwk, "X25519", false, []),
  subtle.encapsulateKey("ML-KEM-512", kem.publicKey, "HKDF", false, ["deriveBits"]),
  subtle.deriveKey({ name: "PBKDF2", hash: "SHA-1", salt, iterations: 1 }, password, { name: "AES-GCM", length: 128 }, false, ["encrypt"]),
  subtle.unwrapKey("raw", wrapped, wrapping, "AES-KW", "AES-GCM", false, ["encrypt"]),
  subtle.getPublicKey(kem.privateKey, []),
];
structuredClone([wrapping]);

// The promises are left alone while prototypes are tampered with, and given time.
await new Promise((resolve) => setTimeout(resolve, 200));
restore();
const results = await Promise.all(promises);
assert.equal(seen.length, 0, "bytes seen");
assert(results[0] instanceof CryptoKey && results[1].privateKey instanceof CryptoKey && results[4].sharedKey instanceof CryptoKey);
