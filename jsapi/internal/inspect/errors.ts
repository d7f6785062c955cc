import {
  ArrayIsArray,
  ArrayPrototypeIndexOf,
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypeSplice,
  ErrorIsError,
  ErrorPrototypeToString,
  RegExpPrototypeExec,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeTrimEnd,
} from "../primordials.ts";
import { type Naming, prefix } from "./names.ts";
import { read } from "./options.ts";
import { type State, textLengthMax } from "./state.ts";

const frameStart = "\n    at";
/** Frames that an error must share with its cause before they are left out. */
const sharedFramesMin = 4;
/** Frames in which shared ones are looked for. */
const comparedFramesMax = 200;

/**
 * An error's header and stack. Adds cause and errors to the keys to list, and takes away those
 * that the text already says.
 */
export function formatError(state: State, error: object, naming: Naming, keys: PropertyKey[]): string {
  const stack = StringPrototypeSlice(stackOf(error), 0, state.left);
  if (!state.settings.showHidden) {
    dropKeysSaidBy(stack, error, keys);
  }
  if (read(error, "cause") !== undefined || hasCause(error)) addKey(keys, "cause");
  if (ArrayIsArray(read(error, "errors"))) addKey(keys, "errors");

  const text = withClassName(stack, error, naming);
  const message = read(error, "message");
  const said = typeof message === "string" && message !== "" ? StringPrototypeIndexOf(text, message) : -1;
  const start = StringPrototypeIndexOf(text, frameStart, said === -1 ? 0 : said + (message as string).length);
  if (start === -1) return indent(state, "[" + text + "]");
  const frames = splitLines(StringPrototypeSlice(text, start + 1));
  elideFramesOf(read(error, "cause"), frames);
  return indent(state, StringPrototypeSlice(text, 0, start) + "\n" + ArrayPrototypeJoin(frames, "\n"));
}

function hasCause(error: object): boolean {
  try {
    return "cause" in error;
  } catch {
    return false;
  }
}

function addKey(keys: PropertyKey[], key: string): void {
  if (ArrayPrototypeIndexOf(keys, key) === -1) ArrayPrototypePush(keys, key);
}

/** An error's stack under its header. The engine records frames alone; other stacks bring a header. */
function stackOf(error: object): string {
  const stack = read(error, "stack");
  if (typeof stack !== "string" || stack === "") return headerOf(error);
  if (!StringPrototypeStartsWith(stack, "    at ")) return stack;
  return headerOf(error) + "\n" + StringPrototypeTrimEnd(stack);
}

function headerOf(error: object): string {
  try {
    return ErrorPrototypeToString(error);
  } catch {
    return "Error";
  }
}

/** The text with the class in front, where the header names only what the class extends. */
function withClassName(text: string, error: object, naming: Naming): string {
  const ownName = read(error, "name");
  const name = typeof ownName === "string" ? ownName : "Error";
  let length = name.length;
  let fallback = "Error";
  if (naming.constructor === null) {
    const named = RegExpPrototypeExec(/^([A-Za-z][\w $.[\]()-]*)(?::|\n {4}at|$)/, text);
    length = named === null ? 0 : named[1]!.length;
    fallback = named === null ? "Error" : named[1]!;
  } else if (!StringPrototypeEndsWith(name, "Error") || !startsWithName(text, name)) {
    return text;
  }
  const label = StringPrototypeSlice(prefix(naming, fallback), 0, -1);
  if (label === name) return text;
  if (!StringPrototypeIncludes(label, name)) return label + " [" + name + "]" + StringPrototypeSlice(text, length);
  return length === 0 ? label + ": " + text : label + StringPrototypeSlice(text, length);
}

function startsWithName(text: string, name: string): boolean {
  if (!StringPrototypeStartsWith(text, name)) return false;
  const next = text[name.length];
  return next === undefined || next === ":" || next === "\n";
}

function dropKeysSaidBy(stack: string, error: object, keys: PropertyKey[]): void {
  const names = ["name", "message", "stack"];
  for (let i = 0; i < names.length; i++) {
    const at = ArrayPrototypeIndexOf(keys, names[i]!);
    if (at === -1) continue;
    const value = read(error, names[i]!);
    if (typeof value === "string" && StringPrototypeIncludes(stack, StringPrototypeTrimEnd(value))) {
      ArrayPrototypeSplice(keys, at, 1);
    }
  }
}

/** Replaces the frames that an error has in common with its cause by one line that counts them. */
function elideFramesOf(cause: unknown, frames: string[]): void {
  if (!ErrorIsError(cause)) return;
  const stack = StringPrototypeSlice(stackOf(cause as object), 0, textLengthMax);
  const start = StringPrototypeIndexOf(stack, frameStart);
  if (start === -1) return;
  const others = splitLines(StringPrototypeSlice(stack, start + 1));
  if (frames.length > comparedFramesMax || others.length > comparedFramesMax) return;
  for (let i = 0; i <= frames.length - sharedFramesMin; i++) {
    const at = ArrayPrototypeIndexOf(others, frames[i]);
    if (at === -1) continue;
    let shared = 1;
    while (i + shared < frames.length && at + shared < others.length && frames[i + shared] === others[at + shared]) {
      shared++;
    }
    if (shared < sharedFramesMin) continue;
    // The first and the last stay, to show where the run begins and ends.
    const skipped = shared - 2;
    ArrayPrototypeSplice(frames, i + 1, skipped, "    ... " + skipped + " lines matching cause stack trace ...");
    return;
  }
}

function splitLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  for (;;) {
    const end = StringPrototypeIndexOf(text, "\n", start);
    if (end === -1) break;
    ArrayPrototypePush(lines, StringPrototypeSlice(text, start, end));
    start = end + 1;
  }
  ArrayPrototypePush(lines, StringPrototypeSlice(text, start));
  return lines;
}

/** The text with its later lines moved to the current indentation. */
export function indent(state: State, text: string): string {
  if (state.indentation === 0 || !StringPrototypeIncludes(text, "\n")) return text;
  const margin = StringPrototypeRepeat(" ", state.indentation);
  return ArrayPrototypeJoin(splitLines(text), "\n" + margin);
}
