// Objects of the platform: they are shown by the attributes of their interfaces, and those with pairs as Maps are.

import {
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  MathMax,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyNames,
  ObjectGetPrototypeOf,
  ObjectPrototypeHasOwnProperty,
  ReflectApply,
  StringPrototypeStartsWith,
} from "../primordials.ts";
import { type PairAt, isInterfacePrototype, pairsOf } from "../webidl.ts";
import { type Naming, chainLengthMax } from "./names.ts";
import { keysOf } from "./properties.ts";
import { type Shape, braced } from "./shape.ts";
import type { State } from "./state.ts";
import { formatValue } from "./value.ts";

/** The shape of an object whose class is an interface, or extends one; undefined for any other. */
export function interfaceShape(state: State, value: object, naming: Naming): Shape | undefined {
  const keys: PropertyKey[] = [];
  let found = false;
  let holder = ObjectGetPrototypeOf(value) as object | null;
  for (let i = 0; holder !== null && i < chainLengthMax; i++) {
    if (isInterfacePrototype(holder)) {
      found = true;
      const pairAt = pairsOf(holder);
      if (pairAt !== undefined && hasPairs(value, pairAt)) return pairsShape(state, value, naming, pairAt);
      pushAttributes(value, holder, keys);
    }
    holder = ObjectGetPrototypeOf(holder) as object | null;
  }
  if (!found) return undefined;
  const own = keysOf(state, value);
  for (let i = 0; i < own.length; i++) {
    if (isData(value, own[i]!)) ArrayPrototypePush(keys, own[i]!);
  }
  return braced(naming, "Object", keys);
}

/** Attributes that can be read, event handlers aside. The prototype of an interface has none. */
function pushAttributes(value: object, prototype: object, keys: PropertyKey[]): void {
  const names = ObjectGetOwnPropertyNames(prototype);
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    if (isData(prototype, name) || StringPrototypeStartsWith(name, "on") || ArrayPrototypeIncludes(keys, name)) continue;
    const { get } = ObjectGetOwnPropertyDescriptor(prototype, name)!;
    if (get === undefined) continue;
    try {
      ReflectApply(get, value, []);
    } catch {
      continue;
    }
    ArrayPrototypePush(keys, name);
  }
}

function isData(holder: object, key: PropertyKey): boolean {
  return ObjectPrototypeHasOwnProperty(ObjectGetOwnPropertyDescriptor(holder, key) ?? {}, "value");
}

function hasPairs(value: object, pairAt: PairAt): boolean {
  try {
    pairAt(value, 0);
    return true;
  } catch {
    return false;
  }
}

function pairsShape(state: State, value: object, naming: Naming, pairAt: PairAt): Shape {
  return {
    ...braced(naming, "Object", keysOf(state, value)),
    entries: (state, level) => pairEntries(state, value, level, pairAt),
    whole: undefined,
  };
}

function pairEntries(state: State, value: object, level: number, pairAt: PairAt): string[] {
  const shown = MathMax(0, state.settings.maxArrayLength);
  const entries: string[] = [];
  state.indentation += 2;
  for (let i = 0; !state.exhausted; i++) {
    const pair = pairAt(value, i);
    if (pair === undefined) break;
    if (i === shown) {
      ArrayPrototypePush(entries, "... more items");
      break;
    }
    ArrayPrototypePush(entries, formatValue(state, pair[0], level) + " => " + formatValue(state, pair[1], level));
  }
  state.indentation -= 2;
  return entries;
}
