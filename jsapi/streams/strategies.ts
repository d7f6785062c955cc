import { ObjectDefineProperty, SafeRangeError, SafeTypeError } from "../internal/primordials.ts";
import { defineInterface, requireArguments, toCallback, toDictionary, toUnrestrictedDouble } from "../internal/webidl.ts";

export type Size = (chunk: unknown) => unknown;

/** A dictionary QueuingStrategy, converted. */
export interface Strategy {
  highWaterMark: number | undefined;
  size: Size | undefined;
}

export function strategyOf(value: unknown, where: string): Strategy {
  const given = toDictionary(value, where);
  const { highWaterMark, size } = given;
  return {
    highWaterMark: highWaterMark === undefined ? undefined : toUnrestrictedDouble(highWaterMark, where + " highWaterMark"),
    size: size === undefined ? undefined : toCallback<Size>(size, where + " size"),
  };
}

/** https://streams.spec.whatwg.org/#validate-and-normalize-high-water-mark */
export function highWaterMarkOf(strategy: Strategy, otherwise: number): number {
  const mark = strategy.highWaterMark;
  if (mark === undefined) return otherwise;
  if (!(mark >= 0)) throw new SafeRangeError("highWaterMark is " + mark + "; it must be 0 or more");
  return mark;
}

/** The size that the strategy gives a chunk. */
export function sizeOf(size: Size | undefined, chunk: unknown): number {
  return size === undefined ? 1 : toUnrestrictedDouble(size(chunk), "the chunk's size");
}

/** Throws unless it is a size that can be added up (https://streams.spec.whatwg.org/#enqueue-value-with-size). */
export function requireSize(size: number): void {
  if (!(size >= 0 && size < Infinity)) throw new SafeRangeError("the chunk's size is " + size + "; it must be finite and 0 or more");
}

function markOf(init: unknown, where: string): number {
  const { highWaterMark } = toDictionary(init, where + ": parameter 1");
  if (highWaterMark === undefined) throw new SafeTypeError(where + ": highWaterMark is missing.");
  return toUnrestrictedDouble(highWaterMark, where + ": highWaterMark");
}

// The size functions are the same for all strategies, and no constructors.
const { byteLength, count } = {
  byteLength: (chunk: any) => chunk.byteLength,
  count: () => 1,
};
ObjectDefineProperty(byteLength, "name", { __proto__: null, value: "size" } as PropertyDescriptor);
ObjectDefineProperty(count, "name", { __proto__: null, value: "size" } as PropertyDescriptor);

/** https://streams.spec.whatwg.org/#blqs-class */
export class ByteLengthQueuingStrategy {
  #mark: number;

  constructor(init: { highWaterMark: number }) {
    requireArguments(arguments.length, 1, "new ByteLengthQueuingStrategy");
    this.#mark = markOf(init, "new ByteLengthQueuingStrategy");
  }

  get highWaterMark(): number {
    return this.#mark;
  }

  get size(): (chunk: unknown) => number {
    this.#mark; // the brand check
    return byteLength;
  }
}

/** https://streams.spec.whatwg.org/#cqs-class */
export class CountQueuingStrategy {
  #mark: number;

  constructor(init: { highWaterMark: number }) {
    requireArguments(arguments.length, 1, "new CountQueuingStrategy");
    this.#mark = markOf(init, "new CountQueuingStrategy");
  }

  get highWaterMark(): number {
    return this.#mark;
  }

  get size(): () => number {
    this.#mark; // the brand check
    return count;
  }
}

defineInterface(ByteLengthQueuingStrategy);
defineInterface(CountQueuingStrategy);
