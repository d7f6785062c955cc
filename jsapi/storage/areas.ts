// Where items are kept.

import { QuotaExceededError } from "../events/events.ts";
import {
  ArrayPrototypePush,
  MapEntriesNext,
  MapPrototypeClear,
  MapPrototypeDelete,
  MapPrototypeEntries,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
  SafeMap,
} from "../internal/primordials.ts";

declare const __host: {
  length(): number;
  keys(): string[];
  get(key: string): string | null;
  /** Whether there was room. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  clear(): void;
};

/** Keys and values in the order in which the keys came. */
export interface Area {
  readonly length: number;
  keys(): string[];
  get(key: string): string | null;
  /** Throws a QuotaExceededError where there is no room. */
  set(key: string, value: string): void;
  remove(key: string): void;
  clear(): void;
}

/** The area that all contexts of the app have together. */
export class LocalArea implements Area {
  get length(): number {
    return __host.length();
  }
  keys(): string[] {
    return __host.keys();
  }
  get(key: string): string | null {
    return __host.get(key);
  }
  set(key: string, value: string): void {
    if (!__host.set(key, value)) throw quotaExceeded();
  }
  remove(key: string): void {
    __host.remove(key);
  }
  clear(): void {
    __host.clear();
  }
}

/** How many characters the keys and values of a session may have; what localStorage may hold is the host's to say. */
const sessionMax = 5 * 1024 * 1024;

/** An area of the context's own, in its heap. */
export class SessionArea implements Area {
  #items = new SafeMap<string, string>();
  #size = 0;

  get length(): number {
    return MapPrototypeGetSize(this.#items);
  }
  keys(): string[] {
    const keys: string[] = [];
    const entries = MapPrototypeEntries(this.#items);
    for (let next = MapEntriesNext(entries); !next.done; next = MapEntriesNext(entries)) {
      ArrayPrototypePush(keys, next.value[0] as string);
    }
    return keys;
  }
  get(key: string): string | null {
    return MapPrototypeGet(this.#items, key) ?? null;
  }
  set(key: string, value: string): void {
    const size = this.#size + value.length - this.#sizeOf(key) + key.length;
    if (size > sessionMax) throw quotaExceeded();
    this.#size = size;
    MapPrototypeSet(this.#items, key, value);
  }
  remove(key: string): void {
    this.#size -= this.#sizeOf(key);
    MapPrototypeDelete(this.#items, key);
  }
  clear(): void {
    this.#size = 0;
    MapPrototypeClear(this.#items);
  }

  /** The characters of the key and its value; 0 where there is none. */
  #sizeOf(key: string): number {
    const value = MapPrototypeGet(this.#items, key);
    return value === undefined ? 0 : key.length + value.length;
  }
}

function quotaExceeded(): Error {
  return new QuotaExceededError("The storage has no room for the item");
}
