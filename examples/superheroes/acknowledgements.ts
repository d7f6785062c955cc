/** How long a client may take to acknowledge a message, in milliseconds. */
const patience = 3000;

/** The messages that a client has to acknowledge. However many they are, one timer watches: the oldest is due first. */
export class Acknowledgements {
  /** When each is due, by its id, the oldest first. */
  #due = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param missed is called when a message was not acknowledged in time */
  constructor(readonly missed: () => void) {}

  /** Returns the id of a message that is about to be sent. */
  expect(): string {
    const id = Rowan.randomUUIDv7();
    this.#due.set(id, performance.now() + patience);
    if (this.#timer === undefined) this.#watch();
    return id;
  }

  /** Nothing happens if no such message is waited for. */
  received(id: string): void {
    this.#due.delete(id);
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
