// The group "performance": https://w3c.github.io/hr-time, https://w3c.github.io/performance-timeline and
// https://w3c.github.io/user-timing

import { DOMException, EventTarget } from "../events/events.ts";
import { expose, exposeReplaceable } from "../internal/expose.ts";
import { SafeTypeError } from "../internal/primordials.ts";
import {
  defineInterface,
  internalToken,
  isObject,
  requireArguments,
  requireToken,
  toDOMString,
  toDictionary,
} from "../internal/webidl.ts";
import { PerformanceEntry, PerformanceMark, PerformanceMeasure, toTime } from "./entries.ts";
import {
  PerformanceObserver,
  PerformanceObserverEntryList,
  addEntry,
  getEntries,
  getEntriesByName,
  getEntriesByType,
  lastEntry,
  removeEntries,
} from "./timeline.ts";

declare const __host: {
  chosen: boolean;
  /** Milliseconds since the time origin. */
  now(): number;
  /** The time origin, in milliseconds since 1970. */
  timeOrigin(): number;
};

class Performance extends EventTarget {
  /** Marks an object as one of this class. */
  readonly #brand = undefined;

  constructor(token: unknown = undefined) {
    requireToken(token);
    super();
  }

  now(): number {
    void this.#brand;
    return __host.now();
  }

  get timeOrigin(): number {
    void this.#brand;
    return __host.timeOrigin();
  }

  toJSON(): object {
    void this.#brand;
    return { timeOrigin: __host.timeOrigin() };
  }

  getEntries(): PerformanceEntry[] {
    void this.#brand;
    return getEntries();
  }

  getEntriesByType(type: unknown): PerformanceEntry[] {
    void this.#brand;
    return getEntriesByType(arguments.length, type, "Failed to execute 'getEntriesByType' on 'Performance'");
  }

  getEntriesByName(name: unknown, type: unknown = undefined): PerformanceEntry[] {
    void this.#brand;
    return getEntriesByName(arguments.length, name, type, "Failed to execute 'getEntriesByName' on 'Performance'");
  }

  mark(markName: unknown, markOptions: unknown = undefined): PerformanceMark {
    void this.#brand;
    requireArguments(arguments.length, 1, "Failed to execute 'mark' on 'Performance'");
    const mark = new PerformanceMark(markName, markOptions);
    addEntry(mark);
    return mark;
  }

  clearMarks(markName: unknown = undefined): void {
    void this.#brand;
    removeEntries("mark", nameOf(markName, "Failed to execute 'clearMarks' on 'Performance'"));
  }

  measure(measureName: unknown, startOrMeasureOptions: unknown = undefined, endMark: unknown = undefined): PerformanceMeasure {
    void this.#brand;
    const where = "Failed to execute 'measure' on 'Performance'";
    requireArguments(arguments.length, 1, where);
    const name = toDOMString(measureName, where + ": parameter 1");
    const span = spanOf(startOrMeasureOptions, where);
    const end = endMark === undefined ? undefined : toDOMString(endMark, where + ": parameter 3");
    const { start, end: endTime } = timesOf(span, end, where);
    const measure = new PerformanceMeasure(internalToken, name, start, endTime - start, span.detail);
    addEntry(measure);
    return measure;
  }

  clearMeasures(measureName: unknown = undefined): void {
    void this.#brand;
    removeEntries("measure", nameOf(measureName, "Failed to execute 'clearMeasures' on 'Performance'"));
  }
}
defineInterface(Performance);

function nameOf(name: unknown, where: string): string | undefined {
  return name === undefined ? undefined : toDOMString(name, where + ": parameter 1");
}

/** What measure() is told of a span. A moment is a mark's name or a time. */
interface Span {
  start: string | number | undefined;
  end: string | number | undefined;
  duration: number | undefined;
  detail: unknown;
  /** Whether the span was given by options, and not by marks. */
  options: boolean;
}

/** The union (DOMString or PerformanceMeasureOptions). */
function spanOf(value: unknown, where: string): Span {
  if (value !== undefined && value !== null && !isObject(value)) {
    const start = toDOMString(value, where + ": parameter 2");
    return { start, end: undefined, duration: undefined, detail: undefined, options: false };
  }
  const { detail, duration, end, start } = toDictionary(value, where + ": parameter 2");
  const span: Span = {
    start: momentOf(start, where + ": member 'start'"),
    end: momentOf(end, where + ": member 'end'"),
    duration: duration === undefined ? undefined : toTime(duration, where + ": member 'duration'"),
    detail,
    options: start !== undefined || end !== undefined || duration !== undefined || detail !== undefined,
  };
  if (!span.options) return span;
  if (span.start === undefined && span.end === undefined) {
    throw new SafeTypeError(where + ": either 'start' or 'end' must be given.");
  }
  if (span.start !== undefined && span.end !== undefined && span.duration !== undefined) {
    throw new SafeTypeError(where + ": 'start', 'end' and 'duration' cannot be given together.");
  }
  return span;
}

function momentOf(value: unknown, where: string): string | number | undefined {
  if (value === undefined) return undefined;
  return typeof value === "number" ? toTime(value, where) : toDOMString(value, where);
}

/** https://w3c.github.io/user-timing/#dom-performance-measure, steps 2 and 3. */
function timesOf(span: Span, endMark: string | undefined, where: string): { start: number; end: number } {
  const { start, end, duration } = span;
  if (endMark !== undefined && span.options) {
    throw new SafeTypeError(where + ": an end mark cannot be given beside options.");
  }
  let last: number;
  if (endMark !== undefined) last = timeOf(endMark, where);
  else if (end !== undefined) last = timeOf(end, where);
  else if (start !== undefined && duration !== undefined) last = timeOf(start, where) + duration;
  else last = __host.now();
  let first = 0;
  if (start !== undefined) first = timeOf(start, where);
  else if (duration !== undefined) first = last - duration;
  return { start: first, end: last };
}

/** https://w3c.github.io/user-timing/#convert-a-mark-to-a-timestamp */
function timeOf(moment: string | number, where: string): number {
  if (typeof moment === "number") return moment;
  const mark = lastEntry(moment, "mark");
  if (mark === undefined) throw new DOMException(where + ": the mark '" + moment + "' does not exist.", "SyntaxError");
  return mark.startTime;
}

export const performance = new Performance(internalToken);

expose(__host, {
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
});
exposeReplaceable(__host, { performance: () => performance });

export { PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList };
export default {};
