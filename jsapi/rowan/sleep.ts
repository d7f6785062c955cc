import {
  MapPrototypeDelete,
  MapPrototypeGet,
  MapPrototypeHas,
  MapPrototypeSet,
  MathMin,
  SafeMap,
  SafeTypeError,
} from "../internal/primordials.ts";

declare const __host: {
  /** Has wake(id) called once, in delay milliseconds or later. Throws where too many timers are pending. */
  startTimer(id: number, delay: number): void;
};

const SafePromise = Promise;

// Ids of timers are uint32; the lower half is the group timers'.
const idMin = 2 ** 31;
const idMax = 2 ** 32 - 1;
/** 285 years in milliseconds: what a Duration of the host holds. */
const delayMax = 9e12;

const sleepers = new SafeMap<number, () => void>();
let lastId = idMin;

/** A promise that is fulfilled in that many milliseconds, or later. */
export function sleep(milliseconds: number): Promise<void> {
  if (typeof milliseconds !== "number" || milliseconds !== milliseconds) {
    throw new SafeTypeError("sleep: the time is not a number of milliseconds");
  }
  const id = newId();
  __host.startTimer(id, milliseconds > 0 ? MathMin(milliseconds, delayMax) : 0);
  return new SafePromise((resolve) => {
    MapPrototypeSet(sleepers, id, resolve);
  });
}

function newId(): number {
  do {
    lastId = lastId === idMax ? idMin : lastId + 1;
  } while (MapPrototypeHas(sleepers, lastId));
  return lastId;
}

/** Ends a sleep. The host calls this. */
export function wake(id: number): void {
  const resolve = MapPrototypeGet(sleepers, id);
  if (resolve === undefined) return;
  MapPrototypeDelete(sleepers, id);
  resolve();
}
