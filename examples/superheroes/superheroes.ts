// The superheroes, in SQLite. Each change is stored with a version of its own, and then published.

import { type Fields, Invalid, valid } from "./fields.ts";

export interface Superhero extends Fields {
  id: number;
  /**
   * Which of two changes is the later one: 1 for the first change of all, 2 for the next. A counter in the database, raised in
   * the transaction of the change, is the order in which changes were stored. Clocks have equal readings, and go back.
   */
  version: number;
}

export interface List {
  /** Of the last change that is in the list. */
  version: number;
  superheroes: Superhero[];
}

/** What is published on `changes`. Messages of two requests may come in either order. */
export interface Change {
  event: "create" | "update" | "delete";
  /** As the change left it; the one that was deleted as it was, with the version of its deletion. */
  superhero: Superhero;
}

export const changes = "superheroes";

/** How many there may be. A client gets all of them in one message, which has to fit into what may be queued for it. */
const superheroesMax = 500;

export function list(): List {
  return Rowan.transaction(() => {
    const superheroes = Rowan.sql<Superhero>("SELECT id, name, location, power, version FROM superheroes ORDER BY id");
    return { version: number("SELECT version FROM clock"), superheroes };
  });
}

export function get(id: number): Superhero | null {
  return Rowan.sql<Superhero>("SELECT id, name, location, power, version FROM superheroes WHERE id = ?", id)[0] ?? null;
}

/** Throws {@link Invalid}, as update does. */
export function create(input: unknown): Superhero {
  const { name, location, power } = valid(input);
  return change("create", (next) => {
    const count = number("SELECT count(*) FROM superheroes");
    if (count >= superheroesMax) throw new Invalid({ base: [`there are ${count} already`] });
    const version = next();
    const id = number(
      "INSERT INTO superheroes (name, location, power, version) VALUES (?, ?, ?, ?) RETURNING id", name, location, power, version,
    );
    return { id, name, location, power, version };
  });
}

/** Changes the fields that are given. Null if there is no such superhero. */
export function update(id: number, input: unknown): Superhero | null {
  return change("update", (next) => {
    const before = get(id);
    if (before === null) return null;
    const { name, location, power } = valid(input, before);
    const version = next();
    Rowan.sql("UPDATE superheroes SET name = ?, location = ?, power = ?, version = ? WHERE id = ?", name, location, power, version, id);
    return { id, name, location, power, version };
  });
}

/** Deletes a superhero and returns it. Null if there is none. */
export function remove(id: number): Superhero | null {
  return change("delete", (next) => {
    const before = get(id);
    if (before === null) return null;
    Rowan.sql("DELETE FROM superheroes WHERE id = ?", id);
    return { ...before, version: next() };
  });
}

/** Makes a change in a transaction, with the next version if it asks for one, and publishes it once it is stored. */
function change<T extends Superhero | null>(event: Change["event"], make: (next: () => number) => T): T {
  const superhero = Rowan.transaction(() => make(() => number("UPDATE clock SET version = version + 1 RETURNING version")));
  if (superhero !== null) Rowan.publish(changes, { event, superhero } satisfies Change);
  return superhero;
}

/** The one number that a query returns. */
function number(query: string, ...params: unknown[]): number {
  return Object.values(Rowan.sql<Record<string, number>>(query, ...params)[0]!)[0]!;
}
