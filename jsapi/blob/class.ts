// Blob and File: https://w3c.github.io/FileAPI/#blob-section

import { utf8Decode, utf8Encode } from "../encoding/encoding.ts";
import {
  ArrayPrototypePush,
  DateNow,
  SafePromise,
  SafeUint8Array,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSubarray,
} from "../internal/primordials.ts";
import {
  bufferOf,
  copyOf,
  defineInterface,
  isBufferSource,
  isObject,
  requireArguments,
  toDOMString,
  toDictionary,
  toEnum,
  toLongLong,
  toSequence,
  toUSVString,
} from "../internal/webidl.ts";
import { type ReadableStream, readableByteStream } from "../streams/streams.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a blob is made of when a group makes it, in place of parts that scripts give. */
class Chunks {
  constructor(
    readonly list: readonly Bytes[],
    readonly type: string,
  ) {}
}

export let isBlob: (value: unknown) => value is Blob;
/** The memory of a blob, which nobody changes: slices and copies share it. */
export let blobChunks: (blob: Blob) => readonly Bytes[];

export class Blob {
  #chunks: readonly Bytes[];
  #size = 0;
  #type: string;

  static {
    isBlob = (value): value is Blob => isObject(value) && #chunks in value;
    blobChunks = (blob) => blob.#chunks;
  }

  constructor(blobParts: unknown = undefined, options: unknown = undefined) {
    if (blobParts instanceof Chunks) {
      this.#chunks = blobParts.list;
      this.#type = blobParts.type;
    } else {
      const where = "Failed to construct '" + (new.target === Blob ? "Blob" : "File") + "'";
      const parts: readonly Part[] = blobParts === undefined ? [] : toSequence(blobParts, toPart, where + ": parameter 1");
      const { endings, type } = toPropertyBag(options, where);
      this.#chunks = chunksOf(parts, endings);
      this.#type = type;
    }
    for (let i = 0; i < this.#chunks.length; i++) this.#size += this.#chunks[i]!.byteLength;
  }

  get size(): number {
    return this.#size;
  }

  get type(): string {
    return this.#type;
  }

  slice(start: unknown = undefined, end: unknown = undefined, contentType: unknown = undefined): Blob {
    const where = "Failed to execute 'slice' on 'Blob'";
    const size = this.#size;
    const from = clampIndex(start, 0, size, where);
    const to = clampIndex(end, size, size, where);
    const type = contentType === undefined ? "" : normalizeType(toDOMString(contentType, where));
    return new Blob(new Chunks(range(this.#chunks, from, to), type));
  }

  stream(): ReadableStream {
    return streamOf(this.#chunks);
  }

  text(): Promise<string> {
    return promised(() => utf8Decode(join(this.#chunks)));
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return promised(() => bufferOf(join(this.#chunks)));
  }

  bytes(): Promise<Uint8Array> {
    return promised(() => join(this.#chunks));
  }
}
defineInterface(Blob);

/** What a blob of a form or a clone is, besides its bytes. */
class FileBits {
  constructor(
    readonly chunks: Chunks,
    readonly name: string,
    readonly lastModified: number,
  ) {}
}

export class File extends Blob {
  #name: string;
  #lastModified: number;

  constructor(fileBits: unknown, fileName: unknown, options: unknown = undefined) {
    if (fileBits instanceof FileBits) {
      super(fileBits.chunks);
      this.#name = fileBits.name;
      this.#lastModified = fileBits.lastModified;
      return;
    }
    const where = "Failed to construct 'File'";
    requireArguments(arguments.length, 2, where);
    const parts = toSequence(fileBits, toPart, where + ": parameter 1");
    const name = toUSVString(fileName, where + ": parameter 2");
    const { endings, type, lastModified } = toPropertyBag(options, where, true);
    super(new Chunks(chunksOf(parts, endings), type));
    this.#name = name;
    this.#lastModified = lastModified ?? DateNow();
  }

  get name(): string {
    return this.#name;
  }

  get lastModified(): number {
    return this.#lastModified;
  }
}
defineInterface(File);
Object.defineProperty(File, "length", { value: 2, configurable: true });

type Part = Blob | Bytes | string;

function toPart(value: unknown, where: string): Part {
  if (isBlob(value)) return value;
  if (isBufferSource(value)) return copyOf(value);
  return toUSVString(value, where);
}

const endingsValues = ["transparent", "native"] as const;

/** BlobPropertyBag, or FilePropertyBag. The members are read in order. */
function toPropertyBag(options: unknown, where: string, file = false) {
  const bag = toDictionary(options, where + ": the options");
  const endings = bag.endings;
  const chosen = endings === undefined ? "transparent" : toEnum(endings, endingsValues, where + ": member 'endings'");
  let lastModified: number | undefined;
  if (file) {
    const time = bag.lastModified;
    if (time !== undefined) lastModified = toLongLong(time, where + ": member 'lastModified'");
  }
  const type = bag.type;
  return { endings: chosen, type: type === undefined ? "" : normalizeType(toDOMString(type, where + ": member 'type'")), lastModified };
}

/** A blob's type: in lower case, and empty if it has characters that no type has. */
function normalizeType(type: string): string {
  for (let i = 0; i < type.length; i++) {
    const c = StringPrototypeCharCodeAt(type, i);
    if (c < 0x20 || c > 0x7e) return "";
  }
  return StringPrototypeToLowerCase(type);
}

/** 3.1.2 Process blob parts. */
function chunksOf(parts: readonly Part[], endings: "transparent" | "native"): Bytes[] {
  const chunks: Bytes[] = [];
  let text = "";
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (typeof part === "string") {
      text += endings === "native" ? nativeEndings(part) : part;
      if (i + 1 < parts.length && typeof parts[i + 1] === "string") continue;
      addChunk(chunks, utf8Encode(text) as Bytes);
      text = "";
    } else if (isBlob(part)) {
      const shared = blobChunks(part);
      for (let j = 0; j < shared.length; j++) ArrayPrototypePush(chunks, shared[j]!);
    } else {
      addChunk(chunks, part);
    }
  }
  return chunks;
}

function addChunk(chunks: Bytes[], chunk: Bytes): void {
  if (chunk.byteLength > 0) ArrayPrototypePush(chunks, chunk);
}

/** Every line ending as a line feed, which is the server's native one. */
function nativeEndings(text: string): string {
  let result = "";
  let from = 0;
  for (let at: number; (at = StringPrototypeIndexOf(text, "\r", from)) >= 0; ) {
    result += StringPrototypeSlice(text, from, at) + "\n";
    from = StringPrototypeCharCodeAt(text, at + 1) === 10 ? at + 2 : at + 1;
  }
  return result + StringPrototypeSlice(text, from);
}

function clampIndex(value: unknown, absent: number, size: number, where: string): number {
  if (value === undefined) return absent;
  const index = toLongLong(value, where, "clamp");
  if (index < 0) return index + size < 0 ? 0 : index + size;
  return index > size ? size : index;
}

/** The part of the chunks from an offset to another one, sharing their memory. */
function range(chunks: readonly Bytes[], from: number, to: number): Bytes[] {
  const part: Bytes[] = [];
  for (let i = 0, at = 0; i < chunks.length && at < to; i++) {
    const chunk = chunks[i]!;
    const end = at + chunk.byteLength;
    if (end > from) {
      addChunk(part, TypedArrayPrototypeSubarray(chunk, from > at ? from - at : 0, (to < end ? to : end) - at) as Bytes);
    }
    at = end;
  }
  return part;
}

/** A copy of the chunks as one. */
function join(chunks: readonly Bytes[]): Bytes {
  let size = 0;
  for (let i = 0; i < chunks.length; i++) size += chunks[i]!.byteLength;
  const bytes = new SafeUint8Array(size) as Bytes;
  for (let i = 0, at = 0; i < chunks.length; i++) {
    TypedArrayPrototypeSet(bytes, chunks[i]!, at);
    at += chunks[i]!.byteLength;
  }
  return bytes;
}

/** How much a stream of a blob gives at once. */
const pieceMax = 64 << 10;

function streamOf(chunks: readonly Bytes[]): ReadableStream {
  let chunk = 0;
  let at = 0;
  return readableByteStream({
    pull(controller) {
      const from = chunks[chunk];
      if (from === undefined) return controller.end();
      const piece = TypedArrayPrototypeSubarray(from, at, at + pieceMax);
      at += piece.byteLength;
      if (at === from.byteLength) {
        chunk++;
        at = 0;
      }
      controller.enqueue(new SafeUint8Array(piece) as Bytes); // which takes the buffer
    },
  });
}

/** The promise of what f returns, rejected with what it throws. */
function promised<T>(f: () => T): Promise<T> {
  return new SafePromise((resolve) => resolve(f()));
}

/** A blob that takes over the bytes. */
export function blobOf(bytes: Uint8Array, type = ""): Blob {
  return new Blob(new Chunks(bytes.byteLength === 0 ? [] : [bytes as Bytes], type));
}

/** A blob that takes over the chunks. */
export function blobOfChunks(chunks: readonly Bytes[], type: string): Blob {
  return new Blob(new Chunks(chunks, type));
}

/** A file that takes over the chunks. */
export function fileOf(chunks: readonly Bytes[], name: string, type: string, lastModified = DateNow()): File {
  return new File(new FileBits(new Chunks(chunks, type), name, lastModified), name);
}

/** A copy of a blob's bytes. */
export function bytesOfBlob(blob: Blob): Bytes {
  return join(blobChunks(blob));
}

export function blobBytes(blob: Blob): Promise<Uint8Array> {
  return promised(() => bytesOfBlob(blob));
}

/** A blob's bytes as text of UTF-8. */
export function blobText(blob: Blob): string {
  return utf8Decode(bytesOfBlob(blob));
}

export function blobStream(blob: Blob): ReadableStream {
  return streamOf(blobChunks(blob));
}
