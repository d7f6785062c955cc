// The group "rowan": the global Rowan, what the host offers under its own name.

import { inspect } from "../internal/inspect.ts";
import { ObjectDefineProperty, global } from "../internal/primordials.ts";
import actors from "./actors.ts";
import { deepEquals } from "./equals.ts";
import { escapeHTML } from "./html.ts";
import { peek } from "./peek.ts";
import { op, opOf, settle } from "../internal/op.ts";
import { presence } from "./presence.ts";
import { Refusal, eventPayloadOf } from "../internal/refusal.ts";
import { order, satisfies } from "./semver.ts";
import { sleep, wake } from "./sleep.ts";
import { sql, storage, transact, transaction } from "./storage.ts";
import { deliver, subscribe } from "./topics.ts";
import { waitUntil } from "./wait.ts";

interface Usage {
  heap: number;
  parked: number;
  limit: number;
  cpu: number;
}

declare const __host: {
  /** The host's version. */
  version(): string;
  /** The environment that the configuration gives to scripts. */
  env(): Record<string, string>;
  /** Runs a handler and returns its result. Throws what it fails with. */
  callSync(name: string, ...args: unknown[]): any;
  /** Has a handler run elsewhere; its outcome comes to settle under the id that is returned. Throws where it cannot. */
  call(name: string, ...args: unknown[]): number;
  /** Hands the message to the topic's subscribers, and returns how many they are. */
  publish(topic: string, message: unknown): number;
  /** payload is a JSON text, or bytes. */
  broadcast(topic: string, event: string, payload: unknown): void;
  usage(): Usage;
  uuidv7(): string;
  passwordHash(): number;
  passwordVerify(): number;
  /** Nanoseconds since the process began. */
  nanoseconds(): number;
};

// Host functions are members as they are: a call of them costs nothing on the way.
const members = {
  version: __host.version(),
  callSync: __host.callSync,
  /** Calls a handler of the host without waiting for it. */
  call(): Promise<any> {
    return opOf(__host.call, arguments);
  },
  publish: __host.publish,
  subscribe,
  presence,
  /** Sends an event to every member of a channel's topic. */
  broadcast: (topic: string, event: string, payload?: unknown): void => __host.broadcast(`${topic}`, `${event}`, eventPayloadOf(payload)),
  Refusal,
  usage: __host.usage,
  sleep,
  waitUntil,
  randomUUIDv7: __host.uuidv7,
  escapeHTML,
  deepEquals,
  inspect: (value: unknown): string => inspect(value),
  nanoseconds: __host.nanoseconds,
  peek,
  semver: Object.freeze({ satisfies, order }),
  env: Object.freeze(__host.env()),
  password: Object.freeze({
    hash: (password: string): Promise<string> => op(__host.passwordHash, password),
    verify: (password: string, hash: string): Promise<boolean> => op(__host.passwordVerify, password, hash),
  }),
  storage,
  sql,
  transaction,
};

const Rowan = Object.defineProperties({}, {
  ...Object.getOwnPropertyDescriptors(members),
  ...Object.getOwnPropertyDescriptors(actors.members),
});

ObjectDefineProperty(global, "Rowan", {
  value: Object.freeze(Rowan),
  writable: false,
  enumerable: false,
  configurable: false,
});

export default { settle, deliver, wake, transact, ...actors.exports };
