import { bounded, inspect } from "./inspect.ts";
import { isIntrinsic } from "./inspect/functions.ts";
import { threwText } from "./inspect/guard.ts";
import { chainLengthMax } from "./inspect/names.ts";
import { read } from "./inspect/options.ts";
import { formatNumber } from "./inspect/primitives.ts";
import { textLengthMax } from "./inspect/state.ts";
import {
  JSONStringify,
  NumberParseFloat,
  NumberParseInt,
  ObjectGetPrototypeOf,
  ObjectPrototypeHasOwnProperty,
  SafeNumber,
  SafeString,
  StringPrototypeCharAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  SymbolToPrimitive,
  ownValue,
} from "./primordials.ts";

const hidden = { __proto__: null, showHidden: true, depth: 4 };
const shallow = { __proto__: null, depth: 0 };

/**
 * The arguments as one line of text, as the Console Standard's formatter and Node's util.format.
 *
 * Where the first argument is a string, each of these in it takes the next argument: %s its string,
 * %d its number, %i its integer, %f its number with fraction, %j its JSON, %O its inspection, %o
 * the same with hidden properties and four levels, %c a style, which is left out. %% is a percent
 * sign. What remains follows, strings as they are, other values inspected.
 *
 * As inspect, it never throws and never returns more than 128 Ki characters and an ellipsis.
 */
export function format(args: readonly unknown[]): string {
  let text = "";
  let next = 0;
  if (typeof args[0] === "string" && args.length > 1) {
    const filled = fill(args[0], args);
    text = filled.text;
    next = filled.next;
  }
  for (; next < args.length && text.length <= textLengthMax; next++) {
    const value = args[next];
    text += (next === 0 ? "" : " ") + (typeof value === "string" ? value : inspect(value));
  }
  return bounded(text);
}

/** The template with its directives replaced, and the index of the first argument that it did not take. */
function fill(template: string, args: readonly unknown[]): { text: string; next: number } {
  let text = "";
  let copied = 0;
  let next = 1;
  let at = StringPrototypeIndexOf(template, "%");
  while (at !== -1 && at < template.length - 1 && text.length <= textLengthMax) {
    const directive = StringPrototypeCharAt(template, at + 1);
    let replacement: string | undefined;
    if (directive === "%") {
      replacement = "%";
    } else if (next < args.length) {
      replacement = replace(directive, args[next]);
      if (replacement !== undefined) next++;
    }
    if (replacement !== undefined) {
      text += StringPrototypeSlice(template, copied, at) + replacement;
      copied = at + 2;
    }
    at = StringPrototypeIndexOf(template, "%", at + 2);
  }
  return { text: text + StringPrototypeSlice(template, copied), next };
}

/** What a directive makes of its argument; undefined: it is none. */
function replace(directive: string, value: unknown): string | undefined {
  try {
    switch (directive) {
      case "s":
        return stringOf(value);
      case "d":
        return numberOf(value, SafeNumber);
      case "i":
        return numberOf(value, NumberParseInt as (value: unknown) => number);
      case "f":
        return typeof value === "bigint" ? formatNumber(SafeNumber(value)) : numberOf(value, NumberParseFloat as never);
      case "j":
        return jsonOf(value);
      case "o":
        return inspect(value, hidden);
      case "O":
        return inspect(value);
      case "c":
        return "";
      default:
        return undefined;
    }
  } catch (error) {
    return threwText(error);
  }
}

function stringOf(value: unknown): string {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "bigint") return value + "n";
  if (typeof value !== "object" || value === null || hasOwnText(value)) return SafeString(value);
  return inspect(value, shallow);
}

function numberOf(value: unknown, convert: (value: unknown) => number): string {
  if (typeof value === "bigint") return value + "n";
  return typeof value === "symbol" ? "NaN" : formatNumber(convert(value));
}

function jsonOf(value: unknown): string {
  try {
    return JSONStringify(value) ?? "undefined";
  } catch (error) {
    if (read(error, "message") === circularMessage) return "[Circular]";
    throw error;
  }
}

/** What JSON.stringify says of a cycle, in this engine's words. */
const circularMessage: unknown = (() => {
  const cycle: { self?: object } = {};
  cycle.self = cycle;
  try {
    return JSONStringify(cycle);
  } catch (error) {
    return read(error, "message");
  }
})();

/** Whether the app, not the language, says how the object becomes a string. */
function hasOwnText(value: object): boolean {
  const byMethod = typeof read(value, "toString") === "function";
  const byPrimitive = typeof read(value, SymbolToPrimitive) === "function";
  let holder: object | null = value;
  for (let i = 0; holder !== null && i < chainLengthMax; i++) {
    if (
      (byMethod && ObjectPrototypeHasOwnProperty(holder, "toString")) ||
      (byPrimitive && ObjectPrototypeHasOwnProperty(holder, SymbolToPrimitive))
    ) {
      return holder === value || !isIntrinsic(ownValue(holder, "constructor"));
    }
    holder = ObjectGetPrototypeOf(holder) as object | null;
  }
  return false;
}
