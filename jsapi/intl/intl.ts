// The group "intl": Intl, after ECMA-402 (https://tc39.es/ecma402).

import { expose } from "../internal/expose.ts";
import {
  ArrayPrototypePush,
  DatePrototypeGetTime,
  ObjectGetPrototypeOf,
  SafeDate,
  SafeRangeError,
  SafeString,
  SafeTypeError,
  StringPrototypeSlice,
  SymbolIterator,
} from "../internal/primordials.ts";
import { tag } from "../internal/webidl.ts";
import { type Resolved, boundOf, localeList, methods, partsOf, resolve, resolvedOf, service } from "./services.ts";

declare const __host: {
  chosen: boolean;
  canonical(locales: string[]): string[];
  /** Text, or pairs of types and texts. */
  number(resolved: Resolved, value: number | bigint, parts: boolean): any;
  date(resolved: Resolved, ms: number, parts: boolean): any;
  plural(resolved: Resolved, value: number): string;
  compare(resolved: Resolved, a: string, b: string): number;
  displayName(resolved: Resolved, code: string): string | undefined;
  list(resolved: Resolved, items: string[], parts: boolean): any;
  relative(resolved: Resolved, value: number, unit: string, parts: boolean): any;
  /** The ends of the segments; negative where one is a word. */
  segments(granularity: string, text: string): number[];
};

const digits = [
  "#minimumIntegerDigits", "#minimumFractionDigits", "#maximumFractionDigits", "#minimumSignificantDigits", "#maximumSignificantDigits",
];
const numberOptions = [
  ...digits, "numberingSystem", "style", "currency", "currencyDisplay", "currencySign", "unit", "unitDisplay", "notation",
  "compactDisplay", "=useGrouping", "signDisplay", "roundingMode", "trailingZeroDisplay",
];
const dateOptions = [
  "timeZone", "weekday", "era", "year", "month", "day", "hour", "minute", "second", "#fractionalSecondDigits", "timeZoneName",
  "dateStyle", "timeStyle", "hourCycle", "?hour12",
];
const collatorOptions = ["usage", "sensitivity", "?ignorePunctuation", "?numeric", "caseFirst"];

function toNumeric(value: unknown): number | bigint {
  return typeof value === "bigint" ? value : typeof value === "object" && value !== null ? toPrimitive(value) : +(value as number);
}

function toPrimitive(value: object): number | bigint {
  const n = (value as { valueOf(): unknown }).valueOf();
  return typeof n === "bigint" ? n : +(value as unknown as number);
}

const NumberFormat = service("NumberFormat", numberOptions, {
  get format() {
    return boundOf(this, "NumberFormat", (resolved) => (value: unknown) => __host.number(resolved, toNumeric(value), false));
  },
  formatToParts(value: unknown) {
    return partsOf(__host.number(resolvedOf(this, "NumberFormat"), toNumeric(value), true));
  },
}, true);

function toTime(date: unknown): number {
  if (date === undefined) return SafeDate.now();
  return +(date as number);
}

const DateTimeFormat = service("DateTimeFormat", [...dateOptions], {
  get format() {
    return boundOf(this, "DateTimeFormat", (resolved) => (date: unknown) => __host.date(resolved, toTime(date), false));
  },
  formatToParts(date: unknown) {
    return partsOf(__host.date(resolvedOf(this, "DateTimeFormat"), toTime(date), true));
  },
}, true);

const Collator = service("Collator", collatorOptions, {
  get compare() {
    return boundOf(this, "Collator", (resolved) => (a: unknown, b: unknown) => __host.compare(resolved, SafeString(a), SafeString(b)));
  },
}, true);

const PluralRules = service("PluralRules", [...digits, "type"], {
  select(value: unknown) {
    return __host.plural(resolvedOf(this, "PluralRules"), +(value as number));
  },
});

const DisplayNames = service("DisplayNames", ["style", "type", "fallback", "languageDisplay"], {
  of(code: unknown) {
    return __host.displayName(resolvedOf(this, "DisplayNames"), SafeString(code));
  },
});

function stringList(iterable: unknown): string[] {
  const list: string[] = [];
  if (iterable === undefined) return list;
  for (const item of iterable as Iterable<unknown>) {
    if (typeof item !== "string") throw new SafeTypeError("Iterable yielded " + SafeString(item) + " which is not a string");
    ArrayPrototypePush(list, item);
  }
  return list;
}

const ListFormat = service("ListFormat", ["type", "style"], {
  format(list: unknown) {
    return __host.list(resolvedOf(this, "ListFormat"), stringList(list), false);
  },
  formatToParts(list: unknown) {
    return partsOf(__host.list(resolvedOf(this, "ListFormat"), stringList(list), true));
  },
});

const RelativeTimeFormat = service("RelativeTimeFormat", ["style", "numeric"], {
  format(value: unknown, unit: unknown) {
    return __host.relative(resolvedOf(this, "RelativeTimeFormat"), +(value as number), SafeString(unit), false);
  },
  formatToParts(value: unknown, unit: unknown) {
    const name = SafeString(unit);
    const singular = name[name.length - 1] === "s" ? StringPrototypeSlice(name, 0, -1) : name;
    return partsOf(
      __host.relative(resolvedOf(this, "RelativeTimeFormat"), +(value as number), name, true),
      (type) => (type === "literal" ? undefined : { unit: singular }),
    );
  },
});

/** What Segmenter.segment returns (18.5). */
class Segments {
  #text: string;
  #ends: number[];
  #words: boolean;

  constructor(text: string, granularity: string) {
    this.#text = text;
    this.#ends = __host.segments(granularity, text);
    this.#words = granularity === "word";
  }

  #at(i: number): object {
    const index = i === 0 ? 0 : Math.abs(this.#ends[i - 1]!);
    const end = this.#ends[i]!;
    const segment = { segment: StringPrototypeSlice(this.#text, index, Math.abs(end)), index, input: this.#text };
    return this.#words ? { ...segment, isWordLike: end < 0 } : segment;
  }

  containing(index: unknown): object | undefined {
    const ends = this.#ends;
    const n = Math.trunc(+(index as number)) || 0;
    if (n < 0 || n >= this.#text.length) return undefined;
    let low = 0;
    for (let high = ends.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (Math.abs(ends[middle]!) > n) high = middle;
      else low = middle + 1;
    }
    return this.#at(low);
  }

  *[SymbolIterator](): Iterator<object> {
    for (let i = 0; i < this.#ends.length; i++) yield this.#at(i);
  }
}

const Segmenter = service("Segmenter", ["granularity"], {
  segment(text: unknown) {
    return new Segments(SafeString(text), resolvedOf(this, "Segmenter").granularity);
  },
});
Object.defineProperty(Segments.prototype, "constructor", { value: Object });

const Intl = {};
methods(Intl, {
  getCanonicalLocales(locales: unknown): string[] {
    return __host.canonical(localeList(locales));
  },
  supportedValuesOf(key: unknown): string[] {
    const values = supportedValues[SafeString(key)];
    if (values === undefined) throw new SafeRangeError("Invalid key : " + SafeString(key));
    return [...values];
  },
  Collator, DateTimeFormat, DisplayNames, ListFormat, NumberFormat, PluralRules, RelativeTimeFormat, Segmenter,
});
tag(Intl, "Intl");

/** Of what lists are short; time zones, currencies and units are not listed. */
const supportedValues: { [key: string]: string[] | undefined } = {
  __proto__: null as never,
  calendar: ["gregory"],
  collation: ["default"],
  numberingSystem: ["arab", "arabext", "beng", "deva", "latn", "mymr", "tibt"],
};

expose(__host, { Intl });
if (__host.chosen) {
  const number = (self: unknown, locales: unknown, options: unknown): string =>
    __host.number(resolve("NumberFormat", numberOptions, locales, options), self as number, false);
  methods(Number.prototype, {
    toLocaleString(locales?: unknown, options?: unknown): string {
      return number(Number.prototype.valueOf.call(this), locales, options);
    },
  });
  methods(BigInt.prototype, {
    toLocaleString(locales?: unknown, options?: unknown): string {
      return number(BigInt.prototype.valueOf.call(this), locales, options);
    },
  });
  const date = (self: unknown, locales: unknown, options: unknown, required: string, defaults: string): string => {
    const ms = DatePrototypeGetTime(self);
    if (ms !== ms) return "Invalid Date";
    return __host.date(resolve("DateTimeFormat", dateOptions, locales, options, { required, defaults }), ms, false);
  };
  methods(Date.prototype, {
    toLocaleString(locales?: unknown, options?: unknown): string {
      return date(this, locales, options, "any", "all");
    },
    toLocaleDateString(locales?: unknown, options?: unknown): string {
      return date(this, locales, options, "date", "date");
    },
    toLocaleTimeString(locales?: unknown, options?: unknown): string {
      return date(this, locales, options, "time", "time");
    },
  });
  methods(String.prototype, {
    localeCompare(that: unknown, locales?: unknown, options?: unknown): number {
      if (this === undefined || this === null) throw new SafeTypeError("the receiver is no string");
      return __host.compare(resolve("Collator", collatorOptions, locales, options), SafeString(this), SafeString(that));
    },
  });
  const list = (self: unknown, locales: unknown, options: unknown): string => {
    let text = "";
    const items = Object(self) as ArrayLike<{ toLocaleString(...args: unknown[]): string } | null | undefined>;
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      text += (i === 0 ? "" : ",") + (item === undefined || item === null ? "" : item.toLocaleString(locales, options));
    }
    return text;
  };
  const toLocaleString = {
    toLocaleString(locales?: unknown, options?: unknown): string {
      return list(this, locales, options);
    },
  };
  methods(Array.prototype, toLocaleString);
  methods(ObjectGetPrototypeOf(Uint8Array.prototype) as object, toLocaleString);
}

export default {};
