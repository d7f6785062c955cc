// Phoenix Channels: the host says what comes over the wire, and the app's channels and connect answer, see Channel of the types.

import { Headers } from "../fetch/fetch.ts";
import { JSONParse, ObjectKeys, ReflectApply, SafeTypeError } from "../internal/primordials.ts";
import { Refusal } from "../internal/refusal.ts";
import { claimsOf } from "./claims.ts";
import { Channel, type Definition, each, find } from "./channel.ts";

export interface Channels {
  connect?: unknown;
  channels?: Record<string, Definition>;
}

/** Whether a socket is admitted: false, or its assigns. */
export async function connect(
  app: Channels,
  params: string,
  headers: [string, string][],
  url: string,
  remoteAddress: string,
  token: string | undefined,
  claims: string | undefined,
): Promise<unknown> {
  const info = { headers: new Headers(headers), url, remoteAddress, token, claims: claimsOf(claims) };
  let admitted: unknown;
  try {
    admitted = await ReflectApply(app.connect as Function, app, [JSONParse(params), info]);
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
  if (admitted === true) return {};
  if (admitted !== false && (typeof admitted !== "object" || admitted === null)) {
    throw new SafeTypeError("connect must return true, false or an object of assigns; is a `return` missing?");
  }
  return admitted;
}

/**
 * Makes a channel and runs its join. leaving is the number of a channel on its topic that the client has left, and replaced that
 * of one which it has not; 0 for none.
 */
export function join(
  app: Channels,
  number: number,
  pattern: string,
  topic: string,
  payload: unknown,
  leaving: number,
  replaced: number,
  id: string | null,
  assigns: unknown,
): void {
  find(replaced)?.end("rejoined");
  new Channel(number, app.channels![pattern]!, topic, id, assigns).join(payload, find(leaving));
}

/** What comes for a channel. One that has ended by now gets nothing. */
export const events = {
  push: (number: number, event: string, payload: unknown, ref: string) => find(number)?.push(event, payload, ref),
  out: (number: number, event: string, payload: unknown) => find(number)?.out(event, payload),
  info: (number: number, topic: string, message: unknown) => find(number)?.info(topic, message),
  left: (number: number, ref: string) => find(number)?.left(ref),
  next: (number: number) => find(number)?.next(),
  /** Ends a channel, or all of them for 0. */
  end(number: number, reason: string): void {
    if (number === 0) each((channel) => channel.end(reason));
    else find(number)?.end(reason);
  },
};

/** What the host must know of the channels: their patterns in order, and which broadcasts they look at. */
export function describe(app: Channels): { pattern: string; out: string[] }[] {
  const list: { pattern: string; out: string[] }[] = [];
  const { channels } = app;
  if (typeof channels !== "object" || channels === null) return list;
  const patterns = ObjectKeys(channels);
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i]!;
    const out = channels[pattern]?.out;
    list[i] = { pattern, out: typeof out === "object" && out !== null ? ObjectKeys(out) : [] };
  }
  return list;
}
