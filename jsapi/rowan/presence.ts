// Rowan.presence: who is present on a topic, in the name of this context.

import {
  JSONParse, JSONStringify, ObjectFreeze, SafeTypeError, StringPrototypeCharAt,
} from "../internal/primordials.ts";

declare const __host: {
  /** The meta is the JSON text of an object. */
  "presence.track"(topic: string, key: string, meta: string): void;
  "presence.update"(topic: string, key: string, meta: string): void;
  "presence.untrack"(topic: string, key: string): void;
  /** The list as JSON text. */
  "presence.list"(topic: string): string;
};

type Presences = Record<string, { metas: object[] }>;

function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw new SafeTypeError(what + " is not a string");
  return value;
}

/** A meta as JSON text. */
function metaText(meta: unknown, caller: string): string {
  const json: string | undefined = JSONStringify(meta);
  if (json === undefined || StringPrototypeCharAt(json, 0) !== "{") {
    throw new SafeTypeError(caller + ": the meta is not an object");
  }
  return json;
}

export const presence = ObjectFreeze({
  track(topic: string, key: string, meta: object): void {
    text(topic, "presence.track: the topic");
    text(key, "presence.track: the key");
    __host["presence.track"](topic, key, metaText(meta, "presence.track"));
  },
  update(topic: string, key: string, meta: object): void {
    text(topic, "presence.update: the topic");
    text(key, "presence.update: the key");
    __host["presence.update"](topic, key, metaText(meta, "presence.update"));
  },
  untrack(topic: string, key: string): void {
    __host["presence.untrack"](text(topic, "presence.untrack: the topic"), text(key, "presence.untrack: the key"));
  },
  list(topic: string): Presences {
    return JSONParse(__host["presence.list"](text(topic, "presence.list: the topic")));
  },
});
