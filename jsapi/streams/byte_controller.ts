import {
  ArrayBufferPrototypeGetByteLength,
  ArrayBufferPrototypeGetDetached,
  ArrayBufferPrototypeSlice,
  ArrayBufferPrototypeTransfer,
  MathMin,
  SafeArrayBuffer,
  SafeRangeError,
  SafeTypeError,
  SafeUint8Array,
  TypedArrayPrototypeGetName,
  TypedArrayPrototypeSet,
  global,
  viewBuffer,
  viewByteLength,
  viewByteOffset,
} from "../internal/primordials.ts";
import { defineInterface, requireArguments, toUnsignedLongLong } from "../internal/webidl.ts";
import { Controller } from "./controller.ts";
import { requireOpen } from "./default_controller.ts";
import { Queue } from "./queue.ts";
import type { Readable } from "./readable.ts";
import type { ReadRequest } from "./readers.ts";
import { requireAttached, toView } from "./views.ts";

type ViewConstructor = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView;

const { DataView } = global;
const viewConstructors: { [name: string]: ViewConstructor & { BYTES_PER_ELEMENT: number } } = { __proto__: null } as never;
for (const name of [
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array",
]) {
  const constructor = (global as any)[name];
  if (constructor !== undefined) viewConstructors[name] = constructor;
}

/** Bytes that wait in the queue. */
interface Chunk {
  buffer: ArrayBuffer;
  byteOffset: number;
  byteLength: number;
}

/** A buffer that is being filled: https://streams.spec.whatwg.org/#pull-into-descriptor. */
interface PullInto {
  buffer: ArrayBuffer;
  readonly bufferByteLength: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  bytesFilled: number;
  /** How many bytes it must have before its read is answered. */
  readonly minimumFill: number;
  readonly elementSize: number;
  readonly View: ViewConstructor;
  reader: "default" | "byob" | "none";
}

/** https://streams.spec.whatwg.org/#transfer-array-buffer. Throws if the buffer is detached or cannot be. */
function transfer(buffer: ArrayBuffer): ArrayBuffer {
  return ArrayBufferPrototypeTransfer(buffer);
}

/** The slots of a ReadableByteStreamController (https://streams.spec.whatwg.org/#rbs-controller-abstract-ops). */
export class ByteController extends Controller<Chunk> {
  readonly bytes = true;
  readonly pending = new Queue<PullInto>();
  private readonly autoAllocate: number | undefined;
  private request: ReadableStreamBYOBRequest | undefined = undefined;

  constructor(stream: Readable, highWaterMark: number, autoAllocate?: number) {
    super(stream, highWaterMark);
    this.autoAllocate = autoAllocate;
  }

  get byobRequest(): ReadableStreamBYOBRequest | null {
    if (this.request === undefined && this.pending.length > 0) {
      const first = this.pending.peek();
      const view = new SafeUint8Array(first.buffer, first.byteOffset + first.bytesFilled, first.byteLength - first.bytesFilled);
      this.request = new (ReadableStreamBYOBRequest as any)(this, view) as ReadableStreamBYOBRequest;
    }
    return this.request ?? null;
  }

  close(): void {
    if (!this.canCloseOrEnqueue) return;
    if (this.queue.total > 0) {
      this.closeRequested = true;
      return;
    }
    if (this.pending.length > 0) {
      const first = this.pending.peek();
      if (first.bytesFilled % first.elementSize !== 0) {
        const error = new SafeTypeError("the stream ends within an element of the reader's view");
        this.error(error);
        throw error;
      }
    }
    this.forget();
    this.stream.close();
  }

  /** Closes the stream for a source of a group's, and gives back a reader's buffer that waits. */
  end(): void {
    this.close();
    if (this.stream.state === "closed" && this.pending.length > 0) this.respond(0);
  }

  /** Takes the memory of the view over. */
  enqueue(view: ArrayBufferView): void {
    if (!this.canCloseOrEnqueue) return;
    const byteOffset = viewByteOffset(view);
    const byteLength = viewByteLength(view);
    const given = viewBuffer(view) as ArrayBuffer;
    requireAttached(view);
    const buffer = transfer(given);
    if (this.pending.length > 0) {
      const first = this.pending.peek();
      if (ArrayBufferPrototypeGetDetached(first.buffer)) throw new SafeTypeError("the buffer of byobRequest is detached");
      this.invalidateRequest();
      first.buffer = transfer(first.buffer);
      if (first.reader === "none") this.enqueueDetached(first);
    }
    const { reader } = this.stream;
    if (reader === undefined) {
      this.push(buffer, byteOffset, byteLength);
    } else if (reader.byob) {
      this.push(buffer, byteOffset, byteLength);
      this.answer(this.fillPending());
    } else {
      this.answerFromQueue(reader.requests);
      if (reader.requests.length === 0) {
        this.push(buffer, byteOffset, byteLength);
      } else {
        if (this.pending.length > 0) this.pending.shift();
        reader.requests.shift().chunk(new SafeUint8Array(buffer, byteOffset, byteLength));
      }
    }
    this.pullIfNeeded();
  }

  pullSteps(request: ReadRequest): void {
    if (this.queue.total > 0) {
      this.answerOne(request);
      return;
    }
    const size = this.autoAllocate;
    if (size !== undefined) {
      let buffer: ArrayBuffer;
      try {
        buffer = new SafeArrayBuffer(size);
      } catch (error) {
        request.error(error);
        return;
      }
      this.pending.push({
        buffer, bufferByteLength: size, byteOffset: 0, byteLength: size, bytesFilled: 0, minimumFill: 1, elementSize: 1,
        View: SafeUint8Array as ViewConstructor, reader: "default",
      });
    }
    this.stream.reader!.requests.push(request);
    this.pullIfNeeded();
  }

  /** https://streams.spec.whatwg.org/#readable-byte-stream-controller-pull-into */
  pullInto(view: ArrayBufferView, min: number, request: ReadRequest): void {
    const { stream } = this;
    const name = TypedArrayPrototypeGetName(view);
    const View = name === undefined ? DataView : viewConstructors[name]!;
    const elementSize = name === undefined ? 1 : viewConstructors[name]!.BYTES_PER_ELEMENT;
    const byteOffset = viewByteOffset(view);
    const byteLength = viewByteLength(view);
    let buffer: ArrayBuffer;
    try {
      buffer = transfer(viewBuffer(view) as ArrayBuffer);
    } catch (error) {
      request.error(error);
      return;
    }
    const into: PullInto = {
      buffer, bufferByteLength: ArrayBufferPrototypeGetByteLength(buffer), byteOffset, byteLength, bytesFilled: 0,
      minimumFill: min * elementSize, elementSize, View, reader: "byob",
    };
    if (this.pending.length > 0) {
      this.pending.push(into);
      stream.reader!.requests.push(request);
      return;
    }
    if (stream.state === "closed") {
      request.close(new View(buffer, byteOffset, 0));
      return;
    }
    if (this.queue.total > 0) {
      if (this.fill(into)) {
        const filled = viewOf(into);
        this.drained();
        request.chunk(filled);
        return;
      }
      if (this.closeRequested) {
        const error = new SafeTypeError("the stream ends within an element of the reader's view");
        this.error(error);
        request.error(error);
        return;
      }
    }
    this.pending.push(into);
    stream.reader!.requests.push(request);
    this.pullIfNeeded();
  }

  releaseSteps(): void {
    if (this.pending.length === 0) return;
    const first = this.pending.peek();
    first.reader = "none";
    this.pending.clear();
    this.pending.push(first);
  }

  respond(bytesWritten: number): void {
    const first = this.pending.peek();
    if (this.stream.state === "closed") {
      if (bytesWritten !== 0) throw new SafeTypeError("the stream is closed: respond takes 0 bytes");
    } else {
      if (bytesWritten === 0) throw new SafeTypeError("respond takes 0 bytes only once the stream is closed");
      if (first.bytesFilled + bytesWritten > first.byteLength) throw new SafeRangeError("more bytes than the view has room for");
    }
    first.buffer = transfer(first.buffer);
    this.respondWith(bytesWritten, first);
  }

  respondWithNewView(view: ArrayBufferView): void {
    const first = this.pending.peek();
    const byteLength = viewByteLength(view);
    const buffer = viewBuffer(view) as ArrayBuffer;
    if (this.stream.state === "closed") {
      if (byteLength !== 0) throw new SafeTypeError("the stream is closed: the view must be empty");
    } else if (byteLength === 0) {
      throw new SafeTypeError("the view may be empty only once the stream is closed");
    }
    if (first.byteOffset + first.bytesFilled !== viewByteOffset(view)) {
      throw new SafeRangeError("the view does not begin where byobRequest.view does");
    }
    if (first.bufferByteLength !== ArrayBufferPrototypeGetByteLength(buffer)) {
      throw new SafeRangeError("the view's buffer has another length than that of byobRequest.view");
    }
    if (first.bytesFilled + byteLength > first.byteLength) throw new SafeRangeError("the view is longer than byobRequest.view");
    first.buffer = transfer(buffer);
    this.respondWith(byteLength, first);
  }

  protected override reset(): void {
    this.invalidateRequest();
    this.pending.clear();
    super.reset();
  }

  private invalidateRequest(): void {
    if (this.request === undefined) return;
    invalidate(this.request);
    this.request = undefined;
  }

  private push(buffer: ArrayBuffer, byteOffset: number, byteLength: number): void {
    this.queue.push({ buffer, byteOffset, byteLength });
    this.queue.total += byteLength;
  }

  private pushClone(buffer: ArrayBuffer, byteOffset: number, byteLength: number): void {
    let clone: ArrayBuffer;
    try {
      clone = ArrayBufferPrototypeSlice(buffer, byteOffset, byteOffset + byteLength);
    } catch (error) {
      this.error(error);
      throw error;
    }
    this.push(clone, 0, byteLength);
  }

  /** What was written into a buffer whose reader is gone belongs to the next one. */
  private enqueueDetached(first: PullInto): void {
    if (first.bytesFilled > 0) this.pushClone(first.buffer, first.byteOffset, first.bytesFilled);
    this.pending.shift();
  }

  private respondWith(bytesWritten: number, first: PullInto): void {
    this.invalidateRequest();
    if (this.stream.state === "closed") this.respondClosed(first);
    else this.respondReadable(bytesWritten, first);
    this.pullIfNeeded();
  }

  private respondClosed(first: PullInto): void {
    if (first.reader === "none") this.pending.shift();
    const { reader } = this.stream;
    if (reader === undefined || !reader.byob) return;
    const filled = new Queue<PullInto>();
    while (filled.length < reader.requests.length) filled.push(this.pending.shift());
    this.answer(filled);
  }

  private respondReadable(bytesWritten: number, first: PullInto): void {
    first.bytesFilled += bytesWritten;
    if (first.reader === "none") {
      this.enqueueDetached(first);
      this.answer(this.fillPending());
      return;
    }
    if (first.bytesFilled < first.minimumFill) return;
    this.pending.shift();
    const remainder = first.bytesFilled % first.elementSize;
    if (remainder > 0) {
      const end = first.byteOffset + first.bytesFilled;
      this.pushClone(first.buffer, end - remainder, remainder);
    }
    first.bytesFilled -= remainder;
    const filled = this.fillPending();
    this.commit(first);
    this.answer(filled);
  }

  /** Copies what the queue has. Reports whether the buffer has enough. */
  private fill(into: PullInto): boolean {
    const { queue } = this;
    const most = MathMin(queue.total, into.byteLength - into.bytesFilled);
    const aligned = into.bytesFilled + most - ((into.bytesFilled + most) % into.elementSize);
    const enough = aligned >= into.minimumFill;
    let left = enough ? aligned - into.bytesFilled : most;
    while (left > 0) {
      const head = queue.peek();
      const n = MathMin(left, head.byteLength);
      TypedArrayPrototypeSet(
        new SafeUint8Array(into.buffer, into.byteOffset + into.bytesFilled, n),
        new SafeUint8Array(head.buffer, head.byteOffset, n),
      );
      if (head.byteLength === n) {
        queue.shift();
      } else {
        head.byteOffset += n;
        head.byteLength -= n;
      }
      queue.total -= n;
      into.bytesFilled += n;
      left -= n;
    }
    return enough;
  }

  private fillPending(): Queue<PullInto> {
    const filled = new Queue<PullInto>();
    while (this.pending.length > 0 && this.queue.total > 0) {
      const first = this.pending.peek();
      if (!this.fill(first)) break;
      this.pending.shift();
      filled.push(first);
    }
    return filled;
  }

  private answer(filled: Queue<PullInto>): void {
    while (filled.length > 0) this.commit(filled.shift());
  }

  /** Answers the first request with a filled buffer. */
  private commit(into: PullInto): void {
    const request = this.stream.reader!.requests.shift();
    const view = viewOf(into);
    if (this.stream.state === "closed") request.close(view);
    else request.chunk(view);
  }

  private answerFromQueue(requests: Queue<ReadRequest>): void {
    while (requests.length > 0 && this.queue.total > 0) this.answerOne(requests.shift());
  }

  private answerOne(request: ReadRequest): void {
    const { buffer, byteOffset, byteLength } = this.queue.shift();
    this.queue.total -= byteLength;
    this.drained();
    request.chunk(new SafeUint8Array(buffer, byteOffset, byteLength));
  }

  private drained(): void {
    if (this.queue.total === 0 && this.closeRequested) {
      this.forget();
      this.stream.close();
    } else {
      this.pullIfNeeded();
    }
  }
}

function viewOf(into: PullInto): ArrayBufferView {
  return new into.View(transfer(into.buffer), into.byteOffset, into.bytesFilled / into.elementSize);
}

/** https://streams.spec.whatwg.org/#rbs-controller-class */
export class ReadableByteStreamController {
  #it: ByteController;

  constructor() {
    const it = arguments[0] as unknown;
    if (!(it instanceof ByteController)) throw new SafeTypeError("Illegal constructor");
    this.#it = it;
  }

  get byobRequest(): ReadableStreamBYOBRequest | null {
    return this.#it.byobRequest;
  }

  get desiredSize(): number | null {
    return this.#it.desiredSize;
  }

  close(): void {
    requireOpen(this.#it);
    this.#it.close();
  }

  enqueue(chunk: ArrayBufferView): void {
    const it = this.#it;
    requireArguments(arguments.length, 1, "Failed to execute 'enqueue' on 'ReadableByteStreamController'");
    toView(chunk, "Failed to execute 'enqueue' on 'ReadableByteStreamController': parameter 1");
    if (viewByteLength(chunk) === 0) throw new SafeTypeError("the chunk is empty");
    requireOpen(it);
    it.enqueue(chunk);
  }

  error(error: unknown = undefined): void {
    this.#it.error(error);
  }
}

let invalidate: (request: ReadableStreamBYOBRequest) => void;

/** https://streams.spec.whatwg.org/#rs-byob-request-class */
export class ReadableStreamBYOBRequest {
  #controller: ByteController | undefined;
  #view: Uint8Array | null;

  static {
    invalidate = (request) => {
      request.#controller = undefined;
      request.#view = null;
    };
  }

  constructor() {
    const controller = arguments[0] as unknown;
    if (!(controller instanceof ByteController)) throw new SafeTypeError("Illegal constructor");
    this.#controller = controller;
    this.#view = arguments[1] as Uint8Array;
  }

  get view(): Uint8Array | null {
    return this.#view;
  }

  respond(bytesWritten: number): void {
    const controller = this.#controller;
    const where = "Failed to execute 'respond' on 'ReadableStreamBYOBRequest'";
    requireArguments(arguments.length, 1, where);
    const n = toUnsignedLongLong(bytesWritten, where + ": parameter 1", "enforce");
    if (controller === undefined) throw new SafeTypeError("the request was answered already");
    requireAttached(this.#view!);
    controller.respond(n);
  }

  respondWithNewView(view: ArrayBufferView): void {
    const controller = this.#controller;
    const where = "Failed to execute 'respondWithNewView' on 'ReadableStreamBYOBRequest'";
    requireArguments(arguments.length, 1, where);
    toView(view, where + ": parameter 1");
    if (controller === undefined) throw new SafeTypeError("the request was answered already");
    requireAttached(view);
    controller.respondWithNewView(view);
  }
}

defineInterface(ReadableByteStreamController);
defineInterface(ReadableStreamBYOBRequest);
