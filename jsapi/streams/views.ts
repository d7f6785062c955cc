import {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetDetached,
  ArrayBufferPrototypeSlice,
  SafeTypeError,
  SafeUint8Array,
  viewBuffer,
  viewByteLength,
  viewByteOffset,
} from "../internal/primordials.ts";
import { toBufferSource } from "../internal/webidl.ts";

/** Web IDL's ArrayBufferView. */
export function toView(value: unknown, where: string): ArrayBufferView {
  if (!ArrayBufferIsView(value)) throw new SafeTypeError(where + " is not a view of an ArrayBuffer.");
  return toBufferSource(value, where) as ArrayBufferView;
}

export function requireAttached(view: ArrayBufferView): void {
  if (ArrayBufferPrototypeGetDetached(viewBuffer(view) as ArrayBuffer)) throw new SafeTypeError("the view's buffer is detached");
}

/** https://streams.spec.whatwg.org/#abstract-opdef-cloneasuint8array */
export function cloneBytes(view: ArrayBufferView): Uint8Array<ArrayBuffer> {
  const start = viewByteOffset(view);
  return new SafeUint8Array(ArrayBufferPrototypeSlice(viewBuffer(view) as ArrayBuffer, start, start + viewByteLength(view)));
}
