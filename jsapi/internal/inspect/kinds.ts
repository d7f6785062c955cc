import {
  ArrayBufferPrototype,
  ArrayBufferPrototypeGetByteLength,
  ArrayPrototypePush,
  BigIntPrototype,
  BigIntPrototypeValueOf,
  BooleanPrototype,
  BooleanPrototypeValueOf,
  DataViewPrototype,
  DataViewPrototypeGetByteLength,
  DatePrototype,
  DatePrototypeGetTime,
  DatePrototypeToISOString,
  ErrorIsError,
  ErrorPrototype,
  MapPrototype,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  NumberIsNaN,
  NumberPrototype,
  NumberPrototypeValueOf,
  ObjectGetPrototypeOf,
  PromisePrototype,
  RegExpPrototype,
  RegExpPrototypeGetSource,
  RegExpPrototypeToString,
  SafeMap,
  SafeRegExp,
  SetPrototype,
  SetPrototypeGetSize,
  SharedArrayBufferPrototype,
  SharedArrayBufferPrototypeGetByteLength,
  StringPrototype,
  StringPrototypeValueOf,
  SymbolPrototype,
  SymbolPrototypeValueOf,
  WeakMapPrototype,
  WeakMapPrototypeHas,
  WeakSetPrototype,
  WeakSetPrototypeHas,
} from "../primordials.ts";
import { bufferEntries, mapEntries, setEntries } from "./collections.ts";
import { formatError } from "./errors.ts";
import { chainLengthMax, type Naming, prefix } from "./names.ts";
import { formatPrimitive } from "./primitives.ts";
import { promiseEntries, promiseState } from "./promises.ts";
import { keysBesideElements, keysOf } from "./properties.ts";
import { based, braced, type Shape } from "./shape.ts";
import type { State } from "./state.ts";

/** A built-in type that is shown in a way of its own. */
interface Kind {
  prototype: object;
  /** Whether an object that claims to be one is one. */
  is(value: object): boolean;
  shape(state: State, value: object, naming: Naming): Shape;
}

/** A test that holds where the method, which throws on every other type, does not throw. */
function accepts(method: (value: unknown) => unknown): (value: object) => boolean {
  return (value) => {
    try {
      method(value);
      return true;
    } catch {
      return false;
    }
  };
}

const hasPrototype = (value: object): boolean => ObjectGetPrototypeOf(value) !== null;

function errorShape(state: State, value: object, naming: Naming): Shape {
  const keys = keysOf(state, value);
  return based(naming, "Error", formatError(state, value, naming, keys), keys);
}

function mapShape(state: State, value: object, naming: Naming): Shape {
  const map = value as Map<unknown, unknown>;
  return sizedShape(state, value, naming, "Map", MapPrototypeGetSize(map), (state, level) =>
    mapEntries(state, map, level),
  );
}

function setShape(state: State, value: object, naming: Naming): Shape {
  const set = value as Set<unknown>;
  return sizedShape(state, value, naming, "Set", SetPrototypeGetSize(set), (state, level) =>
    setEntries(state, set, level),
  );
}

function sizedShape(
  state: State,
  value: object,
  naming: Naming,
  kind: string,
  size: number,
  entries: Shape["entries"],
): Shape {
  const open = prefix(naming, kind, "(" + size + ")") + "{";
  const whole = size === 0 ? open + "}" : undefined;
  return { ...braced(naming, kind, keysOf(state, value)), open, entries, whole };
}

function regExpShape(state: State, value: object, naming: Naming): Shape {
  const text = RegExpPrototypeToString(naming.constructor === null ? new SafeRegExp(value as RegExp) : value);
  const shape = based(naming, "RegExp", named(naming, "RegExp", text), keysOf(state, value));
  return { ...shape, tooDeep: shape.base };
}

function dateShape(state: State, value: object, naming: Naming): Shape {
  const text = NumberIsNaN(DatePrototypeGetTime(value)) ? "Invalid Date" : DatePrototypeToISOString(value);
  return based(naming, "Date", named(naming, "Date", text), keysOf(state, value));
}

/** The text, after the object's name where that says more than the text. */
function named(naming: Naming, kind: string, text: string): string {
  const name = prefix(naming, kind);
  return name === kind + " " ? text : name + text;
}

function bufferShape(kind: string): Kind["shape"] {
  return (state, value, naming) => ({
    ...braced(naming, kind, after(["byteLength"], keysOf(state, value))),
    entries: (state) => bufferEntries(state, value as ArrayBuffer),
  });
}

function dataViewShape(state: State, value: object, naming: Naming): Shape {
  return braced(naming, "DataView", after(["byteLength", "byteOffset", "buffer"], keysOf(state, value)));
}

function after(first: PropertyKey[], keys: PropertyKey[]): PropertyKey[] {
  for (let i = 0; i < keys.length; i++) ArrayPrototypePush(first, keys[i]!);
  return first;
}

function weakShape(kind: string): Kind["shape"] {
  return (state, value, naming) => ({
    ...braced(naming, kind, keysOf(state, value)),
    entries: (state) => [state.take("<items unknown>")],
    whole: undefined,
  });
}

function promiseShape(state: State, value: object, naming: Naming): Shape {
  const shape = braced(naming, "Promise", keysOf(state, value));
  const settled = promiseState(value);
  if (settled === undefined) return shape;
  return { ...shape, entries: (state, level) => promiseEntries(state, settled, level), whole: undefined };
}

/** "[Number: 3]". */
function boxedShape(kind: string, unbox: (value: unknown) => unknown): Kind["shape"] {
  return (state, value, naming) => {
    const { constructor, tag } = naming;
    const content = unbox(value);
    let text = "[" + kind;
    if (constructor !== kind) text += constructor === null ? " (null prototype)" : " (" + constructor + ")";
    text += ": " + formatPrimitive(state, content) + "]";
    if (tag !== "" && tag !== constructor) text += " [" + tag + "]";
    const keys = typeof content === "string" ? keysBesideElements(state, value, content.length) : keysOf(state, value);
    return based(naming, kind, text, keys);
  };
}

function boxed(kind: string, prototype: object, unbox: (value: unknown) => unknown): Kind {
  return { prototype, is: accepts(unbox), shape: boxedShape(kind, unbox) };
}

const kinds: Kind[] = [
  { prototype: ErrorPrototype, is: (value) => ErrorIsError(value) || hasPrototype(value), shape: errorShape },
  { prototype: MapPrototype, is: accepts(MapPrototypeGetSize), shape: mapShape },
  { prototype: SetPrototype, is: accepts(SetPrototypeGetSize), shape: setShape },
  {
    prototype: RegExpPrototype,
    is: (value) => value !== RegExpPrototype && accepts(RegExpPrototypeGetSource)(value),
    shape: regExpShape,
  },
  { prototype: DatePrototype, is: accepts(DatePrototypeGetTime), shape: dateShape },
  {
    prototype: ArrayBufferPrototype,
    is: accepts(ArrayBufferPrototypeGetByteLength),
    shape: bufferShape("ArrayBuffer"),
  },
  {
    prototype: SharedArrayBufferPrototype,
    is: accepts(SharedArrayBufferPrototypeGetByteLength),
    shape: bufferShape("SharedArrayBuffer"),
  },
  { prototype: DataViewPrototype, is: accepts(DataViewPrototypeGetByteLength), shape: dataViewShape },
  // No method tells a promise without leaving a mark on it.
  { prototype: PromisePrototype, is: hasPrototype, shape: promiseShape },
  {
    prototype: WeakSetPrototype,
    is: accepts((value) => WeakSetPrototypeHas(value, kinds)),
    shape: weakShape("WeakSet"),
  },
  {
    prototype: WeakMapPrototype,
    is: accepts((value) => WeakMapPrototypeHas(value, kinds)),
    shape: weakShape("WeakMap"),
  },
  boxed("Number", NumberPrototype, NumberPrototypeValueOf),
  boxed("String", StringPrototype, StringPrototypeValueOf),
  boxed("Boolean", BooleanPrototype, BooleanPrototypeValueOf),
  boxed("BigInt", BigIntPrototype, BigIntPrototypeValueOf),
  boxed("Symbol", SymbolPrototype, SymbolPrototypeValueOf),
];

const kindByPrototype = new SafeMap<object, Kind>();
for (const kind of kinds) MapPrototypeSet(kindByPrototype, kind.prototype, kind);

/** The built-in type of an object that is neither function, array nor typed array; undefined: none of them. */
export function kindOf(value: object): Kind | undefined {
  let holder = ObjectGetPrototypeOf(value) as object | null;
  if (holder === null) return anyKind(value);
  for (let i = 0; holder !== null && i < chainLengthMax; i++) {
    const kind = MapPrototypeGet(kindByPrototype, holder);
    if (kind !== undefined) return kind.is(value) ? kind : undefined;
    holder = ObjectGetPrototypeOf(holder) as object | null;
  }
  return ErrorIsError(value) ? kinds[0] : undefined;
}

/** As kindOf, where no prototype says which type to try. */
function anyKind(value: object): Kind | undefined {
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i]!.is(value)) return kinds[i];
  }
  return undefined;
}
