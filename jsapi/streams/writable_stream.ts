import { PromiseReject, SafeRangeError, SafeTypeError } from "../internal/primordials.ts";
import { defineInterface, requireArguments, toObject } from "../internal/webidl.ts";
import type { AbortSignal } from "../events/events.ts";
import { method } from "./promises.ts";
import { type Strategy, highWaterMarkOf, strategyOf } from "./strategies.ts";
import { type Sink, Writable, WritableController, Writer } from "./writable.ts";

/** The slots of a WritableStream; a TypeError for every other value. */
export let writableOf: (stream: unknown) => Writable;
export let isWritableStream: (value: unknown) => value is WritableStream;

/** https://streams.spec.whatwg.org/#ws-class */
export class WritableStream {
  #it: Writable;

  static {
    isWritableStream = (value): value is WritableStream => typeof value === "object" && value !== null && #it in value;
    writableOf = (stream) => {
      if (!isWritableStream(stream)) throw new SafeTypeError("not a WritableStream");
      return stream.#it;
    };
  }

  constructor(sink: unknown = undefined, strategy: unknown = undefined) {
    if (sink instanceof Writable) {
      this.#it = sink;
      return;
    }
    const where = "Failed to construct 'WritableStream'";
    if (sink !== undefined) toObject(sink, where + ": parameter 1");
    const converted = strategyOf(strategy, where + ": parameter 2");
    this.#it = new Writable();
    startSink(this.#it, sink as object | undefined, converted);
  }

  get locked(): boolean {
    return this.#it.writer !== undefined;
  }

  abort(reason: unknown = undefined): Promise<undefined> {
    try {
      const it = this.#it;
      return it.writer === undefined ? it.abort(reason) : PromiseReject(lockedError());
    } catch (error) {
      return PromiseReject(error);
    }
  }

  close(): Promise<undefined> {
    try {
      const it = this.#it;
      if (it.writer !== undefined) return PromiseReject(lockedError());
      if (it.closeQueuedOrInFlight) return PromiseReject(new SafeTypeError("the stream is closing already"));
      return it.close();
    } catch (error) {
      return PromiseReject(error);
    }
  }

  getWriter(): WritableStreamDefaultWriter {
    this.#it; // the brand check
    return new WritableStreamDefaultWriter(this);
  }
}

function lockedError(): TypeError {
  return new SafeTypeError("the stream is locked to a writer");
}

/** https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller-from-underlying-sink */
function startSink(stream: Writable, object: object | undefined, strategy: Strategy): void {
  const where = "the underlying sink's ";
  const sink: Sink = { self: object, ours: false, handle: undefined, start: undefined, write: undefined, close: undefined, abort: undefined };
  if (object !== undefined) {
    sink.abort = method(object, "abort", where);
    sink.close = method(object, "close", where);
    sink.start = method(object, "start", where);
    if ((object as { type?: unknown }).type !== undefined) throw new SafeRangeError(where + "type must be left out");
    sink.write = method(object, "write", where);
  }
  const controller = new WritableController(stream, highWaterMarkOf(strategy, 1), strategy.size);
  sink.handle = new (WritableStreamDefaultController as any)(controller);
  controller.start(sink);
}

/** https://streams.spec.whatwg.org/#default-writer-class */
export class WritableStreamDefaultWriter {
  #it: Writer;

  constructor(stream: WritableStream) {
    requireArguments(arguments.length, 1, "Failed to construct 'WritableStreamDefaultWriter'");
    this.#it = new Writer(writableOf(stream));
  }

  get closed(): Promise<undefined> {
    try {
      return this.#it.closed.promise;
    } catch (error) {
      return PromiseReject(error);
    }
  }

  get desiredSize(): number | null {
    return this.#it.desiredSize;
  }

  get ready(): Promise<undefined> {
    try {
      return this.#it.ready.promise;
    } catch (error) {
      return PromiseReject(error);
    }
  }

  abort(reason: unknown = undefined): Promise<undefined> {
    try {
      return this.#it.abort(reason);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  close(): Promise<undefined> {
    try {
      return this.#it.close();
    } catch (error) {
      return PromiseReject(error);
    }
  }

  releaseLock(): void {
    this.#it.release();
  }

  write(chunk: unknown = undefined): Promise<undefined> {
    try {
      return this.#it.write(chunk);
    } catch (error) {
      return PromiseReject(error);
    }
  }
}

/** https://streams.spec.whatwg.org/#ws-default-controller-class */
export class WritableStreamDefaultController {
  #it: WritableController;

  constructor() {
    const it = arguments[0] as unknown;
    if (!(it instanceof WritableController)) throw new SafeTypeError("Illegal constructor");
    this.#it = it;
  }

  get signal(): AbortSignal {
    return this.#it.signal;
  }

  error(error: unknown = undefined): void {
    this.#it.errorIfNeeded(error);
  }
}

defineInterface(WritableStream);
defineInterface(WritableStreamDefaultWriter);
defineInterface(WritableStreamDefaultController);
