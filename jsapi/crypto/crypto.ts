// The group "crypto": https://w3c.github.io/webcrypto/

import { registerCloneable } from "../clone/clone.ts";
import { DOMException, QuotaExceededError } from "../events/events.ts";
import { expose, exposeAttributes } from "../internal/expose.ts";
import { ArrayBufferIsView, SafeTypeError, global, TypedArrayPrototypeGetName, TypedArrayPrototypeSet, viewByteLength } from "../internal/primordials.ts";
import { bytesOf, defineInterface, internalToken, requireArguments, requireToken } from "../internal/webidl.ts";
import { CryptoKey, isKey, keyBytes } from "./key.ts";
import { SubtleCrypto, constantTimeEqual } from "./subtle.ts";

declare const __host: {
  chosen: boolean;
  /** So many random bytes, 65,536 at most. */
  random(length: number): Uint8Array;
  /** A random UUID (RFC 9562, version 4). */
  uuid(): string;
};

/** The quota of getRandomValues in bytes. */
const randomMax = 65536;

const subtle = new SubtleCrypto(internalToken);

export class Crypto {
  #brand: undefined;

  constructor(token: unknown = undefined) {
    requireToken(token);
  }

  get subtle(): SubtleCrypto {
    this.#brand; // throws for what is no Crypto
    return subtle;
  }

  getRandomValues(array: unknown): unknown {
    this.#brand;
    const where = "Failed to execute 'getRandomValues' on 'Crypto'";
    requireArguments(arguments.length, 1, where);
    if (!ArrayBufferIsView(array)) throw new SafeTypeError(where + ": parameter 1 is not a view of an ArrayBuffer.");
    switch (TypedArrayPrototypeGetName(array)) {
      case undefined: // a DataView
      case "Float16Array":
      case "Float32Array":
      case "Float64Array":
        throw new DOMException(where + ": the array's elements are not integers.", "TypeMismatchError");
    }
    const length = viewByteLength(array);
    if (length > randomMax) {
      throw new QuotaExceededError(where + ": " + length + " bytes are more than the " + randomMax + " of one call.");
    }
    TypedArrayPrototypeSet(bytesOf(array as BufferSource), __host.random(length));
    return array;
  }

  randomUUID(): string {
    this.#brand;
    return __host.uuid();
  }
}
defineInterface(Crypto);

const crypto = new Crypto(internalToken);

// A key's bytes never change, so that clones may share them.
registerCloneable<CryptoKey>("CryptoKey", {
  is: isKey,
  write: keyBytes,
  read: (bytes: Uint8Array) => new CryptoKey(internalToken, bytes),
});

export { CryptoKey, SubtleCrypto, constantTimeEqual, crypto };

expose(__host, { Crypto, CryptoKey, SubtleCrypto });
exposeAttributes(__host, {
  get crypto(this: unknown) {
    if (this !== undefined && this !== null && this !== global) throw new SafeTypeError("'crypto' called on another object than the global");
    return crypto;
  },
});

export default {};
