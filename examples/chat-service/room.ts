/**
 * A room: an actor, of which there is one for each name. What lasts of it is in the database.
 *
 * All that changes a room goes through its actor, for the order's sake. An actor runs one call at a time, so each message is
 * stored, then broadcast, before the next one is stored: members hear messages in the order of their ids, which is that of the
 * history. Were messages stored by the contexts of their senders, on several threads, then the one that is stored second
 * could be broadcast first. A transaction around both does not help: it would have to broadcast what is not stored yet.
 */
import { short } from "./short.ts";

export interface Message {
  id: number;
  user: string;
  body: string;
  at: number;
}

/** Of a room's messages, oldest first, and whether there are earlier ones. */
export interface Page {
  messages: Message[];
  earlier: boolean;
}

const membersMax = 1000;
const pageSize = 200; // of 1000 characters at most, so a page fits in a socket's send queue

const name = () => Rowan.actorId!;

function broadcast(event: string, payload: object): void {
  Rowan.broadcast(`channel:${name()}`, event, payload);
}

/**
 * Lets a user in, and makes the user, the room and the membership that are not there yet. Guests become no members.
 *
 * @returns all members, in the order in which they came, and the end of the history
 */
export function join(user: string, guest: boolean): Page & { users: string[] } {
  const added = Rowan.transaction(() => {
    Rowan.sql("INSERT OR IGNORE INTO room (name) VALUES (?)", name());
    if (!guest) return addMember(user);
    addUser(user);
    return false;
  });
  if (added) broadcast("join_room", { user });
  const members = Rowan.sql<{ user: string }>("SELECT user FROM member WHERE room = ? ORDER BY id", name());
  return { users: members.map(({ user }) => user), ...history() };
}

/** Makes a user a member, at the wish of another one. Whoever is a member already stays one. */
export function add(user: string): { user: string } {
  const added = short("user", user, 40);
  if (Rowan.transaction(() => addMember(added))) broadcast("add_user", { user: added });
  return { user: added };
}

/** Stores a message, and then tells all who are in the room. */
export function send(user: string, guest: boolean, body: string): Message {
  if (!guest && !isMember(user)) throw new Error("you are not a member of this room");
  const [message] = Rowan.sql<Message>(
    "INSERT INTO chat (room, user, body, at) VALUES (?, ?, ?, ?) RETURNING id, user, body, at",
    name(), user, short("message", body, 1000), Date.now(),
  );
  broadcast("new_msg", message!);
  return message!;
}

/** The last messages before one, or of all. */
export function history(before: unknown = Number.MAX_SAFE_INTEGER): Page {
  if (!Number.isSafeInteger(before)) throw new TypeError("before is the id of a message");
  const rows = Rowan.sql<Message>(
    "SELECT id, user, body, at FROM chat WHERE room = ? AND id < ? ORDER BY id DESC LIMIT ?",
    name(), before, pageSize + 1,
  );
  return { messages: rows.slice(0, pageSize).reverse(), earlier: rows.length > pageSize };
}

/** Ends a membership. The room and what was said there stay. */
export function leave(user: string): void {
  const left = Rowan.sql("DELETE FROM member WHERE room = ? AND user = ? RETURNING user", name(), user);
  if (left.length > 0) broadcast("user_leave_room", { user });
}

function addUser(user: string): void {
  Rowan.sql("INSERT OR IGNORE INTO user (name) VALUES (?)", user);
}

/** Returns whether the user has become a member now. */
function addMember(user: string): boolean {
  addUser(user);
  if (isMember(user)) return false;
  const [count] = Rowan.sql<{ members: number }>("SELECT count(*) AS members FROM member WHERE room = ?", name());
  if (count!.members >= membersMax) throw new Error("the room is full");
  Rowan.sql("INSERT INTO member (room, user) VALUES (?, ?)", name(), user);
  return true;
}

function isMember(user: string): boolean {
  return Rowan.sql("SELECT 1 FROM member WHERE room = ? AND user = ?", name(), user).length > 0;
}
