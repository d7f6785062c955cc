import { inspect } from "../internal/inspect.ts";
import { textWidth } from "../internal/inspect/width.ts";
import {
  ArrayBufferIsView,
  ArrayIsArray,
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  MapEntriesNext,
  MapPrototypeEntries,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  MathMax,
  ObjectCreate,
  ObjectKeys,
  ObjectPrototypeHasOwnProperty,
  SafeMap,
  SafeString,
  SetPrototypeGetSize,
  SetPrototypeValues,
  SetValuesNext,
  StringPrototypeRepeat,
} from "../internal/primordials.ts";

/** Cells that are drawn; whole rows beyond them are counted below the table. */
const cellsMax = 3000;

/** The columns of a table: each cell by its row; rows without one are empty there. */
type Column = { head: string; cells: Map<number, string> };

/**
 * The value drawn as a table, a row for each element or property, as Node draws it; undefined when
 * it is no object or cannot be read. properties, an array, names the columns to show.
 */
export function formatTable(value: unknown, properties: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return mapTable(value) ?? setTable(value) ?? rowsTable(value, properties);
  } catch {
    return undefined;
  }
}

function mapTable(value: object): string | undefined {
  let size: number;
  try {
    size = MapPrototypeGetSize(value);
  } catch {
    return undefined;
  }
  const index = newColumn("(iteration index)");
  const keys = newColumn("Key");
  const values = newColumn("Values");
  const entries = MapPrototypeEntries(value);
  let row = 0;
  for (; row * 3 < cellsMax; row++) {
    const { done, value: entry } = MapEntriesNext(entries);
    if (done) break;
    MapPrototypeSet(index.cells, row, "" + row);
    MapPrototypeSet(keys.cells, row, cell(entry[0]));
    MapPrototypeSet(values.cells, row, cell(entry[1]));
  }
  return draw([index, keys, values], row, size - row);
}

function setTable(value: object): string | undefined {
  let size: number;
  try {
    size = SetPrototypeGetSize(value);
  } catch {
    return undefined;
  }
  const index = newColumn("(iteration index)");
  const values = newColumn("Values");
  const elements = SetPrototypeValues(value);
  let row = 0;
  for (; row * 2 < cellsMax; row++) {
    const { done, value: element } = SetValuesNext(elements);
    if (done) break;
    MapPrototypeSet(index.cells, row, "" + row);
    MapPrototypeSet(values.cells, row, cell(element));
  }
  return draw([index, values], row, size - row);
}

function rowsTable(value: object, properties: unknown): string {
  const shown = ArrayIsArray(properties) ? (properties as unknown[]) : undefined;
  const names = rowNames(value);
  const index = newColumn("(index)");
  const values = newColumn("Values");
  const columns = ObjectCreate(null) as Record<string, Column>;
  let cells = 0;
  let row = 0;
  for (; row < names.length && cells < cellsMax; row++, cells++) {
    const item = (value as Record<string, unknown>)[names[row]!];
    const primitive = item === null || (typeof item !== "object" && typeof item !== "function");
    MapPrototypeSet(index.cells, row, names[row]!);
    if (primitive && shown === undefined) {
      MapPrototypeSet(values.cells, row, cell(item));
      cells++;
      continue;
    }
    const keys = shown ?? ObjectKeys(item as object);
    for (let i = 0; i < keys.length && cells < cellsMax; i++, cells++) {
      const key = SafeString(keys[i]);
      const column = (columns[key] ??= newColumn(key));
      if (primitive || !ObjectPrototypeHasOwnProperty(item, key)) continue;
      MapPrototypeSet(column.cells, row, cell((item as Record<string, unknown>)[key]));
    }
  }
  const drawn = [index];
  const keys = ObjectKeys(columns);
  for (let i = 0; i < keys.length; i++) ArrayPrototypePush(drawn, columns[keys[i]!]!);
  if (MapPrototypeGetSize(values.cells) > 0) ArrayPrototypePush(drawn, values);
  return draw(drawn, row, rowCount(value, names) - row);
}

/** The names of the rows, as far as they can be drawn: a long array's indices are not all listed. */
function rowNames(value: object): string[] {
  if (!isLongArray(value)) return ObjectKeys(value);
  const names: string[] = [];
  for (let i = 0; i < cellsMax; i++) ArrayPrototypePush(names, "" + i);
  return names;
}

function rowCount(value: object, names: string[]): number {
  return isLongArray(value) ? value.length : names.length;
}

function isLongArray(value: object): value is unknown[] {
  return (ArrayIsArray(value) || ArrayBufferIsView(value)) && (value as unknown[]).length > cellsMax;
}

function newColumn(head: string): Column {
  return { head, cells: new SafeMap() };
}

/** A value in few words: what has several properties shows its name alone. */
function cell(value: unknown): string {
  const large = typeof value === "object" && value !== null && !ArrayIsArray(value) && ObjectKeys(value).length > 2;
  return inspect(value, { __proto__: null, depth: large ? -1 : 0, maxArrayLength: 3, breakLength: Infinity } as object);
}

function draw(columns: Column[], rows: number, hidden: number): string {
  const widths: number[] = [];
  const heads: string[] = [];
  const rules: string[] = [];
  for (let i = 0; i < columns.length; i++) {
    const { head, cells } = columns[i]!;
    let width = textWidth(head);
    for (let row = 0; row < rows; row++) width = MathMax(width, textWidth(MapPrototypeGet(cells, row) ?? ""));
    ArrayPrototypePush(widths, width);
    ArrayPrototypePush(heads, head);
    ArrayPrototypePush(rules, StringPrototypeRepeat("─", width + 2));
  }
  const lines = [
    "┌" + ArrayPrototypeJoin(rules, "┬") + "┐",
    drawRow(heads, widths),
    "├" + ArrayPrototypeJoin(rules, "┼") + "┤",
  ];
  for (let row = 0; row < rows; row++) {
    const texts: string[] = [];
    for (let i = 0; i < columns.length; i++) {
      ArrayPrototypePush(texts, MapPrototypeGet(columns[i]!.cells, row) ?? "");
    }
    ArrayPrototypePush(lines, drawRow(texts, widths));
  }
  ArrayPrototypePush(lines, "└" + ArrayPrototypeJoin(rules, "┴") + "┘");
  if (hidden > 0) ArrayPrototypePush(lines, "... " + hidden + " more row" + (hidden > 1 ? "s" : ""));
  return ArrayPrototypeJoin(lines, "\n");
}

function drawRow(texts: string[], widths: number[]): string {
  const padded: string[] = [];
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    ArrayPrototypePush(padded, text + StringPrototypeRepeat(" ", widths[i]! - textWidth(text)));
  }
  return "│ " + ArrayPrototypeJoin(padded, " │ ") + " │";
}
