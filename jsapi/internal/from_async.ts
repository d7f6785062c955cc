import { ReflectConstruct } from "./primordials.ts";

/**
 * Array.fromAsync of ECMAScript 2026 (https://tc39.es/ecma262/#sec-array.fromasync), which the engine does not have.
 *
 * `for await` and `await` are the language's own steps, and so are the errors; only the array-like's length is
 * converted by Math instead of ToLength.
 */
export const { fromAsync } = {
  async fromAsync(this: unknown, items: any, map: unknown = undefined, thisArg: unknown = undefined): Promise<unknown> {
    if (map !== undefined && typeof map !== "function") throw new TypeError("the mapping is not a function");
    const make = (...args: unknown[]): any =>
      typeof this === "function" && this.prototype !== undefined ? ReflectConstruct(this, args) : new Array(...(args as []));
    const apply = async (value: unknown, i: number) => (map === undefined ? value : await (map as Function).call(thisArg, value, i));
    const set = (list: any, i: number, value: unknown) =>
      Object.defineProperty(list, i, { value, writable: true, enumerable: true, configurable: true });
    let i = 0;
    let list: any;
    if (items[Symbol.asyncIterator] != null || items[Symbol.iterator] != null) {
      list = make();
      for await (const item of items) {
        set(list, i, await apply(item, i));
        i++;
      }
    } else {
      const length = Math.min(Math.max(Math.trunc(items.length) || 0, 0), Number.MAX_SAFE_INTEGER);
      list = make(length);
      for (; i < length; i++) set(list, i, await apply(await items[i], i));
    }
    list.length = i;
    return list;
  },
};
