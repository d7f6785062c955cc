import {
  type Deferred,
  PromisePrototypeThen,
  PromiseWithResolvers,
  ReflectApply,
  SafeRangeError,
  SafeTypeError,
} from "../internal/primordials.ts";
import { defineInterface, toObject } from "../internal/webidl.ts";
import { DefaultController } from "./default_controller.ts";
import { type Callee, Later, fulfilled, invoke, method } from "./promises.ts";
import { Readable } from "./readable.ts";
import { ReadableStream } from "./readable_stream.ts";
import { type Strategy, highWaterMarkOf, strategyOf } from "./strategies.ts";
import { Writable, WritableController } from "./writable.ts";
import { WritableStream } from "./writable_stream.ts";

/** What a transform does with chunks: methods of an object, with what they are given beside the chunk. */
export interface Transformer extends Callee {
  /** An interface object for scripts, the Transform itself for groups. */
  handle: unknown;
  start: Function | undefined;
  transform: Function | undefined;
  flush: Function | undefined;
  cancel: Function | undefined;
}

/** The slots of a TransformStream and of its controller (https://streams.spec.whatwg.org/#ts-all-abstract-ops). */
export class Transform {
  readonly readable = new Readable();
  readonly writable = new Writable();
  private readonly source: DefaultController;
  private readonly sink: WritableController;
  private transformer: Transformer | undefined = undefined;
  private backpressure = true;
  private backpressureChange = new Later();
  private finish: Deferred<undefined> | undefined = undefined;

  /** What the strategies say that is wrong, it throws. */
  constructor(writable: Strategy, readable: Strategy) {
    const readableMark = highWaterMarkOf(readable, 0);
    const writableMark = highWaterMarkOf(writable, 1);
    this.source = new DefaultController(this.readable, readableMark, readable.size);
    this.sink = new WritableController(this.writable, writableMark, writable.size);
  }

  /** Calls the transformer's start. What that throws, it throws. */
  start(transformer: Transformer): void {
    this.transformer = transformer;
    const started = PromiseWithResolvers<unknown>();
    const start = () => started.promise;
    this.sink.start({ self: this, ours: true, handle: this, start, write: this.write, close: this.close, abort: this.abort });
    this.source.start({ self: this, ours: true, handle: this, start, pull: this.pull, cancel: this.cancel });
    const { self, handle } = transformer;
    started.resolve(transformer.start === undefined ? undefined : ReflectApply(transformer.start as () => unknown, self, [handle]));
  }

  get desiredSize(): number | null {
    return this.source.desiredSize;
  }

  enqueue(chunk: unknown): void {
    const { source } = this;
    if (!source.canCloseOrEnqueue) throw new SafeTypeError("the readable side is closed, or failed");
    try {
      source.enqueue(chunk);
    } catch (error) {
      this.errorWritable(error);
      throw this.readable.error;
    }
    if (source.shouldPull === this.backpressure) this.setBackpressure(!this.backpressure);
  }

  error(error: unknown): void {
    this.source.error(error);
    this.errorWritable(error);
  }

  terminate(): void {
    this.source.close();
    this.errorWritable(new SafeTypeError("the transform was terminated"));
  }

  /** Whether the readable side takes chunks. */
  get open(): boolean {
    return this.source.canCloseOrEnqueue;
  }

  /** Fulfilled once the readable side wants a chunk, or is cancelled: for transformers that make much of a chunk. */
  wanted(): Promise<undefined> {
    return this.backpressure ? this.backpressureChange.promise : fulfilled;
  }

  // The sink's and the source's methods.

  private write(chunk: unknown): Promise<unknown> {
    if (!this.backpressure) return this.perform(chunk);
    // A promise that a reaction returned would be asked for its `then`, which a script may have replaced.
    const made = PromiseWithResolvers<undefined>();
    PromisePrototypeThen(this.backpressureChange.promise, () => {
      if (this.writable.state === "erroring") made.reject(this.writable.error);
      else PromisePrototypeThen(this.perform(chunk), () => made.resolve(undefined), made.reject);
    });
    return made.promise;
  }

  private close(): Promise<undefined> {
    return this.ending("flush", undefined, this.readable, (failure) => {
      if (failure === undefined) this.source.close();
      else this.source.error(failure.error);
    });
  }

  private abort(reason: unknown): Promise<undefined> {
    return this.ending("cancel", reason, this.readable, (failure) => {
      this.source.error(failure === undefined ? reason : failure.error);
    });
  }

  private cancel(reason: unknown): Promise<undefined> {
    this.unblock(); // for a flush that waits for who reads
    return this.ending("cancel", reason, this.writable, (failure) => {
      this.sink.errorIfNeeded(failure === undefined ? reason : failure.error);
      this.unblock();
    });
  }

  private pull(): Promise<undefined> {
    this.setBackpressure(false);
    return this.backpressureChange.promise;
  }

  /** Calls the transformer's last method, ends the other side with its outcome, and settles what both sides wait for. */
  private ending(
    name: "flush" | "cancel",
    reason: unknown,
    other: Readable | Writable,
    end: (failure?: { error: unknown }) => void,
  ): Promise<undefined> {
    if (this.finish !== undefined) return this.finish.promise;
    const finish = (this.finish = PromiseWithResolvers<undefined>());
    const { transformer } = this;
    const result = invoke(transformer?.[name], transformer, [name === "flush" ? transformer?.handle : reason]);
    this.transformer = undefined;
    PromisePrototypeThen(
      result,
      () => {
        if (other.state === "errored") {
          finish.reject(other.error);
          return;
        }
        end();
        finish.resolve(undefined);
      },
      (error) => {
        end({ error });
        finish.reject(error);
      },
    );
    return finish.promise;
  }

  private perform(chunk: unknown): Promise<unknown> {
    const { transformer } = this;
    let result: Promise<unknown>;
    if (transformer !== undefined && transformer.transform === undefined) {
      result = invoke(this.enqueue, { self: this, ours: true }, [chunk]);
    } else {
      result = invoke(transformer?.transform, transformer, [chunk, transformer?.handle]);
    }
    return PromisePrototypeThen(result, undefined, (error) => {
      this.error(error);
      throw error;
    });
  }

  private errorWritable(error: unknown): void {
    this.transformer = undefined;
    this.sink.errorIfNeeded(error);
    this.unblock();
  }

  private unblock(): void {
    if (this.backpressure) this.setBackpressure(false);
  }

  private setBackpressure(backpressure: boolean): void {
    this.backpressureChange.resolve();
    this.backpressureChange = new Later();
    this.backpressure = backpressure;
  }
}

/** The two streams of a transform. */
export class Sides {
  constructor(
    readonly readable: ReadableStream,
    readonly writable: WritableStream,
  ) {}
}

/** The two sides of a TransformStream; a TypeError for every other value. */
export let sidesOf: (stream: TransformStream) => Sides;
export let isTransformStream: (value: unknown) => value is TransformStream;

/** https://streams.spec.whatwg.org/#ts-class */
export class TransformStream {
  #readable: ReadableStream;
  #writable: WritableStream;

  static {
    isTransformStream = (value): value is TransformStream => typeof value === "object" && value !== null && #readable in value;
    sidesOf = (stream) => new Sides(stream.#readable, stream.#writable);
  }

  constructor(transformer: unknown = undefined, writableStrategy: unknown = undefined, readableStrategy: unknown = undefined) {
    if (transformer instanceof Transform) {
      this.#readable = new ReadableStream(transformer.readable);
      this.#writable = new WritableStream(transformer.writable);
      return;
    }
    if (transformer instanceof Sides) {
      this.#readable = transformer.readable;
      this.#writable = transformer.writable;
      return;
    }
    const where = "Failed to construct 'TransformStream': parameter ";
    if (transformer !== undefined) toObject(transformer, where + "1");
    const writable = strategyOf(writableStrategy, where + "2");
    const readable = strategyOf(readableStrategy, where + "3");
    const methods = transformerOf(transformer as object | undefined);
    const it = new Transform(writable, readable);
    methods.handle = new (TransformStreamDefaultController as any)(it);
    this.#readable = new ReadableStream(it.readable);
    this.#writable = new WritableStream(it.writable);
    it.start(methods);
  }

  get readable(): ReadableStream {
    return this.#readable;
  }

  get writable(): WritableStream {
    return this.#writable;
  }
}

function transformerOf(object: object | undefined): Transformer {
  const where = "the transformer's ";
  const transformer: Transformer = {
    self: object, ours: false, handle: undefined, start: undefined, transform: undefined, flush: undefined, cancel: undefined,
  };
  if (object === undefined) return transformer;
  transformer.cancel = method(object, "cancel", where);
  transformer.flush = method(object, "flush", where);
  const { readableType } = object as { readableType?: unknown };
  transformer.start = method(object, "start", where);
  transformer.transform = method(object, "transform", where);
  const { writableType } = object as { writableType?: unknown };
  if (readableType !== undefined) throw new SafeRangeError(where + "readableType must be left out");
  if (writableType !== undefined) throw new SafeRangeError(where + "writableType must be left out");
  return transformer;
}

/** https://streams.spec.whatwg.org/#ts-default-controller-class */
export class TransformStreamDefaultController {
  #it: Transform;

  constructor() {
    const it = arguments[0] as unknown;
    if (!(it instanceof Transform)) throw new SafeTypeError("Illegal constructor");
    this.#it = it;
  }

  get desiredSize(): number | null {
    return this.#it.desiredSize;
  }

  enqueue(chunk: unknown = undefined): void {
    this.#it.enqueue(chunk);
  }

  error(reason: unknown = undefined): void {
    this.#it.error(reason);
  }

  terminate(): void {
    this.#it.terminate();
  }
}

defineInterface(TransformStream);
defineInterface(TransformStreamDefaultController);
