import {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  MapPrototypeGet,
  NumberPrototypeToString,
  ObjectIs,
  RegExpPrototypeExec,
  SafeMap,
  SafeString,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypePadStart,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  StringPrototypeToUpperCase,
  SymbolPrototypeToString,
} from "../primordials.ts";
import type { State } from "./state.ts";

/** Strings up to this length stay on one line, however narrow it is. */
const unbrokenLength = 16;

const escapable = /[\x00-\x1f'\\\x7f-\x9f\ud800-\udfff]/;
// Where this is found, a key is no plain name. The engine makes no result for what does not match.
const unlikeName = /^$|^[0-9]|[^a-zA-Z_0-9]/;
/** Escapes shorter than \xNN, by character code. */
const shortEscapes = new SafeMap<number, string>([
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x5c, "\\\\"],
]);

/** The text of a value that is no object. */
export function formatPrimitive(state: State, value: unknown): string {
  switch (typeof value) {
    case "string":
      return formatString(state, value);
    case "number":
      return state.take(formatNumber(value));
    case "bigint":
      return state.take(value + "n");
    case "symbol":
      return state.take(SymbolPrototypeToString(value));
    default:
      return state.take(SafeString(value));
  }
}

export function formatNumber(value: number): string {
  return ObjectIs(value, -0) ? "-0" : "" + value;
}

function formatString(state: State, value: string): string {
  const { maxStringLength, breakLength } = state.settings;
  let trailer = "";
  if (value.length > maxStringLength) {
    const remaining = value.length - maxStringLength;
    trailer = "... " + remaining + " more character" + (remaining > 1 ? "s" : "");
    value = StringPrototypeSlice(value, 0, maxStringLength);
  }
  value = StringPrototypeSlice(value, 0, state.left);
  if (value.length > unbrokenLength && value.length > breakLength - state.indentation - 4) {
    const separator = " +\n" + StringPrototypeRepeat(" ", state.indentation + 2);
    return state.take(ArrayPrototypeJoin(quotedLines(value), separator) + trailer);
  }
  return state.take(quote(value) + trailer);
}

function quotedLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = StringPrototypeIndexOf(text, "\n", start);
    const end = newline === -1 ? text.length : newline + 1;
    ArrayPrototypePush(lines, quote(StringPrototypeSlice(text, start, end)));
    start = end;
  }
  return lines;
}

/** A string as a literal, in the quotes that need the fewest escapes: single, double, then backticks. */
export function quote(text: string): string {
  let mark = "'";
  if (StringPrototypeIncludes(text, "'")) {
    if (!StringPrototypeIncludes(text, '"')) mark = '"';
    else if (!StringPrototypeIncludes(text, "`") && !StringPrototypeIncludes(text, "${")) mark = "`";
  }
  return mark + escape(text, mark) + mark;
}

/** Escapes control characters, backslashes, lone surrogates and, between single quotes, the single quote. */
function escape(text: string, mark: string): string {
  if (RegExpPrototypeExec(escapable, text) === null) return text;
  let result = "";
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    let escaped: string;
    if (code >= 0xd800 && code <= 0xdfff) {
      if (code < 0xdc00 && isLowSurrogate(StringPrototypeCharCodeAt(text, i + 1))) {
        i++;
        continue;
      }
      escaped = "\\u" + NumberPrototypeToString(code, 16);
    } else if (code === 0x27) {
      if (mark !== "'") continue;
      escaped = "\\'";
    } else if (code < 0x20 || code === 0x5c || (code >= 0x7f && code <= 0x9f)) {
      escaped = MapPrototypeGet(shortEscapes, code) ?? "\\x" + hexByte(code);
    } else {
      continue;
    }
    result += StringPrototypeSlice(text, start, i) + escaped;
    start = i + 1;
  }
  return result + StringPrototypeSlice(text, start);
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function hexByte(code: number): string {
  return StringPrototypePadStart(StringPrototypeToUpperCase(NumberPrototypeToString(code, 16)), 2, "0");
}

/** The name of a property as it stands before the colon. */
export function formatKey(state: State, key: PropertyKey, enumerable: boolean): string {
  if (typeof key === "symbol") {
    return state.take("[" + escape(StringPrototypeSlice(SymbolPrototypeToString(key), 0, state.left), "'") + "]");
  }
  const name = StringPrototypeSlice(key, 0, state.left);
  if (name === "__proto__") return state.take("['__proto__']");
  if (!enumerable) return state.take("[" + escape(name, "'") + "]");
  return state.take(RegExpPrototypeExec(unlikeName, name) === null ? name : quote(name));
}
