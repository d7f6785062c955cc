/** An app that uses all parts of the contract; compiled, never run. */
import type { App, Channel, ChannelSocket, ConnectInfo, ContextId, HostError, ServerWebSocket, WebSocketHandler } from "rowan";
import type * as Room from "./room.ts";

interface Member {
  name: string;
}

const session: WebSocketHandler<Member> = {
  async open(ws) {
    const name: string = ws.data.name;
    const expires: unknown = ws.claims?.exp;
    if (expires !== undefined) console.log(expires);
    ws.subscribe(`user:${name}`);
    const sent: number = ws.send(new Uint8Array(3));
    if (sent === -1) ws.close(1013, "slow");
    // @ts-expect-error: a message is text or bytes
    ws.send({ text: "hello" });
    // @ts-expect-error: the id is the server's
    ws.id = "mine";
  },
  message(ws, message) {
    const text: string = typeof message === "string" ? message : `${message.byteLength} bytes`;
    ws.cork((same) => same.publish("news", text));
  },
  close(_ws, code, reason) {
    console.log(code.toFixed(), reason.length);
  },
  maxPayloadLength: 1024,
};

const room: Channel = {
  async join(socket, payload, topic) {
    socket.track(String(socket.assigns.user), { since: Date.now() });
    socket.push("presence_state", socket.presences());
    if (payload.banned) throw new Rowan.Refusal({ reason: `banned from ${topic}` });
    return { history: await history(socket) };
  },
  on: {
    say(socket, { text }) {
      socket.broadcast("said", { text, by: socket.assigns.user });
      return {};
    },
    async later(socket) {
      const answer = socket.defer();
      setTimeout(() => answer.reply("ok", { late: true }), 10);
      // @ts-expect-error: there are two kinds of replies
      answer.reply("maybe");
    },
  },
  leave(_socket, reason) {
    console.log(reason.toUpperCase());
  },
};

async function history(socket: ChannelSocket): Promise<string[]> {
  const actor = Rowan.actor<typeof Room>("room", socket.topic);
  const lines: string[] = await actor.history(10);
  const count: number = await actor.count();
  // @ts-expect-error: it takes a number
  await actor.history("10");
  // @ts-expect-error: the room exports no such function
  await actor.clear();
  // @ts-expect-error: what is no function cannot be called
  await actor.name();
  const id: ContextId = actor.$id;
  Rowan.monitor(id, (reason: string) => console.log(reason, count));
  return lines;
}

export default {
  actors: { room: "./room.ts", game: { script: "./room.ts", apis: "all,-fetch", restart: "permanent", idleTimeout: 0 } },
  channels: { "room:*": room },
  websocket: session,
  connect(params: Record<string, unknown>, info: ConnectInfo) {
    if (info.claims) return { user: String(info.claims.sub) };
    return info.token === "secret" ? { id: `user:${params.user}`, user: params.user } : false;
  },
  async fetch(request, server) {
    const name = request.headers.get("x-name") ?? "nobody";
    if (server.claims(request)?.admin !== true) return new Response(null, { status: 403 });
    if (server.upgrade(request, { data: { name } })) return;
    // @ts-expect-error: the session's data has a name
    server.upgrade(request, { data: { nme: name } });
    const rows: { n: number }[] = Rowan.sql<{ n: number }>("SELECT count(*) AS n FROM visits");
    Rowan.waitUntil(Rowan.call("visited", name).catch((error: HostError) => console.error(error.code)));
    return Response.json({ visits: rows[0]?.n ?? 0, address: server.requestIP(request)?.address });
  },
  suspend: () => ({ count: 1 }),
  resume(kept) {
    console.log(kept);
  },
} satisfies App<Member>;

export const none: App = {};
export const wrong: App = {
  // @ts-expect-error: fetch answers with a Response
  fetch: () => "hello",
};
export function isOpen(ws: ServerWebSocket): boolean {
  // @ts-expect-error: there are four states
  if (ws.readyState === 4) return false;
  return ws.readyState === 1;
}
