import {
  ArrayPrototypePush,
  ArrayPrototypeShift,
  JSONParse,
  MapPrototypeDelete,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectPrototypeHasOwnProperty,
  PromisePrototypeThen,
  PromiseResolve,
  ReflectApply,
  SafeMap,
  SafeTypeError,
} from "../internal/primordials.ts";
import { Refusal, payloadOf } from "../internal/refusal.ts";
import { report } from "../internal/report.ts";
import { ChannelSocket } from "./channelsocket.ts";

declare const __host: {
  /** Answers the join. False: the channel has ended meanwhile. */
  channelJoined(channel: number, response: unknown): boolean;
  channelRefused(channel: number, response: unknown): void;
  /** ref is the event's, as the host gave it. */
  channelReply(channel: number, ref: string, ok: boolean, response: unknown): void;
  /** Says to the client that it has not joined the topic that an event came for. */
  channelUnmatched(topic: string, ref: string): void;
  /** The client has left: answers, and closes the channel. */
  channelLeft(channel: number, ref: string): void;
  channelClose(channel: number): void;
  /** Something was thrown: it is logged, the channel ends with an error, and the client joins anew. */
  channelFailed(channel: number, error: unknown): void;
  /** The same because the script wants it. */
  channelCrash(channel: number, reason: string): void;
  /** The handler's promise is waited for from now on: for too long, and end is called. */
  channelWait(channel: number): void;
  /** It has settled. */
  channelDone(channel: number): void;
  /** Calls next, in a turn of its own. */
  channelNext(channel: number): void;
  /** Nothing will come from the channel any more. */
  channelGone(channel: number): void;
};

type Handler = (...args: any[]) => unknown;
type Handlers = { [event: string]: unknown };

/** What an app says of a kind of channel: Channel of the types. */
export interface Definition {
  join?: unknown;
  on?: Handlers;
  out?: Handlers;
  info?: unknown;
  leave?: unknown;
}

/** The channels of this context's socket, by their numbers. */
const channels = new SafeMap<number, Channel>();

/** How many events may wait in a channel while a handler's promise is pending. */
const waitingMax = 1000;

export function find(number: number): Channel | undefined {
  return MapPrototypeGet(channels, number);
}

export function each(f: (channel: Channel) => void): void {
  MapPrototypeForEach(channels, f);
}

/** What a channel is made of anew. */
export interface Moved {
  number: number;
  id: string | null;
  topic: string;
  assigns: unknown;
}

/** A channel of the socket. Its events run one at a time, each handler awaited; other channels go on meanwhile. */
export class Channel {
  readonly number: number;
  readonly #definition: Definition;
  readonly #socket: ChannelSocket;

  /** Events that came while a handler's promise is pending, oldest first. */
  #waiting: (() => void)[] | undefined;
  #busy = true;
  #joined = false;
  #closing = false;
  /** The channel has ended, for this reason. */
  #ended: string | undefined;
  /** What goes on when a channel that is being left has ended: the next join of its topic. */
  #next: (() => void) | undefined;

  /** The event that runs: its ref, and whether it is answered later. */
  #ref = "null";
  #deferred = false;
  /** Events that are answered later, and have not been. */
  #owed = 0;

  constructor(number: number, definition: Definition, topic: string, id: string | null, assigns: unknown) {
    this.number = number;
    this.#definition = definition;
    this.#socket = new ChannelSocket(this, id, topic, assigns);
    MapPrototypeSet(channels, number, this);
  }

  /** A channel that is joined, in the version of the app to which its context has moved. */
  static moved(channel: Moved, definition: Definition): void {
    const c = new Channel(channel.number, definition, channel.topic, channel.id, channel.assigns);
    c.#joined = true;
    c.#busy = false;
  }

  /** Whether nothing of the channel is under way. */
  get idle(): boolean {
    return this.#joined && !this.#busy && this.#owed === 0;
  }

  /** What is kept of the channel when its context moves. */
  get kept(): Moved {
    const { id, topic, assigns } = this.#socket;
    return { number: this.number, id, topic, assigns };
  }

  /** Runs the join, once the channel that the client leaves, if any, has ended. */
  join(payload: unknown, left: Channel | undefined): void {
    if (left === undefined) this.#join(payload);
    else left.#next = () => this.#join(payload);
  }

  #join(payload: unknown): void {
    if (this.#ended !== undefined) return;
    const { join } = this.#definition;
    if (typeof join !== "function") return this.#accept(undefined);
    this.#run(
      () => ReflectApply(join, this.#definition, [this.#socket, valueOf(payload), this.#socket.topic]),
      (response) => this.#accept(response),
      (error) => this.#refuse(error),
    );
  }

  #accept(response: unknown): void {
    this.#joined = true;
    if (this.#ended !== undefined) return this.#leave(this.#ended); // it was too late
    let there;
    try {
      there = __host.channelJoined(this.number, payloadOf(response));
    } catch (error) {
      return this.fail(error);
    }
    if (there) this.#idle();
    else this.end("left");
  }

  #refuse(error: unknown): void {
    if (this.#ended !== undefined) return;
    if (error instanceof Refusal) {
      try {
        __host.channelRefused(this.number, payloadOf(error.response));
        this.end("refused");
      } catch (thrown) {
        this.fail(thrown);
      }
    } else {
      this.fail(error);
    }
  }

  /** Runs the handler of a client's event and answers. */
  push(event: string, payload: unknown, ref: string): void {
    if (this.#ended !== undefined) return __host.channelUnmatched(this.#socket.topic, ref);
    if (this.#busy) {
      if (!this.#wait(() => this.push(event, payload, ref))) {
        __host.channelReply(this.number, ref, false, `{"reason":"too many events waiting"}`);
      }
      return;
    }
    const handler = handlerOf(this.#definition.on, event);
    if (handler === undefined) return __host.channelReply(this.number, ref, false, `{"reason":"unknown event"}`);
    this.#ref = ref;
    this.#deferred = false;
    this.#run(
      () => ReflectApply(handler, this.#definition.on, [this.#socket, valueOf(payload)]),
      (response) => this.#answer(response),
      (error) => this.#answerError(error),
    );
  }

  #answer(response: unknown): void {
    if (this.#ended !== undefined) return;
    if (response !== undefined && !this.#deferred) {
      try {
        __host.channelReply(this.number, this.#ref, true, payloadOf(response));
      } catch (error) {
        return this.fail(error);
      }
    }
    this.#idle();
  }

  #answerError(error: unknown): void {
    if (this.#ended !== undefined) return;
    if (!(error instanceof Refusal)) return this.fail(error);
    try {
      if (!this.#deferred) __host.channelReply(this.number, this.#ref, false, payloadOf(error.response));
    } catch (thrown) {
      return this.fail(thrown);
    }
    this.#idle();
  }

  /** Lets the event that runs be answered later. */
  defer(): { reply(status: "ok" | "error", response?: unknown): void } {
    const ref = this.#ref;
    let answered = false;
    this.#deferred = true;
    this.#owed++;
    return {
      reply: (status, response) => {
        if (status !== "ok" && status !== "error") throw new SafeTypeError(`a reply's status is "ok" or "error"`);
        if (answered) throw new SafeTypeError("the event has been answered already");
        const text = payloadOf(response);
        answered = true;
        this.#owed--;
        if (this.#ended === undefined) __host.channelReply(this.number, ref, status === "ok", text);
      },
    };
  }

  /** Hands a broadcast to the channel's out handler. */
  out(event: string, payload: unknown): void {
    this.#hear(handlerOf(this.#definition.out, event), this.#definition.out, () => [this.#socket, valueOf(payload)]);
  }

  /** Hands a message of a topic to the channel. */
  info(topic: string, message: unknown): void {
    const { info } = this.#definition;
    if (typeof info === "function") this.#hear(info as Handler, this.#definition, () => [this.#socket, message, topic]);
  }

  /** Runs a handler whose outcome concerns nobody, in the order of events. */
  #hear(handler: Handler | undefined, self: unknown, args: () => unknown[]): void {
    if (handler === undefined || this.#ended !== undefined) return;
    if (this.#busy) {
      if (!this.#wait(() => this.#hear(handler, self, args))) this.fail(new SafeTypeError("too many messages wait for the channel"));
      return;
    }
    this.#run(
      () => ReflectApply(handler, self, args()),
      () => this.#ended === undefined && this.#idle(),
      (error) => this.#ended === undefined && this.fail(error),
    );
  }

  /** The client leaves, when what came before has been done. */
  left(ref: string): void {
    if (this.#ended !== undefined) return;
    if (this.#busy) {
      ArrayPrototypePush((this.#waiting ??= []), () => this.left(ref));
      return;
    }
    __host.channelLeft(this.number, ref);
    this.end("left");
  }

  /** Closes the channel, after the reply to the event that runs. */
  close(): void {
    this.#closing = true;
    if (!this.#busy) this.#idle();
  }

  crash(reason: string): void {
    if (this.#ended !== undefined) return;
    __host.channelCrash(this.number, reason);
    this.end("crashed");
  }

  /** Ends the channel because of what a handler threw. */
  fail(error: unknown): void {
    try {
      __host.channelFailed(this.number, error);
    } catch {
      __host.channelFailed(this.number, new SafeTypeError("what was thrown cannot be shown: " + typeof error));
    }
    this.end("crashed");
  }

  /** Ends the channel. What still waits finds that out. */
  end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    if (this.#joined) this.#leave(reason);
    __host.channelGone(this.number);
    MapPrototypeDelete(channels, this.number);
    const waiting = this.#waiting;
    while (waiting !== undefined && waiting.length > 0) ArrayPrototypeShift(waiting)!();
    this.#next?.();
  }

  #leave(reason: string): void {
    const { leave } = this.#definition;
    if (typeof leave !== "function") return;
    try {
      ReflectApply(leave, this.#definition, [this.#socket, reason]);
    } catch (error) {
      report(error);
    }
  }

  /** Runs a handler, and one of the two others with its outcome, now or when its promise settles. */
  #run(handler: () => unknown, then: (value: unknown) => unknown, otherwise: (error: unknown) => unknown): void {
    this.#busy = true;
    let result;
    try {
      result = handler();
    } catch (error) {
      otherwise(error);
      return;
    }
    if (typeof result !== "object" || result === null || typeof (result as PromiseLike<unknown>).then !== "function") {
      then(result);
      return;
    }
    __host.channelWait(this.number);
    const done = <T>(f: (value: T) => unknown) => (value: T): void => {
      __host.channelDone(this.number);
      f(value);
    };
    PromisePrototypeThen(PromiseResolve(result), done(then), done(otherwise));
  }

  /** Keeps an event until the one that runs is over; false if too many wait. */
  #wait(event: () => void): boolean {
    this.#waiting ??= [];
    if (this.#waiting.length >= waitingMax) return false;
    ArrayPrototypePush(this.#waiting, event);
    return true;
  }

  /** The event that ran is over. */
  #idle(): void {
    if (this.#closing) {
      __host.channelClose(this.number);
      this.end("shutdown");
    } else {
      this.#goOn();
    }
  }

  /** Goes on with what waits. Each event has a turn of its own, with its own budget, as if it had just come. */
  #goOn(): void {
    this.#busy = this.#waiting !== undefined && this.#waiting.length > 0;
    if (this.#busy) __host.channelNext(this.number);
    else this.#waiting = undefined;
  }

  /** Runs the event that has waited longest. */
  next(): void {
    this.#busy = false;
    ArrayPrototypeShift(this.#waiting!)!();
    if (!this.#busy && this.#ended === undefined) this.#goOn();
  }
}

/** A handler by its name, of the app's own: an event called "toString" finds nothing. */
function handlerOf(handlers: Handlers | undefined, event: string): Handler | undefined {
  if (typeof handlers !== "object" || handlers === null || !ObjectPrototypeHasOwnProperty(handlers, event)) return undefined;
  const handler = handlers[event];
  return typeof handler === "function" ? (handler as Handler) : undefined;
}

/** A payload as the host gives it. */
function valueOf(payload: unknown): unknown {
  return typeof payload === "string" ? JSONParse(payload) : payload;
}
