// Deep equality as node:assert has it: https://nodejs.org/api/assert.html#comparison-details.

import types from "./types.ts";

/** The pairs that are being compared, from the outermost on: in a cycle, a pair is as equal as it looks so far. */
type Pairs = [object, object][];

/** Whether two values are the same all the way down: by Object.is and with their prototypes if strict, by == if not. */
export function deepEqual(a: unknown, b: unknown, strict: boolean): boolean {
  return same(a, b, strict, []);
}

function same(a: any, b: any, strict: boolean, above: Pairs): boolean {
  if (a === b) return a !== 0 || !strict || Object.is(a, b);
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) {
    if (strict) return a !== a && b !== b && typeof a === "number" && typeof b === "number";
    const objects = (typeof a === "object" && a !== null) || (typeof b === "object" && b !== null);
    return !objects && (a == b || (a !== a && b !== b));
  }
  if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const tag = Object.prototype.toString.call(a);
  if (tag !== Object.prototype.toString.call(b)) return false;
  if (Array.isArray(a) !== Array.isArray(b) || !sameInside(a, b, strict)) return false;
  for (const [x, y] of above) if (x === a && y === b) return true;
  above.push([a, b]);
  const result = sameKeys(a, b, strict, above) && sameEntries(a, b, strict, above);
  above.pop();
  return result;
}

/** What an object is made of beside its properties and entries. */
function sameInside(a: any, b: any, strict: boolean): boolean {
  if (Array.isArray(a)) return a.length === b.length;
  if (types.isDate(a)) return types.isDate(b) && Object.is(Date.prototype.getTime.call(a), Date.prototype.getTime.call(b));
  if (types.isRegExp(a)) return types.isRegExp(b) && String(a) === String(b) && a.lastIndex === b.lastIndex;
  if (types.isNativeError(a) || a instanceof Error) {
    return (types.isNativeError(b) || b instanceof Error) && a.message === b.message && a.name === b.name;
  }
  if (ArrayBuffer.isView(a)) {
    if (!ArrayBuffer.isView(b) || a.byteLength !== b.byteLength) return false;
    if (!strict && (a instanceof Float32Array || a instanceof Float64Array)) {
      return (a as any).every((value: number, i: number) => value === (b as any)[i]);
    }
    return sameBytes(a.buffer, a.byteOffset, b.buffer, b.byteOffset, a.byteLength);
  }
  if (types.isAnyArrayBuffer(a)) {
    return types.isAnyArrayBuffer(b) && a.byteLength === b.byteLength && sameBytes(a, 0, b, 0, a.byteLength);
  }
  if (types.isSet(a)) return types.isSet(b) && a.size === b.size;
  if (types.isMap(a)) return types.isMap(b) && a.size === b.size;
  if (types.isBoxedPrimitive(a)) return types.isBoxedPrimitive(b) && Object.is(a.valueOf(), b.valueOf());
  if (ArrayBuffer.isView(b) || types.isDate(b) || types.isRegExp(b) || types.isNativeError(b) || types.isSet(b) || types.isMap(b)) {
    return false;
  }
  return !(types.isWeakMap(a) || types.isWeakSet(a) || (types.isPromise(a) && strict));
}

function sameBytes(a: ArrayBufferLike, aOffset: number, b: ArrayBufferLike, bOffset: number, n: number): boolean {
  const x = new Uint8Array(a, aOffset, n);
  const y = new Uint8Array(b, bOffset, n);
  for (let i = 0; i < n; i++) if (x[i] !== y[i]) return false;
  return true;
}

function keysOf(value: object, strict: boolean): PropertyKey[] {
  let keys: PropertyKey[] = ArrayBuffer.isView(value) && !types.isDataView(value)
    ? Object.keys(value).filter((key) => !/^\d+$/.test(key)) // the elements have been compared
    : Object.keys(value);
  if (strict) {
    keys = keys.concat(
      Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)),
    );
  }
  return keys;
}

function sameKeys(a: any, b: any, strict: boolean, above: Pairs): boolean {
  const keys = keysOf(a, strict);
  if (keys.length !== keysOf(b, strict).length) return false;
  for (const key of keys) {
    if (!Object.prototype.propertyIsEnumerable.call(b, key)) return false;
  }
  return keys.every((key) => same(a[key], b[key], strict, above));
}

function sameEntries(a: any, b: any, strict: boolean, above: Pairs): boolean {
  if (types.isSet(a)) return sameSets(a, b, strict, above);
  if (types.isMap(a)) return sameMaps(a, b, strict, above);
  return true;
}

function sameSets(a: Set<unknown>, b: Set<unknown>, strict: boolean, above: Pairs): boolean {
  const rest = new Set(b);
  const others: unknown[] = [];
  for (const value of a) if (!rest.delete(value)) others.push(value);
  return others.every((value) => {
    if (strict && (typeof value !== "object" || value === null)) return false;
    for (const other of rest) if (same(value, other, strict, above)) return rest.delete(other);
    return false;
  });
}

function sameMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, strict: boolean, above: Pairs): boolean {
  const rest = new Set(b.keys());
  const others: [unknown, unknown][] = [];
  for (const [key, value] of a) {
    if (b.has(key) && same(value, b.get(key), strict, above)) rest.delete(key);
    else if (strict && (typeof key !== "object" || key === null)) return false;
    else others.push([key, value]);
  }
  return others.every(([key, value]) => {
    for (const other of rest) {
      if (same(key, other, strict, above) && same(value, b.get(other), strict, above)) return rest.delete(other);
    }
    return false;
  });
}
