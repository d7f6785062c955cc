// The group "console": https://console.spec.whatwg.org.

import { expose } from "../internal/expose.ts";
import { format } from "../internal/format.ts";
import { type InspectOptions, bounded, inspect } from "../internal/inspect.ts";
import { textLengthMax } from "../internal/inspect/state.ts";
import {
  ArrayPrototypeUnshift,
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeHas,
  MapPrototypeSet,
  MathMin,
  ObjectAssign,
  ObjectCreate,
  ObjectDefineProperty,
  ObjectKeys,
  ObjectPrototype,
  SafeError,
  SafeMap,
  SafeString,
  SafeTypeError,
  StringPrototypeIndexOf,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  StringPrototypeTrimEnd,
  SymbolToStringTag,
} from "../internal/primordials.ts";
import { formatDuration } from "./duration.ts";
import { formatTable } from "./table.ts";

type Level = "debug" | "info" | "warn" | "error" | "log";

declare const __host: {
  /**
   * Takes one message of at most 128 Ki characters and an ellipsis. The stack, frames without a
   * header, is where the script called the console; error, assert and trace have one.
   */
  log(level: Level, text: string, stack: string | undefined): void;
  /** Milliseconds from some fixed moment, with fractions, never going back. */
  now(): number;
};

/** Columns by which each open group indents. */
const groupWidth = 2;
/** Columns beyond which groups no longer indent. */
const indentationMax = 40;
/** Characters of a stack that are passed on. */
const stackLengthMax = 8 * 1024;

let groups = 0;
const counts = new SafeMap<string, number>();
const timers = new SafeMap<string, number>();

/**
 * Sends the data, formatted and indented by the open groups, to the host. Nothing that is logged, and
 * nothing that the host throws, may change a script's course.
 */
function print(level: Level, data: readonly unknown[], stack?: string): void {
  try {
    __host.log(level, indented(format(data)), stack);
  } catch {
    // There is no other place to say so.
  }
}

function indented(text: string): string {
  if (groups === 0) return text;
  const margin = StringPrototypeRepeat(" ", MathMin(groups * groupWidth, indentationMax));
  let result = "";
  let start = 0;
  while (result.length <= textLengthMax) {
    const newline = StringPrototypeIndexOf(text, "\n", start);
    if (newline === -1) break;
    result += margin + StringPrototypeSlice(text, start, newline + 1);
    start = newline + 1;
  }
  return bounded(result + margin + StringPrototypeSlice(text, start));
}

/** The stack of whoever called the console's method that calls this, without the console's own two frames. */
function callerStack(): string {
  const stack = new SafeError().stack ?? "";
  const method = StringPrototypeIndexOf(stack, "\n");
  const caller = StringPrototypeIndexOf(stack, "\n", method + 1) + 1;
  return StringPrototypeTrimEnd(StringPrototypeSlice(stack, caller, caller + stackLengthMax));
}

/** The label as a string, as Web IDL converts it: this is the one thing for which a method can throw. */
function labelOf(label: unknown): string {
  if (typeof label === "symbol") throw new SafeTypeError("console: a label cannot be a symbol");
  return SafeString(label);
}

/** The data with text in front, which joins a string at their beginning: its directives still count. */
function prefixed(prefix: string, data: unknown[]): unknown[] {
  if (typeof data[0] === "string") data[0] = prefix + ": " + data[0];
  else ArrayPrototypeUnshift(data, data.length === 0 ? prefix : prefix + ":");
  return data;
}

/** Writes how long a timer has run, with more data behind; false, with a warning, when there is no such timer. */
function printTimer(level: Level, label: string, data: unknown[]): boolean {
  const start = MapPrototypeGet(timers, label);
  if (start === undefined) {
    print("warn", ["Timer '" + label + "' does not exist"]);
    return false;
  }
  ArrayPrototypeUnshift(data, "%s: %s", label, formatDuration(__host.now() - start));
  print(level, data);
  return true;
}

function openGroup(data: readonly unknown[]): void {
  if (data.length > 0) print("log", data);
  groups++;
}

/** console.dir's options: the caller's, and no inspectors of the app's own unless it asks for them. */
function dirOptions(given: unknown): InspectOptions {
  const options = { __proto__: null, customInspect: false };
  try {
    return ObjectAssign(options, given);
  } catch {
    return options;
  }
}

// Web IDL gives optional parameters no part in a function's length, so that all of these are 0.
const methods = {
  assert(condition: unknown = false, ...data: unknown[]): void {
    if (!condition) print("error", prefixed("Assertion failed", data), callerStack());
  },
  clear(): void {
    groups = 0;
  },
  count(label: unknown = "default"): void {
    const name = labelOf(label);
    const count = (MapPrototypeGet(counts, name) ?? 0) + 1;
    MapPrototypeSet(counts, name, count);
    print("info", [name + ": " + count]);
  },
  countReset(label: unknown = "default"): void {
    const name = labelOf(label);
    if (!MapPrototypeDelete(counts, name)) print("warn", ["Count for '" + name + "' does not exist"]);
  },
  debug(...data: unknown[]): void {
    print("debug", data);
  },
  dir(item: unknown = undefined, options: unknown = undefined): void {
    print("log", [inspect(item, dirOptions(options))]);
  },
  dirxml(...data: unknown[]): void {
    print("log", data);
  },
  error(...data: unknown[]): void {
    print("error", data, callerStack());
  },
  group(...data: unknown[]): void {
    openGroup(data);
  },
  groupCollapsed(...data: unknown[]): void {
    openGroup(data);
  },
  groupEnd(): void {
    if (groups > 0) groups--;
  },
  info(...data: unknown[]): void {
    print("info", data);
  },
  log(...data: unknown[]): void {
    print("log", data);
  },
  table(data: unknown = undefined, properties: unknown = undefined): void {
    print("log", [formatTable(data, properties) ?? data]);
  },
  time(label: unknown = "default"): void {
    const name = labelOf(label);
    if (MapPrototypeHas(timers, name)) print("warn", ["Timer '" + name + "' already exists"]);
    else MapPrototypeSet(timers, name, __host.now());
  },
  timeEnd(label: unknown = "default"): void {
    const name = labelOf(label);
    if (printTimer("info", name, [])) MapPrototypeDelete(timers, name);
  },
  timeLog(label: unknown = "default", ...data: unknown[]): void {
    printTimer("log", labelOf(label), data);
  },
  trace(...data: unknown[]): void {
    print("log", prefixed("Trace", data), callerStack());
  },
  warn(...data: unknown[]): void {
    print("warn", data);
  },
};

// A namespace object: its prototype is an empty object of its own.
const namespace = ObjectCreate(ObjectCreate(ObjectPrototype) as object) as object;
for (const name of ObjectKeys(methods)) {
  ObjectDefineProperty(namespace, name, {
    value: methods[name as keyof typeof methods],
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
ObjectDefineProperty(namespace, SymbolToStringTag, { value: "console", configurable: true });
expose(__host, { console: namespace });

export default {};
