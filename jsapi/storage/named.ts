// Storage's named properties: Web IDL, 3.9 Legacy platform objects (https://webidl.spec.whatwg.org/#es-legacy-platform-objects).

import {
  ArrayPrototypePush,
  ObjectCreate,
  ReflectDefineProperty,
  ReflectDeleteProperty,
  ReflectGet,
  ReflectGetOwnPropertyDescriptor,
  ReflectHas,
  ReflectOwnKeys,
  ReflectSet,
  SafeProxy,
  SafeTypeError,
} from "../internal/primordials.ts";
import { ObjectPrototypeHasOwnProperty } from "../internal/primordials.ts";
import { toDOMString } from "../internal/webidl.ts";
import type { Area } from "./areas.ts";

/** A constructor that returns its argument, so that a class gives its private fields to an object that exists already. */
const Adopt = function (object: object): object {
  return object;
} as unknown as new (object: object) => object;

/** The brand of a Storage: its area lies on the proxy that scripts hold. */
class Brand extends Adopt {
  #area: Area;

  constructor(object: object, area: Area) {
    super(object);
    this.#area = area;
  }

  static areaOf(object: object): Area {
    if (!(#area in object)) throw new SafeTypeError("Illegal invocation: the object is no Storage");
    return object.#area;
  }
}

export function areaOf(object: unknown): Area {
  return Brand.areaOf(Object(object));
}

/** Makes the object that scripts see of an area. */
export function storageOf(area: Area, prototype: object): object {
  const storage = new SafeProxy(ObjectCreate(prototype) as object, new Handler(area));
  new Brand(storage, area);
  return storage;
}

/**
 * The target has what is no item: the prototype, symbols. An item that it or its prototypes have a property of the same name for is
 * out of sight, since Storage does not have [LegacyOverrideBuiltIns], but it can be set.
 */
class Handler implements ProxyHandler<object> {
  #area: Area;

  constructor(area: Area) {
    this.#area = area;
  }

  /** The item of a name; undefined where there is none in sight. */
  #item(target: object, key: PropertyKey): string | undefined {
    if (typeof key !== "string" || ReflectHas(target, key)) return undefined;
    return this.#area.get(key) ?? undefined;
  }

  get(target: object, key: PropertyKey, receiver: unknown): unknown {
    return this.#item(target, key) ?? ReflectGet(target, key, receiver);
  }

  has(target: object, key: PropertyKey): boolean {
    return ReflectHas(target, key) || this.#item(target, key) !== undefined;
  }

  set(target: object, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    if (typeof key !== "string" || !isStorage(receiver, this.#area)) return ReflectSet(target, key, value, receiver);
    this.#area.set(key, toDOMString(value, "Failed to set '" + key + "' on 'Storage': the value"));
    return true;
  }

  getOwnPropertyDescriptor(target: object, key: PropertyKey): PropertyDescriptor | undefined {
    const value = this.#item(target, key);
    if (value === undefined) return ReflectGetOwnPropertyDescriptor(target, key);
    return { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor;
  }

  defineProperty(target: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    if (typeof key !== "string" || ObjectPrototypeHasOwnProperty(target, key)) {
      return ReflectDefineProperty(target, key, descriptor);
    }
    if (!ObjectPrototypeHasOwnProperty(descriptor, "value")) return false;
    this.#area.set(key, toDOMString(descriptor.value, "Failed to set '" + key + "' on 'Storage': the value"));
    return true;
  }

  deleteProperty(target: object, key: PropertyKey): boolean {
    if (this.#item(target, key) === undefined) return ReflectDeleteProperty(target, key);
    this.#area.remove(key as string);
    return true;
  }

  ownKeys(target: object): PropertyKey[] {
    const names = this.#area.keys();
    const keys: PropertyKey[] = [];
    for (let i = 0; i < names.length; i++) if (!ReflectHas(target, names[i]!)) ArrayPrototypePush(keys, names[i]!);
    const own = ReflectOwnKeys(target);
    for (let i = 0; i < own.length; i++) ArrayPrototypePush(keys, own[i]!);
    return keys;
  }

  preventExtensions(): boolean {
    return false;
  }
}

/** Whether the receiver of an assignment is the Storage itself, and not an object that inherits from it. */
function isStorage(receiver: unknown, area: Area): boolean {
  try {
    return areaOf(receiver) === area;
  } catch {
    return false;
  }
}
