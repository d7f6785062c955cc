// Encoding Standard, 7.2 Interface TextDecoder, and what it shares with TextDecoderStream.

import {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetDetached,
  SafeRangeError,
  SafeUint8Array,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetName,
  TypedArrayPrototypeSubarray,
  viewBuffer,
} from "../internal/primordials.ts";
import { showAttributes } from "../internal/inspectable.ts";
import {
  bytesOf,
  copyOf,
  defineInterface,
  isArrayBuffer,
  toBoolean,
  toBufferSource,
  toDOMString,
  toDictionary,
} from "../internal/webidl.ts";

declare const __host: {
  /** The name of the encoding with that label, or null. */
  lookup(label: string): string | null;
  decode(bytes: Uint8Array, flags: number, encoding: string): string;
  /** Decodes a part of a text: gives the text and what to pass as the state with the next part. */
  decodePart(bytes: Uint8Array, flags: number, encoding: string, state: Uint8Array, last: boolean): [string, Uint8Array];
};

const fatalFlag = 1;
const keepBOMFlag = 2;
const noBytes = new SafeUint8Array(0);
/** How many bytes are decoded in one call of the host, which takes no value of any size. */
const bytesMax = 1 << 22;

/** UTF-8 decode: what is not UTF-8 becomes U+FFFD; a byte order mark is dropped, unless it is to be kept. */
export function utf8Decode(bytes: Uint8Array, keepBOM = false): string {
  return new Decoder("utf-8", false, keepBOM).decode(bytes, true);
}

/** A decoder with the state of a text that comes in parts. */
export class Decoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  readonly #flags: number;
  /** What the part before has left; undefined between texts. */
  #state: Uint8Array | undefined;

  constructor(encoding: string, fatal: boolean, ignoreBOM: boolean) {
    this.encoding = encoding;
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
    this.#flags = (fatal ? fatalFlag : 0) | (ignoreBOM ? keepBOMFlag : 0);
  }

  decode(bytes: Uint8Array, last: boolean): string {
    const length = TypedArrayPrototypeGetLength(bytes);
    if (last && this.#state === undefined && length <= bytesMax) return __host.decode(bytes, this.#flags, this.encoding);
    let text = "";
    for (let at = 0; at === 0 || at < length; at += bytesMax) {
      const end = at + bytesMax;
      text += this.#decodePart(length <= bytesMax ? bytes : TypedArrayPrototypeSubarray(bytes, at, end), last && end >= length);
    }
    return text;
  }

  #decodePart(bytes: Uint8Array, last: boolean): string {
    const state = this.#state ?? noBytes;
    this.#state = undefined; // should this part throw, the next one begins a text
    const result = __host.decodePart(bytes, this.#flags, this.encoding, state, last);
    if (!last) this.#state = result[1];
    return result[0];
  }
}

/** The decoder that the arguments of a constructor ask for. */
export function makeDecoder(label: unknown, options: unknown, where: string): Decoder {
  const text = label === undefined ? "utf-8" : toDOMString(label, where + ": parameter 1");
  const dictionary = toDictionary(options, where + ": parameter 2");
  const fatal = toBoolean(dictionary.fatal);
  const ignoreBOM = toBoolean(dictionary.ignoreBOM);
  const encoding = text === "utf-8" ? text : __host.lookup(text);
  if (encoding === null) throw new SafeRangeError(where + ": the encoding label '" + text + "' is not valid.");
  return new Decoder(encoding, fatal, ignoreBOM);
}

/** The bytes of an input, which may be shared memory and may be detached. */
export function inputBytes(input: unknown, where: string): Uint8Array {
  if (TypedArrayPrototypeGetName(input) === "Uint8Array") {
    if (TypedArrayPrototypeGetLength(input) === 0) return noBytes;
    return isArrayBuffer(viewBuffer(input)) ? (input as Uint8Array) : copyOf(input as Uint8Array);
  }
  const source = toBufferSource(input, where, true);
  const buffer = ArrayBufferIsView(source) ? viewBuffer(source) : source;
  if (!isArrayBuffer(buffer)) return copyOf(source); // out of shared memory
  return ArrayBufferPrototypeGetDetached(buffer) ? noBytes : bytesOf(source);
}

export class TextDecoder {
  readonly #decoder: Decoder;

  constructor(label: unknown = undefined, options: unknown = undefined) {
    this.#decoder = makeDecoder(label, options, "Failed to construct 'TextDecoder'");
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }
  get fatal(): boolean {
    return this.#decoder.fatal;
  }
  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }

  decode(input: unknown = undefined, options: unknown = undefined): string {
    const where = "Failed to execute 'decode' on 'TextDecoder'";
    const decoder = this.#decoder;
    const bytes = input === undefined ? noBytes : inputBytes(input, where + ": parameter 1");
    const stream = options !== undefined && toBoolean(toDictionary(options, where + ": parameter 2").stream);
    return decoder.decode(bytes, !stream);
  }
}
defineInterface(TextDecoder);
showAttributes(TextDecoder, ["encoding", "fatal", "ignoreBOM"]);
