// PerformanceEntry: https://w3c.github.io/performance-timeline/#the-performanceentry-interface
// PerformanceMark and PerformanceMeasure: https://w3c.github.io/user-timing/#performance-extensions

import { deserialize, serialize } from "../clone/clone.ts";
import { SafeTypeError } from "../internal/primordials.ts";
import {
  defineInterface,
  internalToken,
  requireArguments,
  requireToken,
  toDOMString,
  toDictionary,
  toDouble,
} from "../internal/webidl.ts";

declare const __host: {
  /** Milliseconds since the time origin. */
  now(): number;
};

let lastId = 0;

export class PerformanceEntry {
  readonly #id: number;
  readonly #name: string;
  readonly #entryType: string;
  readonly #startTime: number;
  readonly #duration: number;

  constructor(token: unknown = undefined, ...fields: [name: string, entryType: string, startTime: number, duration: number]) {
    requireToken(token);
    this.#id = ++lastId;
    this.#name = fields[0];
    this.#entryType = fields[1];
    this.#startTime = fields[2];
    this.#duration = fields[3];
  }

  get id(): number {
    return this.#id;
  }

  get name(): string {
    return this.#name;
  }

  get entryType(): string {
    return this.#entryType;
  }

  get startTime(): number {
    return this.#startTime;
  }

  get duration(): number {
    return this.#duration;
  }

  /** There is no navigation. */
  get navigationId(): number {
    void this.#id;
    return 0;
  }

  toJSON(): object {
    return {
      id: this.#id,
      name: this.#name,
      entryType: this.#entryType,
      startTime: this.#startTime,
      duration: this.#duration,
      navigationId: 0,
    };
  }
}
defineInterface(PerformanceEntry);

export class PerformanceMark extends PerformanceEntry {
  readonly #detail: unknown;

  constructor(markName: unknown, markOptions: unknown = undefined) {
    const where = "Failed to construct 'PerformanceMark'";
    requireArguments(arguments.length, 1, where);
    const name = toDOMString(markName, where + ": parameter 1");
    const options = toDictionary(markOptions, where + ": parameter 2");
    const { detail } = options;
    let { startTime } = options;
    startTime = startTime === undefined ? __host.now() : toTime(startTime, where + ": member 'startTime'");
    super(internalToken, name, "mark", startTime as number, 0);
    this.#detail = cloned(detail);
  }

  get detail(): unknown {
    return this.#detail;
  }

  override toJSON(): object {
    return { ...super.toJSON(), detail: this.#detail };
  }
}
defineInterface(PerformanceMark);

export class PerformanceMeasure extends PerformanceEntry {
  readonly #detail: unknown;

  constructor(token: unknown = undefined, ...fields: [name: string, startTime: number, duration: number, detail: unknown]) {
    requireToken(token);
    super(token, fields[0], "measure", fields[1], fields[2]);
    this.#detail = cloned(fields[3]);
  }

  get detail(): unknown {
    return this.#detail;
  }

  override toJSON(): object {
    return { ...super.toJSON(), detail: this.#detail };
  }
}
defineInterface(PerformanceMeasure);

/** A time since the origin: a double that is not negative. */
export function toTime(value: unknown, where: string): number {
  const time = toDouble(value, where);
  if (time < 0) throw new SafeTypeError(where + " is a negative time.");
  return time;
}

function cloned(detail: unknown): unknown {
  if (detail === undefined || detail === null) return null;
  return typeof detail === "object" || typeof detail === "symbol" || typeof detail === "function"
    ? deserialize(serialize(detail))
    : detail;
}
