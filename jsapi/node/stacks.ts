// Error.captureStackTrace and Error.prepareStackTrace, as V8 has them (https://v8.dev/docs/stack-trace-api): packages for Node ask
// them who their caller is. Errors themselves are not changed by prepareStackTrace.

/** Where a call was made. */
class CallSite {
  #name: string | null;
  #file: string;
  #line: number;
  #column: number;

  constructor(name: string | undefined, file: string, line: string | undefined, column: string | undefined) {
    this.#name = name === undefined || name === "<anonymous>" ? null : name;
    this.#file = file;
    this.#line = Number(line ?? 0);
    this.#column = Number(column ?? 0);
  }

  getThis() {}
  getTypeName = (): null => null;
  getFunction() {}
  getFunctionName(): string | null {
    return this.#name;
  }
  getMethodName = (): null => null;
  getFileName(): string {
    return this.#file;
  }
  getScriptNameOrSourceURL(): string {
    return this.#file;
  }
  getLineNumber(): number {
    return this.#line;
  }
  getColumnNumber(): number {
    return this.#column;
  }
  getEvalOrigin() {}
  getPromiseIndex = (): null => null;
  isToplevel = (): boolean => true;
  isEval = (): boolean => false;
  isNative(): boolean {
    return this.#file === "native";
  }
  isConstructor = (): boolean => false;
  isAsync = (): boolean => false;
  isPromiseAll = (): boolean => false;
  toString(): string {
    const place = this.#file + (this.#line > 0 ? ":" + this.#line + ":" + this.#column : "");
    return this.#name === null ? place : this.#name + " (" + place + ")";
  }
}

function callSites(stack: string): CallSite[] {
  const sites: CallSite[] = [];
  for (const line of stack.split("\n")) {
    const match = /^\s*at (?:(.*?) )?\(?([^()]*?)(?::(\d+))?(?::(\d+))?\)?$/.exec(line);
    if (match !== null) sites.push(new CallSite(match[1], match[2]!, match[3], match[4]));
  }
  return sites;
}

/** The functions' own lines at the top of a stack: capture's, and what is above a function that is named. */
function frames(above: unknown): string {
  const lines = String(new Error().stack).split("\n").filter((line) => /^\s*at /.test(line)).slice(2);
  const name = typeof above === "function" && above.name ? "at " + above.name + " " : undefined;
  const at = name === undefined ? -1 : lines.findIndex((line) => line.trim().startsWith(name));
  return lines.slice(at + 1).slice(0, (Error as any).stackTraceLimit ?? 10).join("\n");
}

function captureStackTrace(target: object, above?: unknown): void {
  const text = frames(above);
  const { prepareStackTrace } = Error as any;
  let header = "Error";
  try {
    header = Error.prototype.toString.call(target);
  } catch {
    // What has no name has the default one.
  }
  const value = typeof prepareStackTrace === "function" ? prepareStackTrace(target, callSites(text)) : header + (text === "" ? "" : "\n" + text);
  Object.defineProperty(target, "stack", { value, writable: true, configurable: true });
}

/** Gives Error what is missing. */
export function defineStacks(): void {
  Object.defineProperty(Error, "captureStackTrace", { value: captureStackTrace, writable: true, configurable: true });
  if (!("stackTraceLimit" in Error)) Object.defineProperty(Error, "stackTraceLimit", { value: 10, writable: true, enumerable: true, configurable: true });
}
