// What @supabase/realtime-js expects of its server, in a channel: broadcast and presence. It connects to the mount with
// `new RealtimeClient("ws://host/socket", { params: { apikey } })`, and joins the topic "realtime:NAME" for its channel NAME.
import type { Channel } from "rowan";

/** What a client sends as it joins. */
interface Join {
  config: {
    broadcast?: { ack?: boolean; self?: boolean };
    presence?: { key?: string; enabled?: boolean };
    postgres_changes?: object[];
    private?: boolean;
  };
  access_token?: string;
}

/** The user of a token; undefined where the token is of nobody. An app verifies a JWT here. */
const userOf = (token = "") => token.match(/^token-of-(.+)$/)?.[1];

export const realtime: Channel = {
  join(socket, { config, access_token }: Join) {
    if (config.postgres_changes?.length) throw new Rowan.Refusal({ reason: "postgres_changes are not offered" });
    if (config.private && !userOf(access_token)) throw new Rowan.Refusal({ reason: "Unauthorized" });
    const { assigns } = socket;
    assigns.self = config.broadcast?.self ?? false;
    assigns.ack = config.broadcast?.ack ?? false;
    assigns.private = config.private ?? false;
    assigns.key = config.presence?.key || crypto.randomUUID();
    assigns.tracked = false;
    if (config.presence?.enabled) socket.push("presence_state", socket.presences());
    return { postgres_changes: [] };
  },

  on: {
    /** channel.send({ type: "broadcast", event, payload }). A payload of bytes comes alone, without its event. */
    broadcast(socket, message: { type: "broadcast"; event: string; payload: unknown } | Uint8Array) {
      if (message instanceof Uint8Array) throw new Rowan.Refusal({ reason: "broadcasts of bytes are not offered" });
      if (socket.assigns.self) socket.broadcast("broadcast", message);
      else socket.broadcastFrom("broadcast", message);
      return socket.assigns.ack ? {} : undefined;
    },

    /** channel.track(payload) and channel.untrack() */
    presence(socket, message: { type: "presence"; event: string; payload?: object }) {
      const { assigns } = socket;
      if (message.event === "track") {
        if (assigns.tracked) socket.update(assigns.key, message.payload ?? {});
        else socket.track(assigns.key, message.payload ?? {});
        assigns.tracked = true;
      } else if (message.event === "untrack") {
        socket.untrack(assigns.key);
        assigns.tracked = false;
      } else {
        throw new Rowan.Refusal({ reason: `unknown presence event ${message.event}` });
      }
      return {};
    },

    /** A new token, before the old one ends. Only private channels need one. */
    access_token(socket, { access_token }: { access_token: string }) {
      if (!socket.assigns.private || userOf(access_token)) return;
      socket.push("system", { extension: "system", status: "error", message: "the token is not valid", channel: socket.topic });
      socket.close();
    },
  },
};
