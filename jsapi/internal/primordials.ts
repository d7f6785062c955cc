/**
 * The intrinsics that API groups rely on, captured before any script of an app runs.
 *
 * Scripts may replace `Array.prototype.push` or `Promise.prototype.then`; what a group keeps in
 * order must not depend on it. A group therefore calls methods through these functions, with the
 * receiver as the first argument, and avoids what looks methods up at run time: `for…of`, array
 * destructuring and spread (they ask for Symbol.iterator), template literals with substitutions
 * (QuickJS calls String.prototype.concat), String methods that take a RegExp, fields that an object
 * may lack (they are looked for on Object.prototype), and property descriptors without
 * `__proto__: null`.
 */

const { bind, call } = Function.prototype;

/** The method as a function that takes its receiver first: `uncurryThis(f)(self, x)` is `self.f(x)`. */
export const uncurryThis: <A extends unknown[], R>(
  method: (this: any, ...args: A) => R,
) => (self: unknown, ...args: A) => R = bind.bind(call as never) as never;

/** The getter of an accessor property as a function of its receiver. */
function uncurryGetter<R>(holder: object, key: PropertyKey): (self: unknown) => R {
  return uncurryThis(Object.getOwnPropertyDescriptor(holder, key)!.get as () => R);
}

export const global = globalThis;

export const { apply: ReflectApply, construct: ReflectConstruct, ownKeys: ReflectOwnKeys } = Reflect;
export const {
  defineProperty: ReflectDefineProperty,
  deleteProperty: ReflectDeleteProperty,
  get: ReflectGet,
  getOwnPropertyDescriptor: ReflectGetOwnPropertyDescriptor,
  has: ReflectHas,
  set: ReflectSet,
} = Reflect;

export const {
  assign: ObjectAssign,
  create: ObjectCreate,
  defineProperty: ObjectDefineProperty,
  freeze: ObjectFreeze,
  getOwnPropertyDescriptor: ObjectGetOwnPropertyDescriptor,
  getOwnPropertyNames: ObjectGetOwnPropertyNames,
  getOwnPropertySymbols: ObjectGetOwnPropertySymbols,
  getPrototypeOf: ObjectGetPrototypeOf,
  is: ObjectIs,
  isExtensible: ObjectIsExtensible,
  keys: ObjectKeys,
  setPrototypeOf: ObjectSetPrototypeOf,
} = Object;
export const ObjectPrototype = Object.prototype;
export const SafeObject = Object as (value: unknown) => object;
export const ObjectPrototypeHasOwnProperty = uncurryThis(ObjectPrototype.hasOwnProperty);
export const ObjectPrototypePropertyIsEnumerable = uncurryThis(ObjectPrototype.propertyIsEnumerable);
export const ObjectPrototypeToString = uncurryThis(ObjectPrototype.toString);


/**
 * The value of an own data property, undefined where there is none. A descriptor's absent fields
 * would be looked for on Object.prototype.
 */
export function ownValue(holder: object, key: PropertyKey): unknown {
  const descriptor = ObjectGetOwnPropertyDescriptor(holder, key);
  if (descriptor === undefined || !ObjectPrototypeHasOwnProperty(descriptor, "value")) return undefined;
  return descriptor.value;
}

export const FunctionPrototype = Function.prototype;
export const FunctionPrototypeToString = uncurryThis(FunctionPrototype.toString);
export const FunctionPrototypeSymbolHasInstance = uncurryThis(FunctionPrototype[Symbol.hasInstance]);

export const { isArray: ArrayIsArray } = Array;
export const ArrayPrototypeFilter = uncurryThis(Array.prototype.filter) as <T>(
  self: readonly T[],
  keep: (item: T) => boolean,
) => T[];
export const ArrayPrototypeIncludes = uncurryThis(Array.prototype.includes);
export const ArrayPrototypeIndexOf = uncurryThis(Array.prototype.indexOf);
export const ArrayPrototypeJoin = uncurryThis(Array.prototype.join);
export const ArrayPrototypePop = uncurryThis(Array.prototype.pop);
export const ArrayPrototypePush = uncurryThis(Array.prototype.push) as <T>(self: T[], item: T) => number;
export const ArrayPrototypeShift = uncurryThis(Array.prototype.shift) as <T>(self: T[]) => T | undefined;
export const ArrayPrototypeSlice = uncurryThis(Array.prototype.slice) as <T>(
  self: readonly T[],
  start?: number,
  end?: number,
) => T[];
export const ArrayPrototypeSort = uncurryThis(Array.prototype.sort) as <T>(
  self: T[],
  compare?: (a: T, b: T) => number,
) => T[];
export const ArrayPrototypeSplice = uncurryThis(Array.prototype.splice) as <T>(
  self: T[],
  start: number,
  count: number,
  ...items: T[]
) => T[];
export const ArrayPrototypeUnshift = uncurryThis(Array.prototype.unshift) as <T>(self: T[], ...items: T[]) => number;

export const StringPrototype = String.prototype;
export const SafeString = String;
export const { fromCharCode: StringFromCharCode } = String;
export const StringPrototypeCharAt = uncurryThis(String.prototype.charAt);
export const StringPrototypeCharCodeAt = uncurryThis(String.prototype.charCodeAt);
export const StringPrototypeCodePointAt = uncurryThis(String.prototype.codePointAt);
export const StringPrototypeEndsWith = uncurryThis(String.prototype.endsWith);
export const StringPrototypeIncludes = uncurryThis(String.prototype.includes);
export const StringPrototypeIndexOf = uncurryThis(String.prototype.indexOf);
export const StringPrototypeNormalize = uncurryThis(String.prototype.normalize);
export const StringPrototypePadEnd = uncurryThis(String.prototype.padEnd);
export const StringPrototypePadStart = uncurryThis(String.prototype.padStart);
export const StringPrototypeRepeat = uncurryThis(String.prototype.repeat);
export const StringPrototypeSlice = uncurryThis(String.prototype.slice);
export const StringPrototypeStartsWith = uncurryThis(String.prototype.startsWith);
export const StringPrototypeToLowerCase = uncurryThis(String.prototype.toLowerCase);
export const StringPrototypeToUpperCase = uncurryThis(String.prototype.toUpperCase);
export const StringPrototypeToWellFormed = uncurryThis((String.prototype as any).toWellFormed) as (self: string) => string;
export const StringPrototypeTrimEnd = uncurryThis(String.prototype.trimEnd);
export const StringPrototypeValueOf = uncurryThis(String.prototype.valueOf);

export const { isNaN: NumberIsNaN, parseFloat: NumberParseFloat, parseInt: NumberParseInt } = Number;
export const SafeNumber = Number as (value: unknown) => number;
export const NumberPrototype = Number.prototype;
export const NumberPrototypeToFixed = uncurryThis(Number.prototype.toFixed);
export const NumberPrototypeToString = uncurryThis(Number.prototype.toString);
export const NumberPrototypeValueOf = uncurryThis(Number.prototype.valueOf);
export const BooleanPrototype = Boolean.prototype;
export const BooleanPrototypeValueOf = uncurryThis(Boolean.prototype.valueOf);
export const BigIntPrototype = BigInt.prototype;
export const BigIntPrototypeValueOf = uncurryThis(BigInt.prototype.valueOf);

export const SymbolPrototype = Symbol.prototype;
export const SymbolPrototypeToString = uncurryThis(Symbol.prototype.toString);
export const SymbolPrototypeValueOf = uncurryThis(Symbol.prototype.valueOf);
export const {
  asyncIterator: SymbolAsyncIterator,
  iterator: SymbolIterator,
  toPrimitive: SymbolToPrimitive,
  toStringTag: SymbolToStringTag,
} = Symbol;
export const SafeSymbol = Symbol;
export const SymbolFor = Symbol.for;

export const {
  floor: MathFloor,
  max: MathMax,
  min: MathMin,
  round: MathRound,
  sqrt: MathSqrt,
} = Math;

export const SafeRegExp = RegExp;
export const RegExpPrototype = RegExp.prototype;
export const RegExpPrototypeExec = uncurryThis(RegExpPrototype.exec);
export const RegExpPrototypeGetSource = uncurryGetter<string>(RegExpPrototype, "source");
export const RegExpPrototypeGetFlags = uncurryGetter<string>(RegExpPrototype, "flags");
export const RegExpPrototypeSymbolReplace = uncurryThis(RegExpPrototype[Symbol.replace]) as (
  self: RegExp,
  text: string,
  by: string | ((...match: any[]) => string),
) => string;
export const RegExpPrototypeToString = uncurryThis(RegExpPrototype.toString);

export const { now: DateNow } = Date;
export const DatePrototype = Date.prototype;
export const SafeDate = Date;
export const DatePrototypeGetTime = uncurryThis(DatePrototype.getTime);
export const DatePrototypeToISOString = uncurryThis(DatePrototype.toISOString);

export const SafeError = Error;
export const SafeTypeError = TypeError;
export const SafeRangeError = RangeError;
export const ErrorPrototype = Error.prototype;
export const SyntaxErrorPrototype = SyntaxError.prototype;
export const ErrorPrototypeToString = uncurryThis(ErrorPrototype.toString);
export const ErrorIsError = (Error as unknown as { isError(value: unknown): boolean }).isError;

export const { parse: JSONParse, stringify: JSONStringify } = JSON;

/** Entries of a Map or a Set one at a time: `for…of` would ask the prototype for its iterator. */
type Next<T> = (iterator: Iterator<T>) => IteratorResult<T>;

function nextOf<T>(iterator: Iterator<T>): Next<T> {
  return uncurryThis(Object.getPrototypeOf(iterator).next) as Next<T>;
}

export const MapPrototype = Map.prototype;
export const MapPrototypeDelete = uncurryThis(MapPrototype.delete);
export const MapPrototypeClear = uncurryThis(MapPrototype.clear);
export const MapPrototypeEntries = uncurryThis(MapPrototype.entries) as (self: unknown) => Iterator<[unknown, unknown]>;
export const MapPrototypeForEach = uncurryThis(MapPrototype.forEach) as <V>(self: Map<unknown, V>, f: (value: V) => void) => void;
export const MapPrototypeGet = uncurryThis(MapPrototype.get) as <K, V>(self: Map<K, V>, key: K) => V | undefined;
export const MapPrototypeGetSize = uncurryGetter<number>(MapPrototype, "size");
export const MapPrototypeHas = uncurryThis(MapPrototype.has) as <K>(self: Map<K, unknown>, key: K) => boolean;
export const MapPrototypeSet = uncurryThis(MapPrototype.set) as <K, V>(self: Map<K, V>, key: K, value: V) => unknown;
export const MapEntriesNext = nextOf(new Map<unknown, unknown>().entries());
export const SafeMap = Map;

export const SetPrototype = Set.prototype;
export const SetPrototypeAdd = uncurryThis(SetPrototype.add);
export const SetPrototypeDelete = uncurryThis(SetPrototype.delete);
export const SetPrototypeForEach = uncurryThis(SetPrototype.forEach) as <T>(self: Set<T>, f: (item: T) => void) => void;
export const SetPrototypeGetSize = uncurryGetter<number>(SetPrototype, "size");
export const SetPrototypeHas = uncurryThis(SetPrototype.has);
export const SetPrototypeValues = uncurryThis(SetPrototype.values) as (self: unknown) => Iterator<unknown>;
export const SetValuesNext = nextOf(new Set<unknown>().values());
export const SafeSet = Set;
export const SafeProxy = Proxy;

export const WeakMapPrototype = WeakMap.prototype;
export const WeakMapPrototypeHas = uncurryThis(WeakMapPrototype.has);
export const WeakSetPrototype = WeakSet.prototype;
export const SafeWeakSet = WeakSet;
export const WeakSetPrototypeAdd = uncurryThis(WeakSetPrototype.add);
export const WeakSetPrototypeHas = uncurryThis(WeakSetPrototype.has);
export const SafeFinalizationRegistry = FinalizationRegistry;
export const FinalizationRegistryPrototypeRegister = uncurryThis(FinalizationRegistry.prototype.register) as <T>(
  self: FinalizationRegistry<T>,
  target: object,
  held: T,
  token?: object,
) => void;
export const FinalizationRegistryPrototypeUnregister = uncurryThis(FinalizationRegistry.prototype.unregister);

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
/** The name of a typed array's type; undefined for every other value. */
export const TypedArrayPrototypeGetName = uncurryGetter<string | undefined>(TypedArrayPrototype, Symbol.toStringTag);
export const TypedArrayPrototypeGetLength = uncurryGetter<number>(TypedArrayPrototype, "length");
export const TypedArrayPrototypeSet = uncurryThis(Uint8Array.prototype.set) as (
  self: Uint8Array,
  source: ArrayLike<number>,
  at?: number,
) => void;
export const TypedArrayPrototypeSubarray = uncurryThis(Uint8Array.prototype.subarray) as (
  self: Uint8Array,
  start: number,
  end?: number,
) => Uint8Array;
export const SafeArrayBuffer = ArrayBuffer;
export const SafeUint8Array = Uint8Array;
export const ArrayBufferPrototype = ArrayBuffer.prototype;
export const ArrayBufferPrototypeGetByteLength = uncurryGetter<number>(ArrayBufferPrototype, "byteLength");
export const ArrayBufferPrototypeGetDetached = uncurryGetter<boolean>(ArrayBufferPrototype, "detached");
export const ArrayBufferPrototypeGetMaxByteLength = uncurryGetter<number>(ArrayBufferPrototype, "maxByteLength");
export const ArrayBufferPrototypeGetResizable = uncurryGetter<boolean>(ArrayBufferPrototype, "resizable");
export const ArrayBufferPrototypeTransferToFixedLength = uncurryThis((ArrayBufferPrototype as any).transferToFixedLength) as (self: ArrayBuffer) => ArrayBuffer;
export const SharedArrayBufferPrototype = SharedArrayBuffer.prototype;
export const SharedArrayBufferPrototypeGetByteLength = uncurryGetter<number>(SharedArrayBufferPrototype, "byteLength");
export const ArrayBufferIsView = ArrayBuffer.isView;
export const DataViewPrototype = DataView.prototype;
export const DataViewPrototypeGetByteLength = uncurryGetter<number>(DataViewPrototype, "byteLength");

export const ArrayBufferPrototypeSlice = uncurryThis(ArrayBufferPrototype.slice) as (self: ArrayBuffer, start: number, end: number) => ArrayBuffer;
export const ArrayBufferPrototypeTransfer = uncurryThis((ArrayBufferPrototype as any).transfer) as (self: ArrayBuffer) => ArrayBuffer;

/** The fields of a view, whether it is a typed array or a DataView. */
function viewGetter<R>(key: "buffer" | "byteOffset" | "byteLength"): (view: unknown) => R {
  const ofArray = uncurryGetter<R>(TypedArrayPrototype, key);
  const ofDataView = uncurryGetter<R>(DataViewPrototype, key);
  return (view) => (TypedArrayPrototypeGetName(view) === undefined ? ofDataView(view) : ofArray(view));
}
export const viewBuffer = viewGetter<ArrayBufferLike>("buffer");
export const viewByteOffset = viewGetter<number>("byteOffset");
export const viewByteLength = viewGetter<number>("byteLength");

export const SafePromise = Promise;
export const PromisePrototype = Promise.prototype;
export const PromisePrototypeThen = uncurryThis(Promise.prototype.then) as <T, A = T, B = never>(
  self: Promise<T>,
  fulfilled?: ((value: T) => A | PromiseLike<A>) | undefined,
  rejected?: ((reason: any) => B | PromiseLike<B>) | undefined,
) => Promise<A | B>;
export const PromiseResolve = Promise.resolve.bind(Promise) as <T>(value: T | PromiseLike<T>) => Promise<T>;
export const PromiseReject = Promise.reject.bind(Promise) as <T = never>(reason: unknown) => Promise<T>;
export interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T | PromiseLike<T>): void;
  reject(reason: unknown): void;
}
export const PromiseWithResolvers = (Promise as any).withResolvers.bind(Promise) as <T>() => Deferred<T>;

// `then` asks its receiver for a constructor; this own property keeps it from asking the prototype.
const resolved = Promise.resolve();
Object.defineProperty(resolved, "constructor", { value: undefined });

/** Queues a microtask. What it throws becomes an unhandled rejection. */
export function enqueueMicrotask(job: () => void): void {
  PromisePrototypeThen(resolved, job);
}

export const AsyncFunctionPrototype = Object.getPrototypeOf(async function () {}) as object;
export const GeneratorFunctionPrototype = Object.getPrototypeOf(function* () {}) as object;
export const AsyncGeneratorFunctionPrototype = Object.getPrototypeOf(async function* () {}) as object;
