// What deflate.mjs and a page talk to: messages that are compressed on their way.
import type { App } from "rowan";

export default {
  websocket: {
    perMessageDeflate: true,
    maxPayloadLength: 1_000_000,
    open(ws) {
      ws.subscribe("news");
    },
    message(ws, message) {
      if (typeof message === "string" && message.startsWith("publish ")) ws.publish("news", message.slice("publish ".length));
      else ws.send(message);
    },
  },
  channels: {
    "room:*": {
      join: () => ({}),
      on: {
        echo: (_socket, payload) => payload,
        say(socket, payload) {
          socket.broadcast("said", payload);
        },
      },
    },
  },
} satisfies App;
