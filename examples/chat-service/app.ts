import type { App } from "rowan";
import { room } from "./channel.ts";
import { short } from "./short.ts";

export default {
  /**
   * A client says who it is when it connects, once; whatever it sends later is in that name. This app takes its word. Another
   * one has its client send a token (authToken), finds it here as info.token, and finds out whose it is.
   */
  connect({ user_id }) {
    try {
      return { user: short("user", user_id, 40) };
    } catch {
      return false;
    }
  },

  channels: { "channel:*": room },
  actors: { room: "./room.ts" },

  /** GET /api/rooms: the rooms, and how many members each has. */
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (request.method !== "GET" || pathname !== "/api/rooms") return new Response("not found\n", { status: 404 });
    return Response.json(
      Rowan.sql(`SELECT name, (SELECT count(*) FROM member WHERE room = name) AS members FROM room ORDER BY name LIMIT 100`),
    );
  },
} satisfies App;
