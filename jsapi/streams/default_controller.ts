import { SafeTypeError } from "../internal/primordials.ts";
import { defineInterface } from "../internal/webidl.ts";
import { Controller } from "./controller.ts";
import type { Readable } from "./readable.ts";
import type { ReadRequest } from "./readers.ts";
import { type Size, requireSize, sizeOf } from "./strategies.ts";

/** The slots of a ReadableStreamDefaultController (https://streams.spec.whatwg.org/#rs-default-controller-abstract-ops). */
export class DefaultController extends Controller<unknown> {
  readonly bytes = false;
  private size: Size | undefined;

  constructor(stream: Readable, highWaterMark: number, size?: Size) {
    super(stream, highWaterMark);
    this.size = size;
  }

  close(): void {
    if (!this.canCloseOrEnqueue) return;
    this.closeRequested = true;
    if (this.queue.length === 0) this.finish();
  }

  enqueue(chunk: unknown): void {
    if (!this.canCloseOrEnqueue) return;
    const { reader } = this.stream;
    if (reader !== undefined && reader.requests.length > 0) {
      reader.requests.shift().chunk(chunk);
    } else {
      try {
        const size = sizeOf(this.size, chunk);
        requireSize(size);
        this.queue.push(chunk, size);
      } catch (error) {
        this.error(error);
        throw error;
      }
    }
    this.pullIfNeeded();
  }

  pullSteps(request: ReadRequest): void {
    if (this.queue.length === 0) {
      this.stream.reader!.requests.push(request);
      this.pullIfNeeded();
      return;
    }
    const chunk = this.queue.shift();
    if (this.closeRequested && this.queue.length === 0) this.finish();
    else this.pullIfNeeded();
    request.chunk(chunk);
  }

  releaseSteps(): void {}

  protected override forget(): void {
    super.forget();
    this.size = undefined;
  }

  private finish(): void {
    this.forget();
    this.stream.close();
  }
}

/** https://streams.spec.whatwg.org/#rs-default-controller-class */
export class ReadableStreamDefaultController {
  #it: DefaultController;

  constructor() {
    const it = arguments[0] as unknown;
    if (!(it instanceof DefaultController)) throw new SafeTypeError("Illegal constructor");
    this.#it = it;
  }

  get desiredSize(): number | null {
    return this.#it.desiredSize;
  }

  close(): void {
    requireOpen(this.#it);
    this.#it.close();
  }

  enqueue(chunk: unknown = undefined): void {
    requireOpen(this.#it);
    this.#it.enqueue(chunk);
  }

  error(error: unknown = undefined): void {
    this.#it.error(error);
  }
}

/** Throws unless the stream takes chunks. */
export function requireOpen(controller: Controller<any>): void {
  if (controller.canCloseOrEnqueue) return;
  const why = controller.closeRequested ? "is closed already" : "is " + controller.stream.state;
  throw new SafeTypeError("the stream " + why);
}

defineInterface(ReadableStreamDefaultController);
