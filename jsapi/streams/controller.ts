import { PromisePrototypeThen, ReflectApply } from "../internal/primordials.ts";
import { type Callee, invoke, promiseOf } from "./promises.ts";
import { Queue } from "./queue.ts";
import type { Readable } from "./readable.ts";

/** Where a stream's chunks come from: methods of an object, with what `pull` is given. */
export interface Source extends Callee {
  /** What start and pull take: an interface object for scripts, the controller itself for groups. */
  handle: unknown;
  start: Function | undefined;
  pull: Function | undefined;
  cancel: Function | undefined;
}

/** What the controllers of the two kinds of readable streams have in common. */
export abstract class Controller<T> {
  readonly stream: Readable;
  readonly queue = new Queue<T>();
  readonly highWaterMark: number;
  closeRequested = false;
  started = false;
  /** Undefined once no method of it can be called any more. */
  protected source: Source | undefined = undefined;
  private pulling = false;
  private pullAgain = false;

  constructor(stream: Readable, highWaterMark: number) {
    this.stream = stream;
    this.highWaterMark = highWaterMark;
  }

  /** Calls the source's start. What that throws, it throws. */
  start(source: Source): void {
    this.source = source;
    this.stream.controller = this as never;
    const result = source.start === undefined ? undefined : ReflectApply(source.start as () => unknown, source.self, [source.handle]);
    PromisePrototypeThen(
      promiseOf(result, false), // a group's, too: what comes first of start and cancel is seen by scripts
      () => {
        this.started = true;
        this.pullIfNeeded();
      },
      (error) => this.error(error),
    );
  }

  get desiredSize(): number | null {
    const { state } = this.stream;
    if (state === "errored") return null;
    return state === "closed" ? 0 : this.highWaterMark - this.queue.total;
  }

  get canCloseOrEnqueue(): boolean {
    return !this.closeRequested && this.stream.state === "readable";
  }

  get shouldPull(): boolean {
    if (!this.canCloseOrEnqueue || !this.started) return false;
    const { reader } = this.stream;
    return (reader !== undefined && reader.requests.length > 0) || this.desiredSize! > 0;
  }

  pullIfNeeded(): void {
    if (!this.shouldPull) return;
    if (this.pulling) {
      this.pullAgain = true;
      return;
    }
    this.pulling = true;
    const source = this.source!;
    PromisePrototypeThen(
      invoke(source.pull, source, [source.handle]),
      () => {
        this.pulling = false;
        if (!this.pullAgain) return;
        this.pullAgain = false;
        this.pullIfNeeded();
      },
      (error) => this.error(error),
    );
  }

  error(error: unknown): void {
    if (this.stream.state !== "readable") return;
    this.reset();
    this.forget();
    this.stream.fail(error);
  }

  cancelSteps(reason: unknown): Promise<unknown> {
    this.reset();
    const { source } = this;
    const result = invoke(source?.cancel, source, [reason]);
    this.forget();
    return result;
  }

  /** Lets go of the source: its methods are not called any more. */
  protected forget(): void {
    this.source = undefined;
  }

  protected reset(): void {
    this.queue.clear();
  }
}
