// The performance timeline and those who watch it: https://w3c.github.io/performance-timeline
//
// There is room for any number of marks and measures, as the registry of entry types has it
// (https://w3c.github.io/timing-entrytypes-registry), so that no entry is ever dropped.

import { DOMException, reportException } from "../events/events.ts";
import { op } from "../internal/op.ts";
import {
  ArrayPrototypeFilter,
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSort,
  ObjectFreeze,
  PromisePrototypeThen,
  ReflectApply,
  SafeTypeError,
} from "../internal/primordials.ts";
import {
  defineInterface,
  internalToken,
  requireArguments,
  requireToken,
  toBoolean,
  toCallback,
  toDOMString,
  toDictionary,
  toSequence,
} from "../internal/webidl.ts";
import type { PerformanceEntry } from "./entries.ts";

declare const __host: {
  /** An operation that is over at once: what waits for it comes in a later turn. */
  turn(): number;
};

const supportedEntryTypes = ObjectFreeze(["mark", "measure"]);

/** All entries, in the order in which they were made. */
let entries: readonly PerformanceEntry[] = [];

export function addEntry(entry: PerformanceEntry): void {
  ArrayPrototypePush(entries as PerformanceEntry[], entry);
  const { entryType } = entry;
  for (let i = 0; i < observers.length; i++) offer(observers[i]!, entryType, entry);
}

/** Removes the entries of the type, or those of them that have the name. */
export function removeEntries(type: string, name: string | undefined): void {
  entries = ArrayPrototypeFilter(entries, (entry) => entry.entryType !== type || (name !== undefined && entry.name !== name));
}

/** The entry of that name and type that was made last. */
export function lastEntry(name: string, type: string): PerformanceEntry | undefined {
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i]!;
    if (entry.name === name && entry.entryType === type) return entry;
  }
  return undefined;
}

/** What the methods that list entries choose by; undefined: any. */
function select(from: readonly PerformanceEntry[], name?: string, type?: string): PerformanceEntry[] {
  const chosen = ArrayPrototypeFilter(
    from,
    (entry) => (name === undefined || entry.name === name) && (type === undefined || entry.entryType === type),
  );
  return ArrayPrototypeSort(chosen, (a, b) => a.startTime - b.startTime);
}

/** The three methods that Performance and PerformanceObserverEntryList share. */
export function getEntries(from = entries): PerformanceEntry[] {
  return select(from);
}

export function getEntriesByType(given: number, type: unknown, where: string, from = entries): PerformanceEntry[] {
  requireArguments(given, 1, where);
  return select(from, undefined, toDOMString(type, where + ": parameter 1"));
}

export function getEntriesByName(given: number, name: unknown, type: unknown, where: string, from = entries): PerformanceEntry[] {
  requireArguments(given, 1, where);
  const nameText = toDOMString(name, where + ": parameter 1");
  return select(from, nameText, type === undefined ? undefined : toDOMString(type, where + ": parameter 2"));
}

export class PerformanceObserverEntryList {
  readonly #entries: readonly PerformanceEntry[];

  constructor(token: unknown = undefined, ...rest: [entries: readonly PerformanceEntry[]]) {
    requireToken(token);
    this.#entries = rest[0];
  }

  getEntries(): PerformanceEntry[] {
    return getEntries(this.#entries);
  }

  getEntriesByType(type: unknown): PerformanceEntry[] {
    const where = "Failed to execute 'getEntriesByType' on 'PerformanceObserverEntryList'";
    return getEntriesByType(arguments.length, type, where, this.#entries);
  }

  getEntriesByName(name: unknown, type: unknown = undefined): PerformanceEntry[] {
    const where = "Failed to execute 'getEntriesByName' on 'PerformanceObserverEntryList'";
    return getEntriesByName(arguments.length, name, type, where, this.#entries);
  }
}
defineInterface(PerformanceObserverEntryList);

/** The observers that observe something, in the order in which they began. */
let observers: PerformanceObserver[] = [];
/** Whether the observers are to be called in a later turn. */
let queued = false;

/** Gives an entry to an observer, if it watches the type. */
let offer: (observer: PerformanceObserver, type: string, entry: PerformanceEntry) => void;
/** Calls an observer with what it has gathered. */
let notify: (observer: PerformanceObserver) => void;

type Callback = (list: PerformanceObserverEntryList, observer: PerformanceObserver, options: object) => unknown;

export class PerformanceObserver {
  readonly #callback: Callback;
  /** Which form of observe() was used: entryTypes, which replaces what was observed, or type, which adds to it. */
  #form: "entryTypes" | "type" | undefined;
  #types: readonly string[] = [];
  #buffer: PerformanceEntry[] = [];
  /** Whether the next call tells how many entries were dropped. */
  #tellDropped = false;

  static {
    offer = (observer, type, entry) => {
      if (!ArrayPrototypeIncludes(observer.#types, type)) return;
      ArrayPrototypePush(observer.#buffer, entry);
      queue();
    };
    notify = (observer) => {
      const gathered = observer.#buffer;
      if (gathered.length === 0) return;
      observer.#buffer = [];
      const options = observer.#tellDropped ? { droppedEntriesCount: 0 } : {};
      observer.#tellDropped = false;
      try {
        const list = new PerformanceObserverEntryList(internalToken, gathered);
        ReflectApply(observer.#callback, observer, [list, observer, options]);
      } catch (error) {
        reportException(error);
      }
    };
  }

  constructor(callback: unknown) {
    const where = "Failed to construct 'PerformanceObserver'";
    requireArguments(arguments.length, 1, where);
    this.#callback = toCallback(callback, where + ": parameter 1");
  }

  static get supportedEntryTypes(): readonly string[] {
    return supportedEntryTypes;
  }

  observe(options: unknown = undefined): void {
    const where = "Failed to execute 'observe' on 'PerformanceObserver'";
    void this.#form;
    const { buffered, entryTypes, type } = toDictionary(options, where + ": parameter 1");
    if (entryTypes === undefined && type === undefined) {
      throw new SafeTypeError(where + ": either 'entryTypes' or 'type' must be given.");
    }
    if (entryTypes !== undefined && (type !== undefined || buffered !== undefined)) {
      throw new SafeTypeError(where + ": 'entryTypes' cannot be given with other members.");
    }
    const form = entryTypes === undefined ? "type" : "entryTypes";
    const wanted =
      entryTypes === undefined
        ? [toDOMString(type, where + ": member 'type'")]
        : toSequence(entryTypes, toDOMString, where + ": member 'entryTypes'");
    if (this.#form !== undefined && this.#form !== form) {
      throw new DOMException(where + ": it observes by '" + this.#form + "' already.", "InvalidModificationError");
    }
    this.#form = form;
    this.#tellDropped = true;
    const types = ArrayPrototypeFilter(wanted, (name) => ArrayPrototypeIncludes(supportedEntryTypes, name));
    if (types.length === 0) return;
    if (form === "type" && !ArrayPrototypeIncludes(this.#types, types[0])) {
      const observed = ArrayPrototypeSlice(this.#types);
      ArrayPrototypePush(observed, types[0]!);
      this.#types = observed;
    } else if (form === "entryTypes") {
      this.#types = types;
    }
    if (!ArrayPrototypeIncludes(observers, this)) ArrayPrototypePush(observers, this);
    if (toBoolean(buffered)) {
      const past = select(entries, undefined, types[0]);
      for (let i = 0; i < past.length; i++) offer(this, types[0]!, past[i]!);
    }
  }

  disconnect(): void {
    this.#types = [];
    this.#buffer = [];
    observers = ArrayPrototypeFilter(observers, (other) => other !== this);
  }

  takeRecords(): PerformanceEntry[] {
    const records = this.#buffer;
    this.#buffer = [];
    return records;
  }
}
defineInterface(PerformanceObserver);

/** Has the observers called in a later turn. */
function queue(): void {
  if (queued) return;
  queued = true;
  PromisePrototypeThen(op(__host.turn), callObservers);
}

function callObservers(): void {
  queued = false;
  const all = ArrayPrototypeSlice(observers);
  for (let i = 0; i < all.length; i++) notify(all[i]!);
}
