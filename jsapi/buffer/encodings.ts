// From strings to bytes and back. What is short is done here, where a call of the host costs more than it spares.

declare const __host: {
  /** The text's bytes. Lone surrogates become U+FFFD in utf8. */
  encode(text: string, encoding: Encoding): Uint8Array;
  /** The text that the bytes are. What is no utf8 becomes U+FFFD. */
  decode(bytes: Uint8Array, encoding: Encoding): string;
};

export type Encoding = "utf8" | "utf16le" | "latin1" | "ascii" | "hex" | "base64" | "base64url";

const short = 48;
const digits = "0123456789abcdef";

/** The encoding that a name means, undefined if none. No name, or an empty one, is utf8. */
export function encodingOf(name: unknown): Encoding | undefined {
  switch (name) {
    case undefined:
    case null:
    case "":
    case "utf8":
    case "utf-8":
      return "utf8";
    case "hex":
    case "base64":
    case "base64url":
    case "ascii":
    case "latin1":
      return name;
  }
  const lower = String(name).toLowerCase();
  switch (lower) {
    case "utf8":
    case "utf-8":
      return "utf8";
    case "ucs2":
    case "ucs-2":
    case "utf16le":
    case "utf-16le":
      return "utf16le";
    case "binary":
    case "latin1":
      return "latin1";
    case "hex":
    case "base64":
    case "base64url":
    case "ascii":
      return lower;
  }
  return undefined;
}

/** The text's bytes. What is no text of the encoding ends it (hex), or is passed over (base64). */
export function encode(text: string, encoding: Encoding): Uint8Array {
  if (text.length > short || encoding === "base64" || encoding === "base64url") return __host.encode(text, encoding);
  if (encoding === "utf8") {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) return __host.encode(text, encoding);
      bytes[i] = unit;
    }
    return bytes;
  }
  if (encoding === "utf16le") {
    const bytes = new Uint8Array(text.length * 2);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      bytes[2 * i] = unit;
      bytes[2 * i + 1] = unit >> 8;
    }
    return bytes;
  }
  if (encoding !== "hex") {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }
  const bytes = new Uint8Array(text.length >> 1);
  for (let i = 0; i < bytes.length; i++) {
    const high = nibble(text.charCodeAt(2 * i));
    const low = nibble(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) return bytes.subarray(0, i);
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

function nibble(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  unit |= 32;
  return unit >= 97 && unit <= 102 ? unit - 87 : -1;
}

/** The text that the bytes are. */
export function decode(bytes: Uint8Array, encoding: Encoding): string {
  const n = bytes.length;
  if (n === 0) return "";
  if (n > short || encoding === "base64" || encoding === "base64url") return __host.decode(bytes, encoding);
  let text = "";
  switch (encoding) {
    case "utf8":
      for (let i = 0; i < n; i++) {
        if (bytes[i]! > 127) return __host.decode(bytes, encoding);
        text += String.fromCharCode(bytes[i]!);
      }
      return text;
    case "hex":
      for (let i = 0; i < n; i++) text += digits[bytes[i]! >> 4]! + digits[bytes[i]! & 15]!;
      return text;
    case "utf16le":
      for (let i = 0; i + 1 < n; i += 2) text += String.fromCharCode(bytes[i]! | (bytes[i + 1]! << 8));
      return text;
    case "ascii":
      for (let i = 0; i < n; i++) text += String.fromCharCode(bytes[i]! & 127);
      return text;
  }
  for (let i = 0; i < n; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** How many bytes encode makes, for the encodings in which the text's length tells. */
export function encodedLength(text: string, encoding: Encoding): number {
  switch (encoding) {
    case "utf16le":
      return text.length * 2;
    case "hex":
      return text.length >>> 1;
    case "latin1":
    case "ascii":
      return text.length;
    case "utf8": {
      let n = text.length;
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit < 0x80) continue;
        n += unit < 0x800 ? 1 : 2;
        // A pair of surrogates is four bytes for two units.
        if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
      }
      return n;
    }
  }
  let n = text.length;
  if (text.charCodeAt(n - 1) === 61) n--;
  if (n > 1 && text.charCodeAt(n - 1) === 61) n--;
  return (n * 3) >>> 2;
}
