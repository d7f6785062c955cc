// Objects of the host's that a script holds by a number.

declare const __host: {
  /** Closes the object of that number. Nothing happens if it is gone. */
  drop(number: number): void;
};

const registry = new FinalizationRegistry<number>((number) => __host.drop(number));
const register = registry.register.bind(registry);
const unregister = registry.unregister.bind(registry);

/** Has the host's object dropped once the script's is collected. What is left when the context ends is closed then. */
export function ownHandle(object: object, number: number): void {
  register(object, number, object);
}

/** Drops the host's object now. */
export function dropHandle(object: object, number: number): void {
  unregister(object);
  __host.drop(number);
}
