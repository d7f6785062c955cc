import {
  ArrayPrototypeIndexOf,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  SafeMap,
  StringPrototypeSlice,
} from "../primordials.ts";
import type { Settings } from "./options.ts";

/** Characters (UTF-16 units) of one inspection, 128 Ki; what is longer ends in "…". */
export const textLengthMax = 128 * 1024;

/** Where one inspection stands. */
export class State {
  readonly settings: Settings;
  /** What the caller asked for, handed on to custom inspectors. */
  readonly given: object | undefined;
  /** Columns by which the current value is indented. */
  indentation = 0;
  /** The level of the object entered last: tells how many levels hang below an object. */
  deepest = 0;
  /** The objects around the current value, outermost first. */
  readonly ancestors: object[] = [];

  #references: Map<object, number> | undefined;
  #left = textLengthMax;

  constructor(settings: Settings, given: object | undefined) {
    this.settings = settings;
    this.given = given;
  }

  /** Counts text that goes into the result and cuts it to what the result can still hold. */
  take(text: string): string {
    if (text.length > this.#left) text = StringPrototypeSlice(text, 0, this.#left);
    this.#left -= text.length;
    return text;
  }

  /** Counts white space that goes into the result. false: the result cannot hold it, and is full. */
  takeBlank(length: number): boolean {
    const fits = length <= this.#left;
    this.#left = fits ? this.#left - length : 0;
    return fits;
  }

  /** Characters that the result can still hold. */
  get left(): number {
    return this.#left;
  }

  /** Whether the result is full: lists end here. */
  get exhausted(): boolean {
    return this.#left === 0;
  }

  isAncestor(value: object): boolean {
    return ArrayPrototypeIndexOf(this.ancestors, value) !== -1;
  }

  /** The number by which the text refers back to an ancestor, counted from 1. */
  refer(ancestor: object): number {
    this.#references ??= new SafeMap<object, number>();
    let number = MapPrototypeGet(this.#references, ancestor);
    if (number === undefined) {
      number = MapPrototypeGetSize(this.#references) + 1;
      MapPrototypeSet(this.#references, ancestor, number);
    }
    return number;
  }

  /** The number under which something below `value` referred back to it, if anything did. */
  referenceTo(value: object): number | undefined {
    return this.#references === undefined ? undefined : MapPrototypeGet(this.#references, value);
  }
}
