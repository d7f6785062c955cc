// node:string_decoder, https://nodejs.org/api/string_decoder.html: text of bytes that arrive in pieces.

import { Buffer, invalidType, nodeError } from "../buffer/buffer.ts";

export class StringDecoder {
  encoding: string;
  /** The bytes of a character that has not arrived in whole. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(encoding?: string) {
    const name = String(encoding ?? "utf8").toLowerCase();
    if (encoding !== undefined && encoding !== null && !Buffer.isEncoding(name)) {
      throw nodeError(TypeError, "ERR_UNKNOWN_ENCODING", "Unknown encoding: " + encoding);
    }
    this.encoding = names[name] ?? name;
  }

  write(chunk: unknown): string {
    if (typeof chunk === "string") return chunk;
    if (!ArrayBuffer.isView(chunk)) {
      throw invalidType("buf", "an instance of Buffer, TypedArray, or DataView", chunk);
    }
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#rest.length > 0) bytes = Buffer.concat([this.#rest, bytes]);
    const n = bytes.length - incomplete(bytes, this.encoding);
    this.#rest = Buffer.from(bytes.subarray(n));
    return bytes.toString(this.encoding, 0, n);
  }

  end(chunk?: unknown): string {
    const text = chunk === undefined ? "" : this.write(chunk);
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return text + rest.toString(this.encoding);
  }

  get lastNeed(): number {
    return this.#rest.length;
  }
}

const names: Record<string, string> = {
  "utf-8": "utf8", ucs2: "utf16le", "ucs-2": "utf16le", "utf-16le": "utf16le", binary: "latin1",
};

/** How many bytes at the end begin a character that goes on. */
function incomplete(bytes: Uint8Array, encoding: string): number {
  const n = bytes.length;
  switch (encoding) {
    case "utf8":
      for (let i = 1; i <= Math.min(3, n); i++) {
        const byte = bytes[n - i]!;
        if ((byte & 0xc0) === 0x80) continue;
        const size = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
        return byte < 0xf5 && size > i && wellBegun(bytes, n - i, i) ? i : 0;
      }
      return 0;
    case "utf16le": {
      const odd = n % 2;
      const high = bytes[n - odd - 1];
      return high !== undefined && (high & 0xfc) === 0xd8 ? odd + 2 : odd;
    }
    case "base64":
    case "base64url":
      return n % 3;
  }
  return 0;
}

/** Whether the second byte of a UTF-8 sequence, if it is there, can follow the first: if not, no more is waited for. */
function wellBegun(bytes: Uint8Array, at: number, n: number): boolean {
  if (n < 2) return true;
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  return !((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)
    || (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f));
}

export default { StringDecoder };
