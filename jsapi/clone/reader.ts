// StructuredDeserialize (https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserialize), of data that is its own:
// containers become what they stand for in their place. The data may have come from another context, so it is held to be what the
// writer makes only as far as nothing worse than a DataCloneError comes of it.

import {
  ArrayBufferPrototypeGetByteLength,
  ArrayIsArray,
  ArrayPrototypePush,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectDefineProperty,
  ObjectKeys,
  SafeArrayBuffer,
  SafeError,
  SafeMap,
  SafeObject,
  SafeRegExp,
  SafeSet,
  SafeUint8Array,
  SetPrototypeAdd,
  TypedArrayPrototypeSet,
  global,
  viewBuffer,
} from "../internal/primordials.ts";
import { dataCloneError, kindOf, viewTypes } from "./base.ts";
import {
  AGAIN, BOXED, DEEP, ERROR, MAP, type Node, PLATFORM, REGEXP, RESIZABLE, SET, SPARSE, VIEW, WHOLE, isNode,
} from "./nodes.ts";
import { cloneableCalled, transferableCalled } from "./platform.ts";

type Holder = Record<PropertyKey, unknown>;

const errorTypes = { __proto__: null } as unknown as Record<string, ErrorConstructor>;
for (const name of ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"]) {
  errorTypes[name] = (global as unknown as Record<string, ErrorConstructor>)[name]!;
}

const malformed = () => dataCloneError("the data is not that of a clone");

/** Reads one value. */
export class Reader {
  /** What was transferred, in the order of the list. */
  transferred: unknown[] = [];
  #objects: unknown[] = [];
  /** Where objects belong that lie deep: holder, key, place, in turn. */
  #gaps: unknown[] = [];
  /** Objects to complete once nothing is missing: node, object, in turn. */
  #open: unknown[] = [];
  #sub = (data: unknown): unknown => this.#part(data, this.#objects as unknown as Holder, -1);

  whole(data: unknown): unknown {
    if (!isNode(data)) return data;
    const tree = data[2], transferred = data[3], deep = data[4];
    if (data[1] !== WHOLE || !ArrayIsArray(transferred) || !ArrayIsArray(deep)) throw malformed();
    for (let i = 0; i < transferred.length; i++) {
      this.transferred[i] = this.#attach(transferred[i]);
    }
    const root: Holder = { value: tree };
    this.#fill(root, "value");
    for (let i = 0; i < deep.length; i++) this.#fill(deep as unknown as Holder, i);
    for (let i = 0; i < this.#gaps.length; i += 3) {
      (this.#gaps[i] as Holder)[this.#gaps[i + 1] as PropertyKey] = deep[this.#gaps[i + 2] as number];
    }
    for (let i = 0; i < this.#open.length; i += 2) complete(this.#open[i] as Node, this.#open[i + 1] as object);
    return root.value;
  }

  #attach(data: unknown): unknown {
    let object: unknown = data;
    if (isNode(data) && data[1] === PLATFORM) {
      const kind = transferableCalled(data[2]);
      if (kind === undefined) throw dataCloneError("this context has no " + (data[2] as string));
      object = kind.attach(data[3]);
    } else if (isNode(data) && data[1] === RESIZABLE) {
      object = resizable(data);
    }
    ArrayPrototypePush(this.#objects, object);
    return object;
  }

  #fill(holder: Holder, key: PropertyKey): void {
    const data = holder[key];
    if (typeof data === "object" && data !== null) holder[key] = this.#part(data, holder, key);
  }

  #items(list: unknown): void {
    if (!ArrayIsArray(list)) throw malformed();
    for (let i = 0; i < list.length; i++) this.#fill(list as unknown as Holder, i);
  }

  /** What the data at a holder's key stands for. */
  #part(data: unknown, holder: Holder, key: PropertyKey): unknown {
    if (typeof data !== "object" || data === null) return data;
    if (isNode(data)) return this.#node(data, holder, key);
    ArrayPrototypePush(this.#objects, data);
    if (ArrayIsArray(data)) {
      this.#items(data);
      return data;
    }
    const kind = kindOf(data);
    if (kind === "Object") {
      const keys = ObjectKeys(data);
      for (let i = 0; i < keys.length; i++) this.#fill(data as Holder, keys[i]!);
    } else if (MapPrototypeGet(viewTypes, kind) !== undefined) {
      ArrayPrototypePush(this.#objects, viewBuffer(data));
    }
    return data;
  }

  #node(node: Node, holder: Holder, key: PropertyKey): unknown {
    const at = this.#objects.length;
    switch (node[1]) {
      case AGAIN:
        if (!(node[2] < at)) throw malformed();
        return this.#objects[node[2]];
      case DEEP:
        if (key === -1) throw malformed();
        ArrayPrototypePush(this.#gaps, holder);
        ArrayPrototypePush(this.#gaps, key);
        ArrayPrototypePush(this.#gaps, node[2]);
        return undefined;
    }
    this.#objects[at] = undefined; // its number, before those of its parts
    const object = this.#make(node, at);
    this.#objects[at] = object;
    return object;
  }

  #make(node: Node, at: number): unknown {
    switch (node[1]) {
      case SPARSE: {
        const list: unknown[] = [];
        list.length = node[2];
        return this.#container(list, node, at, 4);
      }
      case MAP:
        return this.#container(new SafeMap(), node, at, 2);
      case SET:
        return this.#container(new SafeSet(), node, at, 2);
      case ERROR:
        return this.#container(errorOf(node), node, at, 5);
      case REGEXP:
        return new SafeRegExp(node[2], node[3]);
      case BOXED:
        return SafeObject(node[2]);
      case RESIZABLE:
        return resizable(node);
      case VIEW: {
        const View = MapPrototypeGet(viewTypes, node[2] as string);
        if (View === undefined) throw malformed();
        this.#fill(node as unknown as Holder, 3);
        return new View(node[3], node[4], node[5]);
      }
      case PLATFORM: {
        const kind = cloneableCalled(node[2]);
        if (kind === undefined) throw dataCloneError("this context has no " + (node[2] as string));
        return kind.read(node[3], this.#sub);
      }
    }
    throw malformed();
  }

  /** Reads the parts of an object that is there already, since they may contain it. */
  #container(object: object, node: Node, at: number, parts: number): object {
    this.#objects[at] = object;
    this.#items(node[parts]);
    ArrayPrototypePush(this.#open, node);
    ArrayPrototypePush(this.#open, object);
    return object;
  }
}

function complete(node: Node, object: object): void {
  const list = node[2];
  switch (node[1]) {
    case MAP:
      for (let i = 0; i < list.length; i += 2) MapPrototypeSet(object as Map<unknown, unknown>, list[i], list[i + 1]);
      break;
    case SET:
      for (let i = 0; i < list.length; i++) SetPrototypeAdd(object, list[i]);
      break;
    case SPARSE:
      for (let i = 0; i < node[3].length; i++) define(object, node[3][i], node[4][i], true);
      break;
    case ERROR:
      if (node[5].length > 0) define(object, "cause", node[5][0], false);
  }
}

function errorOf(node: Node): Error {
  const Type = errorTypes[node[2]] ?? SafeError;
  const error = new Type(node[3]);
  if (node[4] !== undefined) define(error, "stack", node[4], false);
  return error;
}

function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  ObjectDefineProperty(object, key, { __proto__: null, value, enumerable, writable: true, configurable: true } as PropertyDescriptor);
}

function resizable(node: Node): ArrayBuffer {
  const bytes = node[2] as ArrayBuffer;
  const buffer = new SafeArrayBuffer(ArrayBufferPrototypeGetByteLength(bytes), { maxByteLength: node[3] });
  TypedArrayPrototypeSet(new SafeUint8Array(buffer), new SafeUint8Array(bytes));
  return buffer;
}
