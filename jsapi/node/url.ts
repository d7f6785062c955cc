// node:url, https://nodejs.org/api/url.html: the URL Standard's classes, and the parser that Node had before it.

import { checkString, invalidType, nodeError } from "../buffer/buffer.ts";
import * as web from "../url/url.ts";
import path from "./path.ts";
import { toUnicode } from "./punycode.ts";
import querystring from "./querystring.ts";

const { URL, URLSearchParams } = web as any;

/** What legacy URLs are made of. */
export class Url {
  protocol: string | null = null;
  slashes: boolean | null = null;
  auth: string | null = null;
  host: string | null = null;
  port: string | null = null;
  hostname: string | null = null;
  hash: string | null = null;
  search: string | null = null;
  query: any = null;
  pathname: string | null = null;
  path: string | null = null;
  href: string | null = null;

  parse(text: string, parseQuery = false, slashesDenoteHost = false): this {
    return Object.assign(this, parse(text, parseQuery, slashesDenoteHost));
  }

  format(): string {
    return formatLegacy(this);
  }

  resolve(relative: string): string {
    return resolve(this.href ?? "", relative);
  }
}

const slashed = new Set(["http:", "https:", "ftp:", "gopher:", "file:", "ws:", "wss:"]);
/** What is written as its bytes in hexadecimal. */
const escaped = /[\s<>"`{}|\\^']/g;
const escape = (char: string): string => "%" + char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");

function parse(text: string, parseQuery = false, slashesDenoteHost = false): Url {
  if ((text as unknown) instanceof Url) return text as never;
  checkString(text, "url");
  const url = new Url();
  let rest = text.trim();
  // Backslashes before the query are slashes.
  const end = rest.search(/[?#]/);
  rest = end < 0 ? rest.replaceAll("\\", "/") : rest.slice(0, end).replaceAll("\\", "/") + rest.slice(end);
  const protocol = /^[a-z0-9.+-]+:/i.exec(rest)?.[0];
  if (protocol !== undefined) {
    url.protocol = protocol.toLowerCase();
    rest = rest.slice(protocol.length);
  }
  const isJavaScript = url.protocol === "javascript:";
  const slashes = rest.startsWith("//");
  if ((slashesDenoteHost || protocol !== undefined || /^\/\/[^@/]+@[^@/]+/.test(rest)) && slashes && !isJavaScript) {
    url.slashes = true;
    rest = rest.slice(2);
  }
  if (!isJavaScript && (url.slashes || (url.protocol !== null && slashed.has(url.protocol) && slashes))) {
    const hostEnd = rest.search(/[/?#]/);
    let authority = hostEnd < 0 ? rest : rest.slice(0, hostEnd);
    rest = rest.slice(authority.length);
    const at = authority.lastIndexOf("@");
    if (at >= 0) {
      url.auth = decodeURIComponent(authority.slice(0, at));
      authority = authority.slice(at + 1);
    }
    const bad = authority.search(/[\s<>"`{}|\\^';]/);
    if (bad >= 0) {
      rest = authority.slice(bad) + rest;
      if (!rest.startsWith("/")) rest = "/" + rest;
      authority = authority.slice(0, bad);
    }
    const port = /:([0-9]*)$/.exec(authority);
    if (port !== null) {
      if (port[1] !== "") url.port = port[1]!;
      authority = authority.slice(0, -port[0].length);
    }
    let hostname = authority.toLowerCase();
    if (/[^\x00-\x7f]/.test(hostname)) hostname = domainToASCII(hostname) || hostname;
    if (hostname.includes(":") && !hostname.startsWith("[")) throw nodeError(TypeError, "ERR_INVALID_URL", "Invalid URL", { input: text });
    url.hostname = hostname.replace(/^\[(.*)\]$/, "$1");
    url.host = hostname + (url.port !== null ? ":" + url.port : "");
  }
  if (!isJavaScript) rest = rest.replace(escaped, escape);
  const hash = rest.indexOf("#");
  if (hash >= 0) {
    url.hash = rest.slice(hash);
    rest = rest.slice(0, hash);
  }
  const question = rest.indexOf("?");
  if (question >= 0) {
    url.search = rest.slice(question);
    url.query = rest.slice(question + 1);
    if (parseQuery) url.query = querystring.parse(url.query);
    rest = rest.slice(0, question);
  } else if (parseQuery) {
    url.search = null;
    url.query = Object.create(null);
  }
  if (rest !== "") url.pathname = rest;
  if (url.protocol !== null && slashed.has(url.protocol) && url.hostname && !url.pathname) url.pathname = "/";
  if (url.pathname || url.search) url.path = (url.pathname ?? "") + (url.search ?? "");
  url.href = formatLegacy(url);
  return url;
}

function formatLegacy(url: any): string {
  const auth = url.auth ? encodeURIComponent(url.auth).replace(/%3A/i, ":") + "@" : "";
  let protocol = url.protocol ?? "";
  if (protocol && !protocol.endsWith(":")) protocol += ":";
  let host: string | false = false;
  if (url.host) host = auth + url.host;
  else if (url.hostname) {
    host = auth + (url.hostname.includes(":") && !url.hostname.startsWith("[") ? "[" + url.hostname + "]" : url.hostname) + (url.port ? ":" + url.port : "");
  }
  let pathname = url.pathname ?? "";
  let search = url.search ?? "";
  if (!search && url.query !== null && typeof url.query === "object") {
    const query = querystring.stringify(url.query);
    if (query) search = "?" + query;
  }
  let hash = url.hash ?? "";
  let start = host === false ? "" : host;
  if (url.slashes || ((!protocol || slashed.has(protocol)) && host !== false)) {
    if (url.slashes || host) {
      if (pathname && !pathname.startsWith("/")) pathname = "/" + pathname;
      start = "//" + start;
    }
  }
  if (hash && !hash.startsWith("#")) hash = "#" + hash;
  if (search && !search.startsWith("?")) search = "?" + search;
  return protocol + start + pathname.replace(/[?#]/g, encodeURIComponent) + search.replaceAll("#", "%23") + hash;
}

function format(url: any, options: any = {}): string {
  if (typeof url === "string") return parse(url).href!;
  if (url === null || typeof url !== "object") throw invalidType("urlObject", "one of type object or string", url);
  if (!(url instanceof URL)) return formatLegacy(url);
  const copy = new URL(url.href);
  if (options.fragment === false) copy.hash = "";
  if (options.search === false) copy.search = "";
  if (options.auth === false) copy.username = copy.password = "";
  return copy.href;
}

/** A reference from a URL, as RFC 3986 has it. */
function resolve(from: string, to: string): string {
  const base = parse(from, false, true);
  const target = parse(to, false, true);
  if (target.href === "") return base.hash ? base.href!.slice(0, -base.hash.length) : base.href!;
  if (target.protocol && target.protocol !== base.protocol) return target.href!;
  const result = new Url();
  Object.assign(result, { ...base, hash: target.hash });
  if (target.slashes || target.host) {
    Object.assign(result, { ...target, protocol: base.protocol ?? target.protocol, pathname: cleanPath(target.pathname ?? "") });
    return formatLegacy(result);
  }
  result.search = target.search;
  result.query = target.query;
  if (!target.pathname) {
    if (target.search === null) result.search = base.search;
    return formatLegacy(result);
  }
  let joined = target.pathname;
  if (!joined.startsWith("/")) {
    const folder = (base.pathname ?? "").replace(/[^/]*$/, "");
    joined = (folder || (base.host ? "/" : "")) + joined;
  }
  result.pathname = cleanPath(joined);
  return formatLegacy(result);
}

/** The path without "." and "..". */
function cleanPath(pathname: string): string {
  const absolute = pathname.startsWith("/");
  const parts = pathname.split("/");
  const out: string[] = [];
  for (const part of absolute ? parts.slice(1) : parts) {
    if (part === "..") {
      if (out.length > 0 && out.at(-1) !== "..") out.pop();
      else if (!absolute) out.push("..");
    } else if (part !== ".") {
      out.push(part);
    }
  }
  const last = parts.at(-1);
  if ((last === "." || last === "..") && out.at(-1) !== "") out.push("");
  return (absolute ? "/" : "") + out.join("/");
}

function domainToASCII(domain: string): string {
  try {
    return new URL("ws://" + domain).hostname;
  } catch {
    return "";
  }
}

export function fileURLToPath(url: any): string {
  if (typeof url === "string") url = new URL(url);
  else if (typeof url?.href !== "string") throw invalidType("path", "of type string or an instance of URL", url);
  if (url.protocol !== "file:") throw nodeError(TypeError, "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file");
  if (url.hostname !== "") throw nodeError(TypeError, "ERR_INVALID_FILE_URL_HOST", 'File URL host must be "localhost" or empty');
  if (/%2f/i.test(url.pathname)) throw nodeError(TypeError, "ERR_INVALID_FILE_URL_PATH", "File URL path must not include encoded / characters");
  return decodeURIComponent(url.pathname);
}

function pathToFileURL(file: string): any {
  let resolved = path.resolve(file);
  if (file.endsWith("/") && !resolved.endsWith("/")) resolved += "/";
  const url = new URL("file:///");
  url.pathname = resolved.replace(/[%\\\n\r\t?#]/g, escape);
  return url;
}

function urlToHttpOptions(url: any): object {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    protocol: url.protocol, hostname, hash: url.hash, search: url.search, pathname: url.pathname, path: url.pathname + url.search, href: url.href,
    ...(url.port !== "" && { port: Number(url.port) }),
    ...((url.username || url.password) && { auth: decodeURIComponent(url.username) + ":" + decodeURIComponent(url.password) }),
  };
}

export default {
  Url,
  URL,
  URLSearchParams,
  parse,
  format,
  resolve,
  resolveObject: (from: any, to: string) => parse(resolve(typeof from === "string" ? from : from.href, to)),
  domainToASCII,
  domainToUnicode: (domain: string) => toUnicode(domainToASCII(domain)),
  fileURLToPath,
  pathToFileURL,
  urlToHttpOptions,
};
