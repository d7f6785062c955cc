import assert from "node:assert/strict";
import test from "node:test";
import { serve } from "./serve.mjs";

/** Enters a room, and returns what is said there, one message after the other, and a function to say something. */
async function enter(t, url, room, name) {
  const socket = new WebSocket(`${url.replace("http", "ws")}ws?${new URLSearchParams({ room, name })}`);
  t.after(() => socket.close());
  const heard = [];
  let wake = () => {};
  socket.addEventListener("message", ({ data }) => {
    heard.push(JSON.parse(data));
    wake();
  });
  return {
    say: (text) => socket.send(JSON.stringify({ text })),
    async next() {
      while (heard.length === 0) await new Promise((resolve) => (wake = resolve));
      return heard.shift();
    },
  };
}

test("everybody in a room hears what is said there", { timeout: 10_000 }, async (t) => {
  const url = await serve(t);
  const ann = await enter(t, url, "lobby", "ann");
  assert.deepEqual(await ann.next(), { type: "history", messages: [] });
  const elsewhere = await enter(t, url, "garden", "cid");
  assert.deepEqual(await elsewhere.next(), { type: "history", messages: [] });

  ann.say(" hello ");
  const hello = { id: 1, by: "ann", text: "hello" };
  assert.deepEqual(await ann.next(), { type: "said", ...hello });

  const ben = await enter(t, url, "lobby", "ben");
  assert.deepEqual(await ben.next(), { type: "history", messages: [hello] });
  ben.say("hi");
  for (const member of [ann, ben]) assert.deepEqual(await member.next(), { type: "said", id: 2, by: "ben", text: "hi" });

  elsewhere.say("anybody here?");
  assert.equal((await elsewhere.next()).id, 1); // and not what was said in the lobby
});

test("nothing is not said", { timeout: 10_000 }, async (t) => {
  const ann = await enter(t, await serve(t), "lobby", "ann");
  await ann.next();
  for (const text of ["", "x".repeat(2001), 1, null]) {
    ann.say(text);
    assert.equal((await ann.next()).type, "refused");
  }
});

test("a client has a name", async (t) => {
  const response = await fetch(new URL("/ws?room=lobby", await serve(t)));
  assert.equal(response.status, 400);
});
