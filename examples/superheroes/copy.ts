import { Deadlines } from "./deadlines.ts";
import type { Change, List, Superhero } from "./superheroes.ts";

/** How long after a newer change an older one may come, in milliseconds, and how many may be on their way. */
const lateness = 3000;
const missingMax = 1000;

/**
 * What a client knows: the version of each superhero. It says which changes are news for the client, so that whatever the
 * order in which changes come, and however often, the client ends with the latest of each.
 *
 * Versions have no gaps, which tells what is yet to come. For as long as something is, what was deleted and what came early is
 * remembered.
 */
export class Copy {
  #versions: Map<number, number>;
  /** The version of the newest change that has come, and those of older ones that have not. */
  #newest: number;
  #missing: Deadlines<number>;
  /** Superheroes that were deleted: what comes after that is late. */
  #deleted = new Set<number>();
  /** Superheroes whose update has overtaken their create. */
  #early = new Map<number, Superhero>();

  /** @param lost is called when a change has not come although newer ones have, for too long */
  constructor({ version, superheroes }: List, lost: () => void) {
    this.#newest = version;
    this.#versions = new Map(superheroes.map(({ id, version }) => [id, version]));
    this.#missing = new Deadlines(lateness, lost);
  }

  /** Returns what the client is to be told, or null if the change is no news. */
  apply(change: Change): Change | null {
    if (!this.#comes(change.superhero.version)) return null;
    const news = this.#deleted.has(change.superhero.id) ? null : this.#news(change);
    if (this.#missing.size === 0) {
      this.#deleted.clear();
      this.#early.clear();
    }
    return news;
  }

  stop(): void {
    this.#missing.stop();
  }

  /** Whether a change comes for the first time, and is not in the list. */
  #comes(version: number): boolean {
    if (version <= this.#newest) return this.#missing.met(version);
    if (version - this.#newest > missingMax) throw new Error(`of changes, ${this.#newest} to ${version} are missing`);
    for (let older = this.#newest + 1; older < version; older++) this.#missing.add(older);
    this.#newest = version;
    return true;
  }

  #news({ event, superhero }: Change): Change | null {
    const { id, version } = superhero;
    const known = this.#versions.get(id);
    switch (event) {
      case "create": {
        const latest = this.#early.get(id) ?? superhero;
        this.#early.delete(id);
        this.#versions.set(id, latest.version);
        return { event, superhero: latest };
      }
      case "update":
        if (known === undefined) {
          if (version > (this.#early.get(id)?.version ?? 0)) this.#early.set(id, superhero);
          return null;
        }
        if (version <= known) return null;
        this.#versions.set(id, version);
        return { event, superhero };
      case "delete":
        this.#deleted.add(id);
        this.#early.delete(id);
        return this.#versions.delete(id) ? { event, superhero } : null;
    }
  }
}
