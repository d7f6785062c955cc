/** The rooms over HTTP: GET /api/rooms/:id is a room's state, POST /api/rooms/:id/messages says something there. */
import { actor, roomName } from "./rooms.ts";

export async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const [, id, messages] = /^\/api\/rooms\/([^/]+)(\/messages)?$/.exec(pathname) ?? [];
  try {
    if (id !== undefined && request.method === "GET" && !messages) {
      return Response.json(await actor(roomName(decodeURIComponent(id))).state());
    }
    if (id !== undefined && request.method === "POST" && messages) {
      const { sender, text } = await request.json();
      return Response.json(await actor(roomName(decodeURIComponent(id))).send(sender, text), { status: 201 });
    }
  } catch (error) {
    return Response.json({ error: (error as Error).message }, { status: 422 });
  }
  return Response.json({ error: `there is nothing at ${request.method} ${pathname}` }, { status: 404 });
}
