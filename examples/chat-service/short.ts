/** A text that a client has sent, if it is one, not empty and not too long. */
export function short(what: string, text: unknown, max: number): string {
  if (typeof text !== "string" || text.trim() === "") throw new TypeError(`${what} is missing`);
  if (text.length > max) throw new RangeError(`${what} is longer than ${max} characters`);
  return text.trim();
}
