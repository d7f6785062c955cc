// Streams that go to another context: what is read on one side of a channel is written on the other
// (https://streams.spec.whatwg.org/#transferrable-streams). A message is [type, value].

import { type Deferred, PromiseWithResolvers, SafeTypeError } from "../internal/primordials.ts";
import {
  type Receiver,
  claimEndpoint,
  closeEndpoint,
  openEndpoint,
  pairEndpoints,
  post,
  shipEndpoint,
  startEndpoint,
} from "../channel/channel.ts";
import { dataCloneError, registerTransferable } from "../clone/clone.ts";
import { DefaultController } from "./default_controller.ts";
import { pipe } from "./pipe.ts";
import { handle } from "./promises.ts";
import { Readable } from "./readable.ts";
import { ReadableStream, isReadableStream, readableOf } from "./readable_stream.ts";
import { Sides, TransformStream, isTransformStream, sidesOf } from "./transform.ts";
import { Writable, WritableController } from "./writable.ts";
import { WritableStream, isWritableStream, writableOf } from "./writable_stream.ts";

type Message = [type: string, value: unknown];

/** One side's end of the channel. */
abstract class Side implements Receiver {
  constructor(protected readonly end: number) {
    openEndpoint(end, this);
  }

  abstract message(data: Message): void;
  /** The stream fails with what the other side said. */
  protected abstract fail(error: unknown): void;

  messageError(): void {
    const error = dataCloneError("a chunk of the stream is nothing that there is in this context");
    this.sendError(error);
    this.fail(error);
  }

  closed(): void {
    this.fail(new SafeTypeError("the other side of the stream is gone"));
  }

  protected start(): void {
    startEndpoint(this.end);
  }

  /** Sends a message, or why it cannot be sent. */
  protected send(type: string, value: unknown): void {
    try {
      post(this.end, [type, value], []);
    } catch (error) {
      this.sendError(error);
      throw error;
    }
  }

  /** Tells the other side of an error, and closes the channel. */
  protected sendError(error: unknown): void {
    try {
      post(this.end, ["error", error], []);
    } catch {
      // The other side hears that the channel is closed.
    }
    this.close();
  }

  protected close(): void {
    closeEndpoint(this.end);
  }
}

/** https://streams.spec.whatwg.org/#abstract-opdef-setupcrossrealmtransformreadable */
class ReadableSide extends Side {
  readonly stream = new Readable();
  private readonly controller = new DefaultController(this.stream, 0);

  constructor(end: number) {
    super(end);
    this.controller.start({ self: this, ours: true, handle: undefined, start: undefined, pull: this.pull, cancel: this.cancel });
    this.start();
  }

  message(data: Message): void {
    if (data[0] === "chunk") {
      this.controller.enqueue(data[1]);
      return;
    }
    this.close();
    if (data[0] === "close") this.controller.close();
    else this.fail(data[1]);
  }

  protected fail(error: unknown): void {
    this.controller.error(error);
  }

  private pull(): void {
    this.send("pull", undefined);
  }

  private cancel(reason: unknown): void {
    this.send("error", reason);
    this.close();
  }
}

/** https://streams.spec.whatwg.org/#abstract-opdef-setupcrossrealmtransformwritable */
class WritableSide extends Side {
  readonly stream = new Writable();
  private readonly controller = new WritableController(this.stream, 1);
  /** What a chunk waits for: undefined once the other side wants one. */
  private wanted: Deferred<undefined> | undefined = PromiseWithResolvers<undefined>();

  constructor(end: number) {
    super(end);
    const { write, finish, abort } = this;
    this.controller.start({ self: this, ours: true, handle: undefined, start: undefined, write, close: finish, abort });
    this.start();
  }

  message(data: Message): void {
    if (data[0] === "error") {
      this.close();
      this.fail(data[1]);
    }
    this.unblock();
  }

  protected fail(error: unknown): void {
    this.controller.errorIfNeeded(error);
    this.unblock();
  }

  private unblock(): void {
    if (this.wanted !== undefined) this.wanted.resolve(undefined);
    this.wanted = undefined;
  }

  private async write(chunk: unknown): Promise<void> {
    if (this.wanted !== undefined) await this.wanted.promise;
    if (this.stream.state === "erroring") return;
    this.wanted = PromiseWithResolvers<undefined>();
    this.send("chunk", chunk);
  }

  private finish(): void {
    this.send("close", undefined);
    this.close();
  }

  private abort(reason: unknown): void {
    this.send("error", reason);
    this.close();
  }
}

/** A channel for a stream that is not locked: what to do with this context's end, and the ticket of the other one. */
function ship(locked: boolean, begin: (end: number) => Promise<undefined>): string {
  if (locked) throw dataCloneError("a stream that is locked cannot be transferred");
  const ends = pairEndpoints();
  handle(begin(ends[0]));
  return shipEndpoint(ends[1])!;
}

const shipReadable = (stream: ReadableStream): string => {
  const it = readableOf(stream);
  return ship(it.reader !== undefined, (end) => pipe(it, new WritableSide(end).stream, {}));
};

const shipWritable = (stream: WritableStream): string => {
  const it = writableOf(stream);
  return ship(it.writer !== undefined, (end) => pipe(new ReadableSide(end).stream, it, {}));
};

const readableAt = (ticket: string) => new ReadableStream(new ReadableSide(claimEndpoint(ticket)).stream);
const writableAt = (ticket: string) => new WritableStream(new WritableSide(claimEndpoint(ticket)).stream);

registerTransferable<ReadableStream>("ReadableStream", { is: isReadableStream, detach: shipReadable, attach: readableAt });
registerTransferable<WritableStream>("WritableStream", { is: isWritableStream, detach: shipWritable, attach: writableAt });
registerTransferable<TransformStream>("TransformStream", {
  is: isTransformStream,
  detach(stream) {
    const { readable, writable } = sidesOf(stream);
    if (readableOf(readable).reader !== undefined) throw dataCloneError("a transform whose readable side is locked cannot be transferred");
    return [shipWritable(writable), shipReadable(readable)];
  },
  attach: (tickets: [string, string]) => new TransformStream(new Sides(readableAt(tickets[1]), writableAt(tickets[0]))),
});
