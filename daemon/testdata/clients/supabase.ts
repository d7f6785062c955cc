// What @supabase/realtime-js expects of its server: broadcast and presence, in a channel, and messages over HTTP. It connects to
// the mount by `new RealtimeClient("ws://host/socket", { params: { apikey } })`, and joins the topic "realtime:NAME" for its
// channel NAME. An app has `channels: { "realtime:*": realtime }`, and asks `sendOverHTTP` in its fetch.
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

/** What members get of channel.send(). */
interface Broadcast {
  type: "broadcast";
  event: string;
  payload: unknown;
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
    broadcast(socket, message: Broadcast | Uint8Array) {
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

/** A message that is sent over HTTP, as one channel.send() makes before it is joined. */
interface Message {
  topic: string;
  event: string;
  payload: unknown;
  private?: boolean;
}

/** Answers channel.httpSend(event, payload), and channel.send() before the channel is joined; undefined: it is another request. */
export async function sendOverHTTP(request: Request): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  const match = pathname.match(/^\/api\/broadcast(?:\/([^/]+)\/events\/([^/]+))?$/);
  if (request.method !== "POST" || !match) return undefined;
  const [, topic, event] = match;
  if (request.headers.get("content-type") !== "application/json") return new Response(null, { status: 415 });
  const body = await request.json();
  const messages: Message[] = topic
    ? [{ topic: decodeURIComponent(topic), event: decodeURIComponent(event), payload: body, private: searchParams.has("private") }]
    : body.messages;
  const user = userOf(request.headers.get("authorization")?.replace("Bearer ", ""));
  if (!user && messages.some((message) => message.private)) return Response.json({ message: "Unauthorized" }, { status: 401 });
  for (const { topic, event, payload } of messages) {
    Rowan.broadcast(`realtime:${topic}`, "broadcast", { type: "broadcast", event, payload } satisfies Broadcast);
  }
  return new Response(null, { status: 202 });
}
