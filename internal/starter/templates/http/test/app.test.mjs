import assert from "node:assert/strict";
import test from "node:test";
import { serve } from "./serve.mjs";

test("notes are added, listed and removed", async (t) => {
  const notes = new URL("/api/notes", await serve(t));
  const add = (body) => fetch(notes, { method: "POST", body });
  const list = async () => (await fetch(notes)).json();
  assert.deepEqual(await list(), []);

  const added = await add('{"text": " buy milk "}');
  assert.equal(added.status, 201);
  const note = await added.json();
  assert.equal(note.text, "buy milk");
  assert.deepEqual(await list(), [note]);

  for (const body of ['{"text": ""}', '{"text": 1}', "null", "no JSON"]) assert.equal((await add(body)).status, 422, body);

  const remove = () => fetch(`${notes}/${note.id}`, { method: "DELETE" });
  assert.equal((await remove()).status, 204);
  assert.equal((await remove()).status, 404);
  assert.deepEqual(await list(), []);
});

test("what is not there is not found", async (t) => {
  const url = await serve(t);
  assert.equal((await fetch(new URL("/api/nothing", url))).status, 404);
});

test("the page is served", async (t) => {
  const response = await fetch(await serve(t));
  assert.match(await response.text(), /<h1>Notes<\/h1>/);
});
