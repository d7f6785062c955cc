// node:util, https://nodejs.org/api/util.html. Left out: colours of inspect, getCallSites, transferableAbortSignal, MIMEType.

import { checkFunction, checkInteger, checkObject, checkString, invalidType, invalidValue, nodeError } from "../buffer/buffer.ts";
import { TextDecoder, TextEncoder } from "../encoding/encoding.ts";
import { format as formatAll } from "../internal/format.ts";
import { type InspectOptions, inspect as inspectValue } from "../internal/inspect.ts";
import { checkSignal, onAbort } from "./abort.ts";
import { deepEqual } from "./comparisons.ts";
import { errnoNames, errnoTexts } from "./errno.ts";
import { parseArgs } from "./parse_args.ts";
import { tick } from "./ticks.ts";
import types from "./types.ts";
import { emitWarning } from "./warning.ts";

type AnyFunction = (...args: any[]) => any;

const promisifyCustom = Symbol.for("nodejs.util.promisify.custom");
/** The names of a callback's values, where it has several: fs.read and the like. */
export const promisifyNames = Symbol("customPromisifyArgs");

/** An object as the value of a promise-less function: (error, value) becomes a promise. */
export function promisify(original: AnyFunction): AnyFunction {
  checkFunction(original, "original");
  const custom = (original as any)[promisifyCustom];
  if (custom) {
    checkFunction(custom, "util.promisify.custom");
    return Object.defineProperty(custom, promisifyCustom, { value: custom, configurable: true });
  }
  const names: string[] | undefined = (original as any)[promisifyNames];
  function promised(this: unknown, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      original.call(this, ...args, (error: unknown, ...values: unknown[]) => {
        if (error) reject(error);
        else if (names === undefined || values.length < 2) resolve(values[0]);
        else resolve(Object.fromEntries(names.map((name, i) => [name, values[i]])));
      });
    });
  }
  Object.setPrototypeOf(promised, Object.getPrototypeOf(original));
  Object.defineProperties(promised, Object.getOwnPropertyDescriptors(original));
  return Object.defineProperty(promised, promisifyCustom, { value: promised, configurable: true });
}
promisify.custom = promisifyCustom;

function callbackify(original: AnyFunction): AnyFunction {
  checkFunction(original, "original");
  function callbackified(this: unknown, ...args: unknown[]): void {
    const callback = args.pop();
    checkFunction(callback, "last argument");
    original.apply(this, args).then(
      (value: unknown) => tick(callback, null, value),
      (reason: unknown) => tick(callback, reason || nodeError(Error, "ERR_FALSY_VALUE_REJECTION", "Promise was rejected with falsy value", { reason })),
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === "number") descriptors.length.value++;
  if (typeof descriptors.name.value === "string") descriptors.name.value += "Callbackified";
  return Object.defineProperties(callbackified, descriptors);
}

function inherits(constructor: any, parent: any): void {
  checkFunction(constructor, "ctor");
  checkFunction(parent, "superCtor");
  if (parent.prototype === undefined) throw invalidType("superCtor.prototype", "of type object", parent.prototype);
  Object.defineProperty(constructor, "super_", { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

const warned = new Set<string>();

/** The function, which warns once that it is deprecated. */
export function deprecate<F extends AnyFunction>(f: F, message: string, code?: string): F {
  if (code !== undefined) checkString(code, "code");
  let done = false;
  function deprecated(this: unknown, ...args: unknown[]): unknown {
    if (!done) {
      done = true;
      if (code === undefined || !warned.has(code)) {
        if (code !== undefined) warned.add(code);
        emitWarning(message, "DeprecationWarning", code);
      }
    }
    return new.target ? Reflect.construct(f, args, new.target) : Reflect.apply(f, this, args);
  }
  Object.setPrototypeOf(deprecated, f);
  if (f.prototype) deprecated.prototype = f.prototype;
  return deprecated as unknown as F;
}

const inspectDefaults: InspectOptions = { depth: 2 };

/** Options, or the arguments of old: showHidden, depth, colors. */
function inspect(value: unknown, options?: unknown, depth?: number | null): string {
  if (typeof options === "boolean") {
    return inspectValue(value, { ...inspectDefaults, showHidden: options, ...(depth !== undefined && { depth }) });
  }
  return inspectValue(value, { ...inspectDefaults, ...(options as InspectOptions) });
}

const codes: Record<string, [number, number]> = {};
{
  const table = "reset 0 0,bold 1 22,dim 2 22,italic 3 23,underline 4 24,blink 5 25,inverse 7 27,hidden 8 28,strikethrough 9 29," +
    "doubleunderline 21 24,black 30 39,red 31 39,green 32 39,yellow 33 39,blue 34 39,magenta 35 39,cyan 36 39,white 37 39," +
    "bgBlack 40 49,bgRed 41 49,bgGreen 42 49,bgYellow 43 49,bgBlue 44 49,bgMagenta 45 49,bgCyan 46 49,bgWhite 47 49,framed 51 54," +
    "overlined 53 55,gray 90 39,redBright 91 39,greenBright 92 39,yellowBright 93 39,blueBright 94 39,magentaBright 95 39," +
    "cyanBright 96 39,whiteBright 97 39,bgGray 100 49,bgRedBright 101 49,bgGreenBright 102 49,bgYellowBright 103 49," +
    "bgBlueBright 104 49,bgMagentaBright 105 49,bgCyanBright 106 49,bgWhiteBright 107 49";
  for (const entry of table.split(",")) {
    const [name, open, close] = entry.split(" ");
    codes[name!] = [+open!, +close!];
  }
  codes.grey = codes.blackBright = codes.gray!;
}

Object.assign(inspect, {
  custom: Symbol.for("nodejs.util.inspect.custom"),
  colors: codes,
  styles: {
    special: "cyan", number: "yellow", bigint: "yellow", boolean: "yellow", undefined: "grey", null: "bold", string: "green",
    symbol: "green", date: "magenta", regexp: "red", module: "underline",
  },
});
Object.defineProperty(inspect, "defaultOptions", {
  get: () => inspectDefaults,
  set(options: unknown) {
    checkObject(options, "options");
    Object.assign(inspectDefaults, options);
  },
});

/** The text in colours, for a terminal: unless it is told not to look, it finds that there is none. */
function styleText(format: string | string[], text: string, options: { validateStream?: boolean } = {}): string {
  checkString(text, "text");
  let before = "";
  let after = "";
  for (const name of Array.isArray(format) ? format : [format]) {
    const code = codes[name];
    if (code === undefined) throw invalidValue("format", name, "must be one of: " + Object.keys(codes).map((key) => "'" + key + "'").join(", "));
    before += "\u001b[" + code[0] + "m";
    after = "\u001b[" + code[1] + "m" + after;
  }
  return options.validateStream === false ? before + text + after : text;
}

/** Escape sequences of terminals. */
const controls = /[\u001B\u009B][[\]()#;?]*(?:(?:(?:(?:;[-a-zA-Z\d/#&.:=?%@~_]+)*|[a-zA-Z\d]+(?:;[-a-zA-Z\d/#&.:=?%@~_]*)*)?(?:\u0007|\u001B\u005C|\u009C))|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-ntqry=><~]))/g;

/** No section is on: NODE_DEBUG is not looked at. */
function debuglog(_set: string, ready?: (log: AnyFunction) => void): AnyFunction & { enabled: boolean } {
  const log = Object.assign(() => {}, { enabled: false });
  ready?.(log);
  return log;
}

export function format(...args: unknown[]): string {
  return formatAll(args);
}

function aborted(signal: any, resource: unknown): Promise<void> {
  return new Promise((resolve) => {
    if (signal === undefined) throw invalidType("signal", "an instance of AbortSignal", signal);
    checkSignal(signal, "signal");
    if (resource === null || typeof resource !== "object") throw invalidType("resource", "of type object", resource);
    if (signal.aborted) resolve();
    else onAbort(signal, resolve);
  });
}

function getSystemErrorName(errno: number): string {
  checkInteger(errno, "err");
  return errnoNames[-errno] ?? "Unknown system error " + errno;
}

const is = (type: string) => (value: unknown): boolean => typeof value === type;

const util = {
  promisify,
  callbackify,
  inherits,
  deprecate,
  inspect,
  format,
  formatWithOptions(options: InspectOptions, ...args: unknown[]): string {
    checkObject(options, "inspectOptions");
    if (typeof args[0] === "string") return formatAll(args);
    return args.map((value) => (typeof value === "string" ? value : inspect(value, options))).join(" ");
  },
  types,
  isDeepStrictEqual(a: unknown, b: unknown): boolean {
    return deepEqual(a, b, true);
  },
  styleText,
  stripVTControlCharacters(text: string): string {
    checkString(text, "str");
    return text.replace(controls, "");
  },
  toUSVString(text: unknown): string {
    return String(text).toWellFormed();
  },
  parseArgs,
  debuglog,
  debug: debuglog,
  aborted,
  getSystemErrorName,
  getSystemErrorMap: () => new Map(Object.entries(errnoNames).map(([n, name]) => [-n, [name, errnoTexts[name] ?? ""]])),
  TextEncoder,
  TextDecoder,
  isArray: Array.isArray,
  isBoolean: is("boolean"),
  isNull: (value: unknown) => value === null,
  isNullOrUndefined: (value: unknown) => value == null,
  isNumber: is("number"),
  isString: is("string"),
  isSymbol: is("symbol"),
  isUndefined: is("undefined"),
  isRegExp: types.isRegExp,
  isObject: (value: unknown) => value !== null && typeof value === "object",
  isDate: types.isDate,
  isError: (value: unknown) => types.isNativeError(value) || value instanceof Error,
  isFunction: is("function"),
  isPrimitive: (value: unknown) => value === null || (typeof value !== "object" && typeof value !== "function"),
  _extend: (target: object, source: unknown) => Object.assign(target, typeof source === "object" ? source : undefined),
};

export default util;
