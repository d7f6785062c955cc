// HTML Standard, 8.3 Base64 utility methods.

import { DOMException } from "../events/events.ts";
import { requireArguments, toDOMString } from "../internal/webidl.ts";

declare const __host: {
  /** null if the text has characters that are no bytes. */
  toBase64(text: string): string | null;
  /** A character for each byte; null if the text is no Base64. */
  fromBase64(text: string): string | null;
};

export function btoa(data: unknown): string {
  const where = "Failed to execute 'btoa'";
  requireArguments(arguments.length, 1, where);
  const encoded = __host.toBase64(toDOMString(data, where));
  if (encoded === null) throw new DOMException(where + ": the string has characters beyond U+00FF.", "InvalidCharacterError");
  return encoded;
}

export function atob(data: unknown): string {
  const where = "Failed to execute 'atob'";
  requireArguments(arguments.length, 1, where);
  const decoded = __host.fromBase64(toDOMString(data, where));
  if (decoded === null) throw new DOMException(where + ": the string is not correctly encoded.", "InvalidCharacterError");
  return decoded;
}
