// What several groups are made of, as a group of its own: it is in an image once.
import { format } from "./format.ts";
import { bounded, inspect } from "./inspect.ts";
import { fromAsync } from "./from_async.ts";
import { settle } from "./op.ts";
import { reach, scope, show } from "./prompt.ts";
import { ObjectDefineProperty } from "./primordials.ts";

export * from "./expose.ts";
export * from "./format.ts";
export * from "./handles.ts";
export * from "./inspect.ts";
export * from "./inspectable.ts";
export { textLengthMax } from "./inspect/state.ts";
export { textWidth } from "./inspect/width.ts";
export * from "./op.ts";
export * from "./primordials.ts";
export * from "./refusal.ts";
export * from "./report.ts";
export * from "./thenable.ts";
export * from "./webidl.ts";

if (!("fromAsync" in Array)) {
  ObjectDefineProperty(Array, "fromAsync", { value: fromAsync, writable: true, configurable: true });
}

export default { settle, bounded, format, inspect, reach, scope, show };

