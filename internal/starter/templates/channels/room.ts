import type { Channel } from "rowan";

interface Message {
  /** Grows from message to message. */
  id: number;
  by: string;
  text: string;
}

/** A client in a room: the topic "room:lobby" is the room "lobby". */
export const room: Channel = {
  /** The reply has the last 100 messages. What is said meanwhile may come again as "said", with the same id. */
  join(socket) {
    socket.track(socket.assigns.name, { since: Date.now() });
    socket.push("presence_state", socket.presences());
    const messages = Rowan.sql<Message>(
      "SELECT * FROM (SELECT id, by, text FROM messages WHERE topic = ? ORDER BY id DESC LIMIT 100) ORDER BY id",
      socket.topic,
    );
    return { messages };
  },

  on: {
    say(socket, payload) {
      const text = typeof payload?.text === "string" ? payload.text.trim() : "";
      if (text === "" || text.length > 2000) throw new Rowan.Refusal({ reason: "text must have 1 to 2000 characters" });
      const [message] = Rowan.sql<Message>(
        "INSERT INTO messages (topic, by, text) VALUES (?, ?, ?) RETURNING id, by, text",
        socket.topic,
        socket.assigns.name,
        text,
      );
      socket.broadcast("said", message); // encoded once, for everybody in the room
      return message;
    },
  },
};
