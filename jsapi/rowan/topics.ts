import {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeSet,
  ReflectApply,
  SafeMap,
  SafeTypeError,
} from "../internal/primordials.ts";
import { report } from "../internal/report.ts";

declare const __host: {
  /** From now on the topic's messages come to deliver. Throws where a bound is reached. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
};

type Callback = (message: any, topic: string) => void;

interface Subscription {
  callback: Callback;
  active: boolean;
}

/** The subscriptions to each topic, in the order in which they were made. A list is replaced, never changed. */
const topics = new SafeMap<string, readonly Subscription[]>();

/** Calls the callback with each message of the topic. Returns what ends that. */
export function subscribe(topic: string, callback: Callback): () => void {
  if (typeof topic !== "string") throw new SafeTypeError("subscribe: the topic is not a string");
  if (typeof callback !== "function") throw new SafeTypeError("subscribe: the callback is not a function");
  const others = MapPrototypeGet(topics, topic);
  if (others === undefined) __host.subscribe(topic);
  const subscription: Subscription = { callback, active: true };
  const list = others === undefined ? [] : ArrayPrototypeSlice(others);
  ArrayPrototypePush(list, subscription);
  MapPrototypeSet(topics, topic, list);
  return () => {
    if (!subscription.active) return;
    subscription.active = false;
    remove(topic, subscription);
  };
}

function remove(topic: string, subscription: Subscription): void {
  const list = ArrayPrototypeSlice(MapPrototypeGet(topics, topic)!);
  ArrayPrototypeSplice(list, ArrayPrototypeIndexOf(list, subscription), 1);
  if (list.length > 0) {
    MapPrototypeSet(topics, topic, list);
    return;
  }
  MapPrototypeDelete(topics, topic);
  __host.unsubscribe(topic);
}

/** Hands a message to the topic's callbacks. The host calls this. What a callback throws keeps it from no other one. */
export function deliver(topic: string, message: unknown): void {
  const list = MapPrototypeGet(topics, topic);
  if (list === undefined) return; // it was on its way when the last callback went
  for (let i = 0; i < list.length; i++) {
    const subscription = list[i]!;
    if (!subscription.active) continue;
    try {
      ReflectApply(subscription.callback, undefined, [message, topic]);
    } catch (error) {
      report(error);
    }
  }
}
