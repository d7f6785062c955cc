// The group "channel": BroadcastChannel, after the HTML Standard
// (https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts).
//
// A channel's name is a topic of the host: what is published there from elsewhere arrives too. The event that
// listeners get is a plain object with the members that a message has: type, data and target; once the group events
// has the classes Event and EventTarget, these take its place. messageerror never comes: what cannot be cloned is
// refused when it is posted.

import {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectDefineProperty,
  ReflectApply,
  SafeError,
  SafeMap,
  SafeString,
  SafeTypeError,
  SymbolToStringTag,
  enqueueMicrotask,
  global,
} from "../internal/primordials.ts";

declare const __host: {
  /** From now on the topic's messages come to deliver under that number. Throws where a bound is reached. */
  open(port: number, topic: string): void;
  /** Hands the message to the topic's subscribers, except to that number's. */
  post(port: number, topic: string, message: unknown): void;
  close(port: number): void;
};

interface MessageEvent {
  type: "message";
  data: unknown;
  target: BroadcastChannel;
}

type Listener = ((event: MessageEvent) => void) | { handleEvent(event: MessageEvent): void };

interface Registration {
  listener: Listener;
  once: boolean;
  removed: boolean;
}

const channels = new SafeMap<number, BroadcastChannel>();
let lastPort = 0;

/** The one type of event. */
const message = "message";

let dispatch: (channel: BroadcastChannel, data: unknown) => void;

class BroadcastChannel {
  #name: string;
  #port: number;
  #closed = false;
  #listeners: Registration[] = [];
  /** What onmessage was set to, as one of the listeners. */
  #handler: Registration | undefined;

  static {
    dispatch = (channel, data) => channel.#dispatch(data);
  }

  constructor(name: unknown) {
    if (arguments.length === 0) throw new SafeTypeError("BroadcastChannel: a name is required");
    this.#name = SafeString(name);
    this.#port = ++lastPort;
    __host.open(this.#port, this.#name);
    MapPrototypeSet(channels, this.#port, this);
  }

  get name(): string {
    return this.#name;
  }

  get onmessage(): Listener | null {
    return this.#handler === undefined ? null : this.#handler.listener;
  }

  set onmessage(handler: unknown) {
    if (typeof handler !== "function" && !isObject(handler)) {
      if (this.#handler !== undefined) this.#remove(this.#handler);
      this.#handler = undefined;
    } else if (this.#handler !== undefined) {
      this.#handler.listener = handler as Listener;
    } else {
      this.#handler = { listener: handler as Listener, once: false, removed: false };
      ArrayPrototypePush(this.#listeners, this.#handler);
    }
  }

  postMessage(data: unknown): void {
    if (arguments.length === 0) throw new SafeTypeError("postMessage: a message is required");
    if (this.#closed) throw invalidState("postMessage: the channel is closed");
    __host.post(this.#port, this.#name, data);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    MapPrototypeDelete(channels, this.#port);
    __host.close(this.#port);
  }

  addEventListener(type: string, listener: Listener | null, options?: boolean | { once?: boolean }): void {
    if (type !== message || listener === null || listener === undefined) return;
    if (this.#find(listener) !== undefined) return;
    const once = isObject(options) && (options as { once?: boolean }).once === true;
    ArrayPrototypePush(this.#listeners, { listener, once, removed: false });
  }

  removeEventListener(type: string, listener: Listener | null): void {
    const registration = type === message ? this.#find(listener) : undefined;
    if (registration !== undefined) this.#remove(registration);
  }

  #find(listener: Listener | null): Registration | undefined {
    for (let i = 0; i < this.#listeners.length; i++) {
      const registration = this.#listeners[i]!;
      if (registration.listener === listener && registration !== this.#handler) return registration;
    }
    return undefined;
  }

  #remove(registration: Registration): void {
    registration.removed = true;
    ArrayPrototypeSplice(this.#listeners, ArrayPrototypeIndexOf(this.#listeners, registration), 1);
  }

  /** Hands a message to the listeners. What one throws keeps it from no other one. */
  #dispatch(data: unknown): void {
    const event: MessageEvent = { type: message, data, target: this };
    const listeners = ArrayPrototypeSlice(this.#listeners);
    for (let i = 0; i < listeners.length; i++) {
      const registration = listeners[i]!;
      if (registration.removed) continue;
      if (registration.once) this.#remove(registration);
      try {
        notify(registration.listener, this, event);
      } catch (error) {
        report(error);
      }
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function notify(listener: Listener, channel: BroadcastChannel, event: MessageEvent): void {
  if (typeof listener === "function") ReflectApply(listener, channel, [event]);
  else ReflectApply(listener.handleEvent, listener, [event]);
}

/** Reports an error as any that nobody catches, and lets the caller go on. */
function report(error: unknown): void {
  enqueueMicrotask(() => {
    throw error;
  });
}

/** A DOMException would be an Error with this name too. */
function invalidState(text: string): Error {
  const error = new SafeError(text);
  ObjectDefineProperty(error, "name", {
    __proto__: null,
    value: "InvalidStateError",
    writable: true,
    enumerable: false,
    configurable: true,
  } as PropertyDescriptor);
  return error;
}

/** Takes a message for the channel of that number. The host calls this; the channel may be closed meanwhile. */
function deliver(port: number, data: unknown): void {
  const channel = MapPrototypeGet(channels, port);
  if (channel !== undefined) dispatch(channel, data);
}

const { prototype } = BroadcastChannel;
for (const member of ["name", "onmessage", "postMessage", "close", "addEventListener", "removeEventListener"]) {
  ObjectDefineProperty(prototype, member, { enumerable: true });
}
ObjectDefineProperty(prototype, SymbolToStringTag, { value: "BroadcastChannel", configurable: true });
ObjectDefineProperty(global, "BroadcastChannel", { value: BroadcastChannel, writable: true, configurable: true });

export default { deliver };
