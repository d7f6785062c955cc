import { useEffect, useReducer } from "react";
import { socket } from "./socket.ts";

export interface Superhero {
  id: number;
  name: string;
  location: string;
  power: number;
}

/** A superhero of the page's list. */
export interface Shown extends Superhero {
  /** It has come or changed while the page was open. */
  fresh?: boolean;
}

type Message =
  | { event: "hydrate"; superheroes: Superhero[] }
  | { event: "create" | "update" | "delete"; superhero: Superhero };

type List = ReadonlyMap<number, Shown>;

/** All superheroes, as the channel tells of them; null until it has. Every message is acknowledged. */
export function useSuperheroes(): Shown[] | null {
  const [superheroes, apply] = useReducer(next, null);

  useEffect(() => {
    const channel = socket.channel("superheroes:lobby");
    for (const event of ["hydrate", "create", "update", "delete"] as const) {
      channel.on(event, ({ message_id, ...payload }) => {
        apply({ event, ...payload });
        channel.push("message_ack", { message_id, status: "ok" });
      });
    }
    channel.join();
    return () => void channel.leave();
  }, []);

  return superheroes && [...superheroes.values()].sort((a, b) => a.id - b.id);
}

function next(list: List | null, message: Message): List {
  if (message.event === "hydrate") return new Map(message.superheroes.map((superhero) => [superhero.id, superhero]));
  const { event, superhero } = message;
  const after = new Map(list);
  if (event === "delete") after.delete(superhero.id);
  else after.set(superhero.id, { ...superhero, fresh: true });
  return after;
}
