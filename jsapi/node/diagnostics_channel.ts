// node:diagnostics_channel, https://nodejs.org/api/diagnostics_channel.html.

import { checkFunction, invalidType } from "../buffer/buffer.ts";
import { report } from "../internal/report.ts";

type Name = string | symbol;
type Subscriber = (message: unknown, name: Name) => void;

class Channel {
  readonly name: Name;
  #subscribers: Subscriber[] = [];
  #stores = new Map<any, (message: unknown) => unknown>();

  constructor(name: Name) {
    this.name = name;
  }

  get hasSubscribers(): boolean {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  subscribe(subscriber: Subscriber): void {
    checkFunction(subscriber, "subscription");
    this.#subscribers = [...this.#subscribers, subscriber];
  }

  unsubscribe(subscriber: Subscriber): boolean {
    const at = this.#subscribers.indexOf(subscriber);
    if (at < 0) return false;
    this.#subscribers = this.#subscribers.filter((_, i) => i !== at);
    return true;
  }

  publish(message: unknown): void {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(message, this.name);
      } catch (error) {
        report(error);
      }
    }
  }

  bindStore(store: unknown, transform: (message: unknown) => unknown = (message) => message): void {
    this.#stores.set(store, transform);
  }

  unbindStore(store: unknown): boolean {
    return this.#stores.delete(store);
  }

  runStores(message: unknown, f: (...args: any[]) => unknown, thisArg?: unknown, ...args: unknown[]): unknown {
    let run = (): unknown => {
      this.publish(message);
      return f.apply(thisArg, args);
    };
    for (const [store, transform] of this.#stores) {
      const inner = run;
      run = () => store.run(transform(message), inner);
    }
    return run();
  }
}

const channels = new Map<Name, Channel>();

function channel(name: Name): Channel {
  if (typeof name !== "string" && typeof name !== "symbol") throw invalidType("channel", "of type string or symbol", name);
  let found = channels.get(name);
  if (found === undefined) channels.set(name, (found = new Channel(name)));
  return found;
}

const events = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;

class TracingChannel {
  start!: Channel;
  end!: Channel;
  asyncStart!: Channel;
  asyncEnd!: Channel;
  error!: Channel;

  constructor(nameOrChannels: any) {
    for (const event of events) {
      this[event] = typeof nameOrChannels === "string" ? channel("tracing:" + nameOrChannels + ":" + event) : nameOrChannels[event];
    }
  }

  get hasSubscribers(): boolean {
    return events.some((event) => this[event]?.hasSubscribers);
  }

  subscribe(handlers: Record<string, Subscriber>): void {
    for (const event of events) if (handlers[event]) this[event].subscribe(handlers[event]);
  }

  unsubscribe(handlers: Record<string, Subscriber>): boolean {
    return events.every((event) => !handlers[event] || this[event].unsubscribe(handlers[event]));
  }

  traceSync(f: (...args: any[]) => unknown, context: any = {}, thisArg?: unknown, ...args: unknown[]): unknown {
    return this.start.runStores(context, () => {
      try {
        return (context.result = f.apply(thisArg, args));
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  tracePromise(f: (...args: any[]) => any, context: any = {}, thisArg?: unknown, ...args: unknown[]): unknown {
    const settled = (key: "result" | "error", value: unknown): void => {
      context[key] = value;
      if (key === "error") this.error.publish(context);
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
    };
    return this.start.runStores(context, () => {
      try {
        return Promise.resolve(f.apply(thisArg, args)).then(
          (value) => (settled("result", value), value),
          (error) => {
            settled("error", error);
            throw error;
          },
        );
      } finally {
        this.end.publish(context);
      }
    });
  }
}

export default {
  Channel,
  channel,
  hasSubscribers: (name: Name) => channels.get(name)?.hasSubscribers === true,
  subscribe: (name: Name, subscriber: Subscriber) => channel(name).subscribe(subscriber),
  unsubscribe: (name: Name, subscriber: Subscriber) => channel(name).unsubscribe(subscriber),
  tracingChannel: (nameOrChannels: unknown) => new TracingChannel(nameOrChannels),
};
