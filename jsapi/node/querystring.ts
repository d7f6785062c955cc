// node:querystring, https://nodejs.org/api/querystring.html.

import { Buffer, nodeError } from "../buffer/buffer.ts";

type Query = Record<string, string | string[]>;

function escape(value: unknown): string {
  const text = typeof value === "string" ? value : typeof value === "object" ? String(value) : value + "";
  try {
    // What encodeURIComponent leaves alone is what Node leaves alone.
    return encodeURIComponent(text);
  } catch {
    throw nodeError(URIError, "ERR_INVALID_URI", "URI malformed");
  }
}

/** Decodes what can be decoded, byte by byte. */
function unescapeBuffer(text: string): Buffer {
  const bytes = Buffer.from(text);
  let n = 0;
  for (let i = 0; i < bytes.length; i++, n++) {
    const hex = bytes[i] === 37 ? bytes.latin1Slice(i + 1, i + 3) : "";
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes[n] = parseInt(hex, 16);
      i += 2;
    } else {
      bytes[n] = bytes[i]!;
    }
  }
  return bytes.subarray(0, n);
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return unescapeBuffer(text).toString();
  }
}

function primitive(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) ? String(value) : "";
    case "bigint":
    case "boolean":
      return String(value);
  }
  return "";
}

function stringify(query: unknown, separator = "&", equals = "=", options?: { encodeURIComponent?: typeof escape }): string {
  separator ||= "&";
  equals ||= "=";
  const encode = typeof options?.encodeURIComponent === "function" ? options.encodeURIComponent : module.escape;
  if (query === null || typeof query !== "object") return "";
  const fields: string[] = [];
  for (const [key, value] of Object.entries(query)) {
    const start = encode(primitive(key)) + equals;
    for (const each of Array.isArray(value) ? value : [value]) fields.push(start + encode(primitive(each)));
  }
  return fields.join(separator);
}

function parse(
  text: unknown,
  separator = "&",
  equals = "=",
  options?: { maxKeys?: number; decodeURIComponent?: typeof unescape },
): Query {
  const query = Object.create(null) as Query;
  if (typeof text !== "string" || text.length === 0) return query;
  separator = String(separator || "&");
  equals = String(equals || "=");
  const custom = options?.decodeURIComponent;
  const decode = (part: string): string => {
    part = part.replaceAll("+", " ");
    if (custom === undefined && !part.includes("%")) return part;
    try {
      return (custom ?? module.unescape)(part);
    } catch {
      return unescape(part);
    }
  };
  let fields = text.split(separator);
  const max = typeof options?.maxKeys === "number" ? options.maxKeys : 1000;
  if (max > 0) fields = fields.filter((field) => field !== "").slice(0, max);
  for (const field of fields) {
    if (field === "") continue;
    const at = field.indexOf(equals);
    const key = decode(at < 0 ? field : field.slice(0, at));
    const value = at < 0 ? "" : decode(field.slice(at + equals.length));
    const present = query[key];
    if (present === undefined) query[key] = value;
    else if (typeof present === "string") query[key] = [present, value];
    else present.push(value);
  }
  return query;
}

const module = { escape, unescape, unescapeBuffer, stringify, parse, encode: stringify, decode: parse };

export default module;
