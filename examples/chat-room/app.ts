import type { App } from "rowan";
import { answer } from "./api.ts";
import { lobby, room } from "./channels.ts";
import { session } from "./session.ts";

export default {
  actors: { room: "./room.ts" },
  channels: { "room:*": room, lobby },
  websocket: session,

  fetch(request, server) {
    if (new URL(request.url).pathname === "/ws" && server.upgrade(request)) return;
    return answer(request);
  },
} satisfies App;
