// A parsed URL as groups hold it: immutable, and out of scripts' sight.

import {
  SafeTypeError,
  StringPrototypeSlice,
  StringPrototypeToWellFormed,
} from "../internal/primordials.ts";

/** The serialized URL, and where its parts lie in it: see Offsets in weburl/url.go. */
type Parts = [
  href: string,
  scheme: number,
  username: number,
  userinfo: number,
  host: number,
  port: number,
  path: number,
  query: number,
  fragment: number,
];

export type Part = "protocol" | "username" | "password" | "host" | "hostname" | "port" | "pathname" | "search" | "hash";

declare const __host: {
  /** What relative URLs are resolved against; "" for none. */
  base(): string;
  parse(url: string, base?: string): Parts | null;
  canParse(url: string, base?: string): boolean;
  /** What the URL's setter of that name makes of it. */
  set(href: string, part: Part, value: string): Parts;
};

/** A URL record, with the parts as the attributes of URL have them. */
export class URLRecord {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get href(): string {
    return this.#parts[0];
  }
  get protocol(): string {
    return this.#slice(0, this.#parts[1]);
  }
  get username(): string {
    return this.#slice(this.#parts[1] + 2, this.#parts[2]);
  }
  get password(): string {
    return this.#slice(this.#parts[2] + 1, this.#parts[3]);
  }
  get host(): string {
    // Where there is no host, "/." may stand before the path, and keeps it from reading as one.
    return this.#parts[5] === this.#parts[1] ? "" : this.#slice(this.#parts[4], this.#parts[6]);
  }
  get hostname(): string {
    return this.#slice(this.#parts[4], this.#parts[5]);
  }
  get port(): string {
    return this.#parts[5] === this.#parts[1] ? "" : this.#slice(this.#parts[5] + 1, this.#parts[6]);
  }
  get pathname(): string {
    return this.#slice(this.#parts[6], this.#parts[7]);
  }
  get search(): string {
    return this.#optional(this.#parts[7], this.#parts[8]);
  }
  get hash(): string {
    return this.#optional(this.#parts[8], this.#parts[0].length);
  }
  /** 4.7 Origin, serialized. */
  get origin(): string {
    switch (this.protocol) {
      case "http:":
      case "https:":
      case "ws:":
      case "wss:":
      case "ftp:":
        return this.protocol + "//" + this.host;
      case "blob:": {
        const inner = parseURL(this.pathname);
        if (inner !== null && (inner.protocol === "http:" || inner.protocol === "https:")) return inner.origin;
      }
    }
    return "null";
  }

  /** The URL as a setter changes it. */
  with(part: Part, value: string): URLRecord {
    return new URLRecord(__host.set(this.href, part, value));
  }

  #slice(from: number, to: number): string {
    return StringPrototypeSlice(this.#parts[0], from, to);
  }

  /** What follows a "?" or "#", with it; without anything after it that is nothing. */
  #optional(from: number, to: number): string {
    return to - from > 1 ? this.#slice(from, to) : "";
  }
}

/** Parses a URL, relative to the base if there is one; null if it is none. */
export function parseURL(url: string, base?: string): URLRecord | null {
  const parts = __host.parse(StringPrototypeToWellFormed(url), base);
  return parts === null ? null : new URLRecord(parts);
}

export function canParse(url: string, base?: string): boolean {
  return __host.canParse(url, base);
}

/** Parses a URL, or throws the TypeError that Node throws. */
export function requireURL(url: string, base?: string): URLRecord {
  const record = parseURL(url, base);
  if (record !== null) return record;
  const error = new SafeTypeError("Invalid URL: '" + url + "'" + (base === undefined ? "" : " with base '" + base + "'")) as TypeError & {
    code: string;
    input: string;
  };
  error.code = "ERR_INVALID_URL";
  error.input = url;
  throw error;
}

/** What relative URLs are resolved against; "" if they are against nothing. */
export function baseURL(): string {
  return parseURL(__host.base())?.href ?? "";
}
