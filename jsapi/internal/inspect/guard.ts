import { SafeString, StringPrototypeSlice } from "../primordials.ts";
import { read } from "./options.ts";

const messageLengthMax = 200;

/** What stands in place of a value that could not be looked at: "<Inspection threw (why)>". */
export function threwText(error: unknown): string {
  return "<Inspection threw (" + StringPrototypeSlice(messageOf(error), 0, messageLengthMax) + ")>";
}

function messageOf(error: unknown): string {
  if ((typeof error === "object" && error !== null) || typeof error === "function") {
    const message = read(error, "message");
    return typeof message === "string" ? message : "no message";
  }
  return typeof error === "symbol" ? "a symbol" : SafeString(error);
}
