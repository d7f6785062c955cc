import { server } from "./socket.ts";

export interface Fields {
  name: string;
  location: string;
  /** Null if it is no number. */
  power: number | null;
}

/** What is wrong: with a field by its name, with all of it as `base`. */
export type Errors = Partial<Record<keyof Fields | "base", string[]>>;

/** Creates a superhero, or changes the one with that id. Returns what is wrong with it; the list hears of it by the channel. */
export function save(id: number | null, superhero: Fields): Promise<Errors | null> {
  const body = JSON.stringify({ superhero });
  return id === null ? call("POST", "superheroes", body) : call("PUT", `superheroes/${id}`, body);
}

export function remove(id: number): Promise<Errors | null> {
  return call("DELETE", `superheroes/${id}`);
}

async function call(method: string, path: string, body?: string): Promise<Errors | null> {
  try {
    const response = await fetch(new URL(`api/${path}`, server), { method, body, headers: { "content-type": "application/json" } });
    if (response.ok) return null;
    const { errors, error } = await response.json();
    return errors ?? { base: [error] };
  } catch {
    return { base: ["the server does not answer"] };
  }
}
