// Web IDL (https://webidl.spec.whatwg.org): conversions of JavaScript values, and what makes a class an interface. The parameter
// `where` begins the message of a TypeError, such as "Failed to execute 'append' on 'FormData': parameter 1".

import {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetByteLength,
  ArrayPrototypePush,
  MapPrototypeGet,
  MapPrototypeSet,
  NumberIsNaN,
  ObjectCreate,
  ObjectDefineProperty,
  ObjectGetPrototypeOf,
  ObjectPrototypePropertyIsEnumerable,
  ObjectPrototype,
  ObjectSetPrototypeOf,
  ReflectApply,
  ReflectOwnKeys,
  RegExpPrototypeExec,
  SafeArrayBuffer,
  SafeMap,
  SafeString,
  SafeSymbol,
  SafeTypeError,
  SafeUint8Array,
  SafeWeakSet,
  StringPrototypeSlice,
  StringPrototypeToWellFormed,
  SymbolIterator,
  SymbolToStringTag,
  TypedArrayPrototypeGetName,
  WeakSetPrototypeAdd,
  WeakSetPrototypeHas,
  global,
  viewBuffer,
  viewByteLength,
  viewByteOffset,
} from "./primordials.ts";

export type Converter<T> = (value: unknown, where: string) => T;

function fail(where: string, what: string): never {
  throw new SafeTypeError(where + " " + what + ".");
}

/** 3.2.10 DOMString. */
export function toDOMString(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "symbol") fail(where, "is a symbol, which cannot be converted to a string");
  return SafeString(value);
}

/** 3.2.11 ByteString. */
export function toByteString(value: unknown, where: string): string {
  const text = toDOMString(value, where);
  const match = RegExpPrototypeExec(noByte, text);
  if (match !== null) fail(where, "has a character beyond 255 at " + match.index + ", which is no byte");
  return text;
}

// A regular expression looks at a text in a fraction of the time that a loop takes.
const noByte = /[^\0-\xff]/;

/** 3.2.12 USVString: surrogates without a partner become U+FFFD. */
export function toUSVString(value: unknown, where: string): string {
  return StringPrototypeToWellFormed(toDOMString(value, where));
}

/** 3.2.3 boolean. */
export function toBoolean(value: unknown): boolean {
  return !!value;
}

function toNumber(value: unknown, where: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "symbol" || typeof value === "bigint") fail(where, "is a " + typeof value + ", not a number");
  return +(value as any);
}

/** What happens to a number out of range: it wraps around, throws, or stops at the bound. */
export type RangeMode = "wrap" | "enforce" | "clamp";

/** 3.3.4 ConvertToInt. */
function toInteger(value: unknown, min: number, max: number, where: string, mode: RangeMode): number {
  let x = toNumber(value, where);
  if (mode === "enforce") {
    if (NumberIsNaN(x) || x === Infinity || x === -Infinity) fail(where, "is not a finite number");
    x = truncate(x);
    if (x < min || x > max) fail(where, "is outside the accepted range of " + min + " to " + max);
    return x;
  }
  if (NumberIsNaN(x)) return 0;
  if (mode === "clamp") {
    if (x <= min) return min;
    if (x >= max) return max;
    const floor = x - (((x % 1) + 1) % 1), rest = x - floor; // to the nearest, a half to the even one
    return (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) + 0;
  }
  if (x === Infinity || x === -Infinity) return 0;
  x = truncate(x);
  if (x >= min && x <= max) return x;
  const span = max - min + 1;
  x %= span; // JavaScript's remainder has the sign of x
  if (x < min) x += span;
  else if (x > max) x -= span;
  return x + 0;
}

function truncate(x: number): number {
  return x - (x % 1) + 0;
}

export function toOctet(value: unknown, where: string, mode: RangeMode = "wrap"): number {
  return toInteger(value, 0, 255, where, mode);
}
export function toShort(value: unknown, where: string, mode: RangeMode = "wrap"): number {
  return toInteger(value, -32768, 32767, where, mode);
}
export function toUnsignedShort(value: unknown, where: string, mode: RangeMode = "wrap"): number {
  return toInteger(value, 0, 65535, where, mode);
}
export function toLong(value: unknown, where: string, mode: RangeMode = "wrap"): number {
  return toInteger(value, -2147483648, 2147483647, where, mode);
}
export function toUnsignedLong(value: unknown, where: string, mode: RangeMode = "wrap"): number {
  return toInteger(value, 0, 4294967295, where, mode);
}
const two64 = 18446744073709551616;
export function toLongLong(value: unknown, where: string, mode: RangeMode = "wrap"): number {
  if (mode !== "wrap") return toInteger(value, -9007199254740991, 9007199254740991, where, mode);
  const x = toUnsignedLongLong(value, where);
  return x >= two64 / 2 ? x - two64 : x;
}
export function toUnsignedLongLong(value: unknown, where: string, mode: RangeMode = "wrap"): number {
  if (mode !== "wrap") return toInteger(value, 0, 9007199254740991, where, mode);
  let x = toNumber(value, where);
  if (NumberIsNaN(x) || x === Infinity || x === -Infinity) return 0;
  x = truncate(x) % two64;
  return x < 0 ? x + two64 : x;
}

/** 3.2.6 unrestricted double. */
export function toUnrestrictedDouble(value: unknown, where: string): number {
  return toNumber(value, where);
}

/** 3.2.5 double. */
export function toDouble(value: unknown, where: string): number {
  const x = toNumber(value, where);
  if (NumberIsNaN(x) || x === Infinity || x === -Infinity) fail(where, "is not a finite number");
  return x;
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** 3.2.14 object. */
export function toObject(value: unknown, where: string): object {
  if (!isObject(value)) fail(where, "is not an object");
  return value;
}

/** 3.2.17 dictionary types: undefined and null are the empty one. The members are read by the caller, in lexicographical order. */
export function toDictionary(value: unknown, where: string): { [member: string]: unknown } {
  if (value === undefined || value === null) return ObjectCreate(null);
  if (!isObject(value)) fail(where, "is not an object");
  return value as { [member: string]: unknown };
}

/** 3.2.18 enumeration. */
export function toEnum<T extends string>(value: unknown, values: readonly T[], where: string): T {
  const text = toDOMString(value, where);
  for (let i = 0; i < values.length; i++) if (values[i] === text) return values[i]!;
  fail(where, "'" + text + "' is not a valid value; it must be one of " + join(values));
}

function join(values: readonly string[]): string {
  let text = "";
  for (let i = 0; i < values.length; i++) text += (i === 0 ? "'" : ", '") + values[i] + "'";
  return text;
}

/** 3.2.19 callback function. */
export function toCallback<F extends (...args: any[]) => unknown>(value: unknown, where: string): F {
  if (typeof value !== "function") fail(where, "is not a function");
  return value as F;
}

/** 3.2.21 sequence<T>. */
export function toSequence<T>(value: unknown, element: Converter<T>, where: string): T[] {
  if (!isObject(value)) fail(where, "is not an object that can be iterated");
  const method = (value as any)[SymbolIterator];
  if (method === undefined || method === null) fail(where, "is not iterable");
  return sequenceFrom(value, method, element, where);
}

/** 3.2.21.1: a sequence from an iterable, whose method was found already. */
export function sequenceFrom<T>(iterable: object, method: unknown, element: Converter<T>, where: string): T[] {
  if (typeof method !== "function") fail(where, "has a Symbol.iterator that is not a function");
  const iterator = ReflectApply(method as any, iterable, []) as any;
  if (!isObject(iterator)) fail(where, "has an iterator that is not an object");
  const next = (iterator as any).next;
  const list: T[] = [];
  for (;;) {
    const result = ReflectApply(next, iterator, []) as any;
    if (!isObject(result)) fail(where, "has an iterator whose result is not an object");
    if ((result as any).done) return list;
    ArrayPrototypePush(list, element((result as any).value, where));
  }
}

/** 3.2.23 record<K, V>: pairs in the order of the keys. */
export function toRecord<V>(value: unknown, key: Converter<string>, element: Converter<V>, where: string): [string, V][] {
  if (!isObject(value)) fail(where, "is not an object");
  const pairs: [string, V][] = [];
  const keys = ReflectOwnKeys(value);
  for (let i = 0; i < keys.length; i++) {
    if (!ObjectPrototypePropertyIsEnumerable(value, keys[i]!)) continue;
    const name = key(keys[i]!, where);
    const v = element((value as any)[keys[i]!], where);
    let at = 0; // a key that its conversion made the same as an earlier one replaces its value
    while (at < pairs.length && pairs[at]![0] !== name) at++;
    if (at < pairs.length) pairs[at]![1] = v;
    else ArrayPrototypePush(pairs, [name, v]);
  }
  return pairs;
}

export type BufferSource = ArrayBuffer | ArrayBufferView;

/** Whether the value is an ArrayBuffer, by what it is and not by its prototype. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  if (!isObject(value)) return false;
  try {
    ArrayBufferPrototypeGetByteLength(value);
    return true;
  } catch {
    return false;
  }
}

/** Whether the value is an ArrayBuffer or a view of one (BufferSource). */
export function isBufferSource(value: unknown): value is BufferSource {
  return ArrayBufferIsView(value) || isArrayBuffer(value);
}

/** 3.2.26 buffer source types: an ArrayBuffer or a view of one. Shared memory is refused unless it is allowed. */
export function toBufferSource(value: unknown, where: string, allowShared = false): BufferSource {
  if (ArrayBufferIsView(value)) {
    if (!allowShared && !isArrayBuffer(viewBuffer(value))) fail(where, "is a view of a SharedArrayBuffer, which is not allowed");
    return value as BufferSource;
  }
  if (isArrayBuffer(value) || (allowShared && value instanceof SharedArrayBuffer)) return value as BufferSource;
  fail(where, "is not an ArrayBuffer or a view of one");
}

/** A Uint8Array over the memory of a buffer source. */
export function bytesOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  if (!ArrayBufferIsView(source)) return new SafeUint8Array(source as ArrayBuffer);
  if (TypedArrayPrototypeGetName(source) === "Uint8Array") return source as Uint8Array<ArrayBuffer>;
  return new SafeUint8Array(viewBuffer(source) as ArrayBuffer, viewByteOffset(source), viewByteLength(source));
}

/** A copy of the bytes of a buffer source ("get a copy of the bytes held by the buffer source"). */
export function copyOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  return new SafeUint8Array(bytesOf(source) as never);
}

/** A new ArrayBuffer of that many bytes, or with those of the array alone. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const buffer = viewBuffer(bytes) as ArrayBuffer;
  if (viewByteOffset(bytes) === 0 && viewByteLength(bytes) === ArrayBufferPrototypeGetByteLength(buffer)) return buffer;
  const copy = new SafeArrayBuffer(viewByteLength(bytes));
  new SafeUint8Array(copy).set(bytes);
  return copy;
}

/** 3.6: throws where fewer arguments are given than the operation needs. */
export function requireArguments(given: number, needed: number, where: string): void {
  if (given >= needed) return;
  throw new SafeTypeError(where + ": " + needed + " argument" + (needed === 1 ? "" : "s") + " required, but only " + given + " present.");
}

/** What constructors without a public form are called with by the groups themselves. */
export const internalToken: unique symbol = SafeSymbol("internal") as never;

/** Throws unless a constructor that scripts cannot call is called by a group. */
export function requireToken(token: unknown): void {
  if (token !== internalToken) throw new SafeTypeError("Illegal constructor");
}

/** The pair at an index of an instance's list, undefined beyond its end. Throws for what is no instance. */
export type PairAt = (self: any, index: number) => [unknown, unknown] | undefined;

type Class = { prototype: object; name: string };

/** The prototypes of all interfaces. */
const interfaces = new SafeWeakSet<object>([global]);

/** Whether an object is the global or an instance of an interface, to judge by its prototypes: one that a script made of them counts too. */
export function isPlatformObject(value: object): boolean {
  for (let object: object | null = value; object !== null && object !== ObjectPrototype; object = ObjectGetPrototypeOf(object)) {
    if (WeakSetPrototypeHas(interfaces, object)) return true;
  }
  return false;
}

/**
 * Makes a class an interface (3.7): members enumerable, constants on both sides, Symbol.toStringTag. Names of members that stay out
 * of scripts' sight begin with "_", and there should be none.
 */
export function defineInterface(C: Class, constants?: { [name: string]: number }): void {
  WeakSetPrototypeAdd(interfaces, C.prototype);
  setName(C);
  enumerate(C.prototype);
  enumerate(C, true);
  if (constants !== undefined) {
    const names = ReflectOwnKeys(constants);
    for (let i = 0; i < names.length; i++) {
      const descriptor = { __proto__: null, value: constants[names[i] as string], enumerable: true } as PropertyDescriptor;
      ObjectDefineProperty(C, names[i]!, descriptor);
      ObjectDefineProperty(C.prototype, names[i]!, descriptor);
    }
  }
  tag(C.prototype, C.name);
}

/** Takes away the "_" that the bundler puts before the name of a class whose body speaks of itself. */
function setName(C: Class): void {
  if (C.name[0] !== "_") return;
  ObjectDefineProperty(C, "name", { __proto__: null, value: StringPrototypeSlice(C.name, 1) } as PropertyDescriptor);
}

/** Lists of pairs that interfaces declare, by their prototypes. */
const pairLists = new SafeMap<object, PairAt>();

/** Whether the object is the prototype of an interface. */
export function isInterfacePrototype(object: object): boolean {
  return WeakSetPrototypeHas(interfaces, object);
}

/** What reads the pairs of an interface's instances (iterable<K, V>), by its prototype; undefined: they have none. */
export function pairsOf(prototype: object): PairAt | undefined {
  return MapPrototypeGet(pairLists, prototype);
}

/** Makes the members of a namespace object or of static operations enumerable. */
function enumerate(target: object, statics = false): void {
  const keys = ReflectOwnKeys(target);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (typeof key === "symbol" || key === "constructor") continue;
    if (statics && (key === "length" || key === "name" || key === "prototype")) continue;
    ObjectDefineProperty(target, key, { __proto__: null, enumerable: true } as PropertyDescriptor);
  }
}

/** Sets Symbol.toStringTag. */
export function tag(target: object, name: string): void {
  ObjectDefineProperty(target, SymbolToStringTag, { __proto__: null, value: name, writable: false, enumerable: false, configurable: true } as PropertyDescriptor);
}

const IteratorPrototype = ObjectGetPrototypeOf(ObjectGetPrototypeOf([][Symbol.iterator]()) as object) as object;

/**
 * 3.7.10 and 3.7.12: makes a class with the declaration iterable<K, V>. pairAt gives the pair at an index of the list as it
 * is now, or undefined beyond its end, and throws a TypeError for what is no instance.
 */
export function definePairIterator(C: Class, pairAt: PairAt): void {
  setName(C);
  MapPrototypeSet(pairLists, C.prototype, pairAt);
  const name = C.name + " Iterator";
  class PairIterator {
    #target: any;
    #kind: 0 | 1 | 2; // keys, values, entries
    #index = 0;
    constructor(target: unknown, kind: 0 | 1 | 2) {
      this.#target = target;
      this.#kind = kind;
    }
    static next(self: PairIterator): IteratorResult<unknown> {
      if (!(#index in self)) throw new SafeTypeError("'next' called on an object that is not a " + name);
      const pair = pairAt(self.#target, self.#index);
      if (pair === undefined) return { value: undefined, done: true };
      self.#index++;
      return { value: self.#kind === 2 ? [pair[0], pair[1]] : pair[self.#kind], done: false };
    }
  }
  const next = PairIterator.next;
  const prototype = ObjectCreate(IteratorPrototype);
  ObjectDefineProperty(prototype, "next", {
    __proto__: null, writable: true, enumerable: true, configurable: true,
    value: { next() { return next(this as never); } }.next,
  } as PropertyDescriptor);
  tag(prototype, name);
  const make = (self: object, kind: 0 | 1 | 2) => {
    pairAt(self, -1); // the brand check
    return ObjectSetPrototypeOf(new PairIterator(self, kind), prototype);
  };
  const members = {
    entries() { return make(this, 2); },
    keys() { return make(this, 0); },
    values() { return make(this, 1); },
    forEach(callback: unknown, thisArg?: unknown) {
      pairAt(this, -1);
      const where = "Failed to execute 'forEach' on '" + C.name + "'";
      requireArguments(arguments.length, 1, where);
      const f = toCallback(callback, where + ": parameter 1");
      for (let i = 0; ; i++) {
        const pair = pairAt(this, i);
        if (pair === undefined) return;
        ReflectApply(f, thisArg, [pair[1], pair[0], this]);
      }
    },
  };
  ObjectDefineProperty(members.forEach, "length", { __proto__: null, value: 1, configurable: true } as PropertyDescriptor);
  const names = ReflectOwnKeys(members);
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperty(C.prototype, names[i]!, { __proto__: null, value: (members as any)[names[i]!], writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
  }
  ObjectDefineProperty(C.prototype, SymbolIterator, { __proto__: null, value: members.entries, writable: true, enumerable: false, configurable: true } as PropertyDescriptor);
}

