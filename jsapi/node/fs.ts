// node:fs and node:fs/promises, https://nodejs.org/api/fs.html: files below the folder that the option --fs names, which is "/"
// here. Left out: watching, owners, glob, cp of folders with filters, and statfs.

import { Buffer, checkFunction, invalidType, invalidValue, nodeError } from "../buffer/buffer.ts";
import { op } from "../internal/op.ts";
import { errnoTexts, errnos } from "./errno.ts";
import path from "./path.ts";
import { abortError } from "./abort.ts";
import { Readable } from "./stream_readable.ts";
import { type Done, type Stream } from "./stream_state.ts";
import { Writable } from "./stream_writable.ts";
import { tick } from "./ticks.ts";
import { fileURLToPath } from "./url.ts";
import { promisifyNames } from "./util.ts";

declare const __host: {
  /** Whether there is a folder for scripts. */
  hasFiles(): boolean;
  fsSync(operation: string, ...args: unknown[]): any;
  fsLater(): number;
};

const closed = !__host.hasFiles();

const constants = Object.freeze({
  F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4, COPYFILE_EXCL: 1, COPYFILE_FICLONE: 2, COPYFILE_FICLONE_FORCE: 4,
  O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, O_SYNC: 1052672,
  S_IFMT: 61440, S_IFREG: 32768, S_IFDIR: 16384, S_IFCHR: 8192, S_IFBLK: 24576, S_IFIFO: 4096, S_IFLNK: 40960, S_IFSOCK: 49152,
  S_IRWXU: 448, S_IRUSR: 256, S_IWUSR: 128, S_IXUSR: 64, S_IRWXG: 56, S_IRGRP: 32, S_IWGRP: 16, S_IXGRP: 8,
  S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1, UV_FS_SYMLINK_DIR: 1, UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3,
});

/** Makes a call: at once, or as a promise. Its operation is a system call for the words of errors. */
type Run = (call: string, paths: string[], operation: string, ...args: unknown[]) => any;

function failure(error: any, call: string, paths: string[]): unknown {
  const { code } = error;
  const text = errnoTexts[code];
  if (text === undefined) return error;
  const where = paths.length === 0 ? "" : " '" + paths.join("' -> '") + "'";
  const hint = closed ? ": scripts have no files; the option --fs DIR gives them a folder" : "";
  return nodeError(Error, code, code + ": " + text + ", " + call + where + hint, {
    errno: -errnos[code]!, syscall: call, ...(paths.length > 0 && { path: paths[0] }), ...(paths.length > 1 && { dest: paths[1] }),
  });
}

const runSync: Run = (call, paths, operation, ...args) => {
  try {
    return __host.fsSync(operation, ...args);
  } catch (error) {
    throw failure(error, call, paths);
  }
};

const runLater: Run = (call, paths, operation, ...args) =>
  op(__host.fsLater, operation, ...args).catch((error) => {
    throw failure(error, call, paths);
  });

/** What comes of a value, or of the promise of one. */
function after(value: any, f: (value: any) => any): any {
  return value instanceof Promise ? value.then(f) : f(value);
}

/** Tries, and where that fails goes on by what the handler gives or throws. */
function attempt(f: () => any, failed: (error: any) => any): any {
  try {
    const value = f();
    return value instanceof Promise ? value.catch(failed) : value;
  } catch (error) {
    return failed(error);
  }
}

function pathOf(value: unknown, name = "path"): string {
  let text: string;
  if (typeof value === "string") text = value;
  else if (value instanceof Uint8Array) text = Buffer.from(value).toString();
  else if (typeof value === "object" && value !== null && "href" in value && "protocol" in value) text = fileURLToPath(value as never);
  else throw invalidType(name, "of type string or an instance of Buffer or URL", value);
  if (text.includes("\0")) throw invalidValue(name, text, "must be a string, Uint8Array, or URL without null bytes");
  return text;
}

/** The path below the root. */
const below = (text: string): string => path.resolve("/", text);

function encodingOf(options: any): string | undefined {
  const encoding = typeof options === "string" ? options : options?.encoding;
  if (encoding && encoding !== "buffer" && !Buffer.isEncoding(encoding)) {
    throw invalidValue("encoding", encoding, "is invalid encoding");
  }
  return encoding === "buffer" ? undefined : (encoding ?? undefined);
}

const optionsOf = (options: any): any => (typeof options === "object" && options !== null ? options : {});
const modeOf = (mode: any, absent: number): number => (mode === undefined || mode === null ? absent : typeof mode === "string" ? parseInt(mode, 8) : mode);

/** Flags as one of Node's names for them. */
function flagsOf(flags: any, absent: string): string {
  if (flags === undefined || flags === null) return absent;
  if (typeof flags === "string") {
    if (!/^(?:r|rs|sr|w|wx|xw|a|ax|xa|as|sa)\+?$/.test(flags)) throw invalidValue("flags", flags);
    return flags;
  }
  const base = flags & constants.O_APPEND ? "a" : flags & constants.O_TRUNC || flags & constants.O_CREAT ? "w" : (flags & 3) === 0 ? "r" : "r+";
  const plus = (flags & 3) === constants.O_RDWR && !base.endsWith("+") ? "+" : "";
  return base.replace("+", "") + (flags & constants.O_EXCL ? "x" : "") + (base.endsWith("+") ? "+" : plus);
}

function bytesOf(data: any, encoding?: string): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, encoding);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw invalidType("data", "of type string or an instance of Buffer, TypedArray, or DataView", data);
}

const shown = (bytes: Uint8Array, encoding: string | undefined): any => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return encoding === undefined ? buffer : buffer.toString(encoding);
};

const kinds: Record<string, number> = {
  isFile: constants.S_IFREG, isDirectory: constants.S_IFDIR, isSymbolicLink: constants.S_IFLNK, isFIFO: constants.S_IFIFO,
  isSocket: constants.S_IFSOCK, isBlockDevice: constants.S_IFBLK, isCharacterDevice: constants.S_IFCHR,
};

class Stats {
  [name: string]: unknown;

  constructor([mode, size, changed]: [number, number, number], big: boolean) {
    const number = (n: number): any => (big ? BigInt(Math.floor(n)) : n);
    Object.assign(this, {
      dev: number(0), mode: number(mode), nlink: number(1), uid: number(0), gid: number(0), rdev: number(0), blksize: number(4096),
      ino: number(0), size: number(size), blocks: number(Math.ceil(size / 512)),
    });
    for (const name of ["atime", "mtime", "ctime", "birthtime"]) {
      this[name + "Ms"] = number(changed);
      if (big) this[name + "Ns"] = BigInt(Math.floor(changed * 1e3)) * 1000n;
      this[name] = new Date(Math.round(changed));
    }
  }
}

class Dirent {
  name: string;
  parentPath: string;
  path: string;
  #kind: number;

  constructor(name: string, parent: string, kind: number) {
    this.name = name;
    this.parentPath = this.path = parent;
    this.#kind = [0, constants.S_IFREG, constants.S_IFDIR, constants.S_IFLNK][kind]!;
  }

  is(kind: number): boolean {
    return this.#kind === kind;
  }
}

for (const [name, kind] of Object.entries(kinds)) {
  Object.defineProperty(Stats.prototype, name, { configurable: true, writable: true, value(this: Stats) {
    return (Number(this.mode) & constants.S_IFMT) === kind;
  } });
  Object.defineProperty(Dirent.prototype, name, { configurable: true, writable: true, value(this: Dirent) {
    return this.is(kind);
  } });
}

const numberOf = (file: unknown): number => {
  if (file instanceof FileHandle) return file.fd;
  if (typeof file !== "number") throw invalidType("fd", "of type number", file);
  return file;
};

/** The rest of an open file, read piece by piece. */
function readRest(run: Run, fd: number): any {
  const parts: Uint8Array[] = [];
  const next = (): any => after(run("read", [], "read", fd, 65536, -1), (bytes: Uint8Array) => {
    if (bytes.length === 0) return Buffer.concat(parts);
    parts.push(bytes);
    return next();
  });
  return next();
}

/** The operations, each for both ways to run it. */
const operations = {
  access(run: Run, name: unknown, mode = 0) {
    const p = pathOf(name);
    return run("access", [p], "access", below(p), mode);
  },
  appendFile(run: Run, name: unknown, data: unknown, options?: any): any {
    return operations.writeFile(run, name, data, { mode: 0o666, ...(typeof options === "string" ? { encoding: options } : options), flag: options?.flag ?? "a" });
  },
  chmod(run: Run, name: unknown, mode: any) {
    const p = pathOf(name);
    return run("chmod", [p], "chmod", below(p), modeOf(mode, 0));
  },
  close(run: Run, file: unknown) {
    return run("close", [], "close", numberOf(file));
  },
  copyFile(run: Run, from: unknown, to: unknown, mode = 0): any {
    const [a, b] = [pathOf(from, "src"), pathOf(to, "dest")];
    return after(run("copyfile", [a, b], "readFile", below(a), "r"), (bytes) =>
      run("copyfile", [a, b], "writeFile", below(b), bytes, mode & 1 ? "wx" : "w", 0o666));
  },
  cp(run: Run, from: unknown, to: unknown, options?: any): any {
    return after(operations.stat(run, from), (stats: any) => {
      if (!stats.isDirectory()) return operations.copyFile(run, from, to, options?.force === false ? 1 : 0);
      if (!options?.recursive) throw nodeError(Error, "ERR_FS_EISDIR", "Recursive option not enabled, cannot copy a directory: " + from);
      const all = after(operations.mkdir(run, to, { recursive: true }), () => operations.readdir(run, from));
      return after(all, (names: string[]) => {
        const next = (i: number): any => i === names.length ? undefined : after(
          operations.cp(run, path.join(pathOf(from), names[i]!), path.join(pathOf(to), names[i]!), options), () => next(i + 1));
        return next(0);
      });
    });
  },
  fstat(run: Run, file: unknown, options?: any) {
    return after(run("fstat", [], "fstat", numberOf(file)), (found) => new Stats(found, options?.bigint === true));
  },
  fsync(run: Run, file: unknown) {
    return run("fsync", [], "fsync", numberOf(file));
  },
  ftruncate(run: Run, file: unknown, size = 0) {
    return run("ftruncate", [], "ftruncate", numberOf(file), size);
  },
  link(run: Run, from: unknown, to: unknown) {
    const [a, b] = [pathOf(from, "existingPath"), pathOf(to, "newPath")];
    return run("link", [a, b], "link", below(a), below(b));
  },
  lstat(run: Run, name: unknown, options?: any): any {
    return stat(run, name, options, false);
  },
  mkdir(run: Run, name: unknown, options?: any) {
    const p = pathOf(name);
    const mode = modeOf(typeof options === "object" ? options?.mode : options, 0o777);
    return run("mkdir", [p], "mkdir", below(p), options?.recursive === true, mode);
  },
  mkdtemp(run: Run, prefix: unknown) {
    const p = pathOf(prefix, "prefix");
    return run("mkdtemp", [p + "XXXXXX"], "mkdtemp", below(p) + (p.endsWith("/") ? "/" : ""));
  },
  open(run: Run, name: unknown, flags?: any, mode?: any) {
    const p = pathOf(name);
    return run("open", [p], "open", below(p), flagsOf(flags, "r"), modeOf(mode, 0o666));
  },
  readFile(run: Run, name: unknown, options?: any): any {
    const encoding = encodingOf(options);
    if (options?.signal?.aborted) throw abortError(options.signal);
    if (typeof name === "number" || name instanceof FileHandle) return after(readRest(run, numberOf(name)), (bytes) => shown(bytes, encoding));
    const p = pathOf(name);
    return after(run("open", [p], "readFile", below(p), flagsOf(optionsOf(options).flag, "r")), (bytes) => shown(bytes, encoding));
  },
  readdir(run: Run, name: unknown, options?: any): any {
    const p = pathOf(name);
    const { withFileTypes = false, recursive = false } = optionsOf(options);
    const entry = (parent: string, [file, kind]: [string, number]): unknown =>
      withFileTypes ? new Dirent(file, path.join(p, parent), kind) : path.join(parent, file);
    const list = (parent: string): any => after(run("scandir", [p], "readdir", below(path.join(p, parent))), (found: [string, number][]) => {
      found.sort((a, b) => (a[0] < b[0] ? -1 : 1));
      const all = found.map((each) => entry(parent, each));
      if (!recursive) return all;
      const folders = found.filter(([, kind]) => kind === 2).map(([file]) => path.join(parent, file));
      const next = (i: number): any => i === folders.length ? all : after(list(folders[i]!), (inner) => {
        all.push(...inner);
        return next(i + 1);
      });
      return next(0);
    });
    return list("");
  },
  readlink(run: Run, name: unknown) {
    const p = pathOf(name);
    return run("readlink", [p], "readlink", below(p));
  },
  realpath(run: Run, name: unknown) {
    const p = pathOf(name);
    return run("realpath", [p], "realpath", below(p));
  },
  rename(run: Run, from: unknown, to: unknown) {
    const [a, b] = [pathOf(from, "oldPath"), pathOf(to, "newPath")];
    return run("rename", [a, b], "rename", below(a), below(b));
  },
  rm(run: Run, name: unknown, options?: any): any {
    const p = pathOf(name);
    const { recursive = false, force = false } = options ?? {};
    return attempt(() => after(stat(run, name, undefined, false), (found: any) => {
      if (!found.isDirectory()) return run("rm", [p], "unlink", below(p));
      if (!recursive) throw nodeError(Error, "ERR_FS_EISDIR", "Path is a directory: rm returned EISDIR (is a directory) " + p);
      return run("rm", [p], "rm", below(p));
    }), (error) => {
      if (!force || error.code !== "ENOENT") throw error;
    });
  },
  rmdir(run: Run, name: unknown, options?: any): any {
    if (options?.recursive) return operations.rm(run, name, options);
    const p = pathOf(name);
    return run("rmdir", [p], "rmdir", below(p));
  },
  stat(run: Run, name: unknown, options?: any): any {
    return stat(run, name, options, true);
  },
  symlink(run: Run, target: unknown, name: unknown) {
    const [a, b] = [pathOf(target, "target"), pathOf(name)];
    return run("symlink", [a, b], "symlink", a, below(b));
  },
  truncate(run: Run, name: unknown, size = 0): any {
    return after(operations.open(run, name, "r+"), (fd) => after(operations.ftruncate(run, fd, size), () => operations.close(run, fd)));
  },
  unlink(run: Run, name: unknown) {
    const p = pathOf(name);
    return run("unlink", [p], "unlink", below(p));
  },
  utimes(run: Run, name: unknown, accessed: any, changed: any) {
    const p = pathOf(name);
    const seconds = (time: any): number => (time instanceof Date ? time.getTime() / 1000 : +time);
    return run("utime", [p], "utimes", below(p), seconds(accessed), seconds(changed));
  },
  writeFile(run: Run, name: unknown, data: any, options?: any): any {
    const encoding = encodingOf(options);
    const { flag, mode, signal } = optionsOf(options);
    if (signal?.aborted) throw abortError(signal);
    if (typeof data !== "string" && !ArrayBuffer.isView(data) && (data?.[Symbol.asyncIterator] || data?.[Symbol.iterator]) && run === runLater) {
      return Readable.from(data).toArray().then((parts: any[]) =>
        operations.writeFile(run, name, Buffer.concat(parts.map((part) => Buffer.from(bytesOf(part, encoding)))), options));
    }
    const bytes = bytesOf(data, encoding);
    if (typeof name === "number" || name instanceof FileHandle) {
      return after(run("write", [], "write", numberOf(name), bytes, -1), () => undefined);
    }
    const p = pathOf(name);
    return run("open", [p], "writeFile", below(p), bytes, flagsOf(flag, "w"), modeOf(mode, 0o666));
  },
};

function stat(run: Run, name: unknown, options: any, follow: boolean): any {
  const p = pathOf(name);
  return attempt(
    () => after(run(follow ? "stat" : "lstat", [p], "stat", below(p), follow), (found) => new Stats(found, options?.bigint === true)),
    (error) => {
      if (options?.throwIfNoEntry === false && error.code === "ENOENT") return undefined;
      throw error;
    },
  );
}

/** read(file, buffer, offset, length, position), or with options in an object. */
function read(run: Run, file: unknown, buffer: any, offset?: any, length?: any, position?: any): any {
  if (buffer === undefined || (typeof buffer === "object" && !ArrayBuffer.isView(buffer))) {
    ({ buffer = Buffer.alloc(16384), offset, length, position } = (buffer ?? {}) as any);
  } else if (typeof offset === "object" && offset !== null) {
    ({ offset, length, position } = offset);
  }
  offset ??= 0;
  length ??= buffer.byteLength - offset;
  return after(run("read", [], "read", numberOf(file), length, position == null ? -1 : Number(position)), (bytes: Uint8Array) => {
    new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).set(bytes, offset);
    return { bytesRead: bytes.length, buffer };
  });
}

/** write(file, buffer, offset, length, position), or write(file, text, position, encoding). */
function write(run: Run, file: unknown, data: any, offset?: any, length?: any, position?: any): any {
  let bytes: Uint8Array;
  if (typeof data === "string") {
    [position, bytes] = [offset, bytesOf(data, length)];
  } else {
    if (typeof offset === "object" && offset !== null) ({ offset, length, position } = offset);
    bytes = bytesOf(data).subarray(offset ?? 0, length == null ? undefined : (offset ?? 0) + length);
  }
  return after(run("write", [], "write", numberOf(file), bytes, typeof position === "number" ? position : -1), (bytesWritten) => ({ bytesWritten, buffer: data }));
}

class FileHandle {
  #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  get fd(): number {
    return this.#fd;
  }

  close(): Promise<void> {
    const fd = this.#fd;
    this.#fd = -1;
    return fd === -1 ? Promise.resolve() : operations.close(runLater, fd);
  }

  read(...args: any[]): Promise<object> {
    return read(runLater, this, args[0], ...args.slice(1));
  }

  write(...args: any[]): Promise<object> {
    return write(runLater, this, args[0], ...args.slice(1));
  }

  createReadStream(options?: object): Stream {
    return new ReadStream("", { ...options, fd: this });
  }

  createWriteStream(options?: object): Stream {
    return new WriteStream("", { ...options, fd: this });
  }

  [Symbol.asyncDispose ?? Symbol.for("nodejs.asyncDispose")](): Promise<void> {
    return this.close();
  }
}
const handleMethods: Record<string, keyof typeof operations> = {
  readFile: "readFile", writeFile: "writeFile", appendFile: "writeFile", stat: "fstat", sync: "fsync", datasync: "fsync", truncate: "ftruncate",
};
for (const [name, operation] of Object.entries(handleMethods)) {
  (FileHandle.prototype as any)[name] = async function (...args: unknown[]) {
    return (operations[operation] as any)(runLater, this, ...args);
  };
}

class ReadStream extends Readable {
  path: string;
  fd: any;
  bytesRead = 0;
  #at: number | undefined;
  #end: number;
  #closes: boolean;

  constructor(name: unknown, options: any) {
    options = typeof options === "string" ? { encoding: options } : (options ?? {});
    super({ highWaterMark: 64 * 1024, ...options, read: undefined });
    this.path = options.fd === undefined ? pathOf(name) : "";
    this.fd = options.fd ?? null;
    this.#at = options.start;
    this.#end = options.end ?? Infinity;
    this.#closes = options.autoClose !== false;
    this.flags = flagsOf(options.flags, "r");
  }

  _construct(done: Done): void {
    if (this.fd !== null) return done();
    operations.open(runLater, this.path, this.flags).then((fd: number) => {
      this.fd = fd;
      done();
      this.emit("open", fd);
      this.emit("ready");
    }, done);
  }

  _read(size: number): void {
    const length = this.#at === undefined ? Math.min(size, this.#end - this.bytesRead + 1) : Math.min(size, this.#end - this.#at + 1);
    if (length <= 0) return void this.push(null);
    runLater("read", [], "read", numberOf(this.fd), length, this.#at ?? -1).then((bytes: Uint8Array) => {
      this.bytesRead += bytes.length;
      if (this.#at !== undefined) this.#at += bytes.length;
      this.push(bytes.length === 0 ? null : bytes);
    }, (error: unknown) => this.destroy(error));
  }

  _destroy(error: unknown, done: Done): void {
    if (this.fd === null || !this.#closes) return done(error);
    operations.close(runLater, this.fd).then(() => done(error), (why: unknown) => done(error ?? why));
    this.fd = null;
  }

  close(callback?: Done): void {
    if (callback) this.once("close", callback);
    this.destroy();
  }
}

class WriteStream extends Writable {
  path: string;
  fd: any;
  bytesWritten = 0;
  #at: number | undefined;
  #mode: unknown;

  constructor(name: unknown, options: any) {
    options = typeof options === "string" ? { encoding: options } : (options ?? {});
    super({ ...options, decodeStrings: true, write: undefined });
    this.path = options.fd === undefined ? pathOf(name) : "";
    this.fd = options.fd ?? null;
    this.#at = options.start;
    this.#mode = options.mode;
    this.flags = flagsOf(options.flags, "w");
    if (options.encoding) this.setDefaultEncoding(options.encoding);
  }

  _construct(done: Done): void {
    if (this.fd !== null) return done();
    operations.open(runLater, this.path, this.flags, this.#mode).then((fd: number) => {
      this.fd = fd;
      done();
      this.emit("open", fd);
      this.emit("ready");
    }, done);
  }

  _write(bytes: Uint8Array, _encoding: unknown, done: Done): void {
    runLater("write", [], "write", numberOf(this.fd), bytes, this.#at ?? -1).then((n: number) => {
      this.bytesWritten += n;
      if (this.#at !== undefined) this.#at += n;
      done();
    }, done);
  }

  _destroy(error: unknown, done: Done): void {
    if (this.fd === null) return done(error);
    operations.close(runLater, this.fd).then(() => done(error), (why: unknown) => done(error ?? why));
    this.fd = null;
  }

  close(callback?: Done): void {
    if (callback) this.once("close", callback);
    this.end();
  }
}

/** Folders as streams of entries. */
class Dir {
  path: string;
  #entries: Dirent[];

  constructor(name: string, entries: Dirent[]) {
    this.path = name;
    this.#entries = entries;
  }

  async read(): Promise<Dirent | null> {
    return this.readSync();
  }

  readSync(): Dirent | null {
    return this.#entries.shift() ?? null;
  }

  async close(): Promise<void> {}

  closeSync(): void {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Dirent> {
    for (let entry = this.readSync(); entry !== null; entry = this.readSync()) yield entry;
  }
}

const opendir = (run: Run, name: unknown): any => after(operations.readdir(run, name, { withFileTypes: true }), (list) => new Dir(pathOf(name), list));

/** The form with a callback of an operation: its values are those of the promise. */
function withCallback(f: (...args: any[]) => any, values: (value: any) => unknown[] = (value) => (value === undefined ? [] : [value])) {
  return (...args: any[]): void => {
    const callback = args.pop();
    checkFunction(callback, "cb");
    while (args.length > 0 && args.at(-1) === undefined) args.pop();
    // Wrong arguments throw at once.
    Promise.resolve(f(runLater, ...args)).then((value) => tick(callback, null, ...values(value)), (error) => tick(callback, error));
  };
}

const fs: Record<string, any> = {
  constants, Stats, Dirent, Dir, ReadStream, WriteStream, F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4,
  existsSync(name: unknown): boolean {
    try {
      operations.access(runSync, name);
      return true;
    } catch {
      return false;
    }
  },
  exists(name: unknown, callback: (exists: boolean) => void): void {
    operations.access(runLater, name).then(() => callback(true), () => callback(false));
  },
  createReadStream: (name: unknown, options?: any) => new ReadStream(name, options),
  createWriteStream: (name: unknown, options?: any) => new WriteStream(name, options),
  readSync: (...args: [any, any]) => read(runSync, ...args).bytesRead,
  writeSync: (...args: [any, any]) => write(runSync, ...args).bytesWritten,
  read: withCallback(read, ({ bytesRead, buffer }) => [bytesRead, buffer]),
  write: withCallback(write, ({ bytesWritten, buffer }) => [bytesWritten, buffer]),
  opendir: withCallback(opendir),
  opendirSync: (name: unknown) => opendir(runSync, name),
};
fs.read[promisifyNames] = ["bytesRead", "buffer"];
fs.write[promisifyNames] = ["bytesWritten", "buffer"];

export const promises: Record<string, any> = {
  constants,
  open: async (...args: [any]) => new FileHandle(await operations.open(runLater, ...args)),
  opendir: async (name: unknown) => opendir(runLater, name),
};
for (const [name, operation] of Object.entries(operations) as [string, any][]) {
  fs[name] = withCallback(operation);
  fs[name + "Sync"] = (...args: unknown[]) => operation(runSync, ...args);
  if (!/^(f[a-z]+|close|open)$/.test(name)) promises[name] = async (...args: unknown[]) => operation(runLater, ...args);
}
fs.realpath.native = fs.realpath;
fs.realpathSync.native = fs.realpathSync;
for (const [name, other] of [["lutimes", "utimes"], ["fdatasync", "fsync"]] as const) {
  fs[name] = fs[other];
  fs[name + "Sync"] = fs[other + "Sync"];
}
for (const name of ["watch", "watchFile", "unwatchFile", "statfs", "statfsSync", "chown", "chownSync"]) {
  fs[name] = () => {
    throw nodeError(Error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "fs." + name + "() is not there");
  };
}
fs.promises = promises;

export default fs;
