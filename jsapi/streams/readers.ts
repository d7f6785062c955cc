import { type Deferred, PromiseReject, PromiseWithResolvers, SafeTypeError } from "../internal/primordials.ts";
import type { ByteController } from "./byte_controller.ts";
import { Later } from "./promises.ts";
import { Queue } from "./queue.ts";
import type { Readable } from "./readable.ts";

/** Where a chunk goes that is asked for: https://streams.spec.whatwg.org/#read-request, and #read-into-request. */
export interface ReadRequest {
  chunk(value: unknown): void;
  /** The stream has ended. A reader with its own buffer gets that back, unless the stream was cancelled. */
  close(buffer?: unknown): void;
  error(reason: unknown): void;
}

export type ReadResult = { value: unknown; done: boolean };

/** A read request that a promise answers. */
export class PromisedRead implements ReadRequest {
  private readonly made: Deferred<ReadResult> = PromiseWithResolvers<ReadResult>();

  get promise(): Promise<ReadResult> {
    return this.made.promise;
  }

  chunk(value: unknown): void {
    this.made.resolve({ value, done: false });
  }

  close(buffer?: unknown): void {
    this.made.resolve({ value: buffer, done: true });
  }

  error(reason: unknown): void {
    this.made.reject(reason);
  }
}

/** A reader's lock on a stream: the slots of ReadableStreamGenericReader and of the two kinds of readers. */
export class Reader {
  /** Undefined once the lock is released. */
  stream: Readable | undefined;
  closed: Later;
  requests = new Queue<ReadRequest>();

  /** https://streams.spec.whatwg.org/#readable-stream-reader-generic-initialize */
  constructor(
    stream: Readable,
    /** Whether its reads bring their own buffers. */
    readonly byob = false,
  ) {
    if (stream.reader !== undefined) throw new SafeTypeError("the stream is locked to another reader");
    if (byob && !stream.controller.bytes) throw new SafeTypeError("a BYOB reader needs a stream of bytes");
    this.stream = stream;
    stream.reader = this;
    if (stream.state === "readable") this.closed = new Later();
    else if (stream.state === "closed") this.closed = Later.fulfilled();
    else this.closed = Later.rejected(stream.error);
  }

  cancel(reason: unknown): Promise<undefined> {
    return this.stream === undefined ? PromiseReject(releasedError()) : this.stream.cancel(reason);
  }

  /** https://streams.spec.whatwg.org/#readable-stream-default-reader-read */
  read(request: ReadRequest): void {
    const stream = this.stream;
    if (stream === undefined) {
      request.error(releasedError());
      return;
    }
    stream.disturbed = true;
    if (stream.state === "readable") stream.controller.pullSteps(request);
    else if (stream.state === "closed") request.close();
    else request.error(stream.error);
  }

  /** https://streams.spec.whatwg.org/#readable-stream-byob-reader-read */
  readInto(view: ArrayBufferView, min: number, request: ReadRequest): void {
    const stream = this.stream;
    if (stream === undefined) {
      request.error(releasedError());
      return;
    }
    stream.disturbed = true;
    if (stream.state === "errored") request.error(stream.error);
    else (stream.controller as ByteController).pullInto(view, min, request);
  }

  /** A read whose result is a promise. */
  next(): Promise<ReadResult> {
    const request = new PromisedRead();
    this.read(request);
    return request.promise;
  }

  release(): void {
    const stream = this.stream;
    if (stream === undefined) return;
    const error = releasedError();
    if (this.closed.pending) this.closed.reject(error);
    else this.closed = Later.rejected(error);
    stream.controller.releaseSteps();
    stream.reader = undefined;
    this.stream = undefined;
    this.fail(error);
  }

  /** Ends every request that waits. */
  fail(error: unknown): void {
    const requests = this.requests;
    this.requests = new Queue();
    while (requests.length > 0) requests.shift().error(error);
  }
}

function releasedError(): TypeError {
  return new SafeTypeError("the reader was released");
}
