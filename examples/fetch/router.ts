/** What a handler is given. */
export interface Exchange {
  request: Request;
  url: URL;
  /** What stood for the `:names` of the route's path. */
  params: Record<string, string>;
}

type Handler = (exchange: Exchange) => Response | Promise<Response>;

/** A failure that the client is told about. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Finds the handler of a request by its method and path. */
export class Router {
  #routes: { method: string; parts: string[]; handler: Handler }[] = [];

  /** Adds a route. A part of the path that begins with ":" stands for anything but "/". */
  on(method: string, path: string, handler: Handler): this {
    this.#routes.push({ method, parts: path.split("/"), handler });
    return this;
  }

  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.split("/");
    const allowed: string[] = [];
    for (const { method, parts, handler } of this.#routes) {
      const params = match(parts, path);
      if (params === null) continue;
      if (method !== request.method) {
        allowed.push(method);
        continue;
      }
      try {
        return await handler({ request, url, params });
      } catch (error) {
        if (!(error instanceof HttpError)) throw error; // logged, and answered with status 500
        return failure(error.status, error.message);
      }
    }
    if (allowed.length === 0) return failure(404, `there is nothing at ${url.pathname}`);
    return failure(405, `${request.method} is not allowed`, { allow: allowed.join(", ") });
  }
}

function match(route: string[], path: string[]): Record<string, string> | null {
  if (route.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of route.entries()) {
    if (part.startsWith(":")) {
      const text = decoded(path[i]!);
      if (text === null) return null;
      params[part.slice(1)] = text;
    } else if (part !== path[i]) return null;
  }
  return params;
}

/** A part of a path as text, or null if it is none: "%E0" is no UTF-8. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

function failure(status: number, error: string, headers?: Record<string, string>): Response {
  return Response.json({ error }, { status, headers });
}

/** A request's body, which must be JSON. */
export async function readJSON(request: Request): Promise<any> {
  if (!request.headers.get("content-type")?.startsWith("application/json")) throw new HttpError(415, "send application/json");
  try {
    return await request.json();
  } catch {
    throw new HttpError(400, "the body is no JSON");
  }
}
