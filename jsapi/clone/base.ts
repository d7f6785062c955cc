// What writer and reader share.

import { DOMException } from "../events/events.ts";
import { MapPrototypeSet, SafeMap, global } from "../internal/primordials.ts";

declare const __host: {
  /** The name of an object's class, see engine. */
  kindOf(value: object): string;
};

export const kindOf = __host.kindOf;

type View = new (buffer: ArrayBuffer, offset?: number, length?: number) => ArrayBufferView;

/** The constructors of views, by the name of their type. */
export const viewTypes = new SafeMap<string, View>();
for (const name of [
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array", "DataView",
]) {
  MapPrototypeSet(viewTypes, name, (global as unknown as Record<string, View>)[name]!);
}

export function dataCloneError(message: string): DOMException {
  return new DOMException(message, "DataCloneError");
}
