// FileReader: https://w3c.github.io/FileAPI/#APIASynch. A blob lies in memory, so a read is one task that gives all of it.

import { TextDecoder } from "../encoding/encoding.ts";
import { DOMException, EventTarget, ProgressEvent, defineHandlers, fire } from "../events/events.ts";
import { op } from "../internal/op.ts";
import { SafeTypeError } from "../internal/primordials.ts";
import { bufferOf, defineInterface, requireArguments, toDOMString } from "../internal/webidl.ts";
import { type Blob, bytesOfBlob, isBlob } from "./class.ts";
import { extractMIME, mimeParameter } from "./mime.ts";

declare const __host: {
  /** Settles in a task of its own. */
  task(): number;
  latin1(bytes: Uint8Array): string;
  base64(bytes: Uint8Array): string;
};

type Read = (blob: Blob) => string | ArrayBuffer;

export class FileReader extends EventTarget {
  #readyState = 0;
  #result: string | ArrayBuffer | null = null;
  #error: unknown = null;
  /** Counts reads, so that one which was aborted knows that it is not meant. */
  #reads = 0;

  get readyState(): number {
    return this.#readyState;
  }

  get result(): string | ArrayBuffer | null {
    return this.#result;
  }

  get error(): unknown {
    return this.#error;
  }

  readAsArrayBuffer(blob: unknown): void {
    this.#read("readAsArrayBuffer", arguments.length, blob, (blob) => bufferOf(bytesOfBlob(blob)));
  }

  readAsBinaryString(blob: unknown): void {
    this.#read("readAsBinaryString", arguments.length, blob, (blob) => __host.latin1(bytesOfBlob(blob)));
  }

  readAsText(blob: unknown, encoding: unknown = undefined): void {
    const label = encoding === undefined ? undefined : toDOMString(encoding, "Failed to execute 'readAsText' on 'FileReader': parameter 2");
    this.#read("readAsText", arguments.length, blob, (blob) => decodeText(label, blob));
  }

  readAsDataURL(blob: unknown): void {
    this.#read("readAsDataURL", arguments.length, blob, (blob) => {
      return "data:" + (blob.type || "application/octet-stream") + ";base64," + __host.base64(bytesOfBlob(blob));
    });
  }

  abort(): void {
    if (this.#readyState !== 1) {
      this.#result = null;
      return;
    }
    const read = ++this.#reads;
    this.#readyState = 2;
    this.#result = null;
    this.#error = new DOMException("The read was aborted.", "AbortError");
    this.#fire("abort", 0, 0);
    if (this.#reads === read) this.#fire("loadend", 0, 0);
  }

  #read(method: string, given: number, blob: unknown, read: Read): void {
    const where = "Failed to execute '" + method + "' on 'FileReader'";
    requireArguments(given, 1, where);
    if (!isBlob(blob)) throw new SafeTypeError(where + ": parameter 1 is not a Blob.");
    if (this.#readyState === 1) throw new DOMException(where + ": a read is under way.", "InvalidStateError");
    this.#readyState = 1;
    this.#result = null;
    this.#error = null;
    this.#run(++this.#reads, blob, read);
  }

  async #run(id: number, blob: Blob, read: Read): Promise<void> {
    const size = blob.size;
    const current = () => this.#reads === id;
    await op(__host.task);
    if (current()) this.#fire("loadstart", 0, size);
    if (!current()) return;
    if (size > 0) {
      await op(__host.task);
      if (current()) this.#fire("progress", size, size);
      if (!current()) return;
    }
    await op(__host.task);
    if (!current()) return;
    this.#readyState = 2;
    let type = "load";
    try {
      this.#result = read(blob);
    } catch (error) {
      this.#error = error;
      type = "error";
    }
    this.#fire(type, size, size);
    // What waits for the load comes first. A handler that starts the next read lets that one have the end.
    await op(__host.task);
    if (current()) this.#fire("loadend", size, size);
  }

  #fire(type: string, loaded: number, total: number): void {
    fire(this, new ProgressEvent(type, { lengthComputable: total > 0, loaded, total }));
  }
}
defineHandlers(FileReader, ["loadstart", "progress", "load", "abort", "error", "loadend"]);
defineInterface(FileReader, { EMPTY: 0, LOADING: 1, DONE: 2 });

/**
 * 6.3 Package data, text: a byte order mark says the encoding, else the label that was given, else the charset of the blob's
 * type; else it is UTF-8.
 */
function decodeText(label: string | undefined, blob: Blob): string {
  const bytes = bytesOfBlob(blob);
  const mime = extractMIME(blob.type);
  const charset = mime === null ? undefined : mimeParameter(mime, "charset");
  const decoder = decoderOf(markOf(bytes)) ?? decoderOf(label) ?? decoderOf(charset) ?? new TextDecoder();
  return decoder.decode(bytes);
}

function markOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return undefined;
}

function decoderOf(label: string | undefined): TextDecoder | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
