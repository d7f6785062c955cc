// StructuredSerializeInternal (https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal).

import {
  ArrayBufferPrototypeGetByteLength,
  ArrayBufferPrototypeGetDetached,
  ArrayBufferPrototypeGetMaxByteLength,
  ArrayBufferPrototypeGetResizable,
  ArrayBufferPrototypeTransferToFixedLength,
  ArrayPrototypePush,
  BigIntPrototypeValueOf,
  BooleanPrototypeValueOf,
  DatePrototypeGetTime,
  MapEntriesNext,
  MapPrototypeEntries,
  MapPrototypeGet,
  MapPrototypeHas,
  MapPrototypeSet,
  NumberPrototypeValueOf,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectKeys,
  ObjectPrototype,
  ObjectPrototypeHasOwnProperty,
  RegExpPrototypeGetFlags,
  RegExpPrototypeGetSource,
  SafeDate,
  SafeMap,
  SafeSet,
  SafeString,
  SafeUint8Array,
  SetPrototypeAdd,
  SetPrototypeValues,
  SetValuesNext,
  StringPrototypeEndsWith,
  StringPrototypeSlice,
  StringPrototypeValueOf,
  TypedArrayPrototypeGetLength,
  viewBuffer,
  viewByteLength,
  viewByteOffset,
} from "../internal/primordials.ts";
import { isPlatformObject } from "../internal/webidl.ts";
import { dataCloneError, kindOf, viewTypes } from "./base.ts";
import { AGAIN, BOXED, DEEP, ERROR, MAP, PLATFORM, REGEXP, RESIZABLE, SET, SPARSE, VIEW, WHOLE } from "./nodes.ts";
import { cloneableOf, transferableOf } from "./platform.ts";

/** How many containers may lie in each other before the next one is written beside the tree. */
const depthMax = 48;

const errorNames = { __proto__: null, EvalError: 1, RangeError: 1, ReferenceError: 1, SyntaxError: 1, TypeError: 1, URIError: 1 };

/** Writes one value, with what is transferred. */
export class Writer {
  /** The numbers of the objects seen; below 0: place of one that lies deep and has not been written yet. */
  #numbers = new SafeMap<object, number>();
  #count = 0;
  #nodes = false;
  #deep: object[] = [];
  #sub = (value: unknown): unknown => this.#write(value, 0);

  /** The value as plain data that shares nothing with it. */
  whole(value: unknown, transfer: object[]): unknown {
    for (let i = 0; i < transfer.length; i++) {
      const object = transfer[i]!;
      if (MapPrototypeHas(this.#numbers, object)) throw dataCloneError("an object is transferred twice");
      if (kindOf(object) !== "ArrayBuffer" && transferableOf(object) === undefined) {
        throw dataCloneError("an object that cannot be transferred is in the list");
      }
      this.#number(object);
    }
    const tree = this.#write(value, 0);
    const deep: unknown[] = [];
    for (let i = 0; i < this.#deep.length; i++) deep[i] = this.#object(this.#deep[i]!, 0);
    if (!this.#nodes && transfer.length === 0) return tree;
    const transferred: unknown[] = [];
    for (let i = 0; i < transfer.length; i++) transferred[i] = detach(transfer[i]!);
    return [, WHOLE, tree, transferred, deep];
  }

  #number(object: object): void {
    MapPrototypeSet(this.#numbers, object, this.#count++);
  }

  #node(node: unknown[]): unknown[] {
    this.#nodes = true;
    return node;
  }

  #write(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case "object":
        if (value === null) return null;
        break;
      case "function":
        throw dataCloneError("a function cannot be cloned");
      case "symbol":
        throw dataCloneError("a symbol cannot be cloned");
      default:
        return value;
    }
    const known = MapPrototypeGet(this.#numbers, value);
    if (known === undefined) return this.#object(value, depth);
    return this.#node(known < 0 ? [, DEEP, -known - 1] : [, AGAIN, known]);
  }

  #object(value: object, depth: number): unknown {
    const kind = kindOf(value);
    switch (kind) {
      case "Object":
      case "Arguments":
      case "Array":
      case "Dense":
      case "Map":
      case "Set":
      case "Error":
        return depth > depthMax ? this.#later(value) : this.#container(kind, value, depth + 1);
      case "Date":
        this.#number(value);
        return new SafeDate(DatePrototypeGetTime(value));
      case "RegExp":
        this.#number(value);
        return this.#node([, REGEXP, RegExpPrototypeGetSource(value), RegExpPrototypeGetFlags(value)]);
      case "Number":
        this.#number(value);
        return this.#node([, BOXED, NumberPrototypeValueOf(value)]);
      case "String":
        this.#number(value);
        return this.#node([, BOXED, StringPrototypeValueOf(value)]);
      case "Boolean":
        this.#number(value);
        return this.#node([, BOXED, BooleanPrototypeValueOf(value)]);
      case "BigInt":
        this.#number(value);
        return this.#node([, BOXED, BigIntPrototypeValueOf(value)]);
      case "ArrayBuffer":
        return this.#buffer(value as ArrayBuffer);
    }
    if (StringPrototypeEndsWith(kind, "*")) return this.#view(value, StringPrototypeSlice(kind, 0, -1), true);
    if (MapPrototypeHas(viewTypes, kind)) return this.#view(value, kind, false);
    throw dataCloneError("a value of the type " + kind + " cannot be cloned");
  }

  #later(value: object): unknown {
    ArrayPrototypePush(this.#deep, value);
    MapPrototypeSet(this.#numbers, value, -this.#deep.length);
    return this.#node([, DEEP, this.#deep.length - 1]);
  }

  #container(kind: string, value: object, depth: number): unknown {
    if (isPlatformObject(value)) {
      const found = cloneableOf(value);
      if (found === undefined) throw dataCloneError("an object of its interface cannot be cloned");
      this.#number(value);
      return this.#node([, PLATFORM, found.name, found.kind.write(value, this.#sub)]);
    }
    this.#number(value);
    switch (kind) {
      case "Dense":
        return this.#dense(value as unknown[], depth);
      case "Array":
        return this.#sparse(value as unknown[], depth);
      case "Map":
        return this.#map(value as Map<unknown, unknown>, depth);
      case "Set":
        return this.#set(value as Set<unknown>, depth);
      case "Error":
        return this.#error(value, depth);
    }
    return this.#plain(value as Record<string, unknown>, depth);
  }

  #plain(value: Record<string, unknown>, depth: number): unknown {
    const keys = ObjectKeys(value);
    const out: Record<string, unknown> = {};
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const item = value[key];
      if (item === undefined && !ObjectPrototypeHasOwnProperty(value, key)) continue; // a getter deleted it
      set(out, key, this.#write(item, depth));
    }
    return out;
  }

  #dense(value: unknown[], depth: number): unknown {
    const out: unknown[] = [];
    const length = value.length; // a getter may change it
    for (let i = 0; i < length; i++) out[i] = this.#write(value[i], depth);
    return out;
  }

  #sparse(value: unknown[], depth: number): unknown {
    const { length } = value;
    const keys = ObjectKeys(value);
    const names: string[] = [];
    const values: unknown[] = [];
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      if (!ObjectPrototypeHasOwnProperty(value, key)) continue;
      ArrayPrototypePush(names, key);
      ArrayPrototypePush(values, this.#write((value as unknown as Record<string, unknown>)[key], depth));
    }
    return this.#node([, SPARSE, length, names, values]);
  }

  /** The entries are taken before any of them is written: a getter may change the map. */
  #map(value: Map<unknown, unknown>, depth: number): unknown {
    const list: unknown[] = [];
    let objects = false;
    const entries = MapPrototypeEntries(value);
    for (let next = MapEntriesNext(entries); !next.done; next = MapEntriesNext(entries)) {
      const key = next.value[0];
      const item = next.value[1];
      ArrayPrototypePush(list, key);
      ArrayPrototypePush(list, item);
      objects ||= !isPrimitive(key) || !isPrimitive(item);
    }
    if (objects) return this.#node([, MAP, this.#dense(list, depth)]);
    const out = new SafeMap();
    for (let i = 0; i < list.length; i += 2) MapPrototypeSet(out, list[i], list[i + 1]);
    return out;
  }

  #set(value: Set<unknown>, depth: number): unknown {
    const list: unknown[] = [];
    let objects = false;
    const values = SetPrototypeValues(value);
    for (let next = SetValuesNext(values); !next.done; next = SetValuesNext(values)) {
      ArrayPrototypePush(list, next.value);
      objects ||= !isPrimitive(next.value);
    }
    if (objects) return this.#node([, SET, this.#dense(list, depth)]);
    const out = new SafeSet();
    for (let i = 0; i < list.length; i++) SetPrototypeAdd(out, list[i]);
    return out;
  }

  #error(value: object, depth: number): unknown {
    const name = (value as Error).name as unknown;
    const message = ownData(value, "message");
    const stack = ownData(value, "stack");
    const cause = ownData(value, "cause");
    return this.#node([
      ,
      ERROR,
      typeof name === "string" && name in errorNames ? name : "Error",
      message === undefined ? undefined : SafeString(message[0]),
      stack !== undefined && typeof stack[0] === "string" ? stack[0] : undefined,
      cause === undefined ? [] : [this.#write(cause[0], depth)],
    ]);
  }

  #buffer(value: ArrayBuffer): unknown {
    if (ArrayBufferPrototypeGetDetached(value)) throw dataCloneError("a detached ArrayBuffer cannot be cloned");
    this.#number(value);
    const bytes = copyOf(value);
    if (!ArrayBufferPrototypeGetResizable(value)) return bytes;
    return this.#node([, RESIZABLE, bytes, ArrayBufferPrototypeGetMaxByteLength(value)]);
  }

  /** A view takes a number, and its buffer the next one. */
  #view(value: object, kind: string, tracks: boolean): unknown {
    const buffer = viewBuffer(value) as ArrayBuffer;
    if (kindOf(buffer) !== "ArrayBuffer") throw dataCloneError("a view of shared memory cannot be cloned");
    if (ArrayBufferPrototypeGetDetached(buffer)) throw dataCloneError("a view of a detached ArrayBuffer cannot be cloned");
    let offset: number, bytes: number;
    try {
      offset = viewByteOffset(value);
      bytes = viewByteLength(value);
    } catch {
      throw dataCloneError("a view beyond its buffer cannot be cloned");
    }
    this.#number(value);
    const View = MapPrototypeGet(viewTypes, kind)!;
    const whole = offset === 0 && bytes === ArrayBufferPrototypeGetByteLength(buffer);
    if (whole && !ArrayBufferPrototypeGetResizable(buffer) && !MapPrototypeHas(this.#numbers, buffer)) {
      this.#number(buffer);
      return new View(copyOf(buffer));
    }
    const length = tracks ? undefined : kind === "DataView" ? bytes : TypedArrayPrototypeGetLength(value);
    return this.#node([, VIEW, kind, this.#write(buffer, 0), offset, length]);
  }
}

/** A list of the value of an own data property; undefined where there is none. */
function ownData(value: object, key: string): [unknown] | undefined {
  const descriptor = ObjectGetOwnPropertyDescriptor(value, key);
  return descriptor !== undefined && ObjectPrototypeHasOwnProperty(descriptor, "value") ? [descriptor.value] : undefined;
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");
}

/** Defines a property of a fresh object. What Object.prototype has too is not assigned: it may be a setter. */
function set(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key in ObjectPrototype) {
    ObjectDefineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
  } else {
    object[key] = value;
  }
}

function copyOf(buffer: ArrayBuffer): ArrayBuffer {
  return viewBuffer(new SafeUint8Array(new SafeUint8Array(buffer))) as ArrayBuffer;
}

/** The transfer steps of one object. */
function detach(object: object): unknown {
  const found = transferableOf(object);
  if (found !== undefined) return [, PLATFORM, found.name, found.kind.detach(object)];
  const buffer = object as ArrayBuffer;
  if (ArrayBufferPrototypeGetDetached(buffer)) throw dataCloneError("a detached ArrayBuffer cannot be transferred");
  const max = ArrayBufferPrototypeGetResizable(buffer) ? ArrayBufferPrototypeGetMaxByteLength(buffer) : undefined;
  const bytes = ArrayBufferPrototypeTransferToFixedLength(buffer);
  return max === undefined ? bytes : [, RESIZABLE, bytes, max];
}
