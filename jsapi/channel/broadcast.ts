// BroadcastChannel: https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts
//
// A channel's name is a topic of the host: what is published there from elsewhere arrives too.

import { deserialize, serialize } from "../clone/clone.ts";
import { DOMException, EventTarget, defineHandlers, fire } from "../events/events.ts";
import { MapPrototypeDelete, MapPrototypeGet, MapPrototypeSet, SafeMap } from "../internal/primordials.ts";
import { defineInterface, requireArguments, toDOMString } from "../internal/webidl.ts";
import { messageErrorEvent, messageEvent } from "./ports.ts";

declare const __host: {
  /** From now on the topic's messages come to deliver under that number. Throws where a bound is reached. */
  open(port: number, topic: string): void;
  /** Hands the message to the topic's subscribers, except to that number's. */
  post(port: number, topic: string, message: unknown): void;
  close(port: number): void;
  /** Where there is a location. */
  origin?(): string;
};

const channels = new SafeMap<number, BroadcastChannel>();
let lastPort = 0;

export class BroadcastChannel extends EventTarget {
  #name: string;
  #port: number;
  #closed = false;

  constructor(name: unknown) {
    const where = "Failed to construct 'BroadcastChannel'";
    requireArguments(arguments.length, 1, where);
    super();
    this.#name = toDOMString(name, where + ": parameter 1");
    this.#port = ++lastPort;
    __host.open(this.#port, topicOf(this.#name));
    MapPrototypeSet(channels, this.#port, this);
  }

  get name(): string {
    return this.#name;
  }

  postMessage(message: unknown): void {
    const closed = this.#closed;
    requireArguments(arguments.length, 1, "Failed to execute 'postMessage' on 'BroadcastChannel'");
    if (closed) throw new DOMException("postMessage: the channel is closed", "InvalidStateError");
    __host.post(this.#port, topicOf(this.#name), serialize(message));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    MapPrototypeDelete(channels, this.#port);
    __host.close(this.#port);
  }
}
defineInterface(BroadcastChannel);
defineHandlers(BroadcastChannel, ["message", "messageerror"]);

/** The origin of all contexts; "" where they have no location. */
const origin = __host.origin?.() ?? "";

/** A topic has a name of at least one character. */
function topicOf(name: string): string {
  return name === "" ? "\0" : name;
}

/** Receives a message for a channel. The host calls this. */
export function deliver(port: number, data: unknown): void {
  const channel = MapPrototypeGet(channels, port);
  if (channel === undefined) return;
  let message: unknown;
  try {
    message = deserialize(data);
  } catch {
    fire(channel, messageErrorEvent());
    return;
  }
  fire(channel, messageEvent(message, [], origin));
}
