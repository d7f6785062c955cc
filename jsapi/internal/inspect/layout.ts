import {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  MathFloor,
  MathMax,
  MathMin,
  MathRound,
  MathSqrt,
  StringPrototypeIncludes,
  StringPrototypePadEnd,
  StringPrototypePadStart,
  StringPrototypeRepeat,
} from "../primordials.ts";
import { read } from "./options.ts";
import type { State } from "./state.ts";
import { textWidth } from "./width.ts";

/** An object's text in its parts, before it is decided which of them share a line. */
export interface Parts {
  /** What stands before the braces, or "". */
  base: string;
  open: string;
  close: string;
  /** The text of each element, entry and property. */
  entries: string[];
  /** The array whose elements the entries are, for those that are lined up in columns. */
  elements: object | undefined;
}

/** Entries from which on an array is lined up in columns. */
const columnEntriesMin = 7;
/** A line also holds braces, separators and whatever comes before the value: columns set aside for that. */
const lineReserve = 10;
/** Columns between two entries: a comma and a space. */
const separatorWidth = 2;
const columnsMax = 15;
/** How many times as high as wide a character is: groups are drawn about square. */
const characterHeight = 2.5;

/** Joins the parts: in one line where they are short and shallow, in columns, or one to a line. */
export function layOut(state: State, parts: Parts, level: number): string {
  const { base, open, close } = parts;
  const { compact } = state.settings;
  let { entries } = parts;
  const start = base === "" ? open : base + " " + open;
  if (compact >= 1) {
    if (parts.elements !== undefined && entries.length >= columnEntriesMin) {
      entries = inColumns(state, entries, parts.elements);
    }
    const grouped = entries !== parts.entries;
    if (!grouped && state.deepest - level < compact && fitsLine(state, parts)) {
      const line = ArrayPrototypeJoin(entries, ", ");
      if (!StringPrototypeIncludes(line, "\n")) return start + " " + line + " " + close;
    }
  }
  // White space counts as well: nested a thousand deep, it would otherwise be most of the text.
  const margin = state.indentation + 3;
  if (!state.takeBlank((entries.length + 1) * margin)) {
    return start + " " + ArrayPrototypeJoin(entries, ", ") + " " + close;
  }
  const indentation = "\n" + StringPrototypeRepeat(" ", state.indentation);
  return start + indentation + "  " + ArrayPrototypeJoin(entries, "," + indentation + "  ") + indentation + close;
}

function fitsLine(state: State, { base, open, entries }: Parts): boolean {
  const { breakLength } = state.settings;
  let length = 2 * entries.length + state.indentation + open.length + base.length + lineReserve;
  for (let i = 0; i < entries.length && length <= breakLength; i++) {
    length += entries[i]!.length;
  }
  return length <= breakLength && !StringPrototypeIncludes(base, "\n");
}

/** Rows of several entries, where the entries are of similar length; else the entries themselves. */
function inColumns(state: State, entries: string[], elements: object): string[] {
  const { maxArrayLength, breakLength, compact } = state.settings;
  const overflows = entries.length > maxArrayLength;
  // "... n more items" stays on a line of its own.
  const count = overflows ? entries.length - 1 : entries.length;
  const widths: number[] = [];
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    const width = textWidth(entries[i]!);
    ArrayPrototypePush(widths, width);
    total += width + separatorWidth;
    widest = MathMax(widest, width);
  }
  const cell = widest + separatorWidth;
  const similar = total / cell > 5 || widest <= 6;
  if (cell * 3 + state.indentation >= breakLength || !similar) return entries;

  const bias = MathSqrt(cell - total / entries.length);
  const biased = MathMax(cell - 3 - bias, 1);
  const columns = MathMin(
    MathRound(MathSqrt(characterHeight * biased * count) / biased),
    MathFloor((breakLength - state.indentation) / cell),
    compact * 4,
    columnsMax,
  );
  if (columns <= 1) return entries;

  const columnWidths: number[] = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let i = column; i < count; i += columns) width = MathMax(width, widths[i]!);
    ArrayPrototypePush(columnWidths, width + separatorWidth);
  }
  const right = areNumbers(elements, entries.length);
  const rows: string[] = [];
  for (let first = 0; first < count; first += columns) {
    const last = MathMin(first + columns, count) - 1;
    let row = "";
    for (let i = first; i < last; i++) {
      // What is wider than long (or the reverse) shifts the padding, which counts characters.
      const padding = columnWidths[i - first]! + entries[i]!.length - widths[i]!;
      row += right
        ? StringPrototypePadStart(entries[i] + ", ", padding)
        : StringPrototypePadEnd(entries[i] + ", ", padding);
    }
    const padding = columnWidths[last - first]! + entries[last]!.length - widths[last]! - separatorWidth;
    row += right ? StringPrototypePadStart(entries[last]!, padding) : entries[last];
    ArrayPrototypePush(rows, row);
  }
  if (overflows) ArrayPrototypePush(rows, entries[count]!);
  return rows;
}

function areNumbers(elements: object, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const type = typeof read(elements, i);
    if (type !== "number" && type !== "bigint") return false;
  }
  return true;
}
