import { StringPrototypeToLowerCase } from "../internal/primordials.ts";

/** The handshake's headers, to read: the part of the Web's Headers that a session needs. */
export class ReadOnlyHeaders {
  #list: [string, string][];

  /** Names are in lower case, in order, each of them once. */
  constructor(list: [string, string][]) {
    this.#list = list;
  }

  get(name: string): string | null {
    const wanted = StringPrototypeToLowerCase(`${name}`);
    for (let i = 0; i < this.#list.length; i++) {
      if (this.#list[i]![0] === wanted) return this.#list[i]![1];
    }
    return null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  forEach(callback: (value: string, name: string, headers: ReadOnlyHeaders) => void): void {
    for (let i = 0; i < this.#list.length; i++) callback(this.#list[i]![1], this.#list[i]![0], this);
  }

  *entries(): Generator<[string, string]> {
    for (let i = 0; i < this.#list.length; i++) yield [this.#list[i]![0], this.#list[i]![1]];
  }

  *keys(): Generator<string> {
    for (let i = 0; i < this.#list.length; i++) yield this.#list[i]![0];
  }

  *values(): Generator<string> {
    for (let i = 0; i < this.#list.length; i++) yield this.#list[i]![1];
  }

  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries();
  }
}
