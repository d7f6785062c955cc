import type { Channel, ChannelSocket } from "rowan";

/** What members send: the text, and for notify_direct the name of the one who is to get it. */
interface Message {
  body: unknown;
  recipient?: unknown;
}

/** "notifications:lobby": who is here, by name, and what they tell each other. */
export const notifications: Channel = {
  join(socket) {
    socket.push("presence_state", socket.presences());
    return {};
  },

  on: {
    /** Says who the client is, or is from now on. */
    user_info(socket, { user_name }) {
      const name = text("user_name", user_name, 40);
      const before = socket.assigns.name;
      if (name === before) return { user_name: name };
      if (before !== undefined) {
        socket.untrack(before);
        socket.unsubscribe(inbox(before));
      }
      socket.assigns.name = name;
      socket.subscribe(inbox(name));
      socket.track(name, { online_at: new Date().toISOString() });
      return { user_name: name };
    },

    notify_all(socket, message: Message) {
      socket.broadcast("notification", notification(socket, message));
      return {};
    },

    notify_others(socket, message: Message) {
      socket.broadcastFrom("notification", notification(socket, message));
      return {};
    },

    /** To every tab of the recipient. */
    notify_direct(socket, message: Message) {
      const recipient = text("recipient", message.recipient, 40);
      if (!Object.hasOwn(socket.presences(), recipient)) throw new Rowan.Refusal({ reason: `${recipient} is not here` });
      Rowan.publish(inbox(recipient), notification(socket, message));
      return {};
    },
  },

  info(socket, message) {
    socket.push("notification", message);
  },
};

/** The topic of what is for one member alone. */
function inbox(name: string): string {
  return `notifications:${name}`;
}

function notification(socket: ChannelSocket, { body }: Message) {
  const { name } = socket.assigns;
  if (name === undefined) throw new Rowan.Refusal({ reason: "say who you are first" });
  return { from: name, body: text("body", body, 500), timestamp: new Date().toISOString() };
}

/** A text that a client has sent, if it is one and not too long. */
function text(what: string, value: unknown, max: number): string {
  if (typeof value !== "string" || value.trim() === "") throw new Rowan.Refusal({ reason: `${what} is missing` });
  if (value.length > max) throw new Rowan.Refusal({ reason: `${what} is longer than ${max} characters` });
  return value.trim();
}
