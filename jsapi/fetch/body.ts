// Bodies: https://fetch.spec.whatwg.org/#body-mixin. A body has no stream until somebody asks for one.

import {
  type Blob,
  FormData,
  appendEntry,
  blobOf,
  blobStream,
  bytesOfBlob,
  encodeMultipart,
  extractMIME,
  isBlob,
  isFormData,
  mimeParameter,
  parseMultipart,
} from "../blob/blob.ts";
import { deserialize, serialize } from "../clone/clone.ts";
import { utf8Decode, utf8Encode } from "../encoding/encoding.ts";
import {
  JSONParse,
  ObjectAssign,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  PromisePrototypeThen,
  ReflectApply,
  ReflectOwnKeys,
  SafePromise,
  SafeTypeError,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
} from "../internal/primordials.ts";
import { bufferOf, copyOf, isBufferSource, toUSVString } from "../internal/webidl.ts";
import { type ReadableStream as Stream, acquireReader, cancelStream, isDisturbed, isLocked, isReadableStream, readAll, readableByteStream, tee } from "../streams/streams.ts";
import { URLSearchParams } from "../url/url.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A body that the host has, and gives part by part. */
export interface Remote {
  /** The next part; null at the end. */
  read(): Promise<Bytes | null>;
  /** All that is left. */
  readAll(): Promise<Bytes>;
  cancel(): void;
  /** Called when the signal ends it. */
  onfail: ((reason: unknown) => void) | undefined;
}

/** A concept-body, of which at least one of source, stream and remote is there. */
export class Body {
  declare used: boolean;
  declare stream: Stream | undefined;
  /** Where the bytes come from, if they can be had again. */
  declare readonly source: string | Bytes | Blob | null;
  declare remote: Remote | undefined;

  static {
    ObjectAssign(this.prototype, { used: false, stream: undefined, remote: undefined });
  }

  constructor(source: string | Bytes | Blob | null, remote: Remote | undefined = undefined) {
    (this as { source: Body["source"] }).source = source;
    if (remote !== undefined) this.remote = remote;
  }

  /** Whether it was read, or is no longer there to be. */
  get disturbed(): boolean {
    return this.stream === undefined ? this.used : isDisturbed(this.stream);
  }

  get unusable(): boolean {
    return this.stream === undefined ? this.used : isDisturbed(this.stream) || isLocked(this.stream);
  }

  /** The stream of a body that scripts ask for. */
  open(): Stream {
    if (this.stream !== undefined) return this.stream;
    if (this.used) return (this.stream = usedStream());
    if (this.remote !== undefined) return (this.stream = remoteStream(this.remote));
    if (isBlob(this.source)) return (this.stream = blobStream(this.source));
    const bytes = bytesOfSource(this.source);
    return (this.stream = readableByteStream({
      pull(controller) {
        if (bytes.byteLength > 0) controller.enqueue(bytes); // which takes the buffer
        controller.end();
      },
    }));
  }

  /** Reads the body to its end, as a text if that is what it was made of: at once if all is there. Throws if it was broken off. */
  consume(then: (data: Bytes | string) => void, fail: (reason: unknown) => void): void {
    if (this.stream !== undefined) {
      PromisePrototypeThen(readAll(this.stream), then, fail);
      return;
    }
    this.used = true;
    if (this.remote !== undefined) PromisePrototypeThen(this.remote.readAll(), then, fail);
    else then(isBlob(this.source) ? bytesOfBlob(this.source) : typeof this.source === "string" ? this.source : copyOf(this.source!));
  }

  /** 2.2.4 To clone a body. */
  clone(): Body {
    if (this.stream === undefined && this.source !== null) return new Body(this.source);
    const [mine, other] = tee(this.open(), copyOfChunk);
    this.stream = mine;
    const copy = new Body(this.source);
    copy.stream = other;
    return copy;
  }

  /** The body for another owner. This one has been used then. */
  transfer(through: (stream: Stream) => Stream): Body {
    const taken = new Body(this.source, this.remote);
    if (this.stream !== undefined) taken.stream = through(this.stream);
    else this.used = true;
    return taken;
  }
}

function bytesOfSource(source: string | Bytes | Blob | null): Bytes {
  return typeof source === "string" ? (utf8Encode(source) as Bytes) : isBlob(source) ? bytesOfBlob(source) : copyOf(source!);
}

function copyOfChunk(chunk: unknown): unknown {
  return deserialize(serialize(chunk));
}

/** The stream of a body that was read: its reader is never released. */
function usedStream(): Stream {
  const stream = readableByteStream();
  cancelStream(stream, undefined);
  acquireReader(stream);
  return stream;
}

function remoteStream(remote: Remote): Stream {
  // One part is fetched ahead, so that a body that breaks off is known to be broken.
  const source = {
    start(controller: { error(reason: unknown): void }) {
      remote.onfail = (reason) => controller.error(reason);
    },
    async pull(controller: { enqueue(part: Bytes): void; end(): void }) {
      const part = await remote.read();
      if (part === null) controller.end();
      else controller.enqueue(part);
    },
    cancel: () => remote.cancel(),
  };
  return readableByteStream(source, 1);
}

/** 5.2 Safely extract, and extract: the body and its type, if that says one. */
export function extractBody(init: unknown, where: string): { body: Body; type: string | null } {
  if (typeof init === "string") return { body: new Body(toUSVString(init, where)), type: "text/plain;charset=UTF-8" };
  if (isReadableStream(init)) {
    if (isDisturbed(init) || isLocked(init)) throw new SafeTypeError(where + ": the stream is locked or was read from.");
    const body = new Body(null);
    body.stream = init;
    return { body, type: null };
  }
  if (isBlob(init)) return { body: new Body(init), type: init.type || null };
  if (isBufferSource(init)) return { body: new Body(copyOf(init)), type: null };
  if (isFormData(init)) {
    const form = encodeMultipart(init);
    return { body: new Body(form), type: form.type };
  }
  if (init instanceof URLSearchParams) {
    return { body: new Body(paramsToString(init)), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  }
  return { body: new Body(toUSVString(init, where)), type: "text/plain;charset=UTF-8" };
}

const { toString } = URLSearchParams.prototype;

function paramsToString(params: URLSearchParams): string {
  return ReflectApply(toString, params, []);
}

/** A text without a byte order mark, as decoding leaves it. */
function withoutMark(text: string): string {
  return StringPrototypeCharCodeAt(text, 0) === 0xfeff ? StringPrototypeSlice(text, 1) : text;
}

function textOf(data: Bytes | string): string {
  return typeof data === "string" ? withoutMark(data) : utf8Decode(data);
}

function bytesOf(data: Bytes | string): Bytes {
  return typeof data === "string" ? (utf8Encode(data) as Bytes) : data;
}

/** The members of Body. */
export interface BodyMembers {
  readonly body: Stream | null;
  readonly bodyUsed: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  bytes(): Promise<Uint8Array>;
  formData(): Promise<FormData>;
  json(): Promise<any>;
  text(): Promise<string>;
}

/** Gives a class the members of Body. bodyOf and typeOf find an object's body and its Content-Type, and throw for what is no instance. */
export function includeBody<T>(
  Class: { prototype: object; name: string },
  bodyOf: (self: T) => Body | null,
  typeOf: (self: T) => string | null,
): void {
  function read<R>(self: unknown, method: string, convert: (data: Bytes | string) => R): Promise<R> {
    return new SafePromise((resolve, reject) => {
      const body = bodyOf(self as T);
      if (body === null) return resolve(convert(""));
      if (body.unusable) throw new SafeTypeError("Failed to execute '" + method + "' on '" + Class.name + "': the body was read already, or is locked.");
      const then = (data: Bytes | string) => {
        try {
          resolve(convert(data));
        } catch (error) {
          reject(error);
        }
      };
      body.consume(then, reject);
    });
  }
  const members = {
    get body() {
      return bodyOf(this as T)?.open() ?? null;
    },
    get bodyUsed() {
      return bodyOf(this as T)?.disturbed ?? false;
    },
    arrayBuffer() {
      return read(this, "arrayBuffer", (data) => bufferOf(bytesOf(data)));
    },
    blob() {
      return read(this, "blob", (data) => blobOf(bytesOf(data), extractMIME(typeOf(this as T) ?? "")?.serialized ?? ""));
    },
    bytes() {
      return read(this, "bytes", bytesOf);
    },
    formData() {
      return read(this, "formData", (data) => formOf(data, typeOf(this as T) ?? "", Class.name));
    },
    json() {
      return read(this, "json", (data) => JSONParse(textOf(data)));
    },
    text() {
      return read(this, "text", textOf);
    },
  };
  const names = ReflectOwnKeys(members);
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperty(Class.prototype, names[i]!, ObjectGetOwnPropertyDescriptor(members, names[i]!)!);
  }
}

function formOf(data: Bytes | string, contentType: string, name: string): FormData {
  const mime = extractMIME(contentType);
  switch (mime?.essence) {
    case "multipart/form-data":
      return parseMultipart(bytesOf(data), mimeParameter(mime, "boundary") ?? "");
    case "application/x-www-form-urlencoded": {
      const form = new FormData();
      const pairs = new URLSearchParams("&" + utf8Decode(bytesOf(data), true));
      for (const [key, value] of pairs as unknown as Iterable<[string, string]>) appendEntry(form, key, value);
      return form;
    }
  }
  throw new SafeTypeError("Failed to execute 'formData' on '" + name + "': the Content-Type is neither multipart/form-data nor application/x-www-form-urlencoded.");
}

