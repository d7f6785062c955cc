import {
  ArrayPrototypePush,
  MapEntriesNext,
  MapPrototypeEntries,
  MapPrototypeGetSize,
  MathMax,
  MathMin,
  NumberPrototypeToString,
  ObjectKeys,
  RegExpPrototypeExec,
  SafeUint8Array,
  SetPrototypeGetSize,
  SetPrototypeValues,
  SetValuesNext,
  StringPrototypePadStart,
  TypedArrayPrototypeGetLength,
} from "../primordials.ts";
import { namingOf, prefix } from "./names.ts";
import { formatNumber } from "./primitives.ts";
import { formatElement } from "./properties.ts";
import type { State } from "./state.ts";
import { formatValue } from "./value.ts";

const indexKey = /^(0|[1-9][0-9]*)$/;
/** One less than the length that an array can have. */
const indexMax = 2 ** 32 - 2;

function plural(count: number, noun: string): string {
  return count + " " + noun + (count > 1 ? "s" : "");
}

/** Counts what is not shown. */
function pushRemaining(entries: string[], remaining: number): void {
  if (remaining > 0) ArrayPrototypePush(entries, "... " + plural(remaining, "more item"));
}

function shownOf(state: State, length: number): number {
  return MathMin(MathMax(0, state.settings.maxArrayLength), length);
}

export function arrayEntries(state: State, value: unknown[], level: number): string[] {
  const { length } = value;
  const shown = shownOf(state, length);
  const entries: string[] = [];
  for (let i = 0; i < shown && !state.exhausted; i++) {
    const element = formatElement(state, value, i, level);
    if (element === undefined) return sparseEntries(state, value, level, entries, shown);
    ArrayPrototypePush(entries, element);
  }
  pushRemaining(entries, length - entries.length);
  return entries;
}

/** The rest of an array, whose holes are counted: `entries` holds what comes before the first. */
function sparseEntries(state: State, value: unknown[], level: number, entries: string[], shown: number): string[] {
  const keys = ObjectKeys(value);
  let index = entries.length;
  for (let i = index; i < keys.length && entries.length < shown && !state.exhausted; i++) {
    const key = keys[i]!;
    if (RegExpPrototypeExec(indexKey, key) === null || +key > indexMax) break;
    if (+key !== index) {
      ArrayPrototypePush(entries, state.take("<" + plural(+key - index, "empty item") + ">"));
      index = +key;
      if (entries.length === shown) break;
    }
    ArrayPrototypePush(entries, formatElement(state, value, index, level) ?? "undefined");
    index++;
  }
  const remaining = value.length - index;
  if (entries.length < shown && remaining > 0 && !state.exhausted) {
    ArrayPrototypePush(entries, "<" + plural(remaining, "empty item") + ">");
  } else {
    pushRemaining(entries, remaining);
  }
  return entries;
}

export function typedArrayEntries(state: State, value: ArrayLike<number | bigint>): string[] {
  const length = TypedArrayPrototypeGetLength(value);
  const shown = shownOf(state, length);
  const entries: string[] = [];
  for (let i = 0; i < shown && !state.exhausted; i++) {
    const element = value[i]!;
    ArrayPrototypePush(entries, state.take(typeof element === "bigint" ? element + "n" : formatNumber(element)));
  }
  pushRemaining(entries, length - entries.length);
  if (state.settings.showHidden) pushTypedArrayFields(state, value as Uint8Array, entries);
  return entries;
}

/** What a typed array says of itself by getters that it inherits. */
function pushTypedArrayFields(state: State, value: Uint8Array, entries: string[]): void {
  const { BYTES_PER_ELEMENT, length, byteLength, byteOffset, buffer } = value;
  ArrayPrototypePush(entries, state.take("[BYTES_PER_ELEMENT]: " + BYTES_PER_ELEMENT));
  ArrayPrototypePush(entries, state.take("[length]: " + length));
  ArrayPrototypePush(entries, state.take("[byteLength]: " + byteLength));
  ArrayPrototypePush(entries, state.take("[byteOffset]: " + byteOffset));
  const name = prefix(namingOf(state, buffer), "ArrayBuffer");
  ArrayPrototypePush(entries, state.take("[buffer]: " + name + "{ byteLength: " + buffer.byteLength + " }"));
}

export function setEntries(state: State, value: Set<unknown>, level: number): string[] {
  const size = SetPrototypeGetSize(value);
  const shown = shownOf(state, size);
  const entries: string[] = [];
  const values = SetPrototypeValues(value);
  state.indentation += 2;
  while (entries.length < shown && !state.exhausted) {
    const { done, value: element } = SetValuesNext(values);
    if (done) break;
    ArrayPrototypePush(entries, formatValue(state, element, level));
  }
  state.indentation -= 2;
  pushRemaining(entries, size - entries.length);
  return entries;
}

export function mapEntries(state: State, value: Map<unknown, unknown>, level: number): string[] {
  const size = MapPrototypeGetSize(value);
  const shown = shownOf(state, size);
  const entries: string[] = [];
  const pairs = MapPrototypeEntries(value);
  state.indentation += 2;
  while (entries.length < shown && !state.exhausted) {
    const { done, value: pair } = MapEntriesNext(pairs);
    if (done) break;
    const key = formatValue(state, pair[0], level);
    ArrayPrototypePush(entries, key + " => " + formatValue(state, pair[1], level));
  }
  state.indentation -= 2;
  pushRemaining(entries, size - entries.length);
  return entries;
}

export function bufferEntries(state: State, value: ArrayBufferLike): string[] {
  let bytes: Uint8Array;
  try {
    bytes = new SafeUint8Array(value);
  } catch {
    return [state.take("(detached)")];
  }
  const length = TypedArrayPrototypeGetLength(bytes);
  const shown = shownOf(state, length);
  let text = "";
  for (let i = 0; i < shown && text.length < state.left; i++) {
    text += (i === 0 ? "" : " ") + StringPrototypePadStart(NumberPrototypeToString(bytes[i]!, 16), 2, "0");
  }
  if (length > shown) text += " ... " + plural(length - shown, "more byte");
  return [state.take("[Uint8Contents]: <" + text + ">")];
}
