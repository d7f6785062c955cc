/** A client in a room, as a channel of the topic "channel:ROOM". */
import type { Channel, ChannelSocket } from "rowan";
import { short } from "./short.ts";

/** What a channel knows of its client: who it is, from connect, and as what it has joined. */
interface Assigns {
  user: string;
  /** Seen in the list while there, and no member: a page that is embedded in another one. */
  guest: boolean;
  /** The client has asked to leave, and is told so by the reply. */
  leaving: boolean;
}

type Socket = ChannelSocket & { assigns: Assigns };

export const room: Channel = {
  /**
   * The reply has all members and the end of the history. What changes while it is on its way comes behind it, as events: it
   * may be in both, which does no harm, since messages have ids and a list has each member once.
   */
  join: answering(async (socket, payload) => {
    const { assigns } = socket;
    assigns.guest = `${payload?.is_embedded}` === "true";
    const view = await actor(socket).join(assigns.user, assigns.guest);
    socket.track(assigns.user, { guest: assigns.guest });
    socket.push("presence_state", socket.presences());
    return view;
  }),

  on: {
    // Whoever the payload says that the message is from: it is from whom the socket belongs to.
    new_msg: answering((socket, { body }) => actor(socket).send(socket.assigns.user, socket.assigns.guest, body)),
    add_user: answering((socket, { user }) => actor(socket).add(user)),
    history: answering((socket, { before }) => actor(socket).history(before)),

    user_leave_room: answering(async (socket) => {
      socket.assigns.leaving = true;
      await actor(socket).leave(socket.assigns.user);
      socket.close();
      return {};
    }),
  },

  out: {
    /** Those who join have themselves in the list already. */
    join_room(socket, payload) {
      if (payload.user !== socket.assigns.user) socket.push("join_room", payload);
    },

    /** Who leaves the room does so in all tabs and on all devices. */
    user_leave_room(socket, payload) {
      const { user, guest, leaving } = socket.assigns;
      if (payload.user !== user || guest) socket.push("user_leave_room", payload);
      else if (!leaving) socket.close();
    },
  },
};

/** The room of a channel as an actor: its context begins with the first call, whoever makes it. */
function actor(socket: ChannelSocket) {
  const name = short("room", socket.topic.slice("channel:".length), 60);
  return Rowan.actor<typeof import("./room.ts")>("room", name);
}

/** Answers an exception with an error reply. As a throw it would crash the channel, and the client would join again. */
function answering<T>(handler: (socket: Socket, payload: any) => T) {
  return async (socket: ChannelSocket, payload: any): Promise<Awaited<T>> => {
    try {
      return await handler(socket as Socket, payload);
    } catch (error) {
      throw new Rowan.Refusal({ reason: (error as Error).message });
    }
  };
}
