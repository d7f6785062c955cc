// The constructors of Intl. What is written, and by which data, is the host's.

import {
  ArrayPrototypePush,
  ObjectCreate,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  SafeString,
  SafeTypeError,
  StringPrototypeSlice,
} from "../internal/primordials.ts";
import { isObject, tag } from "../internal/webidl.ts";

declare const __host: {
  canonical(locales: string[]): string[];
  supported(service: string, locales: string[]): string[];
  resolve(service: string, locales: string[], options: Options): Resolved;
};

export type Options = { [name: string]: unknown };
export type Resolved = { [name: string]: any };
export type Constructor = { new (locales?: unknown, options?: unknown): object; prototype: object };

/** A constructor that returns its argument, so that a class gives its private fields to an object that exists already. */
const Adopt = function (object: object): object {
  return object;
} as unknown as new (object: object) => object;

/** What makes an object one of a service: its resolved options, and a function that is bound to it. */
class State extends Adopt {
  #service: string;
  #resolved: Resolved;
  #bound: unknown;

  constructor(object: object, service: string, resolved: Resolved) {
    super(object);
    this.#service = service;
    this.#resolved = resolved;
  }

  static resolved(object: unknown, service: string): Resolved {
    if (!isObject(object) || !(#service in object) || (object as State).#service !== service) {
      throw new SafeTypeError("the receiver is no Intl." + service);
    }
    return (object as State).#resolved;
  }

  static bound<F>(object: unknown, service: string, make: (resolved: Resolved) => F): F {
    const resolved = State.resolved(object, service);
    return ((object as State).#bound ??= make(resolved)) as F;
  }
}

/** The resolved options of an object of a service. Throws a TypeError for any other. */
export const resolvedOf = State.resolved;
/** The function that an accessor of the object gives, the same each time. */
export const boundOf = State.bound;

/** CanonicalizeLocaleList (9.2.1), before the host makes each canonical. */
export function localeList(locales: unknown): string[] {
  if (locales === undefined) return [];
  if (typeof locales === "string") return [locales];
  if (locales === null) throw new SafeTypeError("Cannot convert null to an object");
  const list: string[] = [];
  const object = Object(locales) as ArrayLike<unknown>;
  for (let i = 0, length = object.length >>> 0; i < length; i++) {
    if (!(i in object)) continue;
    const locale = object[i];
    if (typeof locale !== "string" && !isObject(locale)) throw new SafeTypeError("Language ID should be string or object.");
    ArrayPrototypePush(list, SafeString(locale));
  }
  return list;
}

/** The options of these names, as plain data. A name says what it is converted to: "?" boolean, "#" number, "=" boolean
 * or string, else string. */
function pick(options: unknown, names: readonly string[]): Options {
  const picked = ObjectCreate(null) as Options;
  if (options === undefined) return picked;
  if (options === null) throw new SafeTypeError("Cannot convert null to an object");
  const object = Object(options) as Options;
  for (let i = 0; i < names.length; i++) {
    const kind = names[i]![0]!;
    const name = kind === "?" || kind === "#" || kind === "=" ? StringPrototypeSlice(names[i], 1) : names[i]!;
    const value = object[name];
    if (value === undefined) continue;
    if (kind === "?") picked[name] = !!value;
    else if (kind === "#") picked[name] = +(value as number);
    else picked[name] = kind === "=" && typeof value === "boolean" ? value : SafeString(value);
  }
  return picked;
}

/** Makes the object of a service's resolved options; extra options are the caller's own. */
export function resolve(service: string, names: readonly string[], locales: unknown, options: unknown, extra?: Options): Resolved {
  const list = localeList(locales);
  const picked = pick(options, names);
  if (extra !== undefined) {
    const keys = ReflectOwnKeys(extra) as string[];
    for (let i = 0; i < keys.length; i++) picked[keys[i]!] = extra[keys[i]!];
  }
  return __host.resolve(service, list, { ...picked });
}

/**
 * Makes a constructor. Those of the first edition can be called without new. members are the methods and accessors of the prototype.
 */
export function service(name: string, names: readonly string[], members: object, callable = false): Constructor {
  const C = function (this: object, locales?: unknown, options?: unknown): object {
    if (new.target === undefined && !callable) throw new SafeTypeError("Constructor Intl." + name + " requires 'new'");
    const self = new.target === undefined ? (ObjectCreate(C.prototype) as object) : this;
    new State(self, name, resolve(name, names, locales, options));
    return self;
  } as unknown as Constructor;
  define(C, "name", name, false);
  define(C, "length", 0, false);
  ObjectDefineProperty(C, "prototype", { __proto__: null, writable: false } as PropertyDescriptor);
  methods(C, {
    supportedLocalesOf(locales: unknown): string[] {
      return __host.supported(name, localeList(locales));
    },
  });
  methods(C.prototype, members);
  methods(C.prototype, {
    resolvedOptions(): Resolved {
      return { ...State.resolved(this, name) };
    },
  });
  tag(C.prototype, "Intl." + name);
  return C;
}

/** Copies methods and accessors, not enumerable. */
export function methods(target: object, members: object): void {
  const keys = ReflectOwnKeys(members);
  for (let i = 0; i < keys.length; i++) {
    const descriptor = ObjectGetOwnPropertyDescriptor(members, keys[i]!)!;
    descriptor.enumerable = false;
    ObjectDefineProperty(target, keys[i]!, descriptor);
  }
}

function define(target: object, key: string, value: unknown, writable: boolean): void {
  ObjectDefineProperty(target, key, { __proto__: null, value, writable, enumerable: false, configurable: true } as PropertyDescriptor);
}

/** The parts of formatted text, of pairs of types and texts. */
export function partsOf(pairs: string[], extra?: (type: string) => object | undefined): object[] {
  const parts: object[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const part = { type: pairs[i]!, value: pairs[i + 1]! };
    ArrayPrototypePush(parts, extra === undefined ? part : { ...part, ...extra(part.type) });
  }
  return parts;
}
