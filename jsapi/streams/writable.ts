import {
  type Deferred,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  PromiseWithResolvers,
  ReflectApply,
  SafeTypeError,
  uncurryThis,
} from "../internal/primordials.ts";
import { AbortController, type AbortSignal } from "../events/events.ts";
import { type Callee, Later, invoke, promiseOf } from "./promises.ts";
import { Queue } from "./queue.ts";
import { type Size, requireSize, sizeOf } from "./strategies.ts";

/** Where a stream's chunks go: methods of an object, with what `start` and `write` are given. */
export interface Sink extends Callee {
  /** What start and write take: an interface object for scripts, the controller itself for groups. */
  handle: unknown;
  start: Function | undefined;
  write: Function | undefined;
  close: Function | undefined;
  abort: Function | undefined;
}

type Request = Deferred<undefined>;

/** https://streams.spec.whatwg.org/#pending-abort-request */
interface Abort {
  request: Request;
  reason: unknown;
  wasErroring: boolean;
}

const abortSignal = uncurryThis(AbortController.prototype.abort);

/** The slots of a WritableStream, and what is done to them (https://streams.spec.whatwg.org/#ws-all-abstract-ops). */
export class Writable {
  state: "writable" | "erroring" | "errored" | "closed" = "writable";
  error: unknown = undefined;
  /** Who has the lock. */
  writer: Writer | undefined = undefined;
  backpressure = false;
  controller!: WritableController;
  private closing: Request | undefined = undefined;
  private closingInFlight: Request | undefined = undefined;
  private writingInFlight: Request | undefined = undefined;
  private aborting: Abort | undefined = undefined;
  private readonly writes = new Queue<Request>();

  /** Whether close was called and has not failed. */
  get closeQueuedOrInFlight(): boolean {
    return this.closing !== undefined || this.closingInFlight !== undefined;
  }

  get writeInFlight(): boolean {
    return this.writingInFlight !== undefined;
  }

  abort(reason: unknown): Promise<undefined> {
    if (this.settled) return PromiseResolve(undefined);
    this.controller.signalAbort(reason);
    if (this.settled) return PromiseResolve(undefined); // by a listener of the signal
    if (this.aborting !== undefined) return this.aborting.request.promise;
    const wasErroring = this.state === "erroring";
    const request = PromiseWithResolvers<undefined>();
    this.aborting = { request, reason: wasErroring ? undefined : reason, wasErroring };
    if (!wasErroring) this.startErroring(reason);
    return request.promise;
  }

  close(): Promise<undefined> {
    if (this.settled) return PromiseReject(new SafeTypeError("the stream is " + this.state));
    const request = PromiseWithResolvers<undefined>();
    this.closing = request;
    if (this.writer !== undefined && this.backpressure && this.state === "writable") this.writer.ready.resolve();
    this.controller.close();
    return request.promise;
  }

  addWrite(): Promise<undefined> {
    const request = PromiseWithResolvers<undefined>();
    this.writes.push(request);
    return request.promise;
  }

  dealWithRejection(error: unknown): void {
    if (this.state === "writable") this.startErroring(error);
    else this.finishErroring();
  }

  startErroring(reason: unknown): void {
    this.state = "erroring";
    this.error = reason;
    if (this.writer !== undefined) this.writer.rejectReady(reason);
    if (this.writingInFlight === undefined && this.closingInFlight === undefined && this.controller.started) this.finishErroring();
  }

  finishErroring(): void {
    this.state = "errored";
    this.controller.queue.clear();
    const { error, writes } = this;
    while (writes.length > 0) writes.shift().reject(error);
    const abort = this.aborting;
    this.aborting = undefined;
    if (abort === undefined) {
      this.rejectClosed();
      return;
    }
    if (abort.wasErroring) {
      abort.request.reject(error);
      this.rejectClosed();
      return;
    }
    PromisePrototypeThen(
      this.controller.abort(abort.reason),
      () => {
        abort.request.resolve(undefined);
        this.rejectClosed();
      },
      (reason) => {
        abort.request.reject(reason);
        this.rejectClosed();
      },
    );
  }

  beginWrite(): void {
    this.writingInFlight = this.writes.shift();
  }

  finishWrite(): void {
    this.writingInFlight!.resolve(undefined);
    this.writingInFlight = undefined;
  }

  failWrite(error: unknown): void {
    this.writingInFlight!.reject(error);
    this.writingInFlight = undefined;
    this.dealWithRejection(error);
  }

  beginClose(): void {
    this.closingInFlight = this.closing;
    this.closing = undefined;
  }

  finishClose(): void {
    this.closingInFlight!.resolve(undefined);
    this.closingInFlight = undefined;
    if (this.state === "erroring") {
      this.error = undefined;
      if (this.aborting !== undefined) {
        this.aborting.request.resolve(undefined);
        this.aborting = undefined;
      }
    }
    this.state = "closed";
    if (this.writer !== undefined) this.writer.closed.resolve();
  }

  failClose(error: unknown): void {
    this.closingInFlight!.reject(error);
    this.closingInFlight = undefined;
    if (this.aborting !== undefined) {
      this.aborting.request.reject(error);
      this.aborting = undefined;
    }
    this.dealWithRejection(error);
  }

  updateBackpressure(): void {
    if (this.closeQueuedOrInFlight || this.state !== "writable") return;
    this.setBackpressure(this.controller.desiredSize <= 0);
  }

  setBackpressure(backpressure: boolean): void {
    const { writer } = this;
    if (writer !== undefined && backpressure !== this.backpressure) {
      if (backpressure) writer.ready = new Later();
      else writer.ready.resolve();
    }
    this.backpressure = backpressure;
  }

  private get settled(): boolean {
    return this.state === "closed" || this.state === "errored";
  }

  private rejectClosed(): void {
    if (this.closing !== undefined) {
      this.closing.reject(this.error);
      this.closing = undefined;
    }
    if (this.writer !== undefined) this.writer.closed.reject(this.error);
  }
}

/** What stands in the queue for the stream's end. */
const end = {};

/** The slots of a WritableStreamDefaultController (https://streams.spec.whatwg.org/#ws-default-controller-abstract-ops). */
export class WritableController {
  readonly queue = new Queue<unknown>();
  started = false;
  private readonly stream: Writable;
  private readonly highWaterMark: number;
  private size: Size | undefined;
  private sink: Sink | undefined = undefined;
  private abortController: AbortController | undefined = undefined;
  private aborted: { reason: unknown } | undefined = undefined;

  constructor(stream: Writable, highWaterMark: number, size?: Size) {
    this.stream = stream;
    this.highWaterMark = highWaterMark;
    this.size = size;
  }

  /** Calls the sink's start. What that throws, it throws. */
  start(sink: Sink): void {
    const { stream } = this;
    this.sink = sink;
    stream.controller = this;
    stream.setBackpressure(this.desiredSize <= 0);
    const result = sink.start === undefined ? undefined : ReflectApply(sink.start as () => unknown, sink.self, [sink.handle]);
    PromisePrototypeThen(
      promiseOf(result, false), // a group's, too: what comes first of start and cancel is seen by scripts
      () => {
        this.started = true;
        this.advance();
      },
      (error) => {
        this.started = true;
        stream.dealWithRejection(error);
      },
    );
  }

  get desiredSize(): number {
    return this.highWaterMark - this.queue.total;
  }

  /** The signal that aborts with the stream: made when it is asked for. */
  get signal(): AbortSignal {
    if (this.abortController === undefined) {
      this.abortController = new AbortController();
      if (this.aborted !== undefined) abortSignal(this.abortController, this.aborted.reason);
    }
    return this.abortController.signal;
  }

  signalAbort(reason: unknown): void {
    if (this.aborted !== undefined) return;
    this.aborted = { reason };
    if (this.abortController !== undefined) abortSignal(this.abortController, reason);
  }

  abort(reason: unknown): Promise<unknown> {
    const result = invoke(this.sink?.abort, this.sink, [reason]);
    this.forget();
    return result;
  }

  close(): void {
    this.queue.push(end);
    this.advance();
  }

  /** https://streams.spec.whatwg.org/#writable-stream-default-controller-get-chunk-size */
  sizeOf(chunk: unknown): number {
    try {
      return sizeOf(this.size, chunk);
    } catch (error) {
      this.errorIfNeeded(error);
      return 1;
    }
  }

  write(chunk: unknown, size: number): void {
    try {
      requireSize(size);
    } catch (error) {
      this.errorIfNeeded(error);
      return;
    }
    this.queue.push(chunk, size);
    this.stream.updateBackpressure();
    this.advance();
  }

  errorIfNeeded(error: unknown): void {
    if (this.stream.state === "writable") this.error(error);
  }

  error(error: unknown): void {
    this.forget();
    this.stream.startErroring(error);
  }

  private advance(): void {
    const { stream, queue } = this;
    if (!this.started || stream.writeInFlight) return;
    if (stream.state === "erroring") {
      stream.finishErroring();
      return;
    }
    if (queue.length === 0) return;
    const chunk = queue.peek();
    if (chunk === end) this.processClose();
    else this.processWrite(chunk);
  }

  private processClose(): void {
    const { stream } = this;
    stream.beginClose();
    this.queue.shift();
    const result = invoke(this.sink!.close, this.sink, []);
    this.forget();
    PromisePrototypeThen(
      result,
      () => stream.finishClose(),
      (error) => stream.failClose(error),
    );
  }

  private processWrite(chunk: unknown): void {
    const { stream } = this;
    stream.beginWrite();
    const sink = this.sink!;
    PromisePrototypeThen(
      invoke(sink.write, sink, [chunk, sink.handle]),
      () => {
        stream.finishWrite();
        this.queue.shift();
        stream.updateBackpressure();
        this.advance();
      },
      (error) => {
        if (stream.state === "writable") this.forget();
        stream.failWrite(error);
      },
    );
  }

  /** Lets go of the sink: its methods are not called any more. */
  forget(): void {
    this.sink = undefined;
    this.size = undefined;
  }
}

/** A writer's lock on a stream: the slots of a WritableStreamDefaultWriter (https://streams.spec.whatwg.org/#ws-writer-abstract-ops). */
export class Writer {
  /** Undefined once the lock is released. */
  stream: Writable | undefined;
  closed: Later;
  ready: Later;

  constructor(stream: Writable) {
    if (stream.writer !== undefined) throw new SafeTypeError("the stream is locked to another writer");
    this.stream = stream;
    stream.writer = this;
    const { state, error } = stream;
    if (state === "writable") {
      this.ready = stream.backpressure && !stream.closeQueuedOrInFlight ? new Later() : Later.fulfilled();
      this.closed = new Later();
    } else if (state === "erroring") {
      this.ready = Later.rejected(error);
      this.closed = new Later();
    } else if (state === "closed") {
      this.ready = Later.fulfilled();
      this.closed = Later.fulfilled();
    } else {
      this.ready = Later.rejected(error);
      this.closed = Later.rejected(error);
    }
  }

  get desiredSize(): number | null {
    const stream = this.stream;
    if (stream === undefined) throw releasedError();
    if (stream.state === "errored" || stream.state === "erroring") return null;
    return stream.state === "closed" ? 0 : stream.controller.desiredSize;
  }

  abort(reason: unknown): Promise<undefined> {
    return this.stream === undefined ? PromiseReject(releasedError()) : this.stream.abort(reason);
  }

  close(): Promise<undefined> {
    const stream = this.stream;
    if (stream === undefined) return PromiseReject(releasedError());
    if (stream.closeQueuedOrInFlight) return PromiseReject(new SafeTypeError("the stream is closing already"));
    return stream.close();
  }

  /** close for who may not mind that the stream is closing, such as a pipe. */
  closeWithErrorPropagation(): Promise<undefined> {
    const stream = this.stream!;
    if (stream.closeQueuedOrInFlight || stream.state === "closed") return PromiseResolve(undefined);
    return stream.state === "errored" ? PromiseReject(stream.error) : stream.close();
  }

  write(chunk: unknown): Promise<undefined> {
    const stream = this.stream;
    if (stream === undefined) return PromiseReject(releasedError());
    const size = stream.controller.sizeOf(chunk);
    if (stream !== this.stream) return PromiseReject(releasedError()); // by the size function
    const { state } = stream;
    if (state === "errored") return PromiseReject(stream.error);
    if (stream.closeQueuedOrInFlight || state === "closed") {
      return PromiseReject(new SafeTypeError("the stream is closing or closed"));
    }
    if (state === "erroring") return PromiseReject(stream.error);
    const promise = stream.addWrite();
    stream.controller.write(chunk, size);
    return promise;
  }

  rejectReady(error: unknown): void {
    if (this.ready.pending) this.ready.reject(error);
    else this.ready = Later.rejected(error);
  }

  release(): void {
    const stream = this.stream;
    if (stream === undefined) return;
    const error = releasedError();
    this.rejectReady(error);
    if (this.closed.pending) this.closed.reject(error);
    else this.closed = Later.rejected(error);
    stream.writer = undefined;
    this.stream = undefined;
  }
}

function releasedError(): TypeError {
  return new SafeTypeError("the writer was released");
}
