import { PromiseReject, PromiseResolve } from "../internal/primordials.ts";
import type { ByteController } from "./byte_controller.ts";
import type { DefaultController } from "./default_controller.ts";
import { settled } from "./promises.ts";
import { Queue } from "./queue.ts";
import type { Reader } from "./readers.ts";

/** The slots of a ReadableStream, and what is done to them (https://streams.spec.whatwg.org/#rs-all-abstract-ops). */
export class Readable {
  state: "readable" | "closed" | "errored" = "readable";
  error: unknown = undefined;
  /** Who has the lock. */
  reader: Reader | undefined = undefined;
  /** Whether it was ever read from or cancelled. */
  disturbed = false;
  controller!: DefaultController | ByteController;

  cancel(reason: unknown): Promise<undefined> {
    this.disturbed = true;
    if (this.state === "closed") return PromiseResolve(undefined);
    if (this.state === "errored") return PromiseReject(this.error);
    const { reader } = this;
    this.close();
    if (reader !== undefined && reader.byob) {
      const requests = reader.requests;
      reader.requests = new Queue();
      while (requests.length > 0) requests.shift().close();
    }
    return settled(this.controller.cancelSteps(reason));
  }

  close(): void {
    this.state = "closed";
    const { reader } = this;
    if (reader === undefined) return;
    reader.closed.resolve();
    if (reader.byob) return; // its requests hold buffers, and end with the controller's
    const requests = reader.requests;
    reader.requests = new Queue();
    while (requests.length > 0) requests.shift().close();
  }

  fail(error: unknown): void {
    this.state = "errored";
    this.error = error;
    const { reader } = this;
    if (reader === undefined) return;
    reader.closed.reject(error);
    reader.fail(error);
  }
}
