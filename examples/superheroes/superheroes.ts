// The superheroes, in SQLite. Each change is stored with a version of its own, and then published.

import { type Fields, Invalid, valid } from "./fields.ts";

export interface Superhero extends Fields {
  id: number;
  /**
   * Which of two changes is the later one. A counter in the database, raised in the transaction of the change, is the order
   * in which changes were stored; clocks have equal readings, and go back.
   */
  version: number;
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

const columns = "id, name, location, power, version";

export function list(): Superhero[] {
  return Rowan.sql<Superhero>(`SELECT ${columns} FROM superheroes ORDER BY id`);
}

export function get(id: number): Superhero | null {
  return Rowan.sql<Superhero>(`SELECT ${columns} FROM superheroes WHERE id = ?`, id)[0] ?? null;
}

/** Throws {@link Invalid}, as update does. */
export function create(input: unknown): Superhero {
  const { name, location, power } = valid(input);
  return change("create", (version) => {
    const { count } = Rowan.sql<{ count: number }>("SELECT count(*) AS count FROM superheroes")[0]!;
    if (count >= superheroesMax) throw new Invalid({ base: [`there are ${count} already`] });
    const { id } = Rowan.sql<{ id: number }>(
      "INSERT INTO superheroes (name, location, power, version) VALUES (?, ?, ?, ?) RETURNING id", name, location, power, version,
    )[0]!;
    return { id, name, location, power, version };
  });
}

/** Changes the fields that are given. Null if there is no such superhero. */
export function update(id: number, input: unknown): Superhero | null {
  return change("update", (version) => {
    const before = get(id);
    if (before === null) return null;
    const { name, location, power } = valid(input, before);
    Rowan.sql("UPDATE superheroes SET name = ?, location = ?, power = ?, version = ? WHERE id = ?", name, location, power, version, id);
    return { id, name, location, power, version };
  });
}

/** Deletes a superhero and returns it. Null if there is none. */
export function remove(id: number): Superhero | null {
  return change("delete", (version) => {
    const before = get(id);
    if (before === null) return null;
    Rowan.sql("DELETE FROM superheroes WHERE id = ?", id);
    return { ...before, version };
  });
}

/** Makes a change under the next version, and publishes it once it is stored. */
function change<T extends Superhero | null>(event: Change["event"], make: (version: number) => T): T {
  const superhero = Rowan.transaction(() => {
    const { version } = Rowan.sql<{ version: number }>("UPDATE clock SET version = version + 1 RETURNING version")[0]!;
    return make(version);
  });
  if (superhero !== null) Rowan.publish(changes, { event, superhero } satisfies Change);
  return superhero;
}
