/** The rooms over Phoenix Channels: a channel is a client in a room. */
import type { Channel, ChannelSocket } from "rowan";
import { actor, kill, roomName } from "./rooms.ts";

/** "room:general" is the room "general". */
export const room: Channel = {
  /**
   * The reply has the history. Broadcasts are for this client from now on, and leave after the reply: what is said while the
   * history is on its way is in both, with the same id, and nothing is missing.
   */
  join: answering(async (socket) => ({ messages: await actor(name(socket)).history() })),

  on: {
    send_message: answering((socket, { sender, text }) => actor(name(socket)).send(sender, text)),
    kill: answering(async (socket) => {
      await kill(name(socket));
      return {};
    }),
  },
};

/** News of all rooms: who is in "lobby" hears which rooms are talked in. */
export const lobby: Channel = {
  join: (socket) => socket.subscribe("chat"),
  info: (socket, news) => socket.push("activity", news),
};

function name(socket: ChannelSocket): string {
  return roomName(socket.topic.slice("room:".length));
}

/**
 * Makes an exception of a handler, or of the room that it calls, an error reply with a reason. As a throw it would crash the
 * channel, and the client would have to join again.
 */
function answering<T>(handler: (socket: ChannelSocket, payload: any) => T) {
  return async (socket: ChannelSocket, payload: any): Promise<Awaited<T>> => {
    try {
      return await handler(socket, payload);
    } catch (error) {
      throw new Rowan.Refusal({ reason: (error as Error).message });
    }
  };
}
