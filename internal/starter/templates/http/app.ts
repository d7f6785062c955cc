/**
 * Notes over HTTP:
 *
 *     GET    /api/notes        all, oldest first
 *     POST   /api/notes        {"text": "…"}: the new one
 *     DELETE /api/notes/ID
 */
import type { App } from "rowan";
import { add, all, remove } from "./notes.ts";

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const id = /^\/api\/notes\/(\d+)$/.exec(pathname)?.[1];

    if (pathname === "/api/notes" && request.method === "GET") return Response.json(all());
    if (pathname === "/api/notes" && request.method === "POST") {
      const body = await request.json().catch(() => null);
      const text = typeof body?.text === "string" ? body.text.trim() : "";
      if (text === "" || text.length > 1000) return failure(422, "text must have 1 to 1000 characters");
      return Response.json(add(text), { status: 201 });
    }
    if (id !== undefined && request.method === "DELETE") {
      return remove(Number(id)) ? new Response(null, { status: 204 }) : failure(404, `there is no note ${id}`);
    }
    return failure(404, `there is nothing at ${request.method} ${pathname}`);
  },
} satisfies App;

function failure(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
