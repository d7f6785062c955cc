import { ArrayPrototypePush, ArrayPrototypeSlice, ObjectKeys } from "../internal/primordials.ts";

/** Something in the app: the names that lead to it from the default export, and what typeof says of it. */
type Part = [path: string[], type: string];

/** How many levels below a member of the app are looked at. */
const depths: Record<string, number> = { __proto__: null as never, websocket: 1, channels: 3 };

/** What the app is made of, so that the host can tell a wrong type and a mistyped name. Members that are undefined or null are not there. */
export function partsOf(app: Record<string, unknown>): Part[] {
  const list: Part[] = [];
  collect(list, [], app, 1, true);
  return list;
}

function collect(list: Part[], path: string[], value: object, depth: number, isApp: boolean): void {
  const names = ObjectKeys(value);
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined || member === null) continue;
    const inner = ArrayPrototypeSlice(path);
    ArrayPrototypePush(inner, name);
    ArrayPrototypePush(list, [inner, typeof member]);
    const below = isApp ? (depths[name] ?? 0) : depth - 1;
    if (below > 0 && typeof member === "object") collect(list, inner, member, below, false);
  }
}
