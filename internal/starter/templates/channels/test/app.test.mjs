import assert from "node:assert/strict";
import test from "node:test";
import { serve } from "./serve.mjs";

/** The client that the server has for pages. */
async function clientOf(url) {
  const source = await (await fetch(new URL("/socket/client.js", url))).text();
  return import(`data:text/javascript,${encodeURIComponent(source)}`);
}

/** Joins a room. */
async function enter(t, url, room, name) {
  const { Presence, Socket } = await clientOf(url);
  const socket = new Socket(`${url.replace("http", "ws")}socket`, { params: { name } });
  t.after(() => socket.disconnect());
  socket.connect();
  const channel = socket.channel(`room:${room}`);
  const presence = new Presence(channel);
  const { messages } = await answer(channel.join());
  return { channel, presence, messages };
}

/** The answer to a join or a push. */
function answer(push) {
  return new Promise((resolve, reject) => {
    push.receive("ok", resolve).receive("error", ({ reason }) => reject(new Error(reason)));
    push.receive("timeout", () => reject(new Error("no answer")));
  });
}

const heard = (channel, event) => new Promise((resolve) => channel.on(event, resolve));

test("everybody in a room hears what is said there, and it is kept", { timeout: 10_000 }, async (t) => {
  const url = await serve(t);
  const ann = await enter(t, url, "lobby", "ann");
  const ben = await enter(t, url, "lobby", "ben");
  assert.deepEqual(ann.messages, []);

  const said = heard(ben.channel, "said");
  const message = await answer(ann.channel.push("say", { text: " hello " }));
  assert.deepEqual(message, { id: 1, by: "ann", text: "hello" });
  assert.deepEqual(await said, message);

  const cid = await enter(t, url, "lobby", "cid");
  assert.deepEqual(cid.messages, [message]);
  const elsewhere = await enter(t, url, "garden", "dan");
  assert.deepEqual(elsewhere.messages, []);
});

test("who is there is known", { timeout: 10_000 }, async (t) => {
  const url = await serve(t);
  const ann = await enter(t, url, "lobby", "ann");
  const both = new Promise((resolve) =>
    ann.presence.onSync(() => {
      const names = ann.presence.list((name) => name);
      if (names.length === 2) resolve(names.sort());
    }),
  );
  await enter(t, url, "lobby", "ben");
  assert.deepEqual(await both, ["ann", "ben"]);
});

test("nothing is not said", { timeout: 10_000 }, async (t) => {
  const { channel } = await enter(t, await serve(t), "lobby", "ann");
  for (const text of ["", "x".repeat(2001), 1, null]) {
    await assert.rejects(answer(channel.push("say", { text })), /1 to 2000 characters/);
  }
});
