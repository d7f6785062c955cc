// Blob URLs: https://w3c.github.io/FileAPI/#url. They live as long as the context that made them.

import { MapPrototypeDelete, MapPrototypeGet, MapPrototypeSet, ObjectDefineProperty, SafeMap, SafeTypeError, StringPrototypeIndexOf, StringPrototypeSlice } from "../internal/primordials.ts";
import { requireArguments, toUSVString } from "../internal/webidl.ts";
import { URL, baseURL, parseURL } from "../url/url.ts";
import { type Blob, isBlob } from "./class.ts";

declare const __host: {
  readonly chosen: boolean;
  uuid(): string;
};

const store = new SafeMap<string, Blob>();

/** What a blob: URL stands for, whatever its fragment; undefined once it was revoked. */
export function objectOfURL(url: string): Blob | undefined {
  const hash = StringPrototypeIndexOf(url, "#");
  return MapPrototypeGet(store, hash < 0 ? url : StringPrototypeSlice(url, 0, hash));
}

const functions = {
  createObjectURL(object: unknown): string {
    const where = "Failed to execute 'createObjectURL' on 'URL'";
    requireArguments(arguments.length, 1, where);
    if (!isBlob(object)) throw new SafeTypeError(where + ": parameter 1 is not a Blob.");
    const base = baseURL();
    const url = "blob:" + (base === "" ? "null" : parseURL(base)!.origin) + "/" + __host.uuid();
    MapPrototypeSet(store, url, object);
    return url;
  },
  revokeObjectURL(url: unknown): void {
    const where = "Failed to execute 'revokeObjectURL' on 'URL'";
    requireArguments(arguments.length, 1, where);
    MapPrototypeDelete(store, toUSVString(url, where + ": parameter 1"));
  },
};

if (__host.chosen) {
  for (const name of ["createObjectURL", "revokeObjectURL"] as const) {
    ObjectDefineProperty(URL, name, { __proto__: null, value: functions[name], writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
  }
}
