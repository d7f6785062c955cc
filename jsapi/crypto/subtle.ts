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
import { ArrayBufferIsView, ArrayPrototypeIndexOf, SafeTypeError, viewByteLength } from "../internal/primordials.ts";
import { toJWK } from "./jwk.ts";
import { CryptoKey, toKey } from "./key.ts";
import { type Algorithm, type Identifier, normalize, toIdentifier } from "./normalize.ts";
import { asIs, perform } from "./perform.ts";

declare const __host: {
  constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean;
};

/** Whether two byte sequences are the same, in a time that depends on their lengths alone. */
export const constantTimeEqual = (a: Uint8Array, b: Uint8Array): boolean => __host.constantTimeEqual(a, b);

const usageNames = [
  "encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey",
  "encapsulateKey", "encapsulateBits", "decapsulateKey", "decapsulateBits",
] as const;
const formats = ["raw-public", "raw-private", "raw-seed", "raw-secret", "raw", "spki", "pkcs8", "jwk"] as const;

const toUsage: Converter<string> = (value, where) => toEnum(value, usageNames, where);
const toLength: Converter<number | null> = (value, where) => (value === undefined || value === null ? null : toUnsignedLong(value, where));

/** The types of parameters by the letters that stand for them below. */
const parameters: { [letter: string]: Converter<any> } = {
  __proto__: null as never,
  A: toIdentifier,
  D: (value, where) => bytesOf(toBufferSource(value, where)),
  E: toBoolean, // extractable
  F: (value, where) => toEnum(value, formats, where),
  I: (value, where) => (isBufferSource(value) ? bytesOf(value) : toJWK(value, where)), // keyData
  K: toKey,
  L: toLength,
  U: (value, where) => toSequence(value, toUsage, where),
};

/** How messages about a method's parameters begin. */
const parameter = (method: string, n: number): string => "Failed to execute '" + method + "' on 'SubtleCrypto': parameter " + n;

const keyOf = (bytes: Uint8Array): CryptoKey => new CryptoKey(internalToken, bytes);

/** A secret key, or a pair. */
const keysOf = (keys: Uint8Array[]): object =>
  keys.length === 1 ? keyOf(keys[0]!) : { publicKey: keyOf(keys[0]!), privateKey: keyOf(keys[1]!) };

/** An EncapsulatedKey. */
function encapsulatedOf(result: { sharedKey: unknown }): object {
  result.sharedKey = keyOf(result.sharedKey as Uint8Array);
  return result;
}

/** The normalized algorithm for wrapping: one that encrypts will do. */
function normalizeWrap(operation: "wrapKey" | "unwrapKey", identifier: Identifier): Algorithm {
  try {
    return normalize(operation, identifier);
  } catch {
    return normalize(operation === "wrapKey" ? "encrypt" : "decrypt", identifier);
  }
}

/** encrypt, decrypt and sign. */
function withKey(method: string, a: any[]): Promise<ArrayBuffer> {
  const { fast, params } = normalize(method, a[0]);
  return perform(asIs, fast, viewByteLength(a[2]), method, params, a[1], a[2]);
}

export class SubtleCrypto {
  #brand: undefined;

  constructor(token: unknown = undefined) {
    requireToken(token);
  }

  // Methods are async: what they throw, a receiver that is no SubtleCrypto included, rejects their promise. Each converts its
  // arguments, normalizes algorithms and leaves the rest to the host. The parameters are there to be counted.

  async encrypt(_algorithm: unknown, _key: unknown, _data: unknown): Promise<ArrayBuffer> {
    return withKey("encrypt", SubtleCrypto.#convert(this, "encrypt", "AKD", arguments));
  }

  async decrypt(_algorithm: unknown, _key: unknown, _data: unknown): Promise<ArrayBuffer> {
    return withKey("decrypt", SubtleCrypto.#convert(this, "decrypt", "AKD", arguments));
  }

  async sign(_algorithm: unknown, _key: unknown, _data: unknown): Promise<ArrayBuffer> {
    return withKey("sign", SubtleCrypto.#convert(this, "sign", "AKD", arguments));
  }

  async verify(_algorithm: unknown, _key: unknown, _signature: unknown, _data: unknown): Promise<boolean> {
    const a = SubtleCrypto.#convert(this, "verify", "AKDD", arguments);
    const { fast, params } = normalize("verify", a[0]);
    return perform(asIs, fast, viewByteLength(a[3]), "verify", params, a[1], a[2], a[3]);
  }

  async digest(_algorithm: unknown, _data: unknown): Promise<ArrayBuffer> {
    const a = SubtleCrypto.#convert(this, "digest", "AD", arguments);
    const { fast, params } = normalize("digest", a[0]);
    return perform(asIs, fast, viewByteLength(a[1]), "digest", params, a[1]);
  }

  async generateKey(_algorithm: unknown, _extractable: unknown, _keyUsages: unknown): Promise<object> {
    const a = SubtleCrypto.#convert(this, "generateKey", "AEU", arguments);
    const { fast, params } = normalize("generateKey", a[0]);
    return perform(keysOf, fast, 0, "generateKey", params, a[1], a[2]);
  }

  async deriveKey(_algorithm: unknown, _baseKey: unknown, _derivedKeyType: unknown, _extractable: unknown, _keyUsages: unknown): Promise<CryptoKey> {
    const a = SubtleCrypto.#convert(this, "deriveKey", "AKAEU", arguments);
    const { fast, params } = normalize("deriveBits", a[0]);
    const imported = normalize("importKey", a[2]).params;
    const measured = normalize("getKeyLength", a[2]).params;
    return perform(keyOf, fast, 0, "deriveKey", params, a[1], imported, measured, a[3], a[4]);
  }

  async deriveBits(_algorithm: unknown, _baseKey: unknown, _length: unknown = null): Promise<ArrayBuffer> {
    const a = SubtleCrypto.#convert(this, "deriveBits", "AKL", arguments, 2);
    const { fast, params } = normalize("deriveBits", a[0]);
    return perform(asIs, fast, 0, "deriveBits", params, a[1], a[2]);
  }

  async importKey(_format: unknown, _keyData: unknown, _algorithm: unknown, _extractable: unknown, _keyUsages: unknown): Promise<CryptoKey> {
    const a = SubtleCrypto.#convert(this, "importKey", "FIAEU", arguments);
    const { fast, params } = normalize("importKey", a[2]);
    const isBytes = ArrayBufferIsView(a[1]);
    if (isBytes === (a[0] === "jwk")) {
      throw new SafeTypeError(parameter("importKey", 2) + (isBytes ? " is a buffer, not a JWK." : " is not an ArrayBuffer or a view of one."));
    }
    return perform(keyOf, fast, isBytes ? viewByteLength(a[1]) : 0, "importKey", params, a[0], a[1], a[3], a[4]);
  }

  async exportKey(_format: unknown, _key: unknown): Promise<ArrayBuffer | object> {
    const a = SubtleCrypto.#convert(this, "exportKey", "FK", arguments);
    return perform(asIs, true, 0, "exportKey", a[0], a[1]);
  }

  async getPublicKey(_key: unknown, _keyUsages: unknown): Promise<CryptoKey> {
    const a = SubtleCrypto.#convert(this, "getPublicKey", "KU", arguments);
    return perform(keyOf, true, 0, "getPublicKey", a[0], a[1]);
  }

  async wrapKey(_format: unknown, _key: unknown, _wrappingKey: unknown, _wrapAlgorithm: unknown): Promise<ArrayBuffer> {
    const a = SubtleCrypto.#convert(this, "wrapKey", "FKKA", arguments);
    const { fast, params } = normalizeWrap("wrapKey", a[3]);
    return perform(asIs, fast, 0, "wrapKey", params, a[0], a[1], a[2]);
  }

  async unwrapKey(
    _format: unknown, _wrappedKey: unknown, _unwrappingKey: unknown, _unwrapAlgorithm: unknown, _unwrappedKeyAlgorithm: unknown,
    _extractable: unknown, _keyUsages: unknown,
  ): Promise<CryptoKey> {
    const a = SubtleCrypto.#convert(this, "unwrapKey", "FDKAAEU", arguments);
    const { fast, params } = normalizeWrap("unwrapKey", a[3]);
    const imported = normalize("importKey", a[4]);
    const size = viewByteLength(a[1]);
    return perform(keyOf, fast && imported.fast, size, "unwrapKey", params, a[0], a[1], a[2], imported.params, a[5], a[6]);
  }

  async encapsulateKey(_algorithm: unknown, _key: unknown, _sharedKeyAlgorithm: unknown, _extractable: unknown, _keyUsages: unknown): Promise<object> {
    const a = SubtleCrypto.#convert(this, "encapsulateKey", "AKAEU", arguments);
    const { fast, params } = normalize("encapsulate", a[0]);
    return perform(encapsulatedOf, fast, 0, "encapsulateKey", params, a[1], normalize("importKey", a[2]).params, a[3], a[4]);
  }

  async encapsulateBits(_algorithm: unknown, _key: unknown): Promise<object> {
    const a = SubtleCrypto.#convert(this, "encapsulateBits", "AK", arguments);
    const { fast, params } = normalize("encapsulate", a[0]);
    return perform(asIs, fast, 0, "encapsulateBits", params, a[1]);
  }

  async decapsulateKey(
    _algorithm: unknown, _key: unknown, _ciphertext: unknown, _sharedKeyAlgorithm: unknown, _extractable: unknown, _keyUsages: unknown,
  ): Promise<CryptoKey> {
    const a = SubtleCrypto.#convert(this, "decapsulateKey", "AKDAEU", arguments);
    const { fast, params } = normalize("decapsulate", a[0]);
    return perform(keyOf, fast, 0, "decapsulateKey", params, a[1], a[2], normalize("importKey", a[3]).params, a[4], a[5]);
  }

  async decapsulateBits(_algorithm: unknown, _key: unknown, _ciphertext: unknown): Promise<ArrayBuffer> {
    const a = SubtleCrypto.#convert(this, "decapsulateBits", "AKD", arguments);
    const { fast, params } = normalize("decapsulate", a[0]);
    return perform(asIs, fast, 0, "decapsulateBits", params, a[1], a[2]);
  }

  /** No part of the specification, but of other servers' SubtleCrypto: what signatures and tokens are to be compared with. */
  timingSafeEqual(_a: unknown, _b: unknown): boolean {
    const a = SubtleCrypto.#convert(this, "timingSafeEqual", "DD", arguments);
    if (viewByteLength(a[0]) !== viewByteLength(a[1])) {
      throw new SafeTypeError(parameter("timingSafeEqual", 2) + " has another length than parameter 1.");
    }
    return constantTimeEqual(a[0], a[1]);
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

  /** What every method does first: converts its arguments, to the types that the letters stand for. */
  static #convert(self: SubtleCrypto, method: string, types: string, args: ArrayLike<unknown>, needed = types.length): any[] {
    if (!(#brand in self)) throw new SafeTypeError("'" + method + "' called on an object that is not a SubtleCrypto");
    requireArguments(args.length, needed, "Failed to execute '" + method + "' on 'SubtleCrypto'");
    // Elements that are there already are written without a look at the prototype, which could have setters.
    const converted: unknown[] = [undefined, undefined, undefined, undefined, undefined, undefined, undefined];
    for (let i = 0; i < types.length; i++) converted[i] = parameters[types[i]!]!(args[i], parameter(method, i + 1));
    return converted;
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
    perform(asIs, true, 0, "check", operation, normalize(operation, identifier).params, length);
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
      if (params.name !== "AES-KW") perform(asIs, true, 0, "check", "encrypt", params, null);
      return true;
    }
    case "deriveKey": {
      if (other === null) return false;
      normalize("importKey", other);
      const bits = perform(asIs, true, 0, "check", "getKeyLength", normalize("getKeyLength", other).params, null);
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

