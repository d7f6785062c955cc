/** A room: an actor, in a context of its own. Its exports are what sessions can call. */

interface Message {
  sender: string;
  text: string;
  /** Milliseconds since 1970, never less than that of the message before. */
  timestamp: number;
}

/** What was said here, oldest first: the last 1000 messages, so that a room cannot outgrow its memory. */
const messages: Message[] = [];
const kept = 1000;

/**
 * Sends the history to a session. It is published, as the messages are, so that it has its place among them: those that
 * came before are in it, those that follow are not.
 */
export function join(session: string): void {
  Rowan.publish(session, { type: "history", room: Rowan.actorId, messages });
}

/** Adds a message and hands it to every socket in the room; no session's JavaScript runs for that. */
export function send(sender: string, text: string): Message {
  const timestamp = Math.max(Date.now(), messages.at(-1)?.timestamp ?? 0);
  const message = { sender, text, timestamp };
  messages.push(message);
  if (messages.length > kept) messages.shift();
  Rowan.publish(`room:${Rowan.actorId}`, { type: "message", room: Rowan.actorId, message });
  announce();
  return message;
}

/** Tells all sessions that somebody talks here. The channel is closed again, or other rooms would wake this one. */
function announce(): void {
  const channel = new BroadcastChannel("chat");
  channel.postMessage({ type: "activity", room: Rowan.actorId });
  channel.close();
}

/**
 * What a room should not do: a loop inside the engine, which looks at no interrupt. The server takes the context's memory
 * away to end it. That costs the history; sockets, sessions and other rooms go on.
 */
export function loopForEver(): never {
  throw Array.prototype.indexOf.call({ length: Number.MAX_SAFE_INTEGER }, 1);
}
