// node:util/types, https://nodejs.org/api/util.html#utiltypes. isProxy and isExternal are false of everything: a script cannot
// tell a proxy from its target.

import { AsyncFunctionPrototype, AsyncGeneratorFunctionPrototype, GeneratorFunctionPrototype } from "../internal/primordials.ts";

type Test = (value: unknown) => boolean;

/** A test that holds where the method, which throws on every other type, does not throw. */
function accepts(method: Function, ...args: unknown[]): Test {
  return (value) => {
    try {
      method.apply(value, args);
      return true;
    } catch {
      return false;
    }
  };
}

function getter(prototype: object, key: PropertyKey): Function {
  return Object.getOwnPropertyDescriptor(prototype, key)!.get!;
}

const isObject: Test = (value) => typeof value === "object" && value !== null;
const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
const typedArrayName = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const chainHas = (prototype: object): Test => (value) =>
  typeof value === "function" && Object.prototype.isPrototypeOf.call(prototype, value);

const isAsync = [chainHas(AsyncFunctionPrototype), chainHas(AsyncGeneratorFunctionPrototype)];
const isGenerator = [chainHas(GeneratorFunctionPrototype), chainHas(AsyncGeneratorFunctionPrototype)];
const hasLength = accepts(getter(ArrayBuffer.prototype, "byteLength"));
const hasSharedLength = accepts(getter(SharedArrayBuffer.prototype, "byteLength"));
const boxed = [Number, String, Boolean, BigInt, Symbol].map((Class) => accepts(Class.prototype.valueOf));
const isBoxed = (index: number): Test => (value) => isObject(value) && boxed[index]!(value);
const iteratorOf = (tag: string): Test => (value) => isObject(value) && tagOf(value) === tag;

const types = {
  isArrayBuffer: hasLength,
  isSharedArrayBuffer: hasSharedLength,
  isAnyArrayBuffer: ((value) => hasLength(value) || hasSharedLength(value)) as Test,
  isArrayBufferView: ArrayBuffer.isView as Test,
  isTypedArray: ((value) => ArrayBuffer.isView(value) && typedArrayName.call(value) !== undefined) as Test,
  isDataView: ((value) => ArrayBuffer.isView(value) && typedArrayName.call(value) === undefined) as Test,
  isArgumentsObject: ((value) => isObject(value) && !(Symbol.toStringTag in (value as object)) && tagOf(value) === "Arguments") as Test,
  isAsyncFunction: ((value) => isAsync.some((is) => is(value))) as Test,
  isGeneratorFunction: ((value) => isGenerator.some((is) => is(value))) as Test,
  isGeneratorObject: ((value) => isObject(value) && /^(Async)?Generator$/.test(tagOf(value))) as Test,
  isNumberObject: isBoxed(0),
  isStringObject: isBoxed(1),
  isBooleanObject: isBoxed(2),
  isBigIntObject: isBoxed(3),
  isSymbolObject: isBoxed(4),
  isBoxedPrimitive: ((value) => isObject(value) && boxed.some((is) => is(value))) as Test,
  isDate: accepts(Date.prototype.getTime),
  isRegExp: ((value) => value !== RegExp.prototype && accepts(getter(RegExp.prototype, "source"))(value)) as Test,
  isMap: accepts(getter(Map.prototype, "size")),
  isSet: accepts(getter(Set.prototype, "size")),
  isWeakMap: accepts(WeakMap.prototype.has, {}),
  isWeakSet: accepts(WeakSet.prototype.has, {}),
  isMapIterator: iteratorOf("Map Iterator"),
  isSetIterator: iteratorOf("Set Iterator"),
  isPromise: ((value) => isObject(value) && tagOf(value) === "Promise" && value instanceof Promise) as Test,
  isNativeError: (Error as unknown as { isError: Test }).isError,
  isModuleNamespaceObject: ((value) => isObject(value) && Object.getPrototypeOf(value) === null && tagOf(value) === "Module") as Test,
  isProxy: (() => false) as Test,
  isExternal: (() => false) as Test,
  isCryptoKey: ((value) => isObject(value) && tagOf(value) === "CryptoKey") as Test,
  isKeyObject: ((value) => isObject(value) && /KeyObject$/.test((value as object).constructor?.name ?? "")) as Test,
};

for (const name of ["Uint8Array", "Uint8ClampedArray", "Uint16Array", "Uint32Array", "Int8Array", "Int16Array", "Int32Array",
  "Float16Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"]) {
  (types as Record<string, Test>)["is" + name] = (value) => ArrayBuffer.isView(value) && typedArrayName.call(value) === name;
}

export default types;
