// util.parseArgs, https://nodejs.org/api/util.html#utilparseargsconfig.

import { checkBoolean, checkObject, checkString, invalidType, nodeError } from "../buffer/buffer.ts";

interface Option {
  type: "string" | "boolean";
  short?: string;
  multiple?: boolean;
  default?: unknown;
}

interface Config {
  args?: string[];
  options?: Record<string, Option>;
  strict?: boolean;
  allowPositionals?: boolean;
  allowNegative?: boolean;
  tokens?: boolean;
}

interface Token {
  kind: "option" | "positional" | "option-terminator";
  index: number;
  name?: string;
  rawName?: string;
  value?: string;
  inlineValue?: boolean;
}

function parseError(code: string, message: string): Error {
  return nodeError(TypeError, "ERR_PARSE_ARGS_" + code, message);
}

export function parseArgs(config: Config = {}): unknown {
  checkObject(config, "config");
  const { args = [], options = {}, strict = true, allowNegative = false, tokens: wantTokens = false } = config;
  const allowPositionals = config.allowPositionals ?? !strict;
  if (!Array.isArray(args)) throw invalidType("args", "an instance of Array", args);
  checkObject(options, "options");
  checkBoolean(strict, "strict");
  for (const [name, option] of Object.entries(options)) checkOption(name, option);
  const tokens = tokenize(args, options);
  const values = Object.create(null) as Record<string, unknown>;
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (!allowPositionals) {
        throw parseError("UNEXPECTED_POSITIONAL", "Unexpected argument '" + token.value + "'. This command does not take positional arguments");
      }
      positionals.push(token.value!);
    } else if (token.kind === "option") {
      store(token, options, values, { strict, allowNegative, allowPositionals });
    }
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.default !== undefined && values[name] === undefined) values[name] = option.default;
  }
  return wantTokens ? { values, positionals, tokens } : { values, positionals };
}

function checkOption(name: string, option: Option): void {
  checkObject(option, "options." + name);
  if (option.type !== "string" && option.type !== "boolean") {
    throw invalidType("options." + name + ".type", "('string|boolean')", option.type);
  }
  if (option.short !== undefined) {
    checkString(option.short, "options." + name + ".short");
    if (option.short.length !== 1) {
      throw nodeError(TypeError, "ERR_INVALID_ARG_VALUE",
        "The property 'options." + name + ".short' must be a single character. Received '" + option.short + "'");
    }
  }
  if (option.multiple !== undefined) checkBoolean(option.multiple, "options." + name + ".multiple");
}

function tokenize(args: string[], options: Record<string, Option>): Token[] {
  const tokens: Token[] = [];
  const byShort = (letter: string): string => Object.keys(options).find((name) => options[name]!.short === letter) ?? letter;
  const takesValue = (name: string): boolean => options[name]?.type === "string";
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === "--") {
      tokens.push({ kind: "option-terminator", index });
      while (++index < args.length) tokens.push({ kind: "positional", index, value: args[index] });
    } else if (/^--./.test(arg)) {
      const equals = arg.indexOf("=");
      if (equals > 2) {
        const name = arg.slice(2, equals);
        tokens.push({ kind: "option", name, rawName: "--" + name, index, value: arg.slice(equals + 1), inlineValue: true });
      } else {
        index = option(arg.slice(2), arg, index);
      }
    } else if (/^-./.test(arg)) {
      for (let i = 1; i < arg.length; i++) {
        const name = byShort(arg[i]!);
        const rawName = "-" + arg[i];
        if (takesValue(name) && i + 1 < arg.length) {
          tokens.push({ kind: "option", name, rawName, index, value: arg.slice(i + 1), inlineValue: true });
          break;
        }
        index = option(name, rawName, index);
      }
    } else {
      tokens.push({ kind: "positional", index, value: arg });
    }
  }
  return tokens;

  /** An option whose value, if it takes one, is the next argument. */
  function option(name: string, rawName: string, index: number): number {
    if (takesValue(name) && index + 1 < args.length) {
      tokens.push({ kind: "option", name, rawName, index, value: args[index + 1], inlineValue: false });
      return index + 1;
    }
    tokens.push({ kind: "option", name, rawName, index, value: undefined, inlineValue: undefined });
    return index;
  }
}

function store(token: Token, options: Record<string, Option>, values: Record<string, unknown>, config: Required<Pick<Config, "strict" | "allowNegative" | "allowPositionals">>): void {
  const { strict, allowNegative, allowPositionals } = config;
  let name = token.name!;
  let value: unknown = token.value ?? true;
  if (allowNegative && name.startsWith("no-") && token.value === undefined && options[name] === undefined) {
    name = name.slice(3);
    value = false;
  }
  const known = Object.hasOwn(options, name) ? options[name] : undefined;
  if (strict) {
    const shown = token.rawName!.startsWith("--") ? "--" + name : token.rawName!;
    if (known === undefined) {
      throw parseError("UNKNOWN_OPTION", "Unknown option '" + token.rawName + "'" +
        (allowPositionals && token.rawName!.startsWith("--") ? ". To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- \"" + token.rawName + "\"" : ""));
    }
    const usage = (known.short ? "-" + known.short + ", " : "") + "--" + name;
    if (known.type === "string" && token.value === undefined) {
      throw parseError("INVALID_OPTION_VALUE", "Option '" + usage + " <value>' argument missing");
    }
    if (known.type === "boolean" && token.value !== undefined) {
      throw parseError("INVALID_OPTION_VALUE", "Option '" + usage + "' does not take an argument");
    }
    if (known.type === "string" && token.inlineValue === false && token.value!.length > 1 && token.value!.startsWith("-")) {
      throw parseError("INVALID_OPTION_VALUE", "Option '" + shown + "' argument is ambiguous.\nDid you forget to specify the option argument for '" +
        shown + "'?\nTo specify an option argument starting with a dash use '" + shown + "=-XYZ'.");
    }
  }
  if (name === "__proto__") return;
  if (known?.multiple) ((values[name] ??= []) as unknown[]).push(value);
  else values[name] = value;
}
