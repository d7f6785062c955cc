// Rowan.presence: who is present on a topic, in the name of this context.

import { JSONParse, JSONStringify, ObjectFreeze, SafeTypeError } from "../internal/primordials.ts";

declare const __host: {
  /** The meta is JSON text. The host refuses any but an object's. */
  "presence.track"(topic: string, key: string, meta: string): void;
  "presence.update"(topic: string, key: string, meta: string): void;
  "presence.untrack"(topic: string, key: string): void;
  /** The list as JSON text. */
  "presence.list"(topic: string): string;
};

type Presences = Record<string, { metas: object[] }>;

function check(topic: unknown, key: unknown, caller: string): void {
  if (typeof topic !== "string") throw new SafeTypeError(caller + ": the topic is not a string");
  if (typeof key !== "string") throw new SafeTypeError(caller + ": the key is not a string");
}

export const presence = ObjectFreeze({
  track(topic: string, key: string, meta: object): void {
    check(topic, key, "presence.track");
    __host["presence.track"](topic, key, JSONStringify(meta) ?? "");
  },
  update(topic: string, key: string, meta: object): void {
    check(topic, key, "presence.update");
    __host["presence.update"](topic, key, JSONStringify(meta) ?? "");
  },
  untrack(topic: string, key: string): void {
    check(topic, key, "presence.untrack");
    __host["presence.untrack"](topic, key);
  },
  list(topic: string): Presences {
    check(topic, "", "presence.list");
    return JSONParse(__host["presence.list"](topic));
  },
});
