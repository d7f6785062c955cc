// The app of TestClientsChaos. A topic's messages are numbered by one actor, so that each member can tell whether it has missed one.
import type { App } from "rowan";

const numbers = (topic: string) => Rowan.actor<typeof import("./numbers.ts")>("numbers", topic);

export default {
  actors: { numbers: "./numbers.ts" },
  channels: {
    "chaos:*": {
      async join(socket) {
        socket.assigns.by = Rowan.randomUUIDv7();
        socket.assigns.shouts = 0;
        socket.track(String(socket.params.user), {});
        const last = await numbers(socket.topic).last(); // what comes later is a broadcast
        socket.push("presence_state", socket.presences());
        return { last };
      },
      on: {
        say: (socket) => numbers(socket.topic).next(),
        shout(socket) {
          const { by } = socket.assigns;
          socket.broadcast("shouted", { by, n: ++socket.assigns.shouts });
        },
        close: (socket) => socket.close(),
        crash: (socket) => socket.crash("chaos"),
        fail() { throw new Error("chaos"); },
        exit() { Rowan.exit("chaos"); },
        loop() { for (;;); }, // costs the turn
        lose() { Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); }, // costs the context
      },
    },
  },
  /** POST /TOPIC: one more message; its number. DELETE: an end to the topic's actor. */
  async fetch(request) {
    const topic = decodeURIComponent(new URL(request.url).pathname.slice(1));
    if (request.method === "POST") return Response.json(await numbers(topic).next());
    Rowan.stopActor("numbers", topic);
    return new Response(null, { status: 204 });
  },
} satisfies App;
