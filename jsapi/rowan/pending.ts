import {
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeSet,
  ReflectApply,
  SafeMap,
} from "../internal/primordials.ts";

declare const __host: {
  /** Has a handler run elsewhere; its outcome comes to settle under the id that is returned. Throws where it cannot. */
  call(name: string, ...args: unknown[]): number;
};

interface Capability {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

const SafePromise = Promise;
const capabilities = new SafeMap<number, Capability>();

/** The promise that settle settles under the id, in a later turn. */
export function pending(id: number): Promise<any> {
  return new SafePromise((resolve, reject) => {
    MapPrototypeSet(capabilities, id, { resolve, reject });
  });
}

/** Settles a promise. The host calls this; an id that nothing waits under is from before this context was reset. */
export function settle(id: number, fulfilled: boolean, value: unknown): void {
  const capability = MapPrototypeGet(capabilities, id);
  if (capability === undefined) return;
  MapPrototypeDelete(capabilities, id);
  if (fulfilled) capability.resolve(value);
  else capability.reject(value);
}

/** Calls a handler of the host without waiting for it. */
export function call(): Promise<any> {
  let id: number;
  try {
    id = ReflectApply(__host.call, undefined, arguments);
  } catch (error) {
    return new SafePromise((_resolve, reject) => reject(error));
  }
  return pending(id);
}
