import type { App } from "rowan";
import { events } from "./events.ts";
import { HttpError, Router, readJSON } from "./router.ts";

/** What requests share lives in an actor: each request has a context of its own, which ends with its response. */
const notes = Rowan.actor<typeof import("./notes.ts")>("notes", "all");

const routes = new Router()
  .on("GET", "/api/notes", async () => Response.json(await notes.list()))
  .on("POST", "/api/notes", async ({ request }) => {
    const { text } = await readJSON(request);
    if (typeof text !== "string" || text.trim() === "") throw new HttpError(422, "text is missing");
    const note = await notes.add(text.trim());
    return Response.json(note, { status: 201, headers: { location: `/api/notes/${note.id}` } });
  })
  .on("GET", "/api/notes/:id", async ({ params }) => {
    const note = await notes.get(Number(params.id));
    if (note === null) throw new HttpError(404, `there is no note ${params.id}`);
    return Response.json(note);
  })
  .on("DELETE", "/api/notes/:id", async ({ params }) => {
    if (!(await notes.remove(Number(params.id)))) throw new HttpError(404, `there is no note ${params.id}`);
    return new Response(null, { status: 204 });
  })

  // Server-sent events: what changes, for as long as the client listens.
  .on("GET", "/api/events", () => events("notes"))

  // A form with a file, as a page sends it.
  .on("POST", "/api/upload", async ({ request }) => {
    const form = await request.formData().catch(() => {
      throw new HttpError(415, "send a form: multipart/form-data");
    });
    const file = form.get("file");
    if (!(file instanceof File)) throw new HttpError(422, "the form has no file");
    const lines = (await file.text()).split("\n").length;
    return Response.json({ title: form.get("title"), name: file.name, type: file.type, size: file.size, lines });
  })

  // A body that is made while it is sent: a number every 100 ms. It is pulled no faster than the client reads.
  .on("GET", "/api/count", ({ url }) => {
    const to = Math.min(Number(url.searchParams.get("to") ?? 10), 100);
    let n = 0;
    const numbers = new ReadableStream<string>({
      async pull(controller) {
        if (n > 0) await Rowan.sleep(100);
        controller.enqueue(`${++n}\n`);
        if (n >= to) controller.close();
      },
    });
    return new Response(numbers.pipeThrough(new TextEncoderStream()), { headers: { "content-type": "text/plain" } });
  })

  // The same through another request: its body goes on to the client as it comes. If the client goes, so does the other request.
  .on("GET", "/api/proxy", async ({ request, url }) => {
    const upstream = await fetch(new URL(`/api/count${url.search}`, url), { signal: request.signal });
    return new Response(upstream.body, { status: upstream.status, headers: { "content-type": "text/plain", "x-proxied": "yes" } });
  });

export default {
  fetch: (request) => routes.answer(request),
  actors: { notes: "notes.ts" },
} satisfies App;
