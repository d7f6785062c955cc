import { type Deferred, PromisePrototypeThen, PromiseWithResolvers, enqueueMicrotask } from "../internal/primordials.ts";
import { ByteController } from "./byte_controller.ts";
import { DefaultController } from "./default_controller.ts";
import { Readable } from "./readable.ts";
import { type ReadRequest, Reader } from "./readers.ts";
import { cloneBytes } from "./views.ts";

/** Makes a copy of a chunk for the second branch. */
export type Clone = (chunk: unknown) => unknown;

/** https://streams.spec.whatwg.org/#readable-stream-tee. With clone, the second branch has chunks of its own. */
export function teeReadable(stream: Readable, clone?: Clone): [Readable, Readable] {
  const tee: Tee<any> = stream.controller.bytes ? new ByteTee(stream) : new DefaultTee(stream, clone);
  return [tee.first.stream, tee.second.stream];
}

/** One of the two streams that a tee makes. */
class Branch<C extends DefaultController | ByteController> {
  readonly stream = new Readable();
  cancelled = false;
  reason: unknown = undefined;
  /** Whether it was pulled while a read was under way. */
  pullAgain = false;
  controller!: C;

  constructor(private readonly tee: Tee<C>) {}

  begin(controller: C): void {
    this.controller = controller;
    controller.start({ self: this, ours: true, handle: undefined, start: undefined, pull: this.pull, cancel: this.cancel });
  }

  pull(): unknown {
    this.tee.pull(this);
    return undefined;
  }

  cancel(reason: unknown): Promise<undefined> {
    this.cancelled = true;
    this.reason = reason;
    return this.tee.cancel();
  }
}

abstract class Tee<C extends DefaultController | ByteController> implements ReadRequest {
  readonly first: Branch<C> = new Branch<C>(this);
  readonly second: Branch<C> = new Branch<C>(this);
  protected reader: Reader;
  protected reading = false;
  /** What both branches' cancel waits for. */
  protected readonly ended: Deferred<undefined> = PromiseWithResolvers<undefined>();

  constructor(protected readonly stream: Readable) {
    this.reader = new Reader(stream);
  }

  abstract pull(branch: Branch<C>): void;
  protected abstract take(chunk: unknown): void;
  abstract close(buffer?: unknown): void;

  /** Fails the branches when the stream fails. */
  protected watch(): void {
    const { reader } = this;
    PromisePrototypeThen(reader.closed.promise, undefined, (error) => {
      if (reader !== this.reader) return;
      this.first.controller.error(error);
      this.second.controller.error(error);
      this.over();
    });
  }

  cancel(): Promise<undefined> {
    const { first, second } = this;
    if (first.cancelled && second.cancelled) this.ended.resolve(this.stream.cancel([first.reason, second.reason]));
    return this.ended.promise;
  }

  /** Hands the chunk out in a microtask: the reader's closed promise comes first. */
  chunk(chunk: unknown): void {
    enqueueMicrotask(() => {
      this.first.pullAgain = this.second.pullAgain = false;
      this.take(chunk);
    });
  }

  error(): void {
    this.reading = false;
  }

  /** A chunk that cannot be copied ends it all. */
  protected fail(error: unknown): void {
    this.first.controller.error(error);
    this.second.controller.error(error);
    this.ended.resolve(this.stream.cancel(error));
  }

  protected readAgain(): void {
    this.reading = false;
    if (this.first.pullAgain) this.pull(this.first);
    else if (this.second.pullAgain) this.pull(this.second);
  }

  protected over(): void {
    if (!this.first.cancelled || !this.second.cancelled) this.ended.resolve(undefined);
  }
}

/** https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee */
class DefaultTee extends Tee<DefaultController> {
  constructor(
    stream: Readable,
    private readonly clone: Clone | undefined,
  ) {
    super(stream);
    this.first.begin(new DefaultController(this.first.stream, 1));
    this.second.begin(new DefaultController(this.second.stream, 1));
    this.watch();
  }

  pull(branch: Branch<DefaultController>): void {
    if (this.reading) {
      branch.pullAgain = true;
      return;
    }
    this.reading = true;
    this.reader.read(this);
  }

  protected take(chunk: unknown): void {
    const { first, second } = this;
    let copy = chunk;
    if (this.clone !== undefined && !second.cancelled) {
      try {
        copy = this.clone(chunk);
      } catch (error) {
        this.fail(error);
        return;
      }
    }
    if (!first.cancelled) first.controller.enqueue(chunk);
    if (!second.cancelled) second.controller.enqueue(copy);
    this.readAgain();
  }

  close(): void {
    this.reading = false;
    if (!this.first.cancelled) this.first.controller.close();
    if (!this.second.cancelled) this.second.controller.close();
    this.over();
  }
}

/** https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee */
class ByteTee extends Tee<ByteController> {
  /** Whose buffer is being read into: undefined when it is none of theirs. */
  private filling: Branch<ByteController> | undefined = undefined;

  constructor(stream: Readable) {
    super(stream);
    this.first.begin(new ByteController(this.first.stream, 0));
    this.second.begin(new ByteController(this.second.stream, 0));
    this.watch();
  }

  pull(branch: Branch<ByteController>): void {
    if (this.reading) {
      branch.pullAgain = true;
      return;
    }
    this.reading = true;
    const request = branch.controller.byobRequest;
    this.acquire(request !== null);
    this.filling = request === null ? undefined : branch;
    if (request === null) this.reader.read(this);
    else this.reader.readInto(request.view!, 1, this);
  }

  protected take(chunk: unknown): void {
    const bytes = chunk as Uint8Array;
    const filling = this.filling ?? this.first;
    const other = this.other(filling);
    let copy = bytes;
    // A buffer that was lent goes back even if only the other branch is read from.
    if (!other.cancelled && !(this.filling === undefined && filling.cancelled)) {
      try {
        copy = cloneBytes(bytes);
      } catch (error) {
        this.fail(error);
        return;
      }
    }
    if (!filling.cancelled) {
      if (this.filling === undefined) filling.controller.enqueue(bytes);
      else filling.controller.respondWithNewView(bytes);
    }
    if (!other.cancelled) other.controller.enqueue(copy);
    this.readAgain();
  }

  close(buffer?: unknown): void {
    this.reading = false;
    const filling = this.filling ?? this.first;
    const other = this.other(filling);
    if (!filling.cancelled) filling.controller.close();
    if (!other.cancelled) other.controller.close();
    if (this.filling === undefined) {
      giveBack(filling);
      giveBack(other);
    } else if (buffer !== undefined) {
      if (!filling.cancelled) filling.controller.respondWithNewView(buffer as Uint8Array);
      if (!other.cancelled) giveBack(other);
    }
    this.over();
  }

  private other(branch: Branch<ByteController>): Branch<ByteController> {
    return branch === this.first ? this.second : this.first;
  }

  /** Sees to it that the reader is of that kind. */
  private acquire(byob: boolean): void {
    if (this.reader.byob === byob) return;
    const { reader } = this;
    this.reader = undefined as never; // what the release rejects is no failure of the stream's
    reader.release();
    this.reader = new Reader(this.stream, byob);
    this.watch();
  }
}

/** Returns the buffers of a closed branch's reader. */
function giveBack(branch: Branch<ByteController>): void {
  if (branch.controller.pending.length > 0) branch.controller.respond(0);
}
