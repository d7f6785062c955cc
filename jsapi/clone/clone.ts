// The internal group "clone": structured clones, after the HTML Standard
// (https://html.spec.whatwg.org/multipage/structured-data.html).

import { DOMException, isDOMException } from "../events/events.ts";
import { ObjectDefineProperty } from "../internal/primordials.ts";
import { toDictionary, toSequence, requireArguments, toObject } from "../internal/webidl.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";
import { registerCloneable } from "./platform.ts";

export { registerCloneable, registerTransferable } from "./platform.ts";
export type { Cloneable, Sub, Transferable } from "./platform.ts";
export { dataCloneError } from "./base.ts";

/**
 * The value as plain data that shares nothing with it, to be handed to another context as it is. What is transferred is detached.
 * Throws a DataCloneError.
 */
export function serialize(value: unknown, transfer: object[] = []): unknown {
  return new Writer().whole(value, transfer);
}

/** The value of data that serialize made, which is used up. Throws a DataCloneError for what is no such data. */
export function deserialize(data: unknown): unknown {
  return deserializeWithTransfer(data).value;
}

/** As deserialize, with the objects that were transferred, in the order of the list. */
export function deserializeWithTransfer(data: unknown): { value: unknown; transferred: unknown[] } {
  const reader = new Reader();
  const value = reader.whole(data);
  return { value, transferred: reader.transferred };
}

/** The method structuredClone of the global. */
export function structuredClone(value: unknown, options?: unknown): unknown {
  requireArguments(arguments.length, 1, "structuredClone");
  return deserialize(serialize(value, transferOf(options, "structuredClone")));
}

/** The list of a StructuredSerializeOptions. */
export function transferOf(options: unknown, where: string): object[] {
  const { transfer } = toDictionary(options, where) as { transfer?: unknown };
  return transfer === undefined ? [] : toSequence(transfer, toObject, where);
}

// A QuotaExceededError is a DOMException to those that read it.
registerCloneable<DOMException>("DOMException", {
  is: isDOMException,
  write: (exception) => [exception.message, exception.name, exception.stack],
  read: ([message, name, stack]: [string, string, string]) => {
    const exception = new DOMException(message, name);
    ObjectDefineProperty(exception, "stack", {
      __proto__: null, value: stack, writable: true, enumerable: false, configurable: true,
    } as PropertyDescriptor);
    return exception;
  },
});

export default {};
