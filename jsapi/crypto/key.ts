// CryptoKey: https://w3c.github.io/webcrypto/#cryptokey-interface

import { type Converter, defineInterface, isObject, requireToken } from "../internal/webidl.ts";
import { SafeTypeError } from "../internal/primordials.ts";

declare const __host: {
  /** What scripts see of a key. */
  view(key: Uint8Array): KeyView;
};

interface KeyView {
  type: "secret" | "public" | "private";
  extractable: boolean;
  algorithm: { name: string };
  usages: string[];
}

/** The key as the host reads it. Scripts never get hold of it. */
export let keyBytes: (key: CryptoKey) => Uint8Array;

/** Whether the value is a CryptoKey. */
export let isKey: (value: unknown) => value is CryptoKey;

export class CryptoKey {
  #bytes: Uint8Array;
  /** Made when a script first looks at the key; the same objects from then on. */
  #view: KeyView | undefined;

  constructor(token: unknown = undefined, bytes: Uint8Array | undefined = undefined) {
    requireToken(token);
    this.#bytes = bytes!;
  }

  get type(): string {
    return CryptoKey.#viewOf(this).type;
  }

  get extractable(): boolean {
    return CryptoKey.#viewOf(this).extractable;
  }

  get algorithm(): object {
    return CryptoKey.#viewOf(this).algorithm;
  }

  get usages(): object {
    return CryptoKey.#viewOf(this).usages;
  }

  static #viewOf(key: CryptoKey): KeyView {
    return (key.#view ??= __host.view(key.#bytes));
  }

  static {
    keyBytes = (key) => key.#bytes;
    isKey = (value): value is CryptoKey => isObject(value) && #bytes in value;
  }
}
defineInterface(CryptoKey);

/** A parameter or member of the type CryptoKey. */
export const toKey: Converter<Uint8Array> = (value, where) => {
  if (!isKey(value)) throw new SafeTypeError(where + " is not a CryptoKey.");
  return keyBytes(value);
};
