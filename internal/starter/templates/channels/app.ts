import type { App } from "rowan";
import { room } from "./room.ts";

export default {
  /** Who a client is, once for each socket. Here everybody is who they say; an app with users looks at a token. */
  connect(params) {
    const name = typeof params.name === "string" ? params.name.trim() : "";
    return name !== "" && name.length <= 40 ? { name } : false; // else status 403
  },

  channels: { "room:*": room },
} satisfies App;
