// node:assert and node:assert/strict, https://nodejs.org/api/assert.html. Left out: CallTracker, and the source text of what
// assert.ok was called with.

import { checkFunction, invalidType, invalidValue, nodeError } from "../buffer/buffer.ts";
import { inspect } from "../internal/inspect.ts";
import { deepEqual } from "./comparisons.ts";
import types from "./types.ts";

type Message = string | Error | undefined;

interface Failure {
  message?: string;
  actual?: unknown;
  expected?: unknown;
  operator?: string;
  stackStartFn?: unknown;
}

const phrases: Record<string, string> = {
  strictEqual: "Expected values to be strictly equal:",
  deepStrictEqual: "Expected values to be strictly deep-equal:",
  deepEqual: "Expected values to be loosely deep-equal:",
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
};

class AssertionError extends Error {
  generatedMessage: boolean;
  code = "ERR_ASSERTION";
  actual: unknown;
  expected: unknown;
  operator: string | undefined;

  constructor(options: Failure) {
    if (typeof options !== "object" || options === null) throw invalidType("options", "of type object", options);
    const { message, actual, expected, operator } = options;
    super(message !== undefined ? String(message) : describe(operator, actual, expected));
    this.generatedMessage = message === undefined;
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    Object.defineProperty(this, "name", { value: "AssertionError", writable: true, configurable: true });
  }

  toString(): string {
    return this.name + " [" + this.code + "]: " + this.message;
  }
}

const shownOptions = { depth: 1000, maxArrayLength: Infinity, sorted: true, getters: true, customInspect: false, compact: 1 as const, breakLength: Infinity };

function show(value: unknown): string {
  return inspect(value, { ...shownOptions, compact: false });
}

function describe(operator: string | undefined, actual: unknown, expected: unknown): string {
  const phrase = operator === undefined ? undefined : phrases[operator];
  if (phrase === undefined) return inspect(actual) + " " + operator + " " + inspect(expected);
  if (operator!.startsWith("not")) {
    const text = show(actual);
    return phrase + (text.includes("\n") ? "\n\n" + text + "\n" : " " + text);
  }
  const a = show(actual);
  const b = show(expected);
  const simple = !a.includes("\n") && !b.includes("\n") && !isObject(actual) && !isObject(expected);
  if (simple && a !== b && a.length + b.length <= 120) return phrase + "\n\n" + a + " !== " + b + "\n";
  if (operator === "deepEqual") return phrase + "\n\n" + a + "\n\nshould loosely deep-equal\n\n" + b;
  if (a === b) {
    const same = operator === "strictEqual" ? 'Values have same structure but are not reference-equal:' : "Values identical but not reference-equal:";
    return (operator === "strictEqual" && isObject(actual) ? same : phrase + "\n" + same) + "\n\n" + a + "\n";
  }
  return phrase + "\n+ actual - expected\n\n" + difference(a.split("\n"), b.split("\n"));
}

function isObject(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** The lines of both, those that they share with two spaces before them. */
function difference(a: string[], b: string[]): string {
  const bare = (line: string | undefined): string | undefined => line?.replace(/,$/, "");
  const out: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && bare(a[i]) === bare(b[j])) {
      out.push("  " + a[i]);
      i++;
      j++;
      continue;
    }
    // Where the next line that both have is nearest.
    let skipA = a.length - i;
    let skipB = b.length - j;
    for (let sum = 1; sum < skipA + skipB && sum < 200; sum++) {
      for (let x = Math.min(sum, a.length - i - 1); x >= 0; x--) {
        const y = sum - x;
        if (j + y < b.length && bare(a[i + x]) === bare(b[j + y])) {
          skipA = x;
          skipB = y;
        }
      }
    }
    while (skipA-- > 0) out.push("+ " + a[i++]);
    while (skipB-- > 0) out.push("- " + b[j++]);
  }
  return out.join("\n");
}

function fail(failure: Failure, message: Message): never {
  if (message instanceof Error) throw message;
  throw new AssertionError(message === undefined ? failure : { ...failure, message });
}

function need(n: number, ...names: string[]): void {
  if (n < names.length) {
    throw nodeError(TypeError, "ERR_MISSING_ARGS",
      "The " + names.map((name) => '"' + name + '"').join(" and ") + (names.length > 1 ? " arguments" : " argument") + " must be specified");
  }
}

export function ok(value?: unknown, message?: Message): void {
  if (value) return;
  if (arguments.length === 0) {
    throw new AssertionError({ message: "No value argument passed to `assert.ok()`", actual: value, expected: true, operator: "==" });
  }
  fail({ actual: value, expected: true, operator: "==",
    message: message === undefined ? "The expression evaluated to a falsy value" : undefined }, message);
}

/** A comparison that passes if holds says so. */
function comparison(operator: string, holds: (actual: unknown, expected: unknown) => boolean) {
  return function (actual: unknown, expected: unknown, message?: Message): void {
    need(arguments.length, "actual", "expected");
    if (!holds(actual, expected)) fail({ actual, expected, operator }, message);
  };
}

const loose = (a: unknown, b: unknown): boolean => a == b || (a !== a && b !== b);

/** Whether an error is what was expected of it: a class, a pattern, properties, or a function that says so. */
function checkError(error: any, expected: any, message: Message, operator: string): void {
  if (expected === undefined) return;
  if (typeof expected !== "function") {
    if (types.isRegExp(expected)) {
      if (expected.test(String(error))) return;
      fail({ actual: error, expected, operator, message:
        "The input did not match the regular expression " + inspect(expected) + ". Input:\n\n" + inspect(String(error)) + "\n" }, message);
    }
    if (typeof error !== "object" || error === null) fail({ actual: error, expected, operator: "deepStrictEqual" }, message);
    const keys = Object.keys(expected);
    if (expected instanceof Error) keys.push("name", "message");
    else if (keys.length === 0) throw invalidValue("error", expected, "may not be an empty object");
    for (const key of keys) {
      if (typeof error[key] === "string" && types.isRegExp(expected[key]) && expected[key].test(error[key])) continue;
      if (key in error && deepEqual(error[key], expected[key], true)) continue;
      const pick = (value: any): object => Object.fromEntries(keys.filter((k) => k in value).map((k) => [k, value[k]]));
      fail({ actual: error, expected, operator, message: describe("deepStrictEqual", pick(error), pick(expected)) }, message);
    }
    return;
  }
  if (expected.prototype !== undefined && error instanceof expected) return;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    fail({ actual: error, expected, operator, message: 'The error is expected to be an instance of "' + expected.name + '". Received ' +
      (error instanceof Error ? '"' + (error.constructor?.name || error.name) + '"\n\nError message:\n\n' + error.message : '"' + inspect(error, { depth: -1 }) + '"') }, message);
  }
  const result = expected.call({}, error);
  if (result === true) return;
  fail({ actual: error, expected, operator, message: "The " + (expected.name ? '"' + expected.name + '" ' : "") +
    'validation function is expected to return "true". Received ' + inspect(result) + "\n\nCaught error:\n\n" + error }, message);
}

const none = Symbol("no error");

function thrownBy(f: unknown): unknown {
  checkFunction(f, "fn");
  try {
    f();
  } catch (error) {
    return error;
  }
  return none;
}

async function rejectionOf(promise: any): Promise<unknown> {
  if (typeof promise === "function") {
    promise = promise();
    if (typeof promise?.then !== "function") {
      throw nodeError(TypeError, "ERR_INVALID_RETURN_VALUE", 'Expected instance of Promise to be returned from the "promiseFn" function but got ' + typeof promise + ".");
    }
  } else if (typeof promise?.then !== "function") {
    throw invalidType("promiseFn", "of type function or an instance of Promise", promise);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return none;
}

function expectError(operator: string, actual: unknown, args: any[]): void {
  let [expected, message] = args;
  if (typeof expected === "string") {
    if (args.length === 2) throw invalidType("error", "of type function or an instance of Error, RegExp, or Object", expected);
    if (actual !== none && (actual === expected || (actual as Error)?.message === expected)) {
      throw nodeError(TypeError, "ERR_AMBIGUOUS_ARGUMENT",
        'The "error/message" argument is ambiguous. The error message "' + expected + '" is identical to the message.');
    }
    [expected, message] = [undefined, expected];
  } else if (expected != null && typeof expected !== "object" && typeof expected !== "function") {
    throw invalidType("error", "of type function or an instance of Error, RegExp, or Object", expected);
  }
  if (actual !== none) return checkError(actual, expected, message, operator);
  const what = operator === "rejects" ? "rejection" : "exception";
  const name = expected?.name ? " (" + expected.name + ")" : "";
  fail({ expected, operator, message: "Missing expected " + what + name + (typeof message === "string" ? ": " + message : ".") },
    message instanceof Error ? message : undefined);
}

function expectNone(operator: string, actual: any, args: any[]): void {
  if (actual === none) return;
  let [expected, message] = args;
  if (typeof expected === "string") [expected, message] = [undefined, expected];
  const matches = expected === undefined || (typeof expected === "function" && actual instanceof expected) || (types.isRegExp(expected) && expected.test(String(actual)));
  if (!matches) throw actual;
  const what = operator === "doesNotReject" ? "rejection" : "exception";
  fail({ actual, expected, operator, message: "Got unwanted " + what + (message ? ": " + message : ".") +
    '\nActual message: "' + actual?.message + '"' }, undefined);
}

function matching(operator: "match" | "doesNotMatch") {
  return (text: unknown, pattern: RegExp, message?: Message): void => {
    if (!types.isRegExp(pattern)) throw invalidType("regexp", "an instance of RegExp", pattern);
    if (typeof text === "string" && pattern.test(text) === (operator === "match")) return;
    const why = typeof text !== "string"
      ? 'The "string" argument must be of type string. Received type ' + typeof text + " (" + inspect(text) + ")"
      : operator === "match"
        ? "The input did not match the regular expression " + inspect(pattern) + ". Input:\n\n" + inspect(text) + "\n"
        : "The input was expected to not match the regular expression " + inspect(pattern) + ". Input:\n\n" + inspect(text) + "\n";
    fail({ actual: text, expected: pattern, operator, message: why }, message);
  };
}

const strictly = {
  strictEqual: comparison("strictEqual", Object.is),
  notStrictEqual: comparison("notStrictEqual", (a, b) => !Object.is(a, b)),
  deepStrictEqual: comparison("deepStrictEqual", (a, b) => deepEqual(a, b, true)),
  notDeepStrictEqual: comparison("notDeepStrictEqual", (a, b) => !deepEqual(a, b, true)),
};

const common = {
  ...strictly,
  ok,
  fail(message: Message = "Failed"): never {
    if (message instanceof Error) throw message;
    const error = new AssertionError({ message, operator: "fail" });
    error.generatedMessage = arguments.length === 0;
    throw error;
  },
  throws(f: unknown, ...args: unknown[]): void {
    expectError("throws", thrownBy(f), args);
  },
  doesNotThrow(f: unknown, ...args: unknown[]): void {
    expectNone("doesNotThrow", thrownBy(f), args);
  },
  async rejects(promise: unknown, ...args: unknown[]): Promise<void> {
    expectError("rejects", await rejectionOf(promise), args);
  },
  async doesNotReject(promise: unknown, ...args: unknown[]): Promise<void> {
    expectNone("doesNotReject", await rejectionOf(promise), args);
  },
  ifError(error: any): void {
    if (error === null || error === undefined) return;
    const text = typeof error === "object" && typeof error.message === "string" ? error.message || error.constructor.name : inspect(error);
    throw new AssertionError({ actual: error, expected: null, operator: "ifError", message: "ifError got unwanted exception: " + text });
  },
  match: matching("match"),
  doesNotMatch: matching("doesNotMatch"),
  AssertionError,
};

const assert = Object.assign(function assert(...args: [unknown, Message?]): void {
  ok(...args);
}, common, {
  equal: comparison("==", loose),
  notEqual: comparison("!=", (a, b) => !loose(a, b)),
  deepEqual: comparison("deepEqual", (a, b) => deepEqual(a, b, false)),
  notDeepEqual: comparison("notDeepEqual", (a, b) => !deepEqual(a, b, false)),
  strict: undefined as unknown,
});

const strict = Object.assign(function strict(...args: [unknown, Message?]): void {
  ok(...args);
}, common, {
  equal: strictly.strictEqual,
  notEqual: strictly.notStrictEqual,
  deepEqual: strictly.deepStrictEqual,
  notDeepEqual: strictly.notDeepStrictEqual,
  strict: undefined as unknown,
});
assert.strict = strict.strict = strict;
for (const each of [assert, strict] as { name: string }[]) Object.defineProperty(each, "name", { value: each === assert ? "ok" : "strict" });

export { strict };
export default assert;
