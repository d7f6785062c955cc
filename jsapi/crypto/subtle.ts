// SubtleCrypto: https://w3c.github.io/webcrypto/#subtlecrypto-interface, with the methods of
// https://wicg.github.io/webcrypto-modern-algos/

import {
  type Converter,
  bytesOf,
  defineInterface,
  internalToken,
  isBufferSource,
  isObject,
  requireArguments,
  requireToken,
  toBoolean,
  toBufferSource,
  toDOMString,
  toEnum,
  toSequence,
  toUnsignedLong,
} from "../internal/webidl.ts";
import { ArrayPrototypeIndexOf, SafeTypeError, viewByteLength } from "../internal/primordials.ts";
import { toJWK } from "./jwk.ts";
import { CryptoKey, toKey } from "./key.ts";
import { type Algorithm, type Identifier, normalize, toIdentifier } from "./normalize.ts";
import { perform } from "./perform.ts";

const usageNames = [
  "encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey",
  "encapsulateKey", "encapsulateBits", "decapsulateKey", "decapsulateBits",
] as const;
const formats = ["raw-public", "raw-private", "raw-seed", "raw-secret", "raw", "spki", "pkcs8", "jwk"] as const;

const toFormat: Converter<string> = (value, where) => toEnum(value, formats, where);
const toUsage: Converter<string> = (value, where) => toEnum(value, usageNames, where);
const toUsages: Converter<string[]> = (value, where) => toSequence(value, toUsage, where);
const toBytes: Converter<Uint8Array> = (value, where) => bytesOf(toBufferSource(value, where));
const toLength: Converter<number | null> = (value, where) => (value === undefined || value === null ? null : toUnsignedLong(value, where));

/** How messages about a method's parameters begin. */
const parameter = (method: string, n: number): string => "Failed to execute '" + method + "' on 'SubtleCrypto': parameter " + n;

const keyOf = (bytes: Uint8Array): CryptoKey => new CryptoKey(internalToken, bytes);

/** The normalized algorithm for wrapping: one that encrypts will do. */
function normalizeWrap(operation: "wrapKey" | "unwrapKey", identifier: Identifier): Algorithm {
  try {
    return normalize(operation, identifier);
  } catch {
    return normalize(operation === "wrapKey" ? "encrypt" : "decrypt", identifier);
  }
}

export class SubtleCrypto {
  #brand: undefined;

  constructor(token: unknown = undefined) {
    requireToken(token);
  }

  // Methods are async: what they throw, a receiver that is no SubtleCrypto included, rejects their promise.

  async encrypt(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    SubtleCrypto.#enter(this, "encrypt", arguments.length, 3);
    return SubtleCrypto.#withKey("encrypt", algorithm, key, data);
  }

  async decrypt(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    SubtleCrypto.#enter(this, "decrypt", arguments.length, 3);
    return SubtleCrypto.#withKey("decrypt", algorithm, key, data);
  }

  async sign(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    SubtleCrypto.#enter(this, "sign", arguments.length, 3);
    return SubtleCrypto.#withKey("sign", algorithm, key, data);
  }

  async verify(algorithm: unknown, key: unknown, signature: unknown, data: unknown): Promise<boolean> {
    SubtleCrypto.#enter(this, "verify", arguments.length, 4);
    const identifier = toIdentifier(algorithm, parameter("verify", 1));
    const bytes = toKey(key, parameter("verify", 2));
    const claim = toBytes(signature, parameter("verify", 3));
    const message = toBytes(data, parameter("verify", 4));
    const { fast, params } = normalize("verify", identifier);
    return perform(fast, viewByteLength(message), "verify", params, bytes, claim, message);
  }

  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    SubtleCrypto.#enter(this, "digest", arguments.length, 2);
    const identifier = toIdentifier(algorithm, parameter("digest", 1));
    const message = toBytes(data, parameter("digest", 2));
    const { fast, params } = normalize("digest", identifier);
    return perform(fast, viewByteLength(message), "digest", params, message);
  }

  async generateKey(algorithm: unknown, extractable: unknown, keyUsages: unknown): Promise<object> {
    SubtleCrypto.#enter(this, "generateKey", arguments.length, 3);
    const identifier = toIdentifier(algorithm, parameter("generateKey", 1));
    const exportable = toBoolean(extractable);
    const usages = toUsages(keyUsages, parameter("generateKey", 3));
    const { fast, params } = normalize("generateKey", identifier);
    const keys = await perform(fast, 0, "generateKey", params, exportable, usages);
    return keys.length === 1 ? keyOf(keys[0]) : { publicKey: keyOf(keys[0]), privateKey: keyOf(keys[1]) };
  }

  async deriveKey(algorithm: unknown, baseKey: unknown, derivedKeyType: unknown, extractable: unknown, keyUsages: unknown): Promise<CryptoKey> {
    SubtleCrypto.#enter(this, "deriveKey", arguments.length, 5);
    const identifier = toIdentifier(algorithm, parameter("deriveKey", 1));
    const base = toKey(baseKey, parameter("deriveKey", 2));
    const type = toIdentifier(derivedKeyType, parameter("deriveKey", 3));
    const exportable = toBoolean(extractable);
    const usages = toUsages(keyUsages, parameter("deriveKey", 5));
    const { fast, params } = normalize("deriveBits", identifier);
    const imported = normalize("importKey", type).params;
    const measured = normalize("getKeyLength", type).params;
    return keyOf(await perform(fast, 0, "deriveKey", params, base, imported, measured, exportable, usages));
  }

  async deriveBits(algorithm: unknown, baseKey: unknown, length: unknown = null): Promise<ArrayBuffer> {
    SubtleCrypto.#enter(this, "deriveBits", arguments.length, 2);
    const identifier = toIdentifier(algorithm, parameter("deriveBits", 1));
    const base = toKey(baseKey, parameter("deriveBits", 2));
    const bits = toLength(length, parameter("deriveBits", 3));
    const { fast, params } = normalize("deriveBits", identifier);
    return perform(fast, 0, "deriveBits", params, base, bits);
  }

  async importKey(format: unknown, keyData: unknown, algorithm: unknown, extractable: unknown, keyUsages: unknown): Promise<CryptoKey> {
    SubtleCrypto.#enter(this, "importKey", arguments.length, 5);
    const where = parameter("importKey", 2);
    const name = toFormat(format, parameter("importKey", 1));
    const isBytes = isBufferSource(keyData);
    const data = isBytes ? toBytes(keyData, where) : toJWK(keyData, where);
    const identifier = toIdentifier(algorithm, parameter("importKey", 3));
    const exportable = toBoolean(extractable);
    const usages = toUsages(keyUsages, parameter("importKey", 5));
    const { fast, params } = normalize("importKey", identifier);
    if (isBytes === (name === "jwk")) {
      throw new SafeTypeError(where + (isBytes ? " is a buffer, not a JWK." : " is not an ArrayBuffer or a view of one."));
    }
    return keyOf(await perform(fast, 0, "importKey", params, name, data, exportable, usages));
  }

  async exportKey(format: unknown, key: unknown): Promise<ArrayBuffer | object> {
    SubtleCrypto.#enter(this, "exportKey", arguments.length, 2);
    const name = toFormat(format, parameter("exportKey", 1));
    return perform(true, 0, "exportKey", name, toKey(key, parameter("exportKey", 2)));
  }

  async getPublicKey(key: unknown, keyUsages: unknown): Promise<CryptoKey> {
    SubtleCrypto.#enter(this, "getPublicKey", arguments.length, 2);
    const bytes = toKey(key, parameter("getPublicKey", 1));
    return keyOf(perform(true, 0, "getPublicKey", bytes, toUsages(keyUsages, parameter("getPublicKey", 2))));
  }

  async wrapKey(format: unknown, key: unknown, wrappingKey: unknown, wrapAlgorithm: unknown): Promise<ArrayBuffer> {
    SubtleCrypto.#enter(this, "wrapKey", arguments.length, 4);
    const name = toFormat(format, parameter("wrapKey", 1));
    const bytes = toKey(key, parameter("wrapKey", 2));
    const by = toKey(wrappingKey, parameter("wrapKey", 3));
    const { fast, params } = normalizeWrap("wrapKey", toIdentifier(wrapAlgorithm, parameter("wrapKey", 4)));
    return perform(fast, 0, "wrapKey", params, name, bytes, by);
  }

  async unwrapKey(
    format: unknown, wrappedKey: unknown, unwrappingKey: unknown, unwrapAlgorithm: unknown, unwrappedKeyAlgorithm: unknown,
    extractable: unknown, keyUsages: unknown,
  ): Promise<CryptoKey> {
    SubtleCrypto.#enter(this, "unwrapKey", arguments.length, 7);
    const name = toFormat(format, parameter("unwrapKey", 1));
    const wrapped = toBytes(wrappedKey, parameter("unwrapKey", 2));
    const by = toKey(unwrappingKey, parameter("unwrapKey", 3));
    const identifier = toIdentifier(unwrapAlgorithm, parameter("unwrapKey", 4));
    const type = toIdentifier(unwrappedKeyAlgorithm, parameter("unwrapKey", 5));
    const exportable = toBoolean(extractable);
    const usages = toUsages(keyUsages, parameter("unwrapKey", 7));
    const { fast, params } = normalizeWrap("unwrapKey", identifier);
    const imported = normalize("importKey", type);
    const bytes = await perform(
      fast && imported.fast, viewByteLength(wrapped), "unwrapKey", params, name, wrapped, by, imported.params, exportable, usages,
    );
    return keyOf(bytes);
  }

  async encapsulateKey(algorithm: unknown, key: unknown, sharedKeyAlgorithm: unknown, extractable: unknown, keyUsages: unknown): Promise<object> {
    SubtleCrypto.#enter(this, "encapsulateKey", arguments.length, 5);
    const identifier = toIdentifier(algorithm, parameter("encapsulateKey", 1));
    const bytes = toKey(key, parameter("encapsulateKey", 2));
    const type = toIdentifier(sharedKeyAlgorithm, parameter("encapsulateKey", 3));
    const exportable = toBoolean(extractable);
    const usages = toUsages(keyUsages, parameter("encapsulateKey", 5));
    const { fast, params } = normalize("encapsulate", identifier);
    const imported = normalize("importKey", type).params;
    const result = await perform(fast, 0, "encapsulateKey", params, bytes, imported, exportable, usages);
    result.sharedKey = keyOf(result.sharedKey);
    return result;
  }

  async encapsulateBits(algorithm: unknown, key: unknown): Promise<object> {
    SubtleCrypto.#enter(this, "encapsulateBits", arguments.length, 2);
    const identifier = toIdentifier(algorithm, parameter("encapsulateBits", 1));
    const bytes = toKey(key, parameter("encapsulateBits", 2));
    const { fast, params } = normalize("encapsulate", identifier);
    return perform(fast, 0, "encapsulateBits", params, bytes);
  }

  async decapsulateKey(
    algorithm: unknown, key: unknown, ciphertext: unknown, sharedKeyAlgorithm: unknown, extractable: unknown, keyUsages: unknown,
  ): Promise<CryptoKey> {
    SubtleCrypto.#enter(this, "decapsulateKey", arguments.length, 6);
    const identifier = toIdentifier(algorithm, parameter("decapsulateKey", 1));
    const bytes = toKey(key, parameter("decapsulateKey", 2));
    const data = toBytes(ciphertext, parameter("decapsulateKey", 3));
    const type = toIdentifier(sharedKeyAlgorithm, parameter("decapsulateKey", 4));
    const exportable = toBoolean(extractable);
    const usages = toUsages(keyUsages, parameter("decapsulateKey", 6));
    const { fast, params } = normalize("decapsulate", identifier);
    const imported = normalize("importKey", type).params;
    return keyOf(await perform(fast, 0, "decapsulateKey", params, bytes, data, imported, exportable, usages));
  }

  async decapsulateBits(algorithm: unknown, key: unknown, ciphertext: unknown): Promise<ArrayBuffer> {
    SubtleCrypto.#enter(this, "decapsulateBits", arguments.length, 3);
    const identifier = toIdentifier(algorithm, parameter("decapsulateBits", 1));
    const bytes = toKey(key, parameter("decapsulateBits", 2));
    const data = toBytes(ciphertext, parameter("decapsulateBits", 3));
    const { fast, params } = normalize("decapsulate", identifier);
    return perform(fast, 0, "decapsulateBits", params, bytes, data);
  }

  static supports(operation: unknown, algorithm: unknown, lengthOrAlgorithm: unknown = null): boolean {
    requireArguments(arguments.length, 2, "Failed to execute 'supports' on 'SubtleCrypto'");
    const name = toDOMString(operation, parameter("supports", 1));
    const identifier = toIdentifier(algorithm, parameter("supports", 2));
    // An object or a string is an algorithm, in the second of the two forms of the method.
    const other =
      isObject(lengthOrAlgorithm) || typeof lengthOrAlgorithm === "string"
        ? toIdentifier(lengthOrAlgorithm, parameter("supports", 3))
        : null;
    const length = other === null ? toLength(lengthOrAlgorithm, parameter("supports", 3)) : null;
    try {
      return supported(name, identifier, length, other);
    } catch {
      return false;
    }
  }

  /** What every method does first. */
  static #enter(self: SubtleCrypto, method: string, given: number, needed: number): void {
    if (!(#brand in self)) throw new SafeTypeError("'" + method + "' called on an object that is not a SubtleCrypto");
    requireArguments(given, needed, "Failed to execute '" + method + "' on 'SubtleCrypto'");
  }

  static #withKey(method: "encrypt" | "decrypt" | "sign", algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    const identifier = toIdentifier(algorithm, parameter(method, 1));
    const bytes = toKey(key, parameter(method, 2));
    const message = toBytes(data, parameter(method, 3));
    const { fast, params } = normalize(method, identifier);
    return perform(fast, viewByteLength(message), method, params, bytes, message);
  }
}
defineInterface(SubtleCrypto);

/** The operations of supports that take an algorithm as it is, and are checked by the host. */
const plain = ["encrypt", "decrypt", "sign", "verify", "digest", "generateKey", "deriveBits"];

/**
 * Whether an operation may succeed: https://wicg.github.io/webcrypto-modern-algos/#SubtleCrypto-method-supports. What keeps it
 * from that is also thrown.
 */
function supported(operation: string, identifier: Identifier, length: number | null, other: Identifier | null): boolean {
  if (ArrayPrototypeIndexOf(plain, operation) >= 0) {
    perform(true, 0, "check", operation, normalize(operation, identifier).params, length);
    return true;
  }
  switch (operation) {
    case "importKey":
    case "exportKey":
    case "getPublicKey":
      normalize(operation, identifier);
      return true;
    case "wrapKey":
    case "unwrapKey": {
      if (other !== null) normalize(operation === "wrapKey" ? "exportKey" : "importKey", other);
      const { params } = normalizeWrap(operation, identifier);
      if (params.name !== "AES-KW") perform(true, 0, "check", "encrypt", params, null);
      return true;
    }
    case "deriveKey": {
      if (other === null) return false;
      normalize("importKey", other);
      const bits = perform(true, 0, "check", "getKeyLength", normalize("getKeyLength", other).params, null);
      return supported("deriveBits", identifier, bits, null);
    }
    case "encapsulateKey":
    case "decapsulateKey":
      if (other === null) return false;
      normalize("importKey", other);
      normalize(operation === "encapsulateKey" ? "encapsulate" : "decapsulate", identifier);
      return true;
    case "encapsulateBits":
    case "decapsulateBits":
      normalize(operation === "encapsulateBits" ? "encapsulate" : "decapsulate", identifier);
      return true;
  }
  return false;
}

