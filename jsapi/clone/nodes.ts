// How a cloned value lies in plain data. Whatever plain data can say stands as it is: a tree of objects, arrays, dates,
// buffers. What it cannot say is a node: an array whose first element is a hole, which no array that is sent as it is has, then a
// tag, then what the tag needs. A value without nodes so reaches whoever knows nothing of clones unchanged.

import { ArrayIsArray, ObjectPrototypeHasOwnProperty } from "../internal/primordials.ts";

/** The whole, where it has nodes: tree, what was transferred, and the trees of the objects that lay deep. */
export const WHOLE = 0;
/** An object that came before: its number. Objects are numbered in the order in which they are written and read. */
export const AGAIN = 1;
/** An object that lies deep, so that no tree is deeper than data may be: its place among those. */
export const DEEP = 2;
/** An array with holes or with other properties: length, keys, values. */
export const SPARSE = 3;
/** A Map with objects in it: keys and values in turn. */
export const MAP = 4;
/** A Set with objects in it: its values. */
export const SET = 5;
/** name, message or undefined, stack or undefined, a list of the cause. */
export const ERROR = 6;
/** source, flags. */
export const REGEXP = 7;
/** The primitive. */
export const BOXED = 8;
/** A view that shows a part of its buffer, or of one that came before: type, buffer, offset, length or undefined. */
export const VIEW = 9;
/** A resizable buffer: bytes, how many there may be. */
export const RESIZABLE = 10;
/** A platform object: the name under which it was registered, its data. */
export const PLATFORM = 11;

export type Node = [hole: undefined, tag: number, ...rest: any[]];

export function isNode(value: unknown): value is Node {
  return ArrayIsArray(value) && value.length > 1 && !ObjectPrototypeHasOwnProperty(value, 0);
}
