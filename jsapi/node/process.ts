// node:process and the global process, https://nodejs.org/api/process.html, as far as a context is a process: it has no
// signals, no standard input, no working directory but the root, and no environment but what the configuration gives it.

import { Buffer, checkFunction, invalidType, nodeError, outOfRange } from "../buffer/buffer.ts";
import { EventEmitter } from "./events.ts";
import { setFailure, tick } from "./ticks.ts";
import { setEmitWarning } from "./warning.ts";

declare const __host: {
  /** What holds for the whole process: env, platform, arch, pid, version. */
  about(): { env: Record<string, string>; platform: string; arch: string; pid: number; version: string };
  /** Nanoseconds from some fixed moment. */
  nanoseconds(): number;
  /** Bytes of heap above the image, and its limit; milliseconds of CPU. */
  usage(): { heap: number; limit: number; cpu: number };
  /** Writes to standard output, or to standard error. */
  write(error: boolean, text: string): void;
  /** Ends the context. */
  exit(code: number): void;
};

/** The version of Node whose modules these are like. */
const version = "v20.19.0";
const about = __host.about();

const process: any = new (EventEmitter as any)();
Object.setPrototypeOf(process, Object.create(EventEmitter.prototype, {
  constructor: { value: function process() {}, configurable: true },
  [Symbol.toStringTag]: { value: "process", configurable: true },
}));

function hrtime(previous?: [number, number]): [number, number] {
  const now = __host.nanoseconds();
  let seconds = Math.floor(now / 1e9);
  let nanoseconds = now % 1e9;
  if (previous !== undefined) {
    if (!Array.isArray(previous)) throw invalidType("time", "an instance of Array", previous);
    if (previous.length !== 2) throw outOfRange("time", "2", previous.length);
    seconds -= previous[0];
    nanoseconds -= previous[1];
    if (nanoseconds < 0) {
      seconds--;
      nanoseconds += 1e9;
    }
  }
  return [seconds, nanoseconds];
}
hrtime.bigint = (): bigint => BigInt(__host.nanoseconds());

/** A stream that text is written to: enough of a Writable for loggers. */
function output(fd: number): object {
  const stream: any = new (EventEmitter as any)();
  return Object.assign(stream, {
    fd,
    writable: true,
    isTTY: false,
    columns: undefined,
    writableLength: 0,
    writableHighWaterMark: 16384,
    write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
      if (typeof encoding === "function") [encoding, callback] = [undefined, encoding];
      if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) {
        throw invalidType("chunk", "of type string or an instance of Buffer, TypedArray, or DataView", chunk);
      }
      __host.write(fd === 2, typeof chunk === "string" && (encoding === undefined || encoding === "utf8") ? chunk : Buffer.from(chunk as string, encoding).toString());
      if (typeof callback === "function") tick(callback as () => void, null);
      return true;
    },
    end(chunk?: unknown, encoding?: unknown, callback?: unknown): object {
      if (typeof chunk === "function") [chunk, callback] = [undefined, chunk];
      if (chunk !== undefined && chunk !== null) stream.write(chunk, encoding);
      if (typeof callback === "function") tick(callback as () => void);
      return stream;
    },
    cork() {},
    uncork() {},
    destroy: () => stream,
    getColorDepth: () => 1,
    hasColors: () => false,
  });
}

function emitWarning(warning: unknown, type?: any, code?: any): void {
  let detail: unknown;
  if (type !== null && typeof type === "object" && !Array.isArray(type)) ({ type, code, detail } = type);
  else if (typeof type === "function") type = undefined;
  if (typeof code === "function") code = undefined;
  let error: any = warning;
  if (typeof warning === "string") {
    error = new Error(warning);
    error.name = String(type || "Warning");
    if (code !== undefined) error.code = code;
    if (detail !== undefined) error.detail = detail;
  } else if (!(warning instanceof Error)) {
    throw invalidType("warning", "of type string or an instance of Error", warning);
  }
  if (error.name === "DeprecationWarning" && process.noDeprecation) return;
  tick(() => {
    process.emit("warning", error);
    const text = "(" + about.pid + ") " + (error.code ? "[" + error.code + "] " : "") + error.name + ": " + error.message;
    __host.write(true, text + (error.detail ? "\n" + error.detail : "") + "\n");
  });
}

function memoryUsage(): object {
  const { heap, limit } = __host.usage();
  return { rss: heap, heapTotal: limit, heapUsed: heap, external: 0, arrayBuffers: 0 };
}
memoryUsage.rss = (): number => __host.usage().heap;

function cpuUsage(previous?: { user: number; system: number }): { user: number; system: number } {
  const user = Math.round(__host.usage().cpu * 1000);
  return { user: user - (previous?.user ?? 0), system: 0 };
}

function unsupported(name: string): () => never {
  return () => {
    throw nodeError(Error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "process." + name + "() is not there: a context is no process of the system");
  };
}

let exiting = false;

function exit(code: unknown = process.exitCode): never {
  if (code !== undefined) process.exitCode = code;
  if (!exiting) {
    exiting = true;
    process.emit("exit", Number(process.exitCode) || 0);
  }
  __host.exit(Number(process.exitCode) || 0);
  for (;;); // the turn ends at this loop
}

const release = { name: "node", lts: "Iron", sourceUrl: "", headersUrl: "" };
const versions = { node: version.slice(1), rowan: about.version, v8: "0.0.0", modules: "115" };

Object.assign(process, {
  version,
  versions,
  release,
  env: about.env,
  platform: about.platform,
  arch: about.arch,
  pid: about.pid,
  ppid: 0,
  argv: ["rowan", "/app.js"],
  argv0: "rowan",
  execArgv: [],
  execPath: "/rowan",
  title: "rowan",
  exitCode: undefined,
  features: { inspector: false, debug: false, uv: false, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: false, tls: true },
  config: { target_defaults: {}, variables: {} },
  allowedNodeEnvironmentFlags: new Set(),
  stdout: output(1),
  stderr: output(2),
  stdin: Object.assign(new (EventEmitter as any)(), { fd: 0, isTTY: false, readable: false, resume() {}, pause() {}, setEncoding() {} }),
  nextTick(callback: unknown, ...args: unknown[]): void {
    checkFunction(callback, "callback");
    tick(callback, ...args);
  },
  hrtime,
  uptime: (): number => __host.nanoseconds() / 1e9,
  cwd: (): string => "/",
  chdir: unsupported("chdir"),
  umask: (): number => 0o22,
  exit,
  abort: (): never => exit(134),
  kill: unsupported("kill"),
  memoryUsage,
  cpuUsage,
  resourceUsage: () => ({ userCPUTime: cpuUsage().user, systemCPUTime: 0, maxRSS: 0 }),
  constrainedMemory: () => __host.usage().limit,
  availableMemory: () => __host.usage().limit - __host.usage().heap,
  emitWarning,
  binding: unsupported("binding"),
  dlopen: unsupported("dlopen"),
  getuid: () => 0,
  geteuid: () => 0,
  getgid: () => 0,
  getegid: () => 0,
  hasUncaughtExceptionCaptureCallback: () => false,
});

setEmitWarning(emitWarning);

/** Gives process what is made of other modules. */
export function setProcess(more: object): void {
  Object.assign(process, more);
}

/** What nobody catches goes to the listeners of "uncaughtException", where there are any. */
export function reportWith(report: (error: unknown) => void): void {
  setFailure((error) => {
    if (process.listenerCount("uncaughtException") === 0) return report(error);
    process.emit("uncaughtException", error, "uncaughtException");
  });
}

export default process;
