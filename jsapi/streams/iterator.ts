import {
  ObjectCreate,
  ObjectDefineProperty,
  ObjectGetPrototypeOf,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  type Deferred,
  SafeTypeError,
  SymbolAsyncIterator,
} from "../internal/primordials.ts";
import { tag, toBoolean, toDictionary } from "../internal/webidl.ts";
import { settled } from "./promises.ts";
import type { ReadRequest, ReadResult, Reader } from "./readers.ts";

const { setPrototypeOf } = Object;
const AsyncIteratorPrototype = ObjectGetPrototypeOf(
  ObjectGetPrototypeOf((async function* () {}).prototype) as object,
) as object;

/** A read of an iterator, which releases the stream when there is nothing more to read. */
class IteratorRead implements ReadRequest {
  private readonly made: Deferred<ReadResult> = PromiseWithResolvers<ReadResult>();

  constructor(private readonly reader: Reader) {}

  get promise(): Promise<ReadResult> {
    return this.made.promise;
  }

  chunk(value: unknown): void {
    this.made.resolve({ value, done: false });
  }

  close(): void {
    this.reader.release();
    this.made.resolve({ value: undefined, done: true });
  }

  error(reason: unknown): void {
    this.reader.release();
    this.made.reject(reason);
  }
}

/**
 * The default asynchronous iterator of a stream (https://streams.spec.whatwg.org/#rs-asynciterator): one step at a time,
 * as Web IDL has it (https://webidl.spec.whatwg.org/#dfn-asynchronous-iterator-prototype-object).
 */
export class StreamIterator {
  #reader: Reader;
  #preventCancel: boolean;
  #ongoing: Promise<ReadResult> | undefined = undefined;
  #finished = false;

  constructor(reader: Reader, preventCancel: boolean) {
    this.#reader = reader;
    this.#preventCancel = preventCancel;
  }

  static next(self: StreamIterator): Promise<ReadResult> {
    return StreamIterator.#after(self, () => self.#step());
  }

  static return(self: StreamIterator, value: unknown): Promise<ReadResult> {
    return StreamIterator.#after(self, () => self.#end(value));
  }

  static #after(self: StreamIterator, step: () => Promise<ReadResult>): Promise<ReadResult> {
    try {
      const ongoing = self.#ongoing;
      return (self.#ongoing = ongoing === undefined ? step() : PromisePrototypeThen(ongoing, step, step));
    } catch {
      return PromiseReject(new SafeTypeError("not an iterator of a ReadableStream"));
    }
  }

  #step(): Promise<ReadResult> {
    if (this.#finished) return PromiseResolve({ value: undefined, done: true });
    const request = new IteratorRead(this.#reader);
    this.#reader.read(request);
    return PromisePrototypeThen(
      request.promise,
      (result) => {
        this.#ongoing = undefined;
        if (result.done) this.#finished = true;
        return result;
      },
      (error) => {
        this.#ongoing = undefined;
        this.#finished = true;
        throw error;
      },
    );
  }

  #end(value: unknown): Promise<ReadResult> {
    if (this.#finished) return PromiseResolve({ value, done: true });
    this.#finished = true;
    const reader = this.#reader;
    const result = this.#preventCancel ? PromiseResolve(undefined) : reader.cancel(value);
    reader.release();
    return PromisePrototypeThen(settled(result), () => ({ value, done: true }));
  }
}

const { next, return: end } = StreamIterator;
const prototype = ObjectCreate(AsyncIteratorPrototype) as object;
define(prototype, {
  next() {
    return next(this as unknown as StreamIterator);
  },
  return(value: unknown) {
    return end(this as unknown as StreamIterator, value);
  },
});
tag(prototype, "ReadableStream AsyncIterator");

/** Gives the class values() and Symbol.asyncIterator. */
export function defineAsyncIterator(C: { prototype: object }, acquire: (stream: object) => Reader): void {
  const members = {
    values(options: unknown = undefined) {
      const where = "Failed to execute 'values' on 'ReadableStream': parameter 1";
      const stream = this;
      const preventCancel = toBoolean(toDictionary(options, where).preventCancel);
      return setPrototypeOf(new StreamIterator(acquire(stream), preventCancel), prototype);
    },
  };
  define(C.prototype, members);
  ObjectDefineProperty(C.prototype, SymbolAsyncIterator, {
    __proto__: null, value: members.values, writable: true, configurable: true,
  } as PropertyDescriptor);
}

function define(target: object, members: object): void {
  for (const name of Object.keys(members)) {
    ObjectDefineProperty(target, name, {
      __proto__: null, value: (members as any)[name], writable: true, enumerable: true, configurable: true,
    } as PropertyDescriptor);
  }
}
