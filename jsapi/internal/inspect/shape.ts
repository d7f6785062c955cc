import { type Naming, prefix } from "./names.ts";
import type { State } from "./state.ts";

/** How an object is shown, before anything below it has been looked at. */
export interface Shape {
  /** What it is called where it has no constructor to name it. */
  kind: string;
  /** What stands before the braces: a function's name, an error's stack. */
  base: string;
  open: string;
  close: string;
  /** The properties to list after the entries. */
  keys: PropertyKey[];
  /** The contents that are no properties. `level` counts the objects around them. */
  entries: ((state: State, level: number) => string[]) | undefined;
  /** Whether the entries are elements of an array, which can be lined up in columns. */
  elements: boolean;
  /** The whole text, for when there are no keys; undefined where the entries matter. */
  whole: string | undefined;
  /** The whole text, for when the object lies too deep; undefined: its name in brackets. */
  tooDeep: string | undefined;
}

/** "Name { keys }". */
export function braced(naming: Naming, kind: string, keys: PropertyKey[]): Shape {
  const open = prefix(naming, kind) + "{";
  return {
    kind,
    base: "",
    open,
    close: "}",
    keys,
    entries: undefined,
    elements: false,
    whole: open + "}",
    tooDeep: undefined,
  };
}

/** "base { keys }", and where there are none "base" alone. */
export function based(naming: Naming, kind: string, base: string, keys: PropertyKey[]): Shape {
  return { ...braced(naming, kind, keys), base, open: "{", whole: base };
}
