/** A room: an actor, in a context of its own. Its exports are what sessions, channels and requests can call. */
import { short } from "./rooms.ts";

interface Message {
  /** Unique, also when the room has begun anew. */
  id: string;
  sender: string;
  text: string;
  /** Milliseconds since 1970, never less than that of the message before. */
  timestamp: number;
}

/**
 * What was said here, oldest first: the last 1000 messages and 100,000 characters, so that neither can a room outgrow its memory
 * nor its history the queue of a socket.
 */
const messages: Message[] = [];
const messagesMax = 1000;
const charactersMax = 100_000;
let characters = 0;

/** What was said here, oldest first. */
export function history(): Message[] {
  return messages;
}

export function state() {
  return { messageCount: messages.length };
}

/**
 * Sends the history to a session. It is published, as the messages are, so that it has its place among them: those that
 * came before are in it, those that follow are not.
 */
export function tellHistory(session: string): void {
  Rowan.publish(session, { type: "history", room: Rowan.actorId, messages });
}

/**
 * Adds a message and hands it to everybody in the room, in channels and in plain sessions; none of their JavaScript runs for that.
 * A room runs one call at a time, so all hear its messages in the order of its history.
 */
export function send(sender: string, text: string): Message {
  const message = {
    id: Rowan.randomUUIDv7(),
    sender: short("sender", sender, 40),
    text: short("text", text, 2000),
    timestamp: Math.max(Date.now(), messages.at(-1)?.timestamp ?? 0),
  };
  messages.push(message);
  characters += message.text.length;
  while (messages.length > messagesMax || characters > charactersMax) characters -= messages.shift()!.text.length;
  const topic = `room:${Rowan.actorId}`;
  // The same as Rowan.broadcast. Functions of the host return before the script goes on.
  Rowan.callSync("broadcast", topic, "new_message", message);
  Rowan.publish(topic, { type: "message", room: Rowan.actorId, message });
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
