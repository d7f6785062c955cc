// The app of TestClients: a channel for each thing that the clients try, and Supabase's conventions in a module of their own.
import type { App, Channel } from "rowan";
import { realtime, sendOverHTTP } from "./supabase.ts";

/** Answers in every way that a channel can. */
const room: Channel = {
  async join(socket, payload) {
    if (payload.wait) await Rowan.sleep(payload.wait);
    if (payload.refuse) throw new Rowan.Refusal({ reason: "unauthorized" });
    socket.assigns.events = 0;
    socket.push("hello", { topic: socket.topic });
    return payload;
  },
  on: {
    echo: (_socket, payload) => payload, // bytes are answered with bytes
    refuse: (_socket, payload) => { throw new Rowan.Refusal({ reason: "refused", of: payload }); },
    count: (socket) => ({ events: ++socket.assigns.events }),
    whoami: (socket) => ({ id: socket.id, params: socket.params, token: socket.assigns.token }),
    quiet() {},
    async later(_socket, payload) {
      await Rowan.sleep(20);
      return payload;
    },
    deferred(socket, payload) {
      const { reply } = socket.defer();
      setTimeout(() => reply(payload.status, { deferred: true }), 20);
    },
    bytes: () => new Uint8Array([1, 2, 255]),
    push: (socket, payload) => socket.push("pushed", payload),
    flood(socket, { megabytes }) {
      const megabyte = new Uint8Array(1 << 20);
      for (let i = 0; i < megabytes; i++) socket.push("pushed", megabyte);
      socket.broadcastFrom("said", { flooded: true });
    },
    say(socket, payload) {
      socket.broadcast("said", payload);
      return {};
    },
    tell: (socket, payload) => socket.broadcastFrom("said", payload),
    label: (socket, payload) => socket.broadcast("labelled", payload),
    crash() { throw new Error("a handler's error"); },
    close: (socket) => socket.close(),
  },
  out: {
    labelled: (socket, payload) => socket.push("labelled", { ...payload, to: socket.params.user }),
  },
  leave: (socket, reason) => Rowan.broadcast("log:leaves", "left", { topic: socket.topic, user: socket.params.user, reason }),
};

/** Who is in a topic: members are tracked as they join. */
const lobby: Channel = {
  join(socket, { device }) {
    socket.track(String(socket.params.user), { device });
    socket.push("presence_state", socket.presences());
  },
  on: {
    move(socket, { device }) {
      socket.update(String(socket.params.user), { device });
      return {};
    },
    hide(socket) {
      socket.untrack(String(socket.params.user));
      return {};
    },
    show(socket, { device }) {
      socket.track(String(socket.params.user), { device });
      return {};
    },
    list: (socket) => socket.presences(),
    crash() { throw new Error("a member's error"); },
  },
};

/** As realtime, for a client whose joins take their time. */
const slow: Channel = {
  ...realtime,
  async join(socket, payload, topic) {
    await Rowan.sleep(1500);
    return realtime.join!(socket, payload, topic);
  },
};

export default {
  connect(params, info) {
    if (params.user === "mallory") return false;
    return { id: `users:${params.user}`, token: info.token ?? null };
  },
  channels: { "room:*": room, "lobby:*": lobby, "log:*": {}, "realtime:*": realtime, "realtime:slow": slow },
  /** POST: a broadcast from outside of any channel. */
  async fetch(request) {
    if (request.method !== "POST") return new Response(null, { status: 404 });
    const sent = await sendOverHTTP(request);
    if (sent) return sent;
    const { topic, event, payload } = await request.json();
    Rowan.broadcast(topic, event, payload);
    return new Response(null, { status: 204 });
  },
} satisfies App;
