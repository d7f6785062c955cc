// CryptoKey: what scripts see of it, and what they cannot reach.
const { subtle } = crypto;

const key = await subtle.generateKey({ name: "hmac", hash: "sha-256" }, true, ["verify", "sign", "sign"]);
assert(key instanceof CryptoKey);
assert.equal(key.type, "secret");
assert.equal(key.extractable, true);
assert.deepEqual(key.algorithm, { name: "HMAC", length: 512, hash: { name: "SHA-256" } });
assert.deepEqual(key.usages, ["sign", "verify"]);
assert(key.algorithm === key.algorithm && key.usages === key.usages);
assert.throws(() => new CryptoKey(), TypeError);
assert.throws(() => Object.getOwnPropertyDescriptor(CryptoKey.prototype, "type").get.call({}), TypeError);

// What a script does to the objects that it sees changes nothing about the key.
key.usages.length = 0;
key.algorithm.name = "AES-GCM";
const data = new Uint8Array([1, 2, 3]);
const signature = await subtle.sign("HMAC", key, data);
assert.equal(await subtle.verify("HMAC", key, signature, data), true);
assert.equal(await subtle.verify("HMAC", key, signature, new Uint8Array(3)), false);

const pair = await subtle.generateKey({ name: "RSA-PSS", modulusLength: 1024, publicExponent: new Uint8Array([3]), hash: "SHA-1" }, false, ["sign"]);
assert.equal(pair.publicKey.extractable, true);
assert.equal(pair.privateKey.extractable, false);
assert.deepEqual([...pair.publicKey.algorithm.publicExponent], [3]);
assert.deepEqual(pair.publicKey.usages, []);
for (const saltLength of [0, 20]) {
  const signed = await subtle.sign({ name: "RSA-PSS", saltLength }, pair.privateKey, data);
  const verifier = await subtle.getPublicKey(pair.privateKey, ["verify"]);
  assert.equal(await subtle.verify({ name: "RSA-PSS", saltLength }, verifier, signed, data), true);
  assert.equal(await subtle.verify({ name: "RSA-PSS", saltLength: 20 - saltLength }, verifier, signed, data), false);
}

async function fails(promise, name) {
  const error = await promise.then(() => undefined, (e) => e);
  assert(error !== undefined, name + " expected");
  assert.equal(error.name, name);
  if (name !== "TypeError") assert(error instanceof DOMException);
}
await fails(subtle.exportKey("pkcs8", pair.privateKey), "InvalidAccessError");
await fails(subtle.exportKey("raw", pair.publicKey), "NotSupportedError");
await fails(subtle.sign("AES-GCM", key, data), "NotSupportedError");
await fails(subtle.sign("Ed25519", key, data), "InvalidAccessError");
await fails(subtle.sign("HMAC", {}, data), "TypeError");
await fails(SubtleCrypto.prototype.digest.call({}, "SHA-1", data), "TypeError");
await fails(subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["fly"]), "TypeError");
await fails(subtle.generateKey({ name: "AES-GCM", length: 128 }, true, []), "SyntaxError");
await fails(subtle.importKey("raw", new Uint8Array(5), "AES-GCM", true, ["encrypt"]), "DataError");
await fails(subtle.importKey("jwk", new Uint8Array(5), "AES-GCM", true, ["encrypt"]), "TypeError");

// Keys can be cloned; those that cannot be extracted stay so.
const locked = await subtle.importKey("raw", new Uint8Array(16), "AES-KW", false, ["wrapKey"]);
const { a, b: [b] } = structuredClone({ a: locked, b: [locked] });
assert(a === b && a !== locked && a instanceof CryptoKey);
assert.deepEqual([a.type, a.extractable, a.algorithm, a.usages], [locked.type, false, locked.algorithm, ["wrapKey"]]);
await fails(subtle.exportKey("raw", a), "InvalidAccessError");
const toWrap = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
const wrapped = await subtle.wrapKey("raw", toWrap, a, "AES-KW");
assert.equal(wrapped.byteLength, 40);

// Numbers and parameters that would keep a processor busy are refused before anything is calculated.
const huge = "B".repeat(200_000);
const numbers = { d: huge, p: huge, q: huge, dp: huge, dq: huge, qi: huge };
await fails(subtle.importKey("jwk", { kty: "RSA", n: huge, e: "Aw", ...numbers }, { name: "RSA-PSS", hash: "SHA-1" }, true, ["sign"]), "DataError");
await fails(subtle.importKey("jwk", { kty: "RSA", n: "AQAB", e: huge }, { name: "RSA-PSS", hash: "SHA-1" }, true, ["verify"]), "DataError");
await fails(subtle.importKey("spki", new Uint8Array(100_000), { name: "RSA-PSS", hash: "SHA-1" }, true, ["verify"]), "DataError");
const rsa = { name: "RSA-PSS", hash: "SHA-256", modulusLength: 4096, publicExponent: new Uint8Array([1, 0, 1]) };
await fails(subtle.generateKey({ ...rsa, modulusLength: 16384 }, true, ["sign"]), "OperationError");
await fails(subtle.generateKey({ ...rsa, publicExponent: new Uint8Array(1000).fill(255) }, true, ["sign"]), "OperationError");
await fails(subtle.generateKey({ name: "HMAC", hash: "SHA-1", length: 2 ** 32 - 1 }, true, ["sign"]), "OperationError");
const password = await subtle.importKey("raw", new Uint8Array(3), "PBKDF2", false, ["deriveBits"]);
const pbkdf2 = { name: "PBKDF2", hash: "SHA-512", salt: new Uint8Array(8), iterations: 2 ** 32 - 1 };
await fails(subtle.deriveBits(pbkdf2, password, 256), "OperationError");
await fails(subtle.deriveBits({ ...pbkdf2, iterations: 1 }, password, 2 ** 32 - 8), "OperationError");
const argon2 = { name: "Argon2id", nonce: new Uint8Array(8), parallelism: 1, passes: 1, memory: 2 ** 32 - 1 };
const secret = await subtle.importKey("raw-secret", new Uint8Array(3), "Argon2id", false, ["deriveBits"]);
await fails(subtle.deriveBits(argon2, secret, 256), "OperationError");
await fails(subtle.deriveBits({ ...argon2, memory: 1024, passes: 2 ** 32 - 1 }, secret, 256), "OperationError");
assert.equal((await subtle.deriveBits({ ...argon2, memory: 1024 }, secret, 256)).byteLength, 32);
await fails(subtle.digest({ name: "cSHAKE128", outputLength: 2 ** 32 - 8 }, new Uint8Array(3)), "OperationError");
