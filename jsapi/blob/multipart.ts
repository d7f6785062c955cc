// multipart/form-data, both ways: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data

import { utf8Decode, utf8Encode } from "../encoding/encoding.ts";
import { ArrayPrototypePush, RegExpPrototypeSymbolReplace } from "../internal/primordials.ts";
import { type Blob, blobChunks, blobOfChunks, fileOf } from "./class.ts";
import { FormData, appendEntry, formEntries } from "./formdata.ts";

declare const __host: {
  /** A boundary that no content can have foreseen. */
  boundary(): string;
  /** Name, and text; or name, file name, type, and content. All but the type are bytes. Throws if it is malformed. */
  parseMultipart(bytes: Uint8Array, boundary: string): (string | Uint8Array<ArrayBuffer>)[][];
};

type Bytes = Uint8Array<ArrayBuffer>;

/** The form as a blob of that type, sharing the memory of its files. */
export function encodeMultipart(form: FormData): Blob {
  const boundary = __host.boundary();
  const chunks: Bytes[] = [];
  const entries = formEntries(form);
  let head = "";
  for (let i = 0; i < entries.length; i++) {
    const { name, value } = entries[i]!;
    head += "--" + boundary + '\r\nContent-Disposition: form-data; name="' + escape(normalize(name)) + '"';
    if (typeof value === "string") {
      head += "\r\n\r\n" + normalize(value) + "\r\n";
      continue;
    }
    head += '; filename="' + escape(value.name) + '"\r\nContent-Type: ' + (value.type || "application/octet-stream") + "\r\n\r\n";
    ArrayPrototypePush(chunks, utf8Encode(head) as Bytes);
    const content = blobChunks(value);
    for (let j = 0; j < content.length; j++) ArrayPrototypePush(chunks, content[j]!);
    head = "\r\n";
  }
  ArrayPrototypePush(chunks, utf8Encode(head + "--" + boundary + "--\r\n") as Bytes);
  return blobOfChunks(chunks, "multipart/form-data; boundary=" + boundary);
}

/** Line endings of names and texts are CRLF. */
function normalize(text: string): string {
  return RegExpPrototypeSymbolReplace(/\r\n?|\n/g, text, "\r\n");
}

function escape(name: string): string {
  name = RegExpPrototypeSymbolReplace(/\n/g, name, "%0A");
  name = RegExpPrototypeSymbolReplace(/\r/g, name, "%0D");
  return RegExpPrototypeSymbolReplace(/"/g, name, "%22");
}

/** Throws if the bytes are malformed. */
export function parseMultipart(bytes: Uint8Array, boundary: string): FormData {
  const form = new FormData();
  const entries = __host.parseMultipart(bytes, boundary);
  for (let i = 0; i < entries.length; i++) {
    const [name, ...rest] = entries[i] as [Bytes, ...unknown[]];
    if (rest.length === 1) {
      appendEntry(form, utf8Decode(name), utf8Decode(rest[0] as Bytes));
    } else {
      const [fileName, type, content] = rest as [Bytes, string, Bytes];
      appendEntry(form, utf8Decode(name), fileOf([content], utf8Decode(fileName), type));
    }
  }
  return form;
}
