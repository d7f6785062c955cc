// Encoding Standard, 7.4 Interface TextEncoder.

import {
  SafeTypeError,
  SafeUint8Array,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetName,
  TypedArrayPrototypeSet,
} from "../internal/primordials.ts";
import { showAttributes } from "../internal/inspectable.ts";
import { defineInterface, requireArguments, toDOMString } from "../internal/webidl.ts";

declare const __host: {
  /** The text in UTF-8; lone surrogates become U+FFFD. */
  encode(text: string): Uint8Array<ArrayBuffer>;
  /** As much of the text's UTF-8 as there is room for, and how many units of the text that is. */
  encodeInto(text: string, room: number): [Uint8Array, number];
};

/** How many units are encoded in one call of the host, which takes no value of any size. */
const unitsMax = 1 << 22;

/** The text in UTF-8; lone surrogates become U+FFFD. */
export function utf8Encode(text: string): Uint8Array<ArrayBuffer> {
  if (text.length <= unitsMax) return __host.encode(text);
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const slice = piece(text, at, unitsMax);
    const part = __host.encode(slice);
    at += slice.length;
    parts[parts.length] = part;
    length += TypedArrayPrototypeGetLength(part);
  }
  const whole = new SafeUint8Array(length);
  for (let i = 0, at = 0; i < parts.length; i++) {
    TypedArrayPrototypeSet(whole, parts[i]!, at);
    at += TypedArrayPrototypeGetLength(parts[i]);
  }
  return whole;
}

export function isHighSurrogate(unit: number): boolean {
  return unit >> 10 === 0xd800 >> 10;
}

/** At most so many units of the text, which take a byte each or more, and no half of a pair unless it is alone. */
function piece(text: string, from: number, length: number): string {
  if (from === 0 && text.length <= length) return text;
  let end = from + length;
  if (end < text.length && length > 1 && isHighSurrogate(StringPrototypeCharCodeAt(text, end - 1))) end--;
  return StringPrototypeSlice(text, from, end);
}

export class TextEncoder {
  /** Tells an instance from what is none. */
  readonly #encoding = "utf-8";

  get encoding(): string {
    return this.#encoding;
  }

  encode(input: unknown = ""): Uint8Array {
    this.#encoding;
    return utf8Encode(toDOMString(input, "Failed to execute 'encode' on 'TextEncoder': parameter 1"));
  }

  encodeInto(source: unknown, destination: unknown): { read: number; written: number } {
    this.#encoding;
    const where = "Failed to execute 'encodeInto' on 'TextEncoder'";
    requireArguments(arguments.length, 2, where);
    const text = toDOMString(source, where + ": parameter 1");
    if (TypedArrayPrototypeGetName(destination) !== "Uint8Array") {
      throw new SafeTypeError(where + ": parameter 2 is not a Uint8Array.");
    }
    const room = TypedArrayPrototypeGetLength(destination);
    let read = 0;
    let written = 0;
    while (read < text.length && written < room) {
      const left = room - written;
      const result = __host.encodeInto(piece(text, read, left < unitsMax ? left : unitsMax), left);
      if (result[1] === 0) break;
      TypedArrayPrototypeSet(destination as Uint8Array, result[0], written);
      read += result[1];
      written += TypedArrayPrototypeGetLength(result[0]);
    }
    return { read, written };
  }
}
defineInterface(TextEncoder);
showAttributes(TextEncoder, ["encoding"]);
