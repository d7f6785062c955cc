import { eventPayloadOf } from "../internal/refusal.ts";
import {
  JSONParse, JSONStringify, ObjectDefineProperty, SafeWeakSet, SymbolToStringTag, WeakSetPrototypeAdd, WeakSetPrototypeHas,
} from "../internal/primordials.ts";
import type { Channel } from "./channel.ts";

/** Channels are known to the host by numbers. A payload is a JSON text, or bytes; what is pushed can be an object of plain data too. */
declare const __host: {
  channelPush(channel: number, event: string, payload: unknown): void;
  channelBroadcast(channel: number, event: string, payload: unknown, toSelf: boolean): void;
  channelSubscribe(channel: number, topic: string): void;
  channelUnsubscribe(channel: number, topic: string): void;
  /** track, update and untrack: a presence on the channel's topic; meta is JSON text, and the host refuses any but an object's. */
  channelTrack(channel: number, key: string, meta: string): void;
  channelUpdate(channel: number, key: string, meta: string): void;
  channelUntrack(channel: number, key: string): void;
  /** Who is present on the channel's topic, as JSON. */
  channelPresences(channel: number): string;
  /** What the client sent when it connected, as JSON. */
  socketParams(): string;
};

/** Lists of presences. They are plain data, of which the host makes JSON much faster than the engine: a list may be large. */
const lists = new SafeWeakSet();

/** A client in a channel: ChannelSocket of the types. */
export class ChannelSocket {
  readonly #channel: Channel;
  #params: Record<string, unknown> | undefined;
  readonly id: string | null;
  readonly topic: string;
  assigns: unknown;

  constructor(channel: Channel, id: string | null, topic: string, assigns: unknown) {
    this.#channel = channel;
    this.id = id;
    this.topic = topic;
    this.assigns = assigns;
  }

  get params(): Record<string, unknown> {
    return (this.#params ??= JSONParse(__host.socketParams()));
  }

  push(event: string, payload?: unknown): void {
    const plain = WeakSetPrototypeHas(lists, payload);
    __host.channelPush(this.#channel.number, `${event}`, plain ? payload : eventPayloadOf(payload));
  }

  broadcast(event: string, payload?: unknown): void {
    __host.channelBroadcast(this.#channel.number, `${event}`, eventPayloadOf(payload), true);
  }

  broadcastFrom(event: string, payload?: unknown): void {
    __host.channelBroadcast(this.#channel.number, `${event}`, eventPayloadOf(payload), false);
  }

  subscribe(topic: string): void {
    __host.channelSubscribe(this.#channel.number, `${topic}`);
  }

  unsubscribe(topic: string): void {
    __host.channelUnsubscribe(this.#channel.number, `${topic}`);
  }

  track(key: string, meta: object): void {
    __host.channelTrack(this.#channel.number, `${key}`, JSONStringify(meta) ?? "");
  }

  update(key: string, meta: object): void {
    __host.channelUpdate(this.#channel.number, `${key}`, JSONStringify(meta) ?? "");
  }

  untrack(key: string): void {
    __host.channelUntrack(this.#channel.number, `${key}`);
  }

  presences(): Record<string, { metas: object[] }> {
    const list = JSONParse(__host.channelPresences(this.#channel.number));
    WeakSetPrototypeAdd(lists, list);
    return list;
  }

  defer(): { reply(status: "ok" | "error", response?: unknown): void } {
    return this.#channel.defer();
  }

  close(): void {
    this.#channel.close();
  }

  crash(reason = "crashed"): void {
    this.#channel.crash(`${reason}`);
  }
}
ObjectDefineProperty(ChannelSocket.prototype, SymbolToStringTag, { __proto__: null, value: "ChannelSocket", configurable: true } as PropertyDescriptor);
