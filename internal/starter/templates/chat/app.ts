import type { App, ServerWebSocket } from "rowan";
import type { Heard, Say } from "./protocol.ts";

/** What a client has said of itself when it connected. */
interface Member {
  room: string;
  name: string;
}

const roomOf = ({ room }: Member) => Rowan.actor<typeof import("./room.ts")>("room", room);

export default {
  actors: { room: "./room.ts" },

  fetch(request, server) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/ws") return new Response("not found", { status: 404 });
    const member = { room: searchParams.get("room")?.trim() ?? "", name: searchParams.get("name")?.trim() ?? "" };
    for (const [key, value] of Object.entries(member)) {
      if (value === "" || value.length > 40) return new Response(`${key} must have 1 to 40 characters`, { status: 400 });
    }
    if (!server.upgrade(request, { data: member })) return new Response("this is a WebSocket", { status: 426 });
  },

  websocket: {
    maxPayloadLength: 16_384,

    async open(ws) {
      // What is said while the history is on its way may be in both, with the same id.
      ws.subscribe(`room:${ws.data.room}`);
      tell(ws, { type: "history", messages: await roomOf(ws.data).history() });
    },

    async message(ws, message) {
      const text = read(message);
      if (text === null) return tell(ws, { type: "refused", reason: "text must have 1 to 2000 characters" });
      await roomOf(ws.data).say(ws.data.name, text);
    },
  },
} satisfies App<Member>;

function tell(ws: ServerWebSocket<Member>, heard: Heard): void {
  ws.send(JSON.stringify(heard));
}

/** What a client has to say, or null when that is nothing. */
function read(message: string | Uint8Array): string | null {
  try {
    const { text } = JSON.parse(String(message)) as Say;
    const trimmed = text.trim();
    return trimmed === "" || trimmed.length > 2000 ? null : trimmed;
  } catch {
    return null;
  }
}
