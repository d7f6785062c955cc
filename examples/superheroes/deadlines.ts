/** Things that have to happen in time. However many they are, one timer watches: the oldest is due first. */
export class Deadlines<Key> {
  /** When each is due, the oldest first. */
  #due = new Map<Key, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param time how long each may take, in milliseconds
   * @param missed is called when one has taken longer
   */
  constructor(
    readonly time: number,
    readonly missed: () => void,
  ) {}

  get size(): number {
    return this.#due.size;
  }

  add(key: Key): void {
    this.#due.set(key, performance.now() + this.time);
    if (this.#timer === undefined) this.#watch();
  }

  /** It has happened. Returns false if it was not waited for. */
  met(key: Key): boolean {
    return this.#due.delete(key);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #watch(): void {
    const [oldest] = this.#due.values();
    this.#timer = oldest === undefined ? undefined : setTimeout(() => this.#look(), oldest - performance.now());
  }

  #look(): void {
    const [oldest] = this.#due.values();
    if (oldest !== undefined && oldest <= performance.now()) this.missed();
    else this.#watch();
  }
}
