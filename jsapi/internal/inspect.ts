import { StringPrototypeSlice } from "./primordials.ts";
import { type InspectOptions, settingsOf } from "./inspect/options.ts";
import { State, textLengthMax } from "./inspect/state.ts";
import { formatValue } from "./inspect/value.ts";

export type { InspectOptions };

/**
 * The text of a value for people to read, as Node's util.inspect writes it without colours.
 *
 * It is at most 128 Ki characters long; what is longer ends in "…". Getters are not called, proxies
 * are read through their traps, and nothing that the value does makes it throw: what cannot be
 * looked at reads "<Inspection threw (why)>". Arrays of more than 4,096 elements are not searched
 * for properties beside their elements; iterators and weak collections keep their contents; hidden
 * properties are an object's own, not its prototype's.
 */
export function inspect(value: unknown, options?: InspectOptions): string {
  const given = typeof options === "object" && options !== null ? options : undefined;
  const state = new State(settingsOf(given), given);
  return bounded(formatValue(state, value, 0), state.exhausted);
}

/** The text cut to what one inspection may be long, with an ellipsis where something is missing. */
export function bounded(text: string, incomplete = false): string {
  if (text.length <= textLengthMax && !incomplete) return text;
  return StringPrototypeSlice(text, 0, textLengthMax) + "…";
}
