// URL Pattern Standard, 1.2 The URLPattern class.

import {
  ArrayPrototypePush,
  ObjectDefineProperty,
  RegExpPrototypeExec,
  SafeRegExp,
  SafeTypeError,
} from "../internal/primordials.ts";
import { showAttributes } from "../internal/inspectable.ts";
import { defineInterface, isObject, toBoolean, toDictionary, toUSVString } from "../internal/webidl.ts";

type Compiled = [pattern: string, source: string, names: string[], regexp: boolean][];
/** A URL, or the names and values of a URLPatternInit by turns. */
type Input = string | string[];

declare const __host: {
  /** The components of a pattern; or a regular expression: special then says whether it matches a special scheme. */
  compilePattern(pattern: Input, base?: string, special?: boolean): Compiled | string;
  /** The components to match, or null if they are of no URL. */
  patternValues(url: Input, base?: string): string[] | null;
};

interface Component {
  readonly pattern: string;
  readonly regexp: RegExp;
  readonly names: string[];
  readonly hasRegExp: boolean;
}

const names = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];
const pathnameAt = 5;
/** The members of URLPatternInit, as Web IDL reads them. */
const members = ["baseURL", "hash", "hostname", "password", "pathname", "port", "protocol", "search", "username"];
const specialSchemes = ["http", "https", "ws", "wss", "ftp", "file"];

function toInput(value: unknown, where: string): Input {
  if (value !== undefined && value !== null && !isObject(value)) return toUSVString(value, where);
  const dictionary = toDictionary(value, where);
  const input: string[] = [];
  for (let i = 0; i < members.length; i++) {
    const member = dictionary[members[i]!];
    if (member === undefined) continue;
    ArrayPrototypePush(input, members[i]!);
    ArrayPrototypePush(input, toUSVString(member, where));
  }
  return input;
}

/** What a component matches that is not given: one for all patterns, most of whose components are such. */
const anything = new SafeRegExp("^(.*)$", "v");

function toRegExp(source: string, flags: string): RegExp {
  if (source === "^(.*)$") return anything;
  try {
    return new SafeRegExp(source, flags);
  } catch (error) {
    throw new SafeTypeError("invalid pattern: " + (error as Error).message);
  }
}

function matchesSpecial(source: string): boolean {
  const regexp = toRegExp(source, "v");
  for (let i = 0; i < specialSchemes.length; i++) {
    if (RegExpPrototypeExec(regexp, specialSchemes[i]!) !== null) return true;
  }
  return false;
}

class URLPattern {
  /** In the order of names. */
  readonly #components: Component[] = [];

  constructor(input: unknown = {}, baseOrOptions: unknown = undefined, options: unknown = undefined) {
    const where = "Failed to construct 'URLPattern'";
    const text = toInput(input, where);
    let base: string | undefined;
    // Two operations: a string in the second place is a base.
    if (arguments.length > 2 || (baseOrOptions !== undefined && baseOrOptions !== null && !isObject(baseOrOptions))) {
      base = toUSVString(baseOrOptions, where);
      if (typeof text !== "string") throw new SafeTypeError(where + ": a base URL goes with a string alone.");
    } else {
      options = baseOrOptions;
    }
    const flags = toBoolean(toDictionary(options, where).ignoreCase) ? "vi" : "v";
    let compiled = __host.compilePattern(text, base);
    if (typeof compiled === "string") compiled = __host.compilePattern(text, base, matchesSpecial(compiled)) as Compiled;
    for (let i = 0; i < names.length; i++) {
      const component = compiled[i]!;
      ArrayPrototypePush(this.#components, {
        pattern: component[0],
        // Case is ignored where a URL's does not matter otherwise.
        regexp: toRegExp(component[1], i < pathnameAt ? "v" : flags),
        names: component[2],
        hasRegExp: component[3],
      });
    }
  }

  get protocol(): string {
    return this.#components[0]!.pattern;
  }
  get username(): string {
    return this.#components[1]!.pattern;
  }
  get password(): string {
    return this.#components[2]!.pattern;
  }
  get hostname(): string {
    return this.#components[3]!.pattern;
  }
  get port(): string {
    return this.#components[4]!.pattern;
  }
  get pathname(): string {
    return this.#components[5]!.pattern;
  }
  get search(): string {
    return this.#components[6]!.pattern;
  }
  get hash(): string {
    return this.#components[7]!.pattern;
  }
  get hasRegExpGroups(): boolean {
    const components = this.#components;
    for (let i = 0; i < components.length; i++) if (components[i]!.hasRegExp) return true;
    return false;
  }

  test(input: unknown = {}, base: unknown = undefined): boolean {
    return this.#match(input, base, "Failed to execute 'test' on 'URLPattern'") !== null;
  }

  exec(input: unknown = {}, base: unknown = undefined): object | null {
    return this.#match(input, base, "Failed to execute 'exec' on 'URLPattern'");
  }

  /** 1.5 match: a URLPatternResult. */
  #match(input: unknown, base: unknown, where: string): object | null {
    const components = this.#components;
    const value = toInput(input, where);
    const baseText = base === undefined ? undefined : toUSVString(base, where);
    if (typeof value !== "string" && baseText !== undefined) {
      throw new SafeTypeError(where + ": a base URL goes with a string alone.");
    }
    const values = __host.patternValues(value, baseText);
    if (values === null) return null;
    const result: { [name: string]: unknown } = { inputs: [typeof value === "string" ? value : dictionaryOf(value)] };
    if (baseText !== undefined) ArrayPrototypePush(result.inputs as unknown[], baseText);
    for (let i = 0; i < components.length; i++) {
      const match = RegExpPrototypeExec(components[i]!.regexp, values[i]!);
      if (match === null) return null;
      const groups: { [name: string]: string | undefined } = {};
      for (let j = 0; j < components[i]!.names.length; j++) setOwn(groups, components[i]!.names[j]!, match[j + 1]);
      result[names[i]!] = { input: values[i]!, groups };
    }
    return result;
  }
}
defineInterface(URLPattern);
showAttributes(URLPattern, names);

/** Sets a property that may be called __proto__. */
function setOwn(object: object, name: string, value: unknown): void {
  ObjectDefineProperty(object, name, {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
}

function dictionaryOf(input: string[]): object {
  const dictionary: { [member: string]: string } = {};
  for (let i = 0; i < input.length; i += 2) dictionary[input[i]!] = input[i + 1]!;
  return dictionary;
}

export { URLPattern };
