// Algorithm normalization: https://w3c.github.io/webcrypto/#algorithm-normalization-normalize-an-algorithm

import { DOMException } from "../events/events.ts";
import { ObjectCreate, SafeTypeError, TypedArrayPrototypeGetName } from "../internal/primordials.ts";
import {
  type Converter,
  copyOf,
  isObject,
  toBufferSource,
  toDOMString,
  toOctet,
  toUnsignedLong,
  toUnsignedShort,
} from "../internal/webidl.ts";
import { toKey } from "./key.ts";

declare const __host: {
  /**
   * How an algorithm is normalized for an operation: its own name, whether it is fast, then for every member of its
   * dictionary the name and the letter of its type, a capital one if it is required. Undefined if the algorithm is unknown
   * or has not the operation.
   */
  describe(operation: string, name: string): [name: string, fast: boolean, ...members: string[]] | undefined;
};

/** AlgorithmIdentifier. */
export type Identifier = object | string;

/** A normalized algorithm. */
export interface Algorithm {
  /** Whether operations on little data take no longer than a change of threads does. */
  fast: boolean;
  /** The algorithm's own name, and the members of its dictionary. */
  params: { [member: string]: unknown; name: string };
}

export const toIdentifier: Converter<Identifier> = (value, where) => (isObject(value) ? value : toDOMString(value, where));

const enforced =
  (convert: (value: unknown, where: string, mode: "enforce") => number): Converter<number> =>
  (value, where) =>
    convert(value, where, "enforce");

/** The types of members by their letters. */
const converters: { [letter: string]: Converter<unknown> } = {
  __proto__: null as never,
  b: (value, where) => copyOf(toBufferSource(value, where)),
  h: toIdentifier, // normalized once all members are converted
  i: (value, where) => {
    if (TypedArrayPrototypeGetName(value) !== "Uint8Array") throw new SafeTypeError(where + " is not a Uint8Array.");
    return copyOf(value as Uint8Array<ArrayBuffer>);
  },
  k: toKey,
  l: enforced(toUnsignedLong),
  o: enforced(toOctet),
  s: toDOMString,
  u: enforced(toUnsignedShort),
};

/** The letter in lower case, and whether it was a capital one. */
const capitals: { [letter: string]: string } = { __proto__: null as never, B: "b", H: "h", I: "i", K: "k", L: "l", O: "o", S: "s", U: "u" };

/** Normalizes an algorithm for an operation. Throws what its dictionary does, and a NotSupportedError. */
export function normalize(operation: string, identifier: Identifier): Algorithm {
  const source: { [member: string]: unknown } =
    typeof identifier === "string" ? { __proto__: null, name: identifier } : (identifier as never);
  const name = nameOf(source);
  const description = __host.describe(operation, name);
  if (description === undefined) {
    throw new DOMException("'" + name + "' is not an algorithm for the operation " + operation, "NotSupportedError");
  }
  const params: Algorithm["params"] = ObjectCreate(null);
  params.name = description[0];
  if (description.length === 2) return { fast: description[1], params };
  nameOf(source); // the conversion to the algorithm's own dictionary reads the name once more
  for (let i = 2; i < description.length; i += 2) {
    convertMember(params, source, description[i] as string, description[i + 1] as string);
  }
  if (params.hash !== undefined) params.hash = normalize("digest", params.hash as Identifier).params.name;
  return { fast: description[1], params };
}

function nameOf(source: { name?: unknown }): string {
  const name = source.name;
  if (name === undefined) throw new SafeTypeError("Algorithm: the member name is required.");
  return toDOMString(name, "Algorithm: the member name");
}

function convertMember(params: Algorithm["params"], source: { [member: string]: unknown }, member: string, type: string): void {
  const value = source[member];
  const required = capitals[type];
  const where = params.name + ": the member " + member;
  if (value === undefined) {
    if (required !== undefined) throw new SafeTypeError(where + " is required.");
    return;
  }
  params[member] = converters[required ?? type]!(value, where);
}
