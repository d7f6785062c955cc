/** How a value is shown. Absent options have the defaults of Node's util.inspect. */
export interface InspectOptions {
  /** Levels of nested objects that are shown. null or Infinity: all. Default 2. */
  depth?: number | null;
  /** Show properties that are not enumerable, in brackets. Default false. */
  showHidden?: boolean;
  /** Ask objects for their `Symbol.for("nodejs.util.inspect.custom")` method. Default true. */
  customInspect?: boolean;
  /** Elements of an array, typed array, Map or Set that are shown. null: all. Default 100. */
  maxArrayLength?: number | null;
  /** Characters of a string inside an object that are shown. null: all. Default 10,000. */
  maxStringLength?: number | null;
  /** Columns after which a line is broken. Default 80. */
  breakLength?: number;
  /** Innermost levels that share a line when they fit. false: one entry a line. Default 3. */
  compact?: number | false;
  /** Sort the entries, by their text or by a function. Default false. */
  sorted?: boolean | ((a: string, b: string) => number);
  /** Call getters: all, or only those without ("get") or with ("set") a setter. Default false. */
  getters?: boolean | "get" | "set";
}

/** Options with every default filled in; "all" is Infinity. */
export interface Settings {
  readonly depth: number;
  readonly showHidden: boolean;
  readonly customInspect: boolean;
  readonly maxArrayLength: number;
  readonly maxStringLength: number;
  readonly breakLength: number;
  readonly compact: number;
  readonly sorted: boolean | ((a: string, b: string) => number);
  readonly getters: boolean | "get" | "set";
}

const defaults: Settings = {
  depth: 2,
  showHidden: false,
  customInspect: true,
  maxArrayLength: 100,
  maxStringLength: 10_000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
};

/** The settings that `options` asks for. Options of the wrong type, or whose getter throws, count as absent. */
export function settingsOf(options: InspectOptions | undefined): Settings {
  if (options === undefined) return defaults;
  const compact = read(options, "compact");
  const sorted = read(options, "sorted");
  const getters = read(options, "getters");
  return {
    depth: limit(read(options, "depth"), defaults.depth),
    showHidden: read(options, "showHidden") === true,
    customInspect: read(options, "customInspect") !== false,
    maxArrayLength: limit(read(options, "maxArrayLength"), defaults.maxArrayLength),
    maxStringLength: limit(read(options, "maxStringLength"), defaults.maxStringLength),
    breakLength: limit(read(options, "breakLength"), defaults.breakLength),
    compact: compact === false ? 0 : limit(compact, defaults.compact),
    sorted: sorted === true || typeof sorted === "function" ? sorted : false,
    getters: getters === true || getters === "get" || getters === "set" ? getters : false,
  } as Settings;
}

function limit(option: unknown, absent: number): number {
  if (option === null) return Infinity;
  return typeof option === "number" && option === option ? option : absent;
}

/** A property, or undefined where reading it throws. */
export function read(holder: unknown, key: PropertyKey): unknown {
  try {
    return (holder as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}
