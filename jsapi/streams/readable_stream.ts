import {
  ArrayBufferPrototypeGetByteLength,
  PromiseReject,
  SafeRangeError,
  SafeTypeError,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetName,
  viewBuffer,
  viewByteLength,
} from "../internal/primordials.ts";
import {
  defineInterface,
  requireArguments,
  toBoolean,
  toDictionary,
  toEnum,
  toObject,
  toUnsignedLongLong,
} from "../internal/webidl.ts";
import { type AbortSignal, isAbortSignal } from "../events/events.ts";
import { ByteController, ReadableByteStreamController } from "./byte_controller.ts";
import type { Source } from "./controller.ts";
import { DefaultController, ReadableStreamDefaultController } from "./default_controller.ts";
import { readableFrom } from "./from.ts";
import { defineAsyncIterator, type StreamIterator } from "./iterator.ts";
import { type PipeOptions, pipe } from "./pipe.ts";
import { handle, method } from "./promises.ts";
import { Readable } from "./readable.ts";
import { PromisedRead, type ReadResult, Reader } from "./readers.ts";
import { type Strategy, highWaterMarkOf, strategyOf } from "./strategies.ts";
import { teeReadable } from "./tee.ts";
import { requireAttached, toView } from "./views.ts";
import { type WritableStream, isWritableStream, writableOf } from "./writable_stream.ts";

/** The slots of a ReadableStream; a TypeError for every other value. */
export let readableOf: (stream: unknown) => Readable;
export let isReadableStream: (value: unknown) => value is ReadableStream;

/** https://streams.spec.whatwg.org/#rs-class */
export class ReadableStream {
  #it: Readable;

  static {
    isReadableStream = (value): value is ReadableStream => typeof value === "object" && value !== null && #it in value;
    readableOf = (stream) => {
      if (!isReadableStream(stream)) throw new SafeTypeError("not a ReadableStream");
      return stream.#it;
    };
  }

  constructor(source: unknown = undefined, strategy: unknown = undefined) {
    if (source instanceof Readable) {
      this.#it = source;
      return;
    }
    const where = "Failed to construct 'ReadableStream'";
    if (source !== undefined) toObject(source, where + ": parameter 1");
    const converted = strategyOf(strategy, where + ": parameter 2");
    this.#it = new Readable();
    startSource(this.#it, source as object | undefined, converted);
  }

  static from(asyncIterable: unknown): ReadableStream {
    requireArguments(arguments.length, 1, "Failed to execute 'from' on 'ReadableStream'");
    return new ReadableStream(readableFrom(asyncIterable));
  }

  get locked(): boolean {
    return this.#it.reader !== undefined;
  }

  cancel(reason: unknown = undefined): Promise<undefined> {
    try {
      const it = this.#it;
      return it.reader === undefined ? it.cancel(reason) : PromiseReject(lockedError());
    } catch (error) {
      return PromiseReject(error);
    }
  }

  getReader(options: unknown = undefined): ReadableStreamDefaultReader | ReadableStreamBYOBReader {
    this.#it; // the brand check
    const where = "Failed to execute 'getReader' on 'ReadableStream': ";
    const { mode } = toDictionary(options, where + "parameter 1");
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    toEnum(mode, ["byob"], where + "mode");
    return new ReadableStreamBYOBReader(this);
  }

  pipeThrough(transform: { readable: ReadableStream; writable: WritableStream }, options: unknown = undefined): ReadableStream {
    const it = this.#it;
    const where = "Failed to execute 'pipeThrough' on 'ReadableStream'";
    requireArguments(arguments.length, 1, where);
    const given = toDictionary(transform, where + ": parameter 1");
    const { readable } = given;
    if (!isReadableStream(readable)) throw new SafeTypeError(where + ": readable is not a ReadableStream.");
    const { writable } = given;
    if (!isWritableStream(writable)) throw new SafeTypeError(where + ": writable is not a WritableStream.");
    const converted = pipeOptions(options, where);
    if (it.reader !== undefined) throw lockedError();
    const destination = writableOf(writable);
    if (destination.writer !== undefined) throw new SafeTypeError("the transform's writable is locked");
    handle(pipe(it, destination, converted));
    return readable;
  }

  pipeTo(destination: WritableStream, options: unknown = undefined): Promise<undefined> {
    try {
      const it = this.#it;
      const where = "Failed to execute 'pipeTo' on 'ReadableStream'";
      requireArguments(arguments.length, 1, where);
      const to = writableOf(destination);
      const converted = pipeOptions(options, where);
      if (it.reader !== undefined) throw lockedError();
      if (to.writer !== undefined) throw new SafeTypeError("the destination is locked");
      return pipe(it, to, converted);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  tee(): [ReadableStream, ReadableStream] {
    const [first, second] = teeReadable(this.#it);
    return [new ReadableStream(first), new ReadableStream(second)];
  }

  /** values() and Symbol.asyncIterator, see iterator.ts */
  declare values: (options?: unknown) => StreamIterator;
}

function lockedError(): TypeError {
  return new SafeTypeError("the stream is locked to a reader");
}

function pipeOptions(options: unknown, where: string): PipeOptions {
  const given = toDictionary(options, where + ": options");
  const preventAbort = toBoolean(given.preventAbort);
  const preventCancel = toBoolean(given.preventCancel);
  const preventClose = toBoolean(given.preventClose);
  const { signal } = given;
  if (signal !== undefined && !isAbortSignal(signal)) throw new SafeTypeError(where + ": signal is not an AbortSignal.");
  return { preventAbort, preventCancel, preventClose, signal: signal as AbortSignal | undefined };
}

function startSource(stream: Readable, object: object | undefined, strategy: Strategy): void {
  const where = "the underlying source's ";
  const source: Source = { self: object, ours: false, handle: undefined, start: undefined, pull: undefined, cancel: undefined };
  let autoAllocate: number | undefined;
  let bytes = false;
  if (object !== undefined) {
    const given = object as { autoAllocateChunkSize?: unknown; type?: unknown };
    const size = given.autoAllocateChunkSize;
    if (size !== undefined) autoAllocate = toUnsignedLongLong(size, where + "autoAllocateChunkSize", "enforce");
    source.cancel = method(object, "cancel", where);
    source.pull = method(object, "pull", where);
    source.start = method(object, "start", where);
    const { type } = given;
    if (type !== undefined) {
      toEnum(type, ["bytes"], where + "type");
      bytes = true;
    }
  }
  if (bytes) {
    if (strategy.size !== undefined) throw new SafeRangeError("a stream of bytes takes no strategy with a size");
    const highWaterMark = highWaterMarkOf(strategy, 0);
    if (autoAllocate === 0) throw new SafeTypeError(where + "autoAllocateChunkSize is 0");
    const controller = new ByteController(stream, highWaterMark, autoAllocate);
    source.handle = new (ReadableByteStreamController as any)(controller);
    controller.start(source);
  } else {
    const controller = new DefaultController(stream, highWaterMarkOf(strategy, 1), strategy.size);
    source.handle = new (ReadableStreamDefaultController as any)(controller);
    controller.start(source);
  }
}

/** https://streams.spec.whatwg.org/#default-reader-class */
export class ReadableStreamDefaultReader {
  #it: Reader;

  constructor(stream: ReadableStream) {
    requireArguments(arguments.length, 1, "Failed to construct 'ReadableStreamDefaultReader'");
    this.#it = new Reader(readableOf(stream));
  }

  get closed(): Promise<undefined> {
    try {
      return this.#it.closed.promise;
    } catch (error) {
      return PromiseReject(error);
    }
  }

  cancel(reason: unknown = undefined): Promise<undefined> {
    try {
      return this.#it.cancel(reason);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  read(): Promise<ReadResult> {
    try {
      return this.#it.next();
    } catch (error) {
      return PromiseReject(error);
    }
  }

  releaseLock(): void {
    this.#it.release();
  }
}

/** https://streams.spec.whatwg.org/#byob-reader-class */
export class ReadableStreamBYOBReader {
  #it: Reader;

  constructor(stream: ReadableStream) {
    requireArguments(arguments.length, 1, "Failed to construct 'ReadableStreamBYOBReader'");
    this.#it = new Reader(readableOf(stream), true);
  }

  get closed(): Promise<undefined> {
    try {
      return this.#it.closed.promise;
    } catch (error) {
      return PromiseReject(error);
    }
  }

  cancel(reason: unknown = undefined): Promise<undefined> {
    try {
      return this.#it.cancel(reason);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  read(view: ArrayBufferView, options: unknown = undefined): Promise<ReadResult> {
    try {
      const it = this.#it;
      const where = "Failed to execute 'read' on 'ReadableStreamBYOBReader'";
      requireArguments(arguments.length, 1, where);
      toView(view, where + ": parameter 1");
      const given = toDictionary(options, where + ": parameter 2").min;
      const min = given === undefined ? 1 : toUnsignedLongLong(given, where + ": min", "enforce");
      requireReadable(view, min);
      const request = new PromisedRead();
      it.readInto(view, min, request);
      return request.promise;
    } catch (error) {
      return PromiseReject(error);
    }
  }

  releaseLock(): void {
    this.#it.release();
  }
}

/** Throws unless the view can be filled with min elements. */
function requireReadable(view: ArrayBufferView, min: number): void {
  if (viewByteLength(view) === 0) throw new SafeTypeError("the view is empty or detached");
  if (ArrayBufferPrototypeGetByteLength(viewBuffer(view)) === 0) throw new SafeTypeError("the view's buffer is empty");
  requireAttached(view);
  if (min === 0) throw new SafeTypeError("min is 0");
  const length = TypedArrayPrototypeGetName(view) === undefined ? viewByteLength(view) : TypedArrayPrototypeGetLength(view);
  if (min > length) throw new SafeRangeError("min is more than the view has room for");
}

defineInterface(ReadableStream);
defineInterface(ReadableStreamDefaultReader);
defineInterface(ReadableStreamBYOBReader);
defineAsyncIterator(ReadableStream, (stream) => new Reader(readableOf(stream)));
