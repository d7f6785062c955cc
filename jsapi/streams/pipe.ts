import { type Deferred, PromisePrototypeThen, PromiseWithResolvers, SafeTypeError, enqueueMicrotask } from "../internal/primordials.ts";
import { type AbortSignal, abortReason, onAbort } from "../events/events.ts";
import { fulfilled } from "./promises.ts";
import type { Readable } from "./readable.ts";
import { type ReadRequest, Reader } from "./readers.ts";
import { type Writable, Writer } from "./writable.ts";

export interface PipeOptions {
  preventAbort?: boolean;
  preventCancel?: boolean;
  preventClose?: boolean;
  signal?: AbortSignal | undefined;
}

/** https://streams.spec.whatwg.org/#readable-stream-pipe-to */
export function pipe(source: Readable, destination: Writable, options: PipeOptions): Promise<undefined> {
  return new Pipe(source, destination, options).begin();
}

/** What ends a pipe does before it is over. */
type Action = (() => Promise<unknown>) | undefined;

class Pipe implements ReadRequest {
  private readonly reader: Reader;
  private readonly writer: Writer;
  private readonly made: Deferred<undefined> = PromiseWithResolvers<undefined>();
  private ending = false;
  /** How many chunks were read and are not written yet, and what waits for them. */
  private unwritten = 0;
  private afterWrites: (() => void) | undefined = undefined;
  private stopListening: (() => void) | undefined = undefined;

  constructor(
    private readonly source: Readable,
    private readonly destination: Writable,
    private readonly options: PipeOptions,
  ) {
    this.reader = new Reader(source);
    this.writer = new Writer(destination);
    source.disturbed = true;
  }

  begin(): Promise<undefined> {
    const { source, destination, options } = this;
    const { signal } = options;
    if (signal !== undefined) {
      if (signal.aborted) {
        this.abort();
        return this.made.promise;
      }
      this.stopListening = onAbort(signal, () => this.abort());
    }
    const sourceFailed = () => {
      const { error } = source;
      this.end(options.preventAbort ? undefined : () => destination.abort(error), { error });
    };
    const destinationFailed = () => {
      const { error } = destination;
      this.end(options.preventCancel ? undefined : () => source.cancel(error), { error });
    };
    const sourceClosed = () => {
      this.end(options.preventClose ? undefined : () => this.writer.closeWithErrorPropagation());
    };
    if (source.state === "errored") sourceFailed();
    if (destination.state === "errored") destinationFailed();
    if (source.state === "closed") sourceClosed();
    if (destination.closeQueuedOrInFlight || destination.state === "closed") {
      const error = new SafeTypeError("the destination is closed already");
      this.end(options.preventCancel ? undefined : () => source.cancel(error), { error });
    }
    if (source.state === "readable") PromisePrototypeThen(this.reader.closed.promise, sourceClosed, sourceFailed);
    if (destination.state !== "errored") PromisePrototypeThen(this.writer.closed.promise, undefined, destinationFailed);
    this.step();
    return this.made.promise;
  }

  /** Reads once the destination wants something. */
  private step(): void {
    const { destination } = this;
    if (this.ending || destination.state !== "writable") return;
    if (destination.backpressure) PromisePrototypeThen(this.writer.ready.promise, () => this.step(), () => {});
    else this.reader.read(this);
  }

  // A chunk is written in a microtask: not within the source's enqueue.
  chunk(chunk: unknown): void {
    this.unwritten++;
    enqueueMicrotask(() => {
      PromisePrototypeThen(this.writer.write(chunk), this.written, this.written);
      this.step();
    });
  }

  // How the source ends is told by the reader's `closed`.
  close(): void {}
  error(): void {}

  private readonly written = () => {
    if (--this.unwritten === 0 && this.afterWrites !== undefined) this.afterWrites();
  };

  private abort(): void {
    const { source, destination, options } = this;
    const error = abortReason(options.signal!);
    this.end(
      () => {
        const aborted = options.preventAbort || destination.state !== "writable" ? fulfilled : destination.abort(error);
        const cancelled = options.preventCancel || source.state !== "readable" ? fulfilled : source.cancel(error);
        return both(aborted, cancelled);
      },
      { error },
    );
  }

  /** https://streams.spec.whatwg.org/#rs-pipeTo-shutdown-with-action */
  private end(action: Action, failure?: { error: unknown }): void {
    if (this.ending) return;
    this.ending = true;
    const { destination } = this;
    const finish = () => {
      if (action === undefined) this.finalize(failure);
      else PromisePrototypeThen(action(), () => this.finalize(failure), (error) => this.finalize({ error }));
    };
    if (destination.state !== "writable" || destination.closeQueuedOrInFlight) finish();
    else if (this.unwritten > 0) this.afterWrites = finish;
    else enqueueMicrotask(finish);
  }

  private finalize(failure: { error: unknown } | undefined): void {
    this.writer.release();
    this.reader.release();
    this.stopListening?.();
    if (failure === undefined) this.made.resolve(undefined);
    else this.made.reject(failure.error);
  }
}

/** Promise.all of two, which asks nothing of Promise. */
function both(first: Promise<unknown>, second: Promise<unknown>): Promise<unknown> {
  const made = PromiseWithResolvers<unknown>();
  let left = 2;
  const done = () => {
    if (--left === 0) made.resolve(undefined);
  };
  PromisePrototypeThen(first, done, made.reject);
  PromisePrototypeThen(second, done, made.reject);
  return made.promise;
}
