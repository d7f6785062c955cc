import type { Change, Superhero } from "./superheroes.ts";

/** How many superheroes that are not there are remembered: far more than there are changes under way at any time. */
const absentMax = 1000;

/**
 * What a client knows: the version of each superhero. It says which changes are news for the client, so that whatever
 * the order in which changes come, and however often, the client ends with the latest of each.
 */
export class Copy {
  #versions: Map<number, number>;
  /** Those that were deleted. What comes after that is late. */
  #deleted = new Map<number, true>();
  /** Updates that have overtaken their create. */
  #early = new Map<number, Superhero>();

  constructor(superheroes: Superhero[]) {
    this.#versions = new Map(superheroes.map(({ id, version }) => [id, version]));
  }

  /** Returns what the client is to be told, or null if the change is no news. */
  apply({ event, superhero }: Change): Change | null {
    if (this.#deleted.has(superhero.id)) return null;
    switch (event) {
      case "create":
        return this.#create(superhero);
      case "update":
        return this.#update(superhero);
      case "delete":
        return this.#delete(superhero);
    }
  }

  #create(superhero: Superhero): Change | null {
    if (this.#versions.has(superhero.id)) return null; // it was in the list
    const latest = this.#early.get(superhero.id) ?? superhero;
    this.#early.delete(superhero.id);
    this.#versions.set(latest.id, latest.version);
    return { event: "create", superhero: latest };
  }

  #update(superhero: Superhero): Change | null {
    const { id, version } = superhero;
    const known = this.#versions.get(id);
    if (known === undefined) {
      if (version > (this.#early.get(id)?.version ?? 0)) remember(this.#early, id, superhero);
      return null;
    }
    if (version <= known) return null;
    this.#versions.set(id, version);
    return { event: "update", superhero };
  }

  #delete(superhero: Superhero): Change | null {
    remember(this.#deleted, superhero.id, true);
    this.#early.delete(superhero.id);
    return this.#versions.delete(superhero.id) ? { event: "delete", superhero } : null;
  }
}

/** Sets an entry, and forgets the oldest one when there are too many. */
function remember<V>(map: Map<number, V>, key: number, value: V): void {
  map.set(key, value);
  if (map.size > absentMax) map.delete(map.keys().next().value!);
}
