// A context moves to a new version of its app: App.suspend and App.resume of the types.

import { pendingCount } from "../internal/op.ts";
import { ArrayPrototypePush, ReflectApply, SafeTypeError } from "../internal/primordials.ts";
import { synchronous } from "../internal/thenable.ts";
import { Channel, type Definition, type Moved, each } from "./channel.ts";
import { socket } from "./socket.ts";

interface App {
  channels?: Record<string, Definition>;
  suspend?: unknown;
  resume?: unknown;
}

/** What goes from one context to the other, cloneable. */
interface State {
  kept: unknown;
  data: unknown;
  channels: Moved[];
}

/** What suspend has returned, in a list. */
let suspended: [kept: unknown] | undefined;

/** Whether nothing is under way that the new context could not go on with: a promise of the host, an event of a channel. */
export function idle(): boolean {
  let all = pendingCount() === 0;
  each((channel) => (all &&= channel.idle));
  return all;
}

/** What the context is to be made of anew; false if it is not idle, null if the app keeps its contexts where they are. */
export function suspend(app: App): State | false | null {
  if (typeof app.suspend !== "function") return null;
  if (!idle()) return false;
  const kept = synchronous("suspend", ReflectApply(app.suspend, app, []));
  suspended = [kept];
  const channels: Moved[] = [];
  each((channel) => ArrayPrototypePush(channels, channel.kept));
  return { kept, data: socket.data, channels };
}

/** Undoes suspend, since the context does not move after all. */
export function stay(app: App): void {
  if (suspended === undefined) return;
  const kept = suspended;
  suspended = undefined;
  if (typeof app.resume === "function") ReflectApply(app.resume, app, kept);
}

/** Makes a fresh context what another one was. patterns has each channel's entry of the app's channels, by its number. */
export function resume(app: App, { kept, data, channels }: State, patterns: Record<number, string>): void {
  if (typeof app.resume !== "function") throw new SafeTypeError("the new version has no resume");
  socket.data = data;
  for (let i = 0; i < channels.length; i++) Channel.moved(channels[i]!, app.channels![patterns[channels[i]!.number]!]!);
  synchronous("resume", ReflectApply(app.resume, app, [kept]));
}
