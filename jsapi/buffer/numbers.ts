// Buffer's methods that read and write numbers, made from tables: for each there is a little- and a big-endian form.

import { checkInteger, invalidType, nodeError, outOfRange } from "./errors.ts";

type Method = (this: Uint8Array, ...args: any[]) => unknown;

/** A view over the bytes. One is kept: most reads in a row are of the same Buffer. */
let viewed: Uint8Array | undefined;
let view: DataView;

function viewOf(bytes: Uint8Array): DataView {
  if (viewed !== bytes) {
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    viewed = bytes;
  }
  return view;
}

function checkOffset(bytes: Uint8Array, offset: unknown, size: number): asserts offset is number {
  if (typeof offset === "number" && offset >= 0 && offset + size <= bytes.length && offset % 1 === 0) return;
  if (typeof offset !== "number") throw invalidType("offset", "of type number", offset);
  if (bytes.length < size) {
    throw nodeError(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", "Attempt to access memory outside buffer bounds");
  }
  checkInteger(offset, "offset", 0, bytes.length - size, "and");
}

function rangeText(min: number | bigint, max: number | bigint, bits: number): string {
  if (bits <= 32) return ">= " + min + " and <= " + max;
  const n = typeof min === "bigint" ? "n" : "";
  if (min == 0) return ">= 0" + n + " and < 2" + n + " ** " + bits + n;
  return ">= -(2" + n + " ** " + (bits - 1) + n + ") and < 2" + n + " ** " + (bits - 1) + n;
}

function checkValue(value: any, min: number | bigint, max: number | bigint, bits: number): void {
  if (value > max || value < min) throw outOfRange("value", rangeText(min, max, bits), value);
}

/** [name in Buffer, name in DataView, bytes, least and greatest value of integers] */
const kinds: [string, string, number, (number | bigint)?, (number | bigint)?][] = [
  ["UInt8", "Uint8", 1, 0, 0xff],
  ["Int8", "Int8", 1, -0x80, 0x7f],
  ["UInt16", "Uint16", 2, 0, 0xffff],
  ["Int16", "Int16", 2, -0x8000, 0x7fff],
  ["UInt32", "Uint32", 4, 0, 0xffffffff],
  ["Int32", "Int32", 4, -0x80000000, 0x7fffffff],
  ["BigUInt64", "BigUint64", 8, 0n, 2n ** 64n - 1n],
  ["BigInt64", "BigInt64", 8, -(2n ** 63n), 2n ** 63n - 1n],
  ["Float", "Float32", 4],
  ["Double", "Float64", 8],
];

/** Puts the methods on a prototype. */
export function defineNumbers(prototype: Record<string, unknown>): void {
  const define = (name: string, method: Method): void => {
    prototype[name] = method;
    if (name.includes("UInt")) prototype[name.replace("UInt", "Uint")] = method;
  };
  for (const [name, type, size, min, max] of kinds) {
    const get = ("get" + type) as "getUint8";
    const set = ("set" + type) as "setUint8";
    for (const little of size === 1 ? [true] : [true, false]) {
      const suffix = size === 1 ? "" : little ? "LE" : "BE";
      define("read" + name + suffix, function (offset: unknown = 0) {
        checkOffset(this, offset, size);
        return viewOf(this)[get](offset, little as never);
      });
      define("write" + name + suffix, function (value: any, offset: unknown = 0) {
        if (typeof max === "bigint" && typeof value !== "bigint") throw invalidType("value", "of type bigint", value);
        if (typeof max !== "bigint") value = +value;
        if (max !== undefined) checkValue(value, min!, max, size * 8);
        checkOffset(this, offset, size);
        viewOf(this)[set](offset, value, little as never);
        return offset + size;
      });
    }
  }
  for (const little of [true, false]) {
    for (const signed of [true, false]) {
      const name = (signed ? "Int" : "UInt") + (little ? "LE" : "BE");
      define("read" + name, function (offset: unknown, length: number) {
        checkLength(length, offset);
        checkOffset(this, offset, length);
        let value = 0;
        for (let i = 0; i < length; i++) value = value * 256 + this[offset + (little ? length - 1 - i : i)]!;
        return signed && value >= 2 ** (8 * length - 1) ? value - 2 ** (8 * length) : value;
      });
      define("write" + name, function (value: any, offset: unknown, length: number) {
        checkLength(length, offset);
        value = +value;
        const end = 2 ** (8 * length);
        checkValue(value, signed ? -end / 2 : 0, signed ? end / 2 - 1 : end - 1, 8 * length);
        checkOffset(this, offset, length);
        let rest = Math.trunc(value) || 0;
        if (rest < 0) rest += end;
        for (let i = 0; i < length; i++) {
          this[offset + (little ? i : length - 1 - i)] = rest % 256;
          rest = Math.floor(rest / 256);
        }
        return offset + length;
      });
    }
  }
}

function checkLength(length: unknown, offset: unknown): void {
  if (offset === undefined) throw invalidType("offset", "of type number", offset);
  checkInteger(length, "byteLength", 1, 6, "and");
}
