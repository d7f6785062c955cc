import {
  ArrayBufferPrototypeGetByteLength,
  ArrayIsArray,
  ArrayPrototypePop,
  ArrayPrototypePush,
  ArrayPrototypeSplice,
  BigIntPrototypeValueOf,
  BooleanPrototypeValueOf,
  DataViewPrototypeGetByteLength,
  DatePrototypeGetTime,
  ErrorIsError,
  MapEntriesNext,
  MapPrototypeEntries,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeHas,
  NumberPrototypeValueOf,
  ObjectGetOwnPropertySymbols,
  ObjectGetPrototypeOf,
  ObjectIs,
  ObjectKeys,
  ObjectPrototype,
  ObjectPrototypeHasOwnProperty,
  ObjectPrototypePropertyIsEnumerable,
  PromisePrototype,
  RegExpPrototypeGetSource,
  RegExpPrototypeToString,
  SafeUint8Array,
  SetPrototypeGetSize,
  SetPrototypeHas,
  SetPrototypeValues,
  SetValuesNext,
  StringPrototypeValueOf,
  SymbolPrototypeValueOf,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetName,
  WeakMapPrototypeHas,
  WeakSetPrototypeHas,
  uncurryThis,
} from "../internal/primordials.ts";

const DataViewPrototypeGetUint8 = uncurryThis(DataView.prototype.getUint8);
const WeakRefPrototypeDeref = uncurryThis(WeakRef.prototype.deref);

/** The pairs that are being compared, from the outermost on. In a cycle, a pair is as equal as it looks so far. */
interface Pairs {
  a: object[];
  b: object[];
}

/**
 * Whether two values are the same all the way down, as `expect(a).toEqual(b)` says: by Object.is, and
 * objects by kind, contents and own enumerable properties. Prototypes do not count, nor do properties
 * that are undefined, nor the order of a Map or a Set.
 */
export function deepEquals(a: unknown, b: unknown): boolean {
  return same(a, b, { a: [], b: [] });
}

function same(a: unknown, b: unknown, above: Pairs): boolean {
  if (ObjectIs(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const kind = kindOf(a);
  if (kind === undefined || kind !== kindOf(b)) return false;
  for (let i = 0; i < above.a.length; i++) {
    if (above.a[i] === a || above.b[i] === b) return above.a[i] === a && above.b[i] === b;
  }
  ArrayPrototypePush(above.a, a);
  ArrayPrototypePush(above.b, b);
  const equal = (contents[kind] === undefined || contents[kind](a, b, above)) && sameProperties(a, b, above);
  ArrayPrototypePop(above.a);
  ArrayPrototypePop(above.b);
  return equal;
}

/** How the contents that are no properties are compared, by kind. Kinds that are not here have none. */
const contents: { [kind: string]: (a: any, b: any, above: Pairs) => boolean } = {
  __proto__: null as never,
  Array: (a, b, above) => sameItems(a, b, a.length, b.length, above),
  TypedArray: (a, b, above) =>
    TypedArrayPrototypeGetName(a) === TypedArrayPrototypeGetName(b) &&
    sameItems(a, b, TypedArrayPrototypeGetLength(a), TypedArrayPrototypeGetLength(b), above),
  ArrayBuffer(a, b, above) {
    const lengthA = ArrayBufferPrototypeGetByteLength(a);
    const lengthB = ArrayBufferPrototypeGetByteLength(b);
    return sameItems(new SafeUint8Array(a), new SafeUint8Array(b), lengthA, lengthB, above);
  },
  DataView: sameViews,
  Map: sameMaps,
  Set: sameSets,
  Date: (a, b) => ObjectIs(DatePrototypeGetTime(a), DatePrototypeGetTime(b)),
  RegExp: (a, b) => RegExpPrototypeToString(a) === RegExpPrototypeToString(b),
  Error: (a, b, above) => a.name === b.name && a.message === b.message && same(a.cause, b.cause, above),
  Number: (a, b) => ObjectIs(NumberPrototypeValueOf(a), NumberPrototypeValueOf(b)),
  String: (a, b) => StringPrototypeValueOf(a) === StringPrototypeValueOf(b),
  Boolean: (a, b) => BooleanPrototypeValueOf(a) === BooleanPrototypeValueOf(b),
  BigInt: (a, b) => BigIntPrototypeValueOf(a) === BigIntPrototypeValueOf(b),
  Symbol: (a, b) => SymbolPrototypeValueOf(a) === SymbolPrototypeValueOf(b),
};

/** Built-in types by a method that throws on everything else. */
const brands: { kind: string | undefined; method: (value: object) => unknown }[] = [
  { kind: "Map", method: MapPrototypeGetSize },
  { kind: "Set", method: SetPrototypeGetSize },
  { kind: "Date", method: DatePrototypeGetTime },
  { kind: "RegExp", method: RegExpPrototypeGetSource },
  { kind: "ArrayBuffer", method: ArrayBufferPrototypeGetByteLength },
  { kind: "DataView", method: DataViewPrototypeGetByteLength },
  { kind: "Number", method: NumberPrototypeValueOf },
  { kind: "String", method: StringPrototypeValueOf },
  { kind: "Boolean", method: BooleanPrototypeValueOf },
  { kind: "BigInt", method: BigIntPrototypeValueOf },
  { kind: "Symbol", method: SymbolPrototypeValueOf },
  // What cannot be looked into is equal to itself alone.
  { kind: undefined, method: (value) => WeakMapPrototypeHas(value, value) },
  { kind: undefined, method: (value) => WeakSetPrototypeHas(value, value) },
  { kind: undefined, method: WeakRefPrototypeDeref },
];

/** What the object is: "Object" where it is nothing in particular, undefined where it has an identity only. */
function kindOf(value: object): string | undefined {
  if (ArrayIsArray(value)) return "Array";
  const prototype = ObjectGetPrototypeOf(value);
  if (prototype === ObjectPrototype || prototype === null) return "Object";
  if (prototype === PromisePrototype) return undefined;
  if (TypedArrayPrototypeGetName(value) !== undefined) return "TypedArray";
  if (ErrorIsError(value)) return "Error";
  for (let i = 0; i < brands.length; i++) {
    const { kind, method } = brands[i]!;
    try {
      method(value);
      return kind;
    } catch {
      // It is something else.
    }
  }
  return "Object";
}

interface Items {
  readonly [index: number]: unknown;
}

function sameItems(a: Items, b: Items, lengthA: number, lengthB: number, above: Pairs): boolean {
  if (lengthA !== lengthB) return false;
  for (let i = 0; i < lengthA; i++) {
    if (!same(a[i], b[i], above)) return false;
  }
  return true;
}

function sameViews(a: DataView, b: DataView): boolean {
  const length = DataViewPrototypeGetByteLength(a);
  if (length !== DataViewPrototypeGetByteLength(b)) return false;
  for (let i = 0; i < length; i++) {
    if (DataViewPrototypeGetUint8(a, i) !== DataViewPrototypeGetUint8(b, i)) return false;
  }
  return true;
}

function sameMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, above: Pairs): boolean {
  if (MapPrototypeGetSize(a) !== MapPrototypeGetSize(b)) return false;
  const unmatched: [unknown, unknown][] = [];
  const entries = MapPrototypeEntries(a);
  for (let next = MapEntriesNext(entries); !next.done; next = MapEntriesNext(entries)) {
    const key = next.value[0];
    if (!MapPrototypeHas(b, key)) ArrayPrototypePush(unmatched, next.value);
    else if (!same(next.value[1], MapPrototypeGet(b, key), above)) return false;
  }
  if (unmatched.length === 0) return true;
  const others: [unknown, unknown][] = [];
  const theirs = MapPrototypeEntries(b);
  for (let next = MapEntriesNext(theirs); !next.done; next = MapEntriesNext(theirs)) {
    if (!MapPrototypeHas(a, next.value[0])) ArrayPrototypePush(others, next.value);
  }
  return paired(unmatched, others, (x, y) => same(x[0], y[0], above) && same(x[1], y[1], above));
}

function sameSets(a: Set<unknown>, b: Set<unknown>, above: Pairs): boolean {
  if (SetPrototypeGetSize(a) !== SetPrototypeGetSize(b)) return false;
  return paired(without(a, b), without(b, a), (x, y) => same(x, y, above));
}

/** The elements of a that are not in b. */
function without(a: Set<unknown>, b: Set<unknown>): unknown[] {
  const rest: unknown[] = [];
  const values = SetPrototypeValues(a);
  for (let next = SetValuesNext(values); !next.done; next = SetValuesNext(values)) {
    if (!SetPrototypeHas(b, next.value)) ArrayPrototypePush(rest, next.value);
  }
  return rest;
}

/** Whether each item of a finds one of its own in b. Takes what it finds out of b. */
function paired<T>(a: T[], b: T[], equal: (a: T, b: T) => boolean): boolean {
  for (let i = 0; i < a.length; i++) {
    let j = 0;
    while (j < b.length && !equal(a[i]!, b[j]!)) j++;
    if (j === b.length) return false;
    ArrayPrototypeSplice(b, j, 1);
  }
  return true;
}

function sameProperties(a: object, b: object, above: Pairs): boolean {
  return (
    covers(a, b, ObjectKeys(a), above) &&
    covers(a, b, symbolsOf(a), above) &&
    lacks(a, b, ObjectKeys(b)) &&
    lacks(a, b, symbolsOf(b))
  );
}

/** Whether b has the properties of a, where those are not undefined. */
function covers(a: any, b: any, keys: PropertyKey[], above: Pairs): boolean {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (!same(a[key], ObjectPrototypeHasOwnProperty(b, key) ? b[key] : undefined, above)) return false;
  }
  return true;
}

/** Whether what b has beyond a is undefined. */
function lacks(a: object, b: any, keys: PropertyKey[]): boolean {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (!ObjectPrototypeHasOwnProperty(a, key) && b[key] !== undefined) return false;
  }
  return true;
}

function symbolsOf(value: object): symbol[] {
  const symbols = ObjectGetOwnPropertySymbols(value);
  const enumerable: symbol[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (ObjectPrototypePropertyIsEnumerable(value, symbols[i]!)) ArrayPrototypePush(enumerable, symbols[i]!);
  }
  return enumerable;
}
