import { HttpError, Router, readJSON } from "../fetch/router.ts";
import { Invalid } from "./fields.ts";
import { type Superhero, create, get, list, remove, update } from "./superheroes.ts";

const routes = new Router()
  .on("GET", "/api/superheroes", () => answer(list().superheroes.map(shown)))
  .on("POST", "/api/superheroes", async ({ request }) => {
    const superhero = create(await input(request));
    return answer(shown(superhero), { status: 201, headers: { location: `/api/superheroes/${superhero.id}` } });
  })
  .on("GET", "/api/superheroes/:id", ({ params }) => answer(shown(found(get(id(params))))))
  .on("PUT", "/api/superheroes/:id", async ({ params, request }) => answer(shown(found(update(id(params), await input(request))))))
  .on("DELETE", "/api/superheroes/:id", ({ params }) => {
    found(remove(id(params)));
    return new Response(null, { status: 204 });
  });

/** Pages of other origins may use the API: it knows no cookies, so there is nothing that they could do in a user's name. */
const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, PUT, DELETE",
  "access-control-allow-headers": "content-type",
  "access-control-max-age": "3600",
};

/** Answers a request to /api/superheroes. */
export async function api(request: Request): Promise<Response> {
  const response = request.method === "OPTIONS" ? new Response(null, { status: 204 }) : await respond(request);
  for (const [name, value] of Object.entries(cors)) response.headers.set(name, value);
  return response;
}

async function respond(request: Request): Promise<Response> {
  try {
    return await routes.answer(request);
  } catch (error) {
    if (error instanceof Invalid) return Response.json({ errors: error.errors }, { status: 422 });
    throw error;
  }
}

/** The fields of `{"superhero": {…}}`. */
async function input(request: Request): Promise<unknown> {
  return (await readJSON(request))?.superhero;
}

/** The `:id` of a path. */
function id(params: Record<string, string>): number {
  const id = Number(params.id);
  if (!Number.isSafeInteger(id)) throw new HttpError(404, "there is no such superhero");
  return id;
}

function found(superhero: Superhero | null): Superhero {
  if (superhero === null) throw new HttpError(404, "there is no such superhero");
  return superhero;
}

function shown({ id, name, location, power }: Superhero) {
  return { id, name, location, power };
}

function answer(data: unknown, init?: ResponseInit): Response {
  return Response.json({ data }, init);
}
