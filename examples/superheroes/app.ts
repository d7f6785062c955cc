import type { App } from "rowan";
import { api } from "./api.ts";
import { lobby } from "./lobby.ts";
import { notifications } from "./notifications.ts";

export default {
  fetch: api,

  /** A client shows a token when it connects. Here an app finds out whose it is; this one wants just any. */
  connect({ token }) {
    if (typeof token !== "string" || token === "") return false;
    return { id: `visitor:${token}` }; // broadcasting "disconnect" on it closes the visitor's sockets
  },

  channels: { "superheroes:lobby": lobby, "notifications:lobby": notifications },
} satisfies App;
