// The group "streams": the Streams Standard, https://streams.spec.whatwg.org, and what other groups make streams with.
//
// A script's object holds one of the group's own, which has the slots of the standard (Readable, Writable, Transform,
// Reader, Writer and the controllers): those call each other, never a method that a script could have replaced.

import {
  ArrayPrototypePush,
  type Deferred,
  PromiseWithResolvers,
  SafeTypeError,
  SafeUint8Array,
  TypedArrayPrototypeGetName,
  TypedArrayPrototypeSet,
  viewByteLength,
} from "../internal/primordials.ts";
import { expose } from "../internal/expose.ts";
import { ByteController, ReadableByteStreamController, ReadableStreamBYOBRequest } from "./byte_controller.ts";
import { DefaultController, ReadableStreamDefaultController } from "./default_controller.ts";
import { type PipeOptions, pipe } from "./pipe.ts";
import { handle } from "./promises.ts";
import { Readable } from "./readable.ts";
import {
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamDefaultReader,
  isReadableStream,
  readableOf,
} from "./readable_stream.ts";
import { type ReadRequest, Reader } from "./readers.ts";
import { ByteLengthQueuingStrategy, CountQueuingStrategy, type Size } from "./strategies.ts";
import { type Clone, teeReadable } from "./tee.ts";
import "./transfer.ts";
import { Transform, TransformStream, TransformStreamDefaultController, sidesOf } from "./transform.ts";
import { Writable, WritableController, Writer } from "./writable.ts";
import {
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
  isWritableStream,
  writableOf,
} from "./writable_stream.ts";

declare const __host: { chosen: boolean };

const classes = {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
};
expose(__host, classes);

export {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamDefaultReader,
  TransformStream,
  WritableStream,
  WritableStreamDefaultWriter,
  isReadableStream,
  isWritableStream,
  sidesOf,
};
export type { Reader, Transform, Writer };

/** What a group feeds a stream with. `this` is the object; the controller is one that scripts cannot tamper with. */
export interface GroupSource<C> {
  start?(controller: C): unknown;
  pull?(controller: C): unknown;
  cancel?(reason: unknown): unknown;
}

/** A stream of anything. The controller has enqueue, close, error and desiredSize; enqueue on a closed stream does nothing. */
export function readableStream(source: GroupSource<DefaultController> = {}, highWaterMark = 1, size?: Size): ReadableStream {
  const stream = new Readable();
  const controller = new DefaultController(stream, highWaterMark, size);
  const { start, pull, cancel } = source;
  controller.start({ self: source, ours: true, handle: controller, start, pull, cancel });
  return new ReadableStream(stream);
}

/**
 * A stream of bytes. The controller has enqueue(view), which takes the view's memory over, end, error, desiredSize and
 * byobRequest.
 */
export function readableByteStream(source: GroupSource<ByteController> = {}, highWaterMark = 0): ReadableStream {
  const stream = new Readable();
  const controller = new ByteController(stream, highWaterMark);
  const { start, pull, cancel } = source;
  controller.start({ self: source, ours: true, handle: controller, start, pull, cancel });
  return new ReadableStream(stream);
}

/** A stream that a group takes chunks from. `this` is the object; the controller has error (errorIfNeeded) and signal. */
export function writableStream(
  sink: {
    start?(controller: WritableController): unknown;
    write?(chunk: unknown, controller: WritableController): unknown;
    close?(): unknown;
    abort?(reason: unknown): unknown;
  } = {},
  highWaterMark = 1,
  size?: Size,
): WritableStream {
  const stream = new Writable();
  const controller = new WritableController(stream, highWaterMark, size);
  const { start, write, close, abort } = sink;
  controller.start({ self: sink, ours: true, handle: controller, start, write, close, abort });
  return new WritableStream(stream);
}

/** A transform by a group. `this` is the object; the controller has enqueue, error, terminate and desiredSize. */
export function transformStream(
  transformer: {
    transform?(chunk: unknown, controller: Transform): unknown;
    flush?(controller: Transform): unknown;
    cancel?(reason: unknown): unknown;
  },
  writableMark = 1,
  readableMark = 0,
): TransformStream {
  const it = new Transform(
    { highWaterMark: writableMark, size: undefined },
    { highWaterMark: readableMark, size: undefined },
  );
  const { transform, flush, cancel } = transformer;
  it.start({ self: transformer, ours: true, handle: it, start: undefined, transform, flush, cancel });
  return new TransformStream(it);
}

/** Whether the stream was ever read from or cancelled. */
export function isDisturbed(stream: ReadableStream): boolean {
  return readableOf(stream).disturbed;
}

/** Whether a reader has the stream. */
export function isLocked(stream: ReadableStream): boolean {
  return readableOf(stream).reader !== undefined;
}

/** Two streams of the same chunks. clone makes those of the second; without it they are shared, except a byte stream's. */
export function tee(stream: ReadableStream, clone?: Clone): [ReadableStream, ReadableStream] {
  const branches = teeReadable(readableOf(stream), clone);
  return [new ReadableStream(branches[0]), new ReadableStream(branches[1])];
}

/** Pipes the stream through a transform, whatever scripts have made of pipeThrough. */
export function pipeThrough(
  stream: ReadableStream,
  transform: TransformStream,
  options: PipeOptions = {},
): ReadableStream {
  const { readable, writable } = sidesOf(transform);
  handle(pipe(readableOf(stream), writableOf(writable), options));
  return readable;
}

/** Pipes the stream into another one, whatever scripts have made of pipeTo. */
export function pipeTo(stream: ReadableStream, destination: WritableStream, options: PipeOptions = {}): Promise<undefined> {
  return pipe(readableOf(stream), writableOf(destination), options);
}

/** Cancels the stream, locked or not. */
export function cancelStream(stream: ReadableStream, reason: unknown): Promise<undefined> {
  return readableOf(stream).cancel(reason);
}

/** Fails the stream as its controller's error does. */
export function errorStream(stream: ReadableStream, error: unknown): void {
  readableOf(stream).controller.error(error);
}

/** Locks the stream for a group that reads it by ReadRequests. Throws if it is locked. */
export function acquireReader(stream: ReadableStream): Reader {
  return new Reader(readableOf(stream));
}

/** Locks the stream for a group that writes to it. Throws if it is locked. */
export function acquireWriter(stream: WritableStream): Writer {
  return new Writer(writableOf(stream));
}

/** All bytes of a stream of Uint8Arrays (https://streams.spec.whatwg.org/#readablestreamdefaultreader-read-all-bytes). */
export function readAll(stream: ReadableStream, sizeMax = Infinity): Promise<Uint8Array<ArrayBuffer>> {
  const reader = acquireReader(stream);
  const made = PromiseWithResolvers<Uint8Array<ArrayBuffer>>();
  new ReadAll(reader, sizeMax, made).next();
  return made.promise;
}

class ReadAll implements ReadRequest {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;
  private reading = false;
  private more = false;

  constructor(
    private readonly reader: Reader,
    private readonly sizeMax: number,
    private readonly made: Deferred<Uint8Array<ArrayBuffer>>,
  ) {}

  /** Reads. Chunks that are there already come while it reads: a loop takes them, not a recursion. */
  next(): void {
    this.more = true;
    if (this.reading) return;
    this.reading = true;
    while (this.more) {
      this.more = false;
      this.reader.read(this);
    }
    this.reading = false;
  }

  chunk(chunk: unknown): void {
    if (TypedArrayPrototypeGetName(chunk) !== "Uint8Array") {
      this.fail(new SafeTypeError("the stream has a chunk that is not a Uint8Array"));
      return;
    }
    ArrayPrototypePush(this.chunks, chunk as Uint8Array);
    this.length += viewByteLength(chunk);
    if (this.length > this.sizeMax) this.fail(new SafeTypeError("the stream has more than " + this.sizeMax + " bytes"));
    else this.next();
  }

  close(): void {
    const bytes = new SafeUint8Array(this.length);
    let at = 0;
    for (let i = 0; i < this.chunks.length; i++) {
      const chunk = this.chunks[i]!;
      TypedArrayPrototypeSet(bytes, chunk, at);
      at += viewByteLength(chunk);
    }
    this.made.resolve(bytes);
  }

  error(reason: unknown): void {
    this.made.reject(reason);
  }

  private fail(error: unknown): void {
    handle(this.reader.cancel(error));
    this.made.reject(error);
  }
}

export default {};
