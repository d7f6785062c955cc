// The group "buffer": Node's Buffer, https://nodejs.org/api/buffer.html.

import { Blob, File } from "../blob/blob.ts";
import { atob, btoa } from "../encoding/encoding.ts";
import { expose } from "../internal/expose.ts";
import { type Encoding, decode, encode, encodedLength, encodingOf } from "./encodings.ts";
import {
  checkBoolean, checkFunction, checkInteger, checkNumber, checkObject, checkString, invalidType, invalidValue, nodeError,
  outOfRange, received,
} from "./errors.ts";
import { defineNumbers } from "./numbers.ts";

export {
  checkBoolean, checkFunction, checkInteger, checkNumber, checkObject, checkString, invalidType, invalidValue, nodeError,
  outOfRange, received,
};

declare const __host: {
  chosen: boolean;
  /** The index in bytes of the part, a multiple of step; the last one on request; -1 for none. */
  find(bytes: Uint8Array, part: Uint8Array, step: number, last: boolean): number;
  /** -1, 0 or 1. */
  compare(a: Uint8Array, b: Uint8Array): number;
  isUtf8(bytes: Uint8Array): boolean;
};

type Bytes = Uint8Array<ArrayBufferLike>;

/** The most bytes of a Buffer, and the most code units of a string, in this engine. */
const lengthMax = 2 ** 31 - 1;
const stringLengthMax = 2 ** 30 - 1;

const inspectCustom = Symbol.for("nodejs.util.inspect.custom");
const { subarray, fill: typedFill, set: typedSet } = Uint8Array.prototype;

function unknownEncoding(name: unknown): Error {
  return nodeError(TypeError, "ERR_UNKNOWN_ENCODING", "Unknown encoding: " + String(name));
}

/** The encoding of that name; throws for one that is not known. */
function needEncoding(name: unknown): Encoding {
  const encoding = encodingOf(name);
  if (encoding === undefined) throw unknownEncoding(name);
  return encoding;
}

function checkSize(size: unknown): asserts size is number {
  if (typeof size !== "number") throw invalidType("size", "of type number", size);
  if (!(size >= 0 && size <= lengthMax)) throw outOfRange("size", ">= 0 && <= " + lengthMax, size);
}

/** The same memory as a Buffer. */
function wrap(bytes: Bytes): NodeBuffer {
  return new NodeBuffer(bytes.buffer, bytes.byteOffset, bytes.length);
}

function isAnyBuffer(value: unknown): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer
    || /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
}

/** An offset as Array.prototype.slice takes it, brought to 0…length. */
function clamp(value: unknown, length: number, absent: number): number {
  if (value === undefined) return absent;
  const n = Math.trunc(+(value as number)) || 0;
  return n < 0 ? Math.max(0, length + n) : Math.min(n, length);
}

class NodeBuffer extends Uint8Array {
  get parent(): ArrayBufferLike | undefined {
    return this instanceof NodeBuffer ? this.buffer : undefined;
  }

  get offset(): number | undefined {
    return this instanceof NodeBuffer ? this.byteOffset : undefined;
  }

  // @ts-expect-error Node's slice is a view, unlike Uint8Array's.
  slice(start?: number, end?: number): NodeBuffer {
    return this.subarray(start, end);
  }

  // @ts-expect-error The type says less than what it is: a Buffer.
  subarray(start?: number, end?: number): NodeBuffer {
    const from = clamp(start, this.length, 0);
    const to = clamp(end, this.length, this.length);
    return new NodeBuffer(this.buffer, this.byteOffset + from, Math.max(0, to - from));
  }

  // @ts-expect-error Node's takes an encoding and a range.
  toString(encoding?: string, start?: number, end?: number): string {
    const range = arguments.length > 1 ? subarray.call(this, Math.max(0, start! | 0), end === undefined ? this.length : Math.max(0, end | 0)) : this;
    return decode(range, needEncoding(encoding));
  }

  // @ts-expect-error It shows bytes, not numbers.
  toLocaleString(encoding?: string, start?: number, end?: number): string {
    return this.toString(encoding, start, end);
  }

  toJSON(): { type: "Buffer"; data: number[] } {
    return { type: "Buffer", data: Array.from(this) };
  }

  equals(other: unknown): boolean {
    if (!(other instanceof Uint8Array)) throw invalidType("otherBuffer", "an instance of Buffer or Uint8Array", other);
    return this === other || (this.byteLength === other.byteLength && compareBytes(this, other) === 0);
  }

  compare(target: unknown, targetStart: any = 0, targetEnd?: any, start: any = 0, end?: any): number {
    if (!(target instanceof Uint8Array)) throw invalidType("target", "an instance of Buffer or Uint8Array", target);
    targetEnd ??= target.length;
    end ??= this.length;
    checkInteger(targetStart, "targetStart", 0);
    checkInteger(targetEnd, "targetEnd", 0, target.length);
    checkInteger(start, "sourceStart", 0);
    checkInteger(end, "sourceEnd", 0, this.length);
    if (start >= end) return targetStart >= targetEnd ? 0 : -1;
    if (targetStart >= targetEnd) return 1;
    return compareBytes(subarray.call(this, start, end), subarray.call(target, targetStart, targetEnd));
  }

  copy(target: unknown, targetStart: any = 0, start: any = 0, end?: any): number {
    if (!(target instanceof Uint8Array)) throw invalidType("target", "an instance of Buffer or Uint8Array", target);
    targetStart = Math.trunc(+targetStart) || 0;
    start = Math.trunc(+start) || 0;
    end = end === undefined ? this.length : Math.trunc(+end) || 0;
    if (targetStart < 0) throw outOfRange("targetStart", ">= 0", targetStart);
    if (start < 0 || start > this.length) throw outOfRange("sourceStart", ">= 0 && <= " + this.length, start);
    if (end < 0) throw outOfRange("sourceEnd", ">= 0", end);
    const n = Math.min(end - start, this.length - start, target.length - targetStart);
    if (n <= 0) return 0;
    typedSet.call(target, subarray.call(this, start, start + n), targetStart);
    return n;
  }

  // @ts-expect-error Node's takes strings.
  fill(value: unknown, offset?: any, end?: any, encoding?: unknown): this {
    if (typeof value === "string") {
      if (typeof offset === "string") [encoding, offset, end] = [offset, 0, this.length];
      else if (typeof end === "string") [encoding, end] = [end, this.length];
      if (encoding !== undefined) checkString(encoding, "encoding");
    }
    if (offset === undefined) offset = 0;
    else checkNumber(offset, "offset", 0, this.length);
    if (end === undefined) end = this.length;
    else checkNumber(end, "end", 0, this.length);
    if (offset >= end) {
      if (typeof value === "string") needEncoding(encoding);
      return this;
    }
    if (typeof value === "number" || typeof value === "boolean") {
      typedFill.call(this, (+value) & 255, offset, end);
      return this;
    }
    const pattern = typeof value === "string" ? encode(value, needEncoding(encoding)) : value;
    if (!ArrayBuffer.isView(pattern)) {
      typedFill.call(this, (+(value as number)) & 255, offset, end);
      return this;
    }
    const bytes = pattern as Uint8Array;
    if (bytes.length === 0) {
      if (typeof value === "string" && value === "") {
        typedFill.call(this, 0, offset, end);
        return this;
      }
      throw invalidValue("value", value);
    }
    if (bytes.length === 1) {
      typedFill.call(this, bytes[0]!, offset, end);
      return this;
    }
    typedSet.call(this, subarray.call(bytes, 0, end - offset), offset);
    // What is filled doubles at each step.
    for (let done = Math.min(bytes.length, end - offset); done < end - offset; done *= 2) {
      this.copyWithin(offset + done, offset, Math.min(offset + done, end - done));
    }
    return this;
  }

  write(text: unknown, offset?: any, length?: any, encoding?: unknown): number {
    checkString(text, "argument");
    if (typeof offset === "string") [encoding, offset, length] = [offset, 0, undefined];
    else if (typeof length === "string") [encoding, length] = [length, undefined];
    if (offset === undefined) offset = 0;
    else checkInteger(offset, "offset", 0, this.length);
    const room = this.length - offset;
    if (length === undefined) length = room;
    else checkInteger(length, "length", 0, this.length);
    length = Math.min(length, room);
    const name = needEncoding(encoding);
    const bytes = encode(text, name);
    let n = Math.min(bytes.length, length);
    // Half a character is not written.
    if (name === "utf16le") n &= ~1;
    else if (name === "utf8") while (n < bytes.length && n > 0 && (bytes[n]! & 0xc0) === 0x80) n--;
    typedSet.call(this, subarray.call(bytes, 0, n), offset);
    return n;
  }

  // @ts-expect-error Node's takes strings and bytes.
  indexOf(value: unknown, from?: any, encoding?: unknown): number {
    return search(this, value, from, encoding, false);
  }

  // @ts-expect-error Node's takes strings and bytes.
  lastIndexOf(value: unknown, from?: any, encoding?: unknown): number {
    return search(this, value, from, encoding, true);
  }

  // @ts-expect-error Node's takes strings and bytes.
  includes(value: unknown, from?: any, encoding?: unknown): boolean {
    return search(this, value, from, encoding, false) !== -1;
  }

  swap16(): this {
    return swap(this, 2);
  }

  swap32(): this {
    return swap(this, 4);
  }

  swap64(): this {
    return swap(this, 8);
  }

  [inspectCustom](_depth: unknown, _options: unknown): string {
    const shown = decode(subarray.call(this, 0, inspectMax), "hex").replace(/(.{2})/g, " $1");
    const more = this.length - inspectMax;
    const rest = more > 0 ? " ... " + more + " more byte" + (more > 1 ? "s" : "") : "";
    return "<" + (this.constructor?.name || "Buffer") + shown + rest + ">";
  }
}

let inspectMax = 50;

function swap<B extends Bytes>(bytes: B, size: number): B {
  if (bytes.length % size !== 0) {
    throw nodeError(RangeError, "ERR_INVALID_BUFFER_SIZE", "Buffer size must be a multiple of " + size * 8 + "-bits");
  }
  for (let i = 0; i < bytes.length; i += size) subarray.call(bytes, i, i + size).reverse();
  return bytes;
}

/** Bytes are compared here when they are few. */
function compareBytes(a: Bytes, b: Bytes): number {
  const n = Math.min(a.length, b.length);
  if (n > 64) return __host.compare(a, b);
  for (let i = 0; i < n; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

function search(bytes: Bytes, value: any, from: any, encoding: unknown, last: boolean): number {
  if (typeof from === "string") [encoding, from] = [from, undefined];
  from = +from;
  const length = bytes.length;
  if (from !== from) from = last ? length : 0;
  from = Math.trunc(from);
  if (from < 0) from += length;
  if (typeof value === "number") {
    if (last) return Uint8Array.prototype.lastIndexOf.call(bytes, value & 255, Math.min(from, length - 1));
    return Uint8Array.prototype.indexOf.call(bytes, value & 255, Math.max(from, 0));
  }
  const name = needEncoding(encoding);
  const part: Bytes = typeof value === "string" ? encode(value, name) : value;
  if (!(part instanceof Uint8Array)) {
    throw invalidType("value", "one of type number or string or an instance of Buffer or Uint8Array", value);
  }
  if (last && from < 0) return -1;
  from = Math.max(0, Math.min(from, length));
  if (part.length === 0) return from;
  if (part.length > length) return -1;
  const step = name === "utf16le" ? 2 : 1;
  if (last) return __host.find(subarray.call(bytes, 0, from + part.length), part, step, true);
  const at = __host.find(subarray.call(bytes, from), part, step, false);
  return at === -1 ? -1 : at + from;
}

defineNumbers(NodeBuffer.prototype as never);

const prototype = NodeBuffer.prototype as unknown as Record<string, unknown>;
for (const [name, encoding] of [
  ["utf8", "utf8"], ["ucs2", "utf16le"], ["utf16le", "utf16le"], ["latin1", "latin1"], ["ascii", "ascii"], ["hex", "hex"],
  ["base64", "base64"], ["base64url", "base64url"],
] as [string, Encoding][]) {
  prototype[name + "Slice"] = function (this: NodeBuffer, start?: number, end?: number): string {
    return decode(subarray.call(this, start, end), encoding);
  };
  prototype[name + "Write"] = function (this: NodeBuffer, text: string, offset?: number, length?: number): number {
    return this.write(text, offset, length, encoding);
  };
}

function alloc(size: unknown, fill?: unknown, encoding?: unknown): NodeBuffer {
  checkSize(size);
  const buffer = new NodeBuffer(size);
  if (fill !== undefined && fill !== 0 && size > 0) {
    if (encoding !== undefined) checkString(encoding, "encoding");
    buffer.fill(fill, 0, size, encoding);
  }
  return buffer;
}

function allocUnsafe(size: unknown): NodeBuffer {
  checkSize(size);
  return new NodeBuffer(size);
}

function from(value: any, encodingOrOffset?: any, length?: any): NodeBuffer {
  if (typeof value === "string") return wrap(encode(value, needEncoding(encodingOrOffset)));
  if (typeof value === "object" && value !== null) {
    if (isAnyBuffer(value)) {
      let offset = +encodingOrOffset;
      if (offset !== offset) offset = 0;
      const room = value.byteLength - offset;
      if (room < 0) throw nodeError(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", '"offset" is outside of buffer bounds');
      let n = room;
      if (length !== undefined) {
        n = +length;
        if (!(n > 0)) n = 0;
        else if (n > room) throw nodeError(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", '"length" is outside of buffer bounds');
      }
      return new NodeBuffer(value, offset, n);
    }
    const primitive = value.valueOf?.();
    if (primitive != null && primitive !== value && (typeof primitive === "string" || typeof primitive === "object")) {
      return from(primitive, encodingOrOffset, length);
    }
    const copied = fromObject(value);
    if (copied !== undefined) return copied;
    if (typeof value[Symbol.toPrimitive] === "function") {
      const text = value[Symbol.toPrimitive]("string");
      if (typeof text === "string") return from(text, encodingOrOffset);
    }
  }
  throw invalidType("first argument",
    "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object", value);
}

function fromObject(value: any): NodeBuffer | undefined {
  if (value instanceof Uint8Array) {
    const copy = new NodeBuffer(value.length);
    typedSet.call(copy, value);
    return copy;
  }
  if (value.length !== undefined || isAnyBuffer(value.buffer)) {
    return typeof value.length === "number" ? fromList(value) : new NodeBuffer(0);
  }
  if (value.type === "Buffer" && Array.isArray(value.data)) return fromList(value.data);
  return undefined;
}

function fromList(list: ArrayLike<number>): NodeBuffer {
  const buffer = new NodeBuffer(list.length > 0 ? list.length : 0);
  for (let i = 0; i < buffer.length; i++) buffer[i] = list[i]!;
  return buffer;
}

function concat(list: unknown, length?: unknown): NodeBuffer {
  if (!Array.isArray(list)) throw invalidType("list", "an instance of Array", list);
  if (length === undefined) {
    let sum = 0;
    for (let i = 0; i < list.length; i++) sum += list[i]?.length || 0;
    length = sum;
  } else {
    checkInteger(length, "length", 0);
  }
  const size = length as number;
  const out = new NodeBuffer(size);
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    const part = list[i];
    if (!(part instanceof Uint8Array)) throw invalidType("list[" + i + "]", "an instance of Buffer or Uint8Array", part);
    if (at >= size) continue;
    typedSet.call(out, part.length > size - at ? subarray.call(part, 0, size - at) : part, at);
    at += part.length;
  }
  return out;
}

function byteLength(value: any, encoding?: unknown): number {
  if (typeof value === "string") return encodedLength(value, encodingOf(encoding) ?? "utf8");
  if (ArrayBuffer.isView(value) || isAnyBuffer(value)) return value.byteLength;
  throw invalidType("string", "of type string or an instance of Buffer or ArrayBuffer", value);
}

const statics = {
  alloc,
  allocUnsafe,
  allocUnsafeSlow: allocUnsafe,
  byteLength,
  compare(a: unknown, b: unknown): number {
    if (!(a instanceof Uint8Array)) throw invalidType("buf1", "an instance of Buffer or Uint8Array", a);
    if (!(b instanceof Uint8Array)) throw invalidType("buf2", "an instance of Buffer or Uint8Array", b);
    return a === b ? 0 : compareBytes(a, b);
  },
  concat,
  copyBytesFrom(view: any, offset: any = 0, length?: any): NodeBuffer {
    if (!ArrayBuffer.isView(view) || view instanceof DataView) throw invalidType("view", "an instance of TypedArray", view);
    checkInteger(offset, "offset", 0);
    if (length !== undefined) checkInteger(length, "length", 0);
    const part = (view as Uint8Array).slice(offset, length === undefined ? undefined : offset + length);
    return wrap(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  },
  from,
  isBuffer(value: unknown): boolean {
    return value instanceof NodeBuffer;
  },
  isEncoding(name: unknown): boolean {
    return typeof name === "string" && name.length > 0 && encodingOf(name) !== undefined;
  },
  of(...bytes: number[]): NodeBuffer {
    return fromList(bytes);
  },
  poolSize: 8192,
};

interface BufferConstructor {
  (value: unknown, encodingOrOffset?: unknown, length?: unknown): NodeBuffer;
  new (value: unknown, encodingOrOffset?: unknown, length?: unknown): NodeBuffer;
  readonly prototype: NodeBuffer;
}

/** The deprecated way to make one: a number is a size, anything else goes to Buffer.from. */
export const Buffer = function Buffer(value: unknown, encodingOrOffset?: unknown, length?: unknown): NodeBuffer {
  if (typeof value !== "number") return from(value, encodingOrOffset, length);
  if (typeof encodingOrOffset === "string") throw invalidType("string", "of type string", value);
  return alloc(value);
} as unknown as BufferConstructor & typeof statics;
export type Buffer = NodeBuffer;

Object.setPrototypeOf(Buffer, Uint8Array);
for (const [name, value] of Object.entries(statics)) {
  Object.defineProperty(Buffer, name, { value, writable: true, enumerable: true, configurable: true });
}
Object.defineProperty(Buffer, Symbol.species, { get: () => NodeBuffer, configurable: true });
Object.defineProperty(Buffer, "name", { value: "Buffer", configurable: true }); // the bundler renames what is called as a global
Object.defineProperty(Buffer, "prototype", { value: NodeBuffer.prototype, writable: false });
Object.defineProperty(NodeBuffer.prototype, "constructor", { value: Buffer, writable: true, configurable: true });

/** The bytes of a view or buffer, of the same memory. */
function bytesOf(value: unknown, name: string): Bytes {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (isAnyBuffer(value)) return new Uint8Array(value);
  throw invalidType(name, "an instance of ArrayBuffer, Buffer, or TypedArray", value);
}

const constants = Object.freeze({ MAX_LENGTH: lengthMax, MAX_STRING_LENGTH: stringLengthMax });

/** What `node:buffer` exports. */
export const bufferModule = {
  Buffer,
  Blob,
  File,
  atob,
  btoa,
  constants,
  kMaxLength: lengthMax,
  kStringMaxLength: stringLengthMax,
  get INSPECT_MAX_BYTES(): number {
    return inspectMax;
  },
  set INSPECT_MAX_BYTES(value: number) {
    checkNumber(value, "INSPECT_MAX_BYTES", 0);
    inspectMax = value;
  },
  isUtf8(input: unknown): boolean {
    return __host.isUtf8(bytesOf(input, "input"));
  },
  isAscii(input: unknown): boolean {
    return bytesOf(input, "input").every((byte) => byte < 128);
  },
  transcode(source: unknown, fromEncoding: unknown, toEncoding: unknown): NodeBuffer {
    if (!(source instanceof Uint8Array)) throw invalidType("source", "an instance of Buffer or Uint8Array", source);
    const text = decode(source, needTranscodable(fromEncoding));
    const target = needTranscodable(toEncoding);
    if (target !== "ascii" && target !== "latin1") return wrap(encode(text, target));
    // What the encoding lacks becomes a question mark, one for each character.
    const top = target === "ascii" ? 0x7f : 0xff;
    return wrap(Uint8Array.from(Array.from(text), (c) => (c.codePointAt(0)! > top ? 63 : c.codePointAt(0)!)));
  },
};

function needTranscodable(name: unknown): Encoding {
  const encoding = encodingOf(name);
  if (encoding === undefined || encoding === "hex" || encoding.startsWith("base64")) {
    throw nodeError(Error, "U_ILLEGAL_ARGUMENT_ERROR", "Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]");
  }
  return encoding;
}

expose(__host, { Buffer });

export default {};
