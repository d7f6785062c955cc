import {
  ArrayPrototypePush,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyNames,
  ObjectGetOwnPropertySymbols,
  ObjectKeys,
  ObjectPrototypeHasOwnProperty,
  ObjectPrototypePropertyIsEnumerable,
  ReflectApply,
  RegExpPrototypeExec,
} from "../primordials.ts";
import { threwText } from "./guard.ts";
import { formatKey, formatPrimitive } from "./primitives.ts";
import type { State } from "./state.ts";
import { formatValue } from "./value.ts";

const indexKey = /^(0|[1-9][0-9]*)$/;

/** Elements up to which an array is searched for properties beside them: the search lists every index. */
const searchedElementsMax = 4096;

/** The properties to list: the enumerable ones, or all. */
export function keysOf(state: State, value: object): PropertyKey[] {
  const keys: PropertyKey[] = state.settings.showHidden ? ObjectGetOwnPropertyNames(value) : ObjectKeys(value);
  pushSymbols(state, value, keys);
  return keys;
}

/** As keysOf, without the indices of elements: for arrays, typed arrays and boxed strings. */
export function keysBesideElements(state: State, value: object, length: number): PropertyKey[] {
  const keys: PropertyKey[] = [];
  if (length <= searchedElementsMax) {
    const names = state.settings.showHidden ? ObjectGetOwnPropertyNames(value) : ObjectKeys(value);
    // Indices come first.
    let first = names.length;
    while (first > 0 && RegExpPrototypeExec(indexKey, names[first - 1]!) === null) first--;
    for (let i = first; i < names.length; i++) ArrayPrototypePush(keys, names[i]!);
  }
  pushSymbols(state, value, keys);
  return keys;
}

function pushSymbols(state: State, value: object, keys: PropertyKey[]): void {
  const symbols = ObjectGetOwnPropertySymbols(value);
  for (let i = 0; i < symbols.length; i++) {
    if (state.settings.showHidden || ObjectPrototypePropertyIsEnumerable(value, symbols[i]!)) {
      ArrayPrototypePush(keys, symbols[i]!);
    }
  }
}

/** An array's element: its value alone. undefined: there is a hole. */
export function formatElement(state: State, holder: object, index: number, level: number): string | undefined {
  const descriptor = ObjectGetOwnPropertyDescriptor(holder, index);
  return descriptor === undefined ? undefined : formatDescribed(state, holder, descriptor, level);
}

/** "name: value". A key that is not the object's own, which a prototype has or a proxy makes up, is read. */
export function formatProperty(state: State, holder: object, key: PropertyKey, level: number): string {
  const descriptor = ObjectGetOwnPropertyDescriptor(holder, key);
  if (descriptor === undefined) {
    const value = (holder as Record<PropertyKey, unknown>)[key];
    return formatKey(state, key, true) + ": " + formatIndented(state, value, level);
  }
  const value = formatDescribed(state, holder, descriptor, level);
  return formatKey(state, key, descriptor.enumerable === true) + ": " + value;
}

function formatDescribed(state: State, holder: object, descriptor: PropertyDescriptor, level: number): string {
  // Fields that the descriptor lacks would be looked for on Object.prototype.
  if (ObjectPrototypeHasOwnProperty(descriptor, "value")) return formatIndented(state, descriptor.value, level);
  const { get, set } = descriptor;
  if (get === undefined) return state.take(set === undefined ? "undefined" : "[Setter]");
  const label = set === undefined ? "Getter" : "Getter/Setter";
  const { getters } = state.settings;
  const called = getters === true || (getters === "get" && !set) || (getters === "set" && set);
  return called ? formatGetter(state, label, get, holder, level) : state.take("[" + label + "]");
}

function formatGetter(state: State, label: string, get: () => unknown, holder: object, level: number): string {
  let value: unknown;
  try {
    value = ReflectApply(get, holder, []);
  } catch (error) {
    return state.take("[" + label + ": " + threwText(error) + "]");
  }
  if (typeof value === "object" && value !== null) return "[" + label + "] " + formatIndented(state, value, level);
  return "[" + label + ": " + formatPrimitive(state, value) + "]";
}

function formatIndented(state: State, value: unknown, level: number): string {
  state.indentation += 2;
  const text = formatValue(state, value, level);
  state.indentation -= 2;
  return text;
}
