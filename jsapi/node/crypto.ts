// node:crypto, https://nodejs.org/api/crypto.html: hashes, HMAC, random values, key derivation, signatures, AES, and Web Crypto.
// Left out: Diffie-Hellman, generating key pairs, X509Certificate, other ciphers than AES in the modes CBC, CTR and GCM, and
// ripemd160 and blake2 among the hashes. A cipher gives what it makes at its end, by final().

import { Buffer, checkFunction, checkInteger, checkString, invalidType, invalidValue, nodeError, outOfRange } from "../buffer/buffer.ts";
import * as webCrypto from "../crypto/crypto.ts";
import { op } from "../internal/op.ts";
import { Transform } from "./stream_duplex.ts";
import { type Done, type Stream } from "./stream_state.ts";
import { tick } from "./ticks.ts";

interface KeyInfo {
  private?: Uint8Array;
  public: Uint8Array;
  type: string;
  details: Record<string, unknown>;
}

declare const __host: {
  hashStart(algorithm: string, key: Uint8Array | undefined): Uint8Array;
  hashUpdate(algorithm: string, state: Uint8Array, bytes: Uint8Array): Uint8Array;
  hashDigest(algorithm: string, state: Uint8Array, key: Uint8Array | undefined): Uint8Array;
  /** At most 1 MiB. */
  random(size: number): Uint8Array;
  equal(a: Uint8Array, b: Uint8Array): boolean;
  derive(kind: string, secret: Uint8Array, salt: Uint8Array, length: number, ...options: unknown[]): Uint8Array;
  deriveLater(): number;
  keyInfo(key: Uint8Array): KeyInfo;
  sign(key: Uint8Array, algorithm: string, data: Uint8Array, padding: string, raw: boolean, salt?: number): Uint8Array;
  verify(key: Uint8Array, algorithm: string, data: Uint8Array, padding: string, raw: boolean, signature: Uint8Array): boolean;
  cipher(algorithm: string, encrypt: boolean, key: Uint8Array, iv: Uint8Array, data: Uint8Array, aad: Uint8Array, tag: Uint8Array, pad: boolean): Uint8Array;
};

const wrap = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
const output = (bytes: Uint8Array, encoding?: string): any => (encoding && encoding !== "buffer" ? wrap(bytes).toString(encoding) : wrap(bytes));

/** A string's bytes, or those of a view or buffer, of a key object or of an array of numbers' view. */
function bytesOf(value: any, name: string, encoding?: string): Uint8Array {
  if (typeof value === "string") return Buffer.from(value, encoding === "buffer" ? "utf8" : encoding);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value);
  if (value instanceof KeyObject) return value.bytes();
  throw invalidType(name, "of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView", value);
}

const hashNames = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-224", "sha512-256", "sha3-224", "sha3-256", "sha3-384", "sha3-512"];

/** "RSA-SHA256" and "sha-256" are sha256. */
function hashName(name: string): string {
  return name.toLowerCase().replace(/^rsa-/, "").replace("sha512/", "sha512-").replace(/^sha-(\d)/, "sha$1");
}

class HashBase extends Transform {
  #algorithm: string;
  #key: Uint8Array | undefined;
  #state: Uint8Array;
  #done = false;

  constructor(algorithm: unknown, key: Uint8Array | undefined, options?: object, state?: Uint8Array) {
    super(options);
    checkString(algorithm, key === undefined ? "algorithm" : "hmac");
    this.#algorithm = hashName(algorithm);
    this.#key = key;
    if (key !== undefined && !hashNames.includes(this.#algorithm)) {
      throw nodeError(Error, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: " + algorithm);
    }
    if (!hashNames.includes(this.#algorithm)) throw nodeError(Error, "ERR_OSSL_EVP_UNSUPPORTED", "Digest method not supported");
    this.#state = state ?? __host.hashStart(this.#algorithm, key);
  }

  update(data: unknown, encoding?: string): this {
    if (this.#done) throw nodeError(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    this.#state = __host.hashUpdate(this.#algorithm, this.#state, bytesOf(data, "data", encoding));
    return this;
  }

  digest(encoding?: string): any {
    if (this.#done) throw nodeError(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    this.#done = true;
    return output(__host.hashDigest(this.#algorithm, this.#state, this.#key), encoding);
  }

  copy(options?: object): HashBase {
    if (this.#done) throw nodeError(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    return new Hash(this.#algorithm, undefined, options, this.#state);
  }

  _transform(chunk: any, encoding: any, done: Done): void {
    this.update(chunk, encoding);
    done();
  }

  _flush(this: Stream, done: Done): void {
    this.push(this.digest());
    done();
  }
}

class Hash extends HashBase {}
class Hmac extends HashBase {}

function encodeBase64Lines(bytes: Uint8Array): string {
  return wrap(bytes).toString("base64").replace(/.{1,64}/g, "$&\n");
}

/** A key: secret bytes, or what the host knows of a key pair. */
class KeyObject {
  readonly type: "secret" | "public" | "private";
  #bytes: Uint8Array;
  #info: KeyInfo | undefined;

  constructor(type: "secret" | "public" | "private", bytes: Uint8Array, info?: KeyInfo) {
    this.type = type;
    this.#bytes = bytes;
    this.#info = info;
  }

  /** For this module: secret bytes, or DER. */
  bytes(): Uint8Array {
    return this.#bytes;
  }

  get asymmetricKeyType(): string | undefined {
    return this.#info?.type;
  }

  get asymmetricKeyDetails(): object | undefined {
    return this.#info?.details;
  }

  get symmetricKeySize(): number | undefined {
    return this.type === "secret" ? this.#bytes.length : undefined;
  }

  equals(other: KeyObject): boolean {
    return this.type === other.type && this.#bytes.length === other.#bytes.length && __host.equal(this.#bytes, other.#bytes);
  }

  export(options: { format?: string; type?: string } = {}): unknown {
    if (this.type === "secret") {
      if (options.format === "jwk") return { kty: "oct", k: wrap(this.#bytes).toString("base64url") };
      return Buffer.from(this.#bytes);
    }
    if (options.format === "der") return Buffer.from(this.#bytes);
    if (options.format !== "pem") throw invalidValue("options.format", options.format);
    const label = this.type.toUpperCase() + " KEY";
    return "-----BEGIN " + label + "-----\n" + encodeBase64Lines(this.#bytes) + "-----END " + label + "-----\n";
  }

  get [Symbol.toStringTag](): string {
    return "KeyObject";
  }
}

function createSecretKey(key: unknown, encoding?: string): KeyObject {
  return new KeyObject("secret", Buffer.from(bytesOf(key, "key", encoding)));
}

/** A key as functions take it: PEM, { key, … }, or a key object. */
function keyBytes(key: any): Uint8Array {
  if (key instanceof KeyObject) return key.bytes();
  if (typeof key === "object" && key !== null && key.key !== undefined) return keyBytes(key.key);
  return bytesOf(key, "key");
}

function createPrivateKey(key: any): KeyObject {
  const info = __host.keyInfo(keyBytes(key));
  if (info.private === undefined) throw nodeError(TypeError, "ERR_INVALID_ARG_VALUE", "The key is no private key");
  return new KeyObject("private", info.private, info);
}

function createPublicKey(key: any): KeyObject {
  const info = __host.keyInfo(keyBytes(key));
  return new KeyObject("public", info.public, info);
}

const constants = {
  RSA_PKCS1_PADDING: 1, RSA_NO_PADDING: 3, RSA_PKCS1_OAEP_PADDING: 4, RSA_PKCS1_PSS_PADDING: 6, RSA_PSS_SALTLEN_DIGEST: -1,
  RSA_PSS_SALTLEN_MAX_SIGN: -2, RSA_PSS_SALTLEN_AUTO: -2,
};

function padding(key: any): string {
  return key?.padding === constants.RSA_PKCS1_PSS_PADDING ? "pss" : "";
}

function sign(algorithm: string | null | undefined, data: unknown, key: any, callback?: any): any {
  const make = (): Buffer => wrap(__host.sign(keyBytes(key), hashName(algorithm ?? ""), bytesOf(data, "data"), padding(key), key?.dsaEncoding === "ieee-p1363",
    key?.saltLength > 0 ? key.saltLength : undefined));
  return later(make, callback);
}

function verify(algorithm: string | null | undefined, data: unknown, key: any, signature: unknown, callback?: any): any {
  const make = (): boolean => __host.verify(keyBytes(key), hashName(algorithm ?? ""), bytesOf(data, "data"), padding(key), key?.dsaEncoding === "ieee-p1363",
    bytesOf(signature, "signature"));
  return later(make, callback);
}

/** The value, or the callback's. */
function later<T>(make: () => T, callback: any): T | undefined {
  if (callback === undefined) return make();
  checkFunction(callback, "callback");
  try {
    tick(callback, null, make());
  } catch (error) {
    tick(callback, error);
  }
  return undefined;
}

class Collector extends Transform {
  protected parts: Uint8Array[] = [];
  protected algorithm: string;

  constructor(algorithm: string, options?: object) {
    super(options);
    checkString(algorithm, "algorithm");
    this.algorithm = algorithm;
  }

  update(data: unknown, encoding?: string): any {
    this.parts.push(Buffer.from(bytesOf(data, "data", encoding)));
    return this;
  }

  _write(chunk: any, encoding: any, done: Done): void {
    this.update(chunk, encoding);
    done();
  }
}

class Sign extends Collector {
  sign(key: any, encoding?: string): any {
    return output(sign(this.algorithm, Buffer.concat(this.parts), key), encoding);
  }
}

class Verify extends Collector {
  verify(key: any, signature: any, encoding?: string): boolean {
    return verify(this.algorithm, Buffer.concat(this.parts), key, bytesOf(signature, "signature", encoding));
  }
}

const cipherPattern = /^aes-?(128|192|256)-(cbc|ctr|gcm)$/;

class Cipher extends Transform {
  #algorithm: string;
  #encrypt: boolean;
  #key: Uint8Array;
  #iv: Uint8Array;
  #parts: Uint8Array[] = [];
  #aad: Uint8Array[] = [];
  #tag: Uint8Array = Buffer.alloc(0);
  #pad = true;

  constructor(algorithm: string, encrypt: boolean, key: unknown, iv: unknown, options?: object) {
    super(options);
    checkString(algorithm, "cipher");
    this.#algorithm = algorithm.toLowerCase();
    const match = cipherPattern.exec(this.#algorithm);
    if (match === null) throw nodeError(Error, "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher");
    this.#encrypt = encrypt;
    this.#key = Buffer.from(bytesOf(key, "key"));
    this.#iv = Buffer.from(bytesOf(iv, "iv"));
    if (this.#key.length * 8 !== +match[1]!) throw nodeError(RangeError, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
    if (match[2] !== "gcm" && this.#iv.length !== 16) throw nodeError(TypeError, "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector");
  }

  update(data: unknown, encoding?: string, to?: string): any {
    this.#parts.push(Buffer.from(bytesOf(data, "data", encoding)));
    return output(Buffer.alloc(0), to);
  }

  final(encoding?: string): any {
    let out = __host.cipher(this.#algorithm, this.#encrypt, this.#key, this.#iv, Buffer.concat(this.#parts), Buffer.concat(this.#aad), this.#tag, this.#pad);
    if (this.#encrypt && this.#algorithm.endsWith("gcm")) {
      this.#tag = out.slice(-16);
      out = out.subarray(0, -16);
    }
    return output(out, encoding);
  }

  setAAD(aad: unknown): this {
    this.#aad.push(Buffer.from(bytesOf(aad, "aad")));
    return this;
  }

  getAuthTag(): Buffer {
    return Buffer.from(this.#tag);
  }

  setAuthTag(tag: unknown, encoding?: string): this {
    this.#tag = Buffer.from(bytesOf(tag, "tag", encoding));
    return this;
  }

  setAutoPadding(pad = true): this {
    this.#pad = pad;
    return this;
  }

  _transform(chunk: any, encoding: any, done: Done): void {
    this.update(chunk, encoding);
    done();
  }

  _flush(this: Stream, done: Done): void {
    try {
      this.push(this.final());
      done();
    } catch (error) {
      done(error);
    }
  }
}

function randomBytes(size: unknown, callback?: any): any {
  checkInteger(size, "size", 0, 2 ** 31 - 1);
  return later(() => {
    if (size <= 2 ** 20) return wrap(__host.random(size));
    return randomFillSync(Buffer.alloc(size)) as Buffer;
  }, callback);
}

function randomFillSync<T>(target: T, offset = 0, size?: number): T {
  const bytes = bytesOf(target, "buf");
  const unit = (target as any).BYTES_PER_ELEMENT ?? 1;
  const from = offset * unit;
  checkInteger(from, "offset", 0, bytes.length);
  const to = size === undefined ? bytes.length : from + size * unit;
  if (to > bytes.length) throw outOfRange("size + offset", "<= " + bytes.length, to);
  for (let at = from; at < to; at += 2 ** 20) bytes.set(__host.random(Math.min(2 ** 20, to - at)), at);
  return target;
}

function randomFill(target: unknown, ...args: any[]): void {
  const callback = args.pop();
  checkFunction(callback, "callback");
  later(() => randomFillSync(target, args[0], args[1]), callback);
}

function randomInt(min: any, max?: any, callback?: any): any {
  if (max === undefined || typeof max === "function") [min, max, callback] = [0, min, max];
  if (!Number.isSafeInteger(min)) throw invalidType("min", "a safe integer", min);
  if (!Number.isSafeInteger(max)) throw invalidType("max", "a safe integer", max);
  if (max <= min) throw outOfRange("max", 'greater than the value of "min" (' + min + ")", max);
  const range = max - min;
  if (range > 2 ** 48 - 1) throw outOfRange(min === 0 ? "max" : "max - min", "<= 281474976710655", range);
  return later(() => {
    // What lies beyond the last whole range would favour small numbers.
    const limit = 2 ** 48 - (2 ** 48 % range);
    for (;;) {
      const value = wrap(__host.random(6)).readUIntBE(0, 6) as number;
      if (value < limit) return min + (value % range);
    }
  }, callback);
}

function randomUUID(): string {
  const bytes = wrap(__host.random(16));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  return bytes.toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function timingSafeEqual(a: unknown, b: unknown): boolean {
  const x = bytesOf(a, "buf1");
  const y = bytesOf(b, "buf2");
  if (x.length !== y.length) throw nodeError(RangeError, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length");
  return __host.equal(x, y);
}

type DeriveArgs = [kind: string, secret: Uint8Array, salt: Uint8Array, length: number, ...options: unknown[]];

function pbkdf2Args(password: unknown, salt: unknown, iterations: unknown, length: unknown, digest: unknown): DeriveArgs {
  checkString(digest, "digest");
  checkInteger(iterations, "iterations", 1, 2 ** 31 - 1);
  checkInteger(length, "keylen", 0, 2 ** 31 - 1);
  const name = hashName(digest);
  if (!hashNames.includes(name)) throw nodeError(TypeError, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: " + digest);
  return ["pbkdf2", bytesOf(password, "password"), bytesOf(salt, "salt"), length, iterations, name];
}

function scryptArgs(password: unknown, salt: unknown, length: unknown, options: any = {}): DeriveArgs {
  checkInteger(length, "keylen", 0, 2 ** 31 - 1);
  const N = options.N ?? options.cost ?? 16384;
  const r = options.r ?? options.blockSize ?? 8;
  const p = options.p ?? options.parallelization ?? 1;
  const max = options.maxmem ?? 32 * 1024 * 1024;
  if (N < 2 || (N & (N - 1)) !== 0 || 128 * N * r > max) {
    throw nodeError(RangeError, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params" + (128 * N * r > max ? ": memory limit exceeded" : ""));
  }
  return ["scrypt", bytesOf(password, "password"), bytesOf(salt, "salt"), length, N, r, p];
}

function hkdfArgs(digest: string, key: unknown, salt: unknown, info: unknown, length: unknown): DeriveArgs {
  checkInteger(length, "length", 0, 2 ** 31 - 1);
  return ["hkdf", bytesOf(key, "ikm"), bytesOf(salt, "salt"), length, bytesOf(info, "info"), hashName(digest)];
}

function derive(args: DeriveArgs, callback: unknown, result: (bytes: Uint8Array) => unknown = wrap): void {
  checkFunction(callback, "callback");
  op(__host.deriveLater, ...args).then((bytes) => tick(callback, null, result(bytes)), (error) => tick(callback, error));
}

const arrayBufferOf = (bytes: Uint8Array): ArrayBufferLike => bytes.buffer;
const webcrypto = (webCrypto as any).crypto;

const crypto = {
  Hash,
  Hmac,
  Sign,
  Verify,
  KeyObject,
  constants,
  createHash: (algorithm: string, options?: object) => new Hash(algorithm, undefined, options),
  createHmac: (algorithm: string, key: any, options?: object) => {
    checkString(algorithm, "hmac");
    return new Hmac(algorithm, bytesOf(key, "key"), options);
  },
  hash: (algorithm: string, data: unknown, encoding = "hex") => new Hash(algorithm, undefined).update(data).digest(encoding),
  getHashes: () => [...hashNames, ...["sha1", "sha224", "sha256", "sha384", "sha512"].map((name) => "RSA-" + name.toUpperCase())],
  getCiphers: () => ["128", "192", "256"].flatMap((bits) => ["cbc", "ctr", "gcm"].map((mode) => "aes-" + bits + "-" + mode)),
  getCurves: () => ["prime256v1", "secp384r1", "secp521r1"],
  getFips: () => 0,
  createSecretKey,
  createPrivateKey,
  createPublicKey,
  createSign: (algorithm: string, options?: object) => new Sign(algorithm, options),
  createVerify: (algorithm: string, options?: object) => new Verify(algorithm, options),
  sign,
  verify,
  createCipheriv: (algorithm: string, key: unknown, iv: unknown, options?: object) => new Cipher(algorithm, true, key, iv, options),
  createDecipheriv: (algorithm: string, key: unknown, iv: unknown, options?: object) => new Cipher(algorithm, false, key, iv, options),
  randomBytes,
  pseudoRandomBytes: randomBytes,
  rng: randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  timingSafeEqual,
  pbkdf2(password: unknown, salt: unknown, iterations: unknown, length: unknown, digest: unknown, callback: unknown): void {
    derive(pbkdf2Args(password, salt, iterations, length, digest), callback);
  },
  pbkdf2Sync: (...args: Parameters<typeof pbkdf2Args>) => wrap(__host.derive(...pbkdf2Args(...args))),
  scrypt(password: unknown, salt: unknown, length: unknown, options: any, callback?: unknown): void {
    if (callback === undefined) [options, callback] = [{}, options];
    derive(scryptArgs(password, salt, length, options), callback);
  },
  scryptSync: (...args: Parameters<typeof scryptArgs>) => wrap(__host.derive(...scryptArgs(...args))),
  hkdf(digest: string, key: unknown, salt: unknown, info: unknown, length: unknown, callback: unknown): void {
    derive(hkdfArgs(digest, key, salt, info, length), callback, arrayBufferOf);
  },
  hkdfSync: (...args: Parameters<typeof hkdfArgs>) => arrayBufferOf(__host.derive(...hkdfArgs(...args))),
  get webcrypto(): unknown {
    return webcrypto;
  },
  get subtle(): unknown {
    return webcrypto?.subtle;
  },
  getRandomValues: (array: unknown) => webcrypto.getRandomValues(array),
};

export default crypto;
