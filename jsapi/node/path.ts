// node:path, https://nodejs.org/api/path.html: posix, and win32 beside it. One code for both: they differ in what
// separates, and in what a path's root can be.

import { checkObject, checkString } from "../buffer/buffer.ts";

interface Parsed {
  root: string;
  dir: string;
  base: string;
  ext: string;
  name: string;
}

/** What a path begins with: a device ("C:", "\\server\share", "" in posix) and whether it is absolute. */
interface Root {
  device: string;
  absolute: boolean;
  length: number; // of both in the path
}

/** The working directory of a context: it has none but the root. */
export const cwd = "/";

class Path {
  readonly sep: string;
  readonly delimiter: string;
  posix!: Path;
  win32!: Path;
  _makeLong: (path: string) => string;

  constructor(windows: boolean) {
    this.sep = windows ? "\\" : "/";
    this.delimiter = windows ? ";" : ":";
    // The methods are used without their object: `const { join } = require("path")`.
    for (const name of Object.getOwnPropertyNames(Path.prototype) as (keyof Path)[]) {
      if (name !== ("constructor" as string)) (this as any)[name] = (Path.prototype as any)[name].bind(this);
    }
    this._makeLong = this.toNamespacedPath;
  }

  resolve(...paths: string[]): string {
    const windows = this.sep === "\\";
    let device = "";
    let tail = "";
    let absolute = false;
    for (let i = paths.length - 1; i >= -1; i--) {
      const path = i >= 0 ? paths[i]! : windows ? device + "\\" : cwd;
      checkString(path, "paths[" + i + "]");
      if (path === "") continue;
      const root = rootOf(path, windows);
      if (root.device !== "") {
        if (device !== "" && root.device.toLowerCase() !== device.toLowerCase()) continue;
        device ||= root.device;
      }
      if (!absolute) {
        tail = path.slice(root.length) + this.sep + tail;
        absolute = root.absolute;
      }
      if (absolute && (!windows || device !== "")) break;
    }
    tail = normalizeTail(tail, !absolute, windows);
    return device + (absolute ? this.sep : "") + tail || ".";
  }

  normalize(path: string): string {
    checkString(path, "path");
    if (path === "") return ".";
    const windows = this.sep === "\\";
    const root = rootOf(path, windows);
    let tail = normalizeTail(path.slice(root.length), !root.absolute, windows);
    if (tail === "" && !root.absolute) tail = ".";
    if (tail !== "" && isSeparator(path.at(-1), windows) && root.length < path.length) tail += this.sep;
    return root.device + (root.absolute ? this.sep : "") + tail;
  }

  isAbsolute(path: string): boolean {
    checkString(path, "path");
    return rootOf(path, this.sep === "\\").absolute;
  }

  join(...paths: string[]): string {
    for (const path of paths) checkString(path, "path");
    const parts = paths.filter((path) => path !== "");
    if (parts.length === 0) return ".";
    let joined = parts.join(this.sep);
    // Two separators that joining has brought together are no share.
    if (this.sep === "\\" && !/^[\\/]{2}[^\\/]/.test(parts[0]!)) joined = joined.replace(/^[\\/]{2,}/, "\\");
    return this.normalize(joined);
  }

  relative(from: string, to: string): string {
    checkString(from, "from");
    checkString(to, "to");
    const windows = this.sep === "\\";
    from = this.resolve(from);
    to = this.resolve(to);
    const fold = (part: string): string => (windows ? part.toLowerCase() : part);
    if (fold(from) === fold(to)) return "";
    const rootFrom = rootOf(from, windows);
    const rootTo = rootOf(to, windows);
    if (fold(rootFrom.device) !== fold(rootTo.device)) return to;
    const a = from.slice(rootFrom.length).split(this.sep).filter(Boolean);
    const b = to.slice(rootTo.length).split(this.sep).filter(Boolean);
    let same = 0;
    while (same < a.length && same < b.length && fold(a[same]!) === fold(b[same]!)) same++;
    return [...a.slice(same).map(() => ".."), ...b.slice(same)].join(this.sep);
  }

  toNamespacedPath(path: string): string {
    if (this.sep === "/" || typeof path !== "string" || path === "") return path;
    const resolved = this.resolve(path);
    if (/^\\\\[^?.]/.test(resolved)) return "\\\\?\\UNC\\" + resolved.slice(2);
    return /^[a-z]:\\/i.test(resolved) ? "\\\\?\\" + resolved : path;
  }

  dirname(path: string): string {
    checkString(path, "path");
    const windows = this.sep === "\\";
    const root = rootOf(path, windows);
    const end = lastPart(path, root.length, windows).start;
    if (end - 1 > root.length) return path.slice(0, end - 1);
    if (root.length > 0) {
      // Two slashes before the only part are kept, as in Node.
      return !windows && end > 1 && path.startsWith("//") ? "//" : path.slice(0, root.length);
    }
    return ".";
  }

  basename(path: string, suffix?: string): string {
    checkString(path, "path");
    if (suffix !== undefined) checkString(suffix, "suffix");
    const windows = this.sep === "\\";
    const drive = windows && /^[a-z]:/i.test(path) ? 2 : 0;
    const { start, end } = lastPart(path, drive, windows);
    const base = path.slice(start, end);
    if (suffix && base !== suffix && base.endsWith(suffix)) return base.slice(0, -suffix.length);
    return base === suffix && path === suffix ? "" : base;
  }

  extname(path: string): string {
    return extensionOf(this.basename(path));
  }

  format(parts: Partial<Parsed>): string {
    checkObject(parts, "pathObject");
    const dir = parts.dir || parts.root;
    const ext = parts.ext ? (parts.ext[0] === "." ? "" : ".") + parts.ext : "";
    const base = parts.base || (parts.name || "") + ext;
    if (!dir) return base;
    return dir === parts.root ? dir + base : dir + this.sep + base;
  }

  parse(path: string): Parsed {
    checkString(path, "path");
    const windows = this.sep === "\\";
    const root = path.slice(0, rootOf(path, windows).length);
    const { start, end } = lastPart(path, root.length, windows);
    const base = path.slice(start, end);
    const ext = extensionOf(base);
    let dir = root;
    if (start > root.length) dir = path.slice(0, start - 1);
    return { root, dir, base, ext, name: base.slice(0, base.length - ext.length) };
  }

  matchesGlob(path: string, pattern: string): boolean {
    checkString(path, "path");
    checkString(pattern, "pattern");
    return globToRegExp(pattern, this.sep).test(path);
  }
}

function isSeparator(char: string | undefined, windows: boolean): boolean {
  return char === "/" || (windows && char === "\\");
}

function rootOf(path: string, windows: boolean): Root {
  if (!windows) {
    const absolute = path[0] === "/";
    return { device: "", absolute, length: absolute ? 1 : 0 };
  }
  const share = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)([\\/]*)/.exec(path);
  if (share !== null) {
    const separator = share[3] === "" ? 0 : 1;
    return { device: "\\\\" + share[1] + "\\" + share[2], absolute: true, length: share[0].length - share[3]!.length + separator };
  }
  if (/^[a-z]:/i.test(path)) {
    const absolute = isSeparator(path[2], true);
    return { device: path.slice(0, 2), absolute, length: absolute ? 3 : 2 };
  }
  const absolute = isSeparator(path[0], true);
  return { device: "", absolute, length: absolute ? 1 : 0 };
}

/** The parts of a path below its root without "." and, as far as they can go, "..". */
function normalizeTail(tail: string, mayClimb: boolean, windows: boolean): string {
  const out: string[] = [];
  for (const part of tail.split(windows ? /[\\/]+/ : "/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") out.push(part);
    else if (out.length > 0 && out.at(-1) !== "..") out.pop();
    else if (mayClimb) out.push("..");
  }
  return out.join(windows ? "\\" : "/");
}

/** Where the last part is, without the separators after it. */
function lastPart(path: string, from: number, windows: boolean): { start: number; end: number } {
  let end = path.length;
  while (end > from && isSeparator(path[end - 1], windows)) end--;
  let start = end;
  while (start > from && !isSeparator(path[start - 1], windows)) start--;
  return { start, end };
}

function extensionOf(base: string): string {
  const dot = base.lastIndexOf(".");
  return dot <= 0 || base === ".." ? "" : base.slice(dot);
}

/** Globs of * ? [ ] { } and **, over whole paths. */
function globToRegExp(glob: string, sep: string): RegExp {
  const separator = sep === "\\" ? "[\\\\/]" : "/";
  const other = sep === "\\" ? "[^\\\\/]" : "[^/]";
  let depth = 0;
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|[{},]|[\\^$+.()|[\]]|\//g, (token) => {
    switch (token) {
      case "**/":
        return "(?:.*" + separator + ")?";
      case "**":
        return ".*";
      case "*":
        return other + "*";
      case "?":
        return other;
      case "{":
        depth++;
        return "(?:";
      case "}":
        return depth > 0 ? (depth--, ")") : "\\}";
      case ",":
        return depth > 0 ? "|" : ",";
      case "/":
        return separator;
    }
    if (token.length > 1) return "[" + (token[1] === "!" ? "^" + token.slice(2) : token.slice(1));
    return "\\" + token;
  });
  return new RegExp("^(?:" + source + ")$");
}

export const posix = new Path(false);
export const win32 = new Path(true);
posix.posix = win32.posix = posix;
posix.win32 = win32.win32 = win32;

export default posix;
