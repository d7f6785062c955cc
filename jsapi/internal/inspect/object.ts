import { ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeSlice, ArrayPrototypeSort, StringPrototypeSlice } from "../primordials.ts";
import { layOut } from "./layout.ts";
import { namingOf, prefix } from "./names.ts";
import { formatProperty } from "./properties.ts";
import { shapeOf } from "./shapes.ts";
import type { State } from "./state.ts";

/** The text of an object, after its shape. May throw what the object's traps throw. */
export function formatObject(state: State, value: object, level: number): string {
  const naming = namingOf(state, value);
  const shape = shapeOf(state, value, naming);
  const { keys } = shape;
  if (keys.length === 0 && shape.whole !== undefined) return state.take(shape.whole);
  if (level > state.settings.depth) {
    if (shape.tooDeep !== undefined) return state.take(shape.tooDeep);
    const name = StringPrototypeSlice(prefix(naming, shape.kind), 0, -1);
    return state.take(naming.constructor === null ? name : "[" + name + "]");
  }

  let base = state.take(shape.base);
  const open = state.take(shape.open);
  ArrayPrototypePush(state.ancestors, value);
  state.deepest = level + 1;
  const entries = shape.entries === undefined ? [] : shape.entries(state, level + 1);
  const unnamed = entries.length;
  for (let i = 0; i < keys.length && !state.exhausted; i++) {
    ArrayPrototypePush(entries, formatProperty(state, value, keys[i]!, level + 1));
  }
  ArrayPrototypePop(state.ancestors);

  const reference = state.referenceTo(value);
  if (reference !== undefined) base = base === "" ? "<ref *" + reference + ">" : "<ref *" + reference + "> " + base;
  const parts = { base, open, close: shape.close, entries, elements: shape.elements ? value : undefined };
  if (state.settings.sorted !== false) parts.entries = sorted(state, entries, shape.elements ? unnamed : 0);
  return layOut(state, parts, level + 1);
}

/** The entries in order, those before `first` where they are: elements have an order of their own. */
function sorted(state: State, entries: string[], first: number): string[] {
  const rest = ArrayPrototypeSlice(entries, first);
  ArrayPrototypeSort(rest, state.settings.sorted === true ? undefined : (state.settings.sorted as never));
  const result = ArrayPrototypeSlice(entries, 0, first);
  for (let i = 0; i < rest.length; i++) ArrayPrototypePush(result, rest[i]!);
  return result;
}
