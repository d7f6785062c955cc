/** A room: an actor, in a context of its own, which begins with the first call. Its exports are what sessions can call. */
import type { Heard, Said } from "./protocol.ts";

const messages: Said[] = [];
const messagesMax = 100;
let last = 0;

/** What was said here, oldest first. */
export function history(): Said[] {
  return messages;
}

/** A room runs one call at a time, so everybody hears the same in the same order. */
export function say(by: string, text: string): void {
  const said = { id: ++last, by, text };
  messages.push(said);
  if (messages.length > messagesMax) messages.shift();
  // To the sockets of all who have subscribed, without entering their JavaScript.
  Rowan.publish(`room:${Rowan.actorId}`, { type: "said", ...said } satisfies Heard);
}
