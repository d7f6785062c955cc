import { ArrayIsArray, ObjectAssign, ReflectApply, SafeString, SymbolFor } from "../primordials.ts";
import { inspect } from "../inspect.ts";
import { indent } from "./errors.ts";
import { threwText } from "./guard.ts";
import { formatObject } from "./object.ts";
import { read } from "./options.ts";
import { formatPrimitive } from "./primitives.ts";
import type { State } from "./state.ts";

const customInspect = SymbolFor("nodejs.util.inspect.custom");

/**
 * The text of any value, its later lines indented as the state says. `level` counts the objects
 * around it. Does not throw for what the value does; where the stack is at its end, the caller's does.
 */
export function formatValue(state: State, value: unknown, level: number): string {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return formatPrimitive(state, value);
  }
  const { indentation } = state;
  const depth = state.ancestors.length;
  try {
    return formatReference(state, value, level);
  } catch (error) {
    state.indentation = indentation;
    state.ancestors.length = depth;
    return state.take(isRevoked(value) ? "<Revoked Proxy>" : threwText(error));
  }
}

function formatReference(state: State, value: object, level: number): string {
  if (state.settings.customInspect) {
    const custom = customText(state, value, level);
    if (custom !== undefined) return custom;
  }
  if (state.isAncestor(value)) return state.take("[Circular *" + state.refer(value) + "]");
  return formatObject(state, value, level);
}

/** What the value's own inspector says; undefined when it has none, or when that returns the value itself. */
function customText(state: State, value: object, level: number): string | undefined {
  const inspector: unknown = (value as Record<symbol, unknown>)[customInspect];
  if (typeof inspector !== "function" || isPrototype(value)) return undefined;
  const result: unknown = ReflectApply(inspector, value, [
    state.settings.depth - level,
    customOptions(state),
    inspect,
  ]);
  if (result === value) return undefined;
  return typeof result === "string" ? state.take(indent(state, result)) : formatValue(state, result, level);
}

/** The options of this inspection, those that are unknown here too, in an object of the inspector's own. */
function customOptions(state: State): object {
  return ObjectAssign({}, state.given, state.settings, { stylize: (text: unknown) => SafeString(text) });
}

/** Whether the value is the prototype of its own constructor: its methods are for instances. */
function isPrototype(value: object): boolean {
  const constructor = read(value, "constructor");
  return typeof constructor === "function" && read(constructor, "prototype") === value;
}

/** No trap stands before isArray: it throws for a revoked proxy and for nothing else. */
function isRevoked(value: object): boolean {
  try {
    ArrayIsArray(value);
    return false;
  } catch {
    return true;
  }
}
