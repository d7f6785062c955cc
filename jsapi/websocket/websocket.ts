// The group "websocket": the client of https://websockets.spec.whatwg.org.

import {
  ArrayBufferIsView,
  ArrayIsArray,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ErrorIsError,
  SafeError,
  SymbolIterator,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  ownValue,
  viewByteLength,
} from "../internal/primordials.ts";
import { expose } from "../internal/expose.ts";
import { dropHandle } from "../internal/handles.ts";
import { cancellable, op, opOf } from "../internal/op.ts";
import {
  bufferOf,
  copyOf,
  defineInterface,
  isArrayBuffer,
  isObject,
  requireArguments,
  sequenceFrom,
  toBufferSource,
  toDOMString,
  toUSVString,
  toUnsignedShort,
} from "../internal/webidl.ts";
import { CloseEvent, DOMException, ErrorEvent, Event, EventTarget, MessageEvent, defineHandlers, fire } from "../events/events.ts";
import { blobOf, bytesOfBlob, isBlob } from "../blob/blob.ts";
import { utf8Encode } from "../encoding/encoding.ts";
import { baseURL, parseURL } from "../url/url.ts";

declare const __host: {
  chosen: boolean;
  /** Gives the socket's number and the protocol. */
  connect(url: string, ...protocols: string[]): number;
  /** Gives a message: a string, a Uint8Array, or the peer's close frame as [code, reason]. Rejects when the connection is lost. */
  read(socket: number): number;
  /** Fulfilled once the messages are on their way. */
  write(socket: number, ...messages: (string | Uint8Array)[]): number;
  /** Sends a close frame, once. No code is code 0. */
  close(socket: number, code: number, reason: string): number;
  /** Waits for the peer to end the connection, for a while, and forgets the socket. */
  end(socket: number): number;
};

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** How many bytes may wait to be sent: with more, the connection is failed, as the standard has it for a full buffer. */
const bufferMax = 64 * 1024 * 1024;
/** How many messages one write takes. */
const batchMax = 64;

/** A message that waits: text or bytes, and how many bytes it counts for. */
type Outgoing = { data: string | Uint8Array; size: number };

/** https://websockets.spec.whatwg.org/#the-websocket-interface */
class WebSocket extends EventTarget {
  #url: string;
  #origin: string;
  #state = CONNECTING;
  #protocol = "";
  #binaryType = "blob";
  #buffered = 0;
  #socket = 0;
  #queue: Outgoing[] = [];
  #writing = false;
  /** The close frame that is to follow what is queued. */
  #closing: { code: number; reason: string } | undefined = undefined;
  #cancel: (() => void) | undefined;

  constructor(url: string, protocols: unknown = []) {
    super();
    const where = "Failed to construct 'WebSocket'";
    requireArguments(arguments.length, 1, where);
    const address = toUSVString(url, where + ": parameter 1");
    const list = toProtocols(protocols, where + ": parameter 2");
    this.#url = addressOf(address, where);
    requireProtocols(list, where);
    const record = parseURL(this.#url)!;
    this.#origin = record.protocol + "//" + record.host;
    const connecting = cancellable(__host.connect, this.#url, ...list);
    this.#cancel = connecting.cancel;
    this.#run(connecting.promise);
  }

  get url(): string {
    return this.#url;
  }

  get readyState(): number {
    return this.#state;
  }

  get bufferedAmount(): number {
    return this.#buffered;
  }

  get extensions(): string {
    this.#url; // the brand check
    return "";
  }

  get protocol(): string {
    return this.#protocol;
  }

  get binaryType(): string {
    return this.#binaryType;
  }

  set binaryType(value: unknown) {
    const type = toDOMString(value, "Failed to set 'binaryType' on 'WebSocket': the value");
    if (type === "blob" || type === "arraybuffer") this.#binaryType = type;
    else this.#binaryType; // the brand check; other values are let be
  }

  close(code: unknown = undefined, reason: unknown = undefined): void {
    const state = this.#state;
    const where = "Failed to execute 'close' on 'WebSocket'";
    const number = code === undefined ? 0 : toUnsignedShort(code, where + ": parameter 1", "clamp");
    const text = reason === undefined ? "" : toUSVString(reason, where + ": parameter 2");
    if (code !== undefined && number !== 1000 && (number < 3000 || number > 4999)) {
      throw new DOMException(where + ": the code must be 1000 or from 3000 to 4999, and is " + number + ".", "InvalidAccessError");
    }
    if (utf8Encode(text).length > 123) throw new DOMException(where + ": the reason is longer than 123 bytes.", "SyntaxError");
    if (state === CLOSING || state === CLOSED) return;
    this.#state = CLOSING;
    if (state === CONNECTING) {
      this.#cancel!();
      return;
    }
    this.#closing = { code: reason === undefined && code === undefined ? 0 : number || 1000, reason: text };
    this.#pump();
  }

  send(data: unknown): void {
    const state = this.#state;
    const where = "Failed to execute 'send' on 'WebSocket'";
    requireArguments(arguments.length, 1, where);
    const message = outgoing(data, where + ": parameter 1");
    if (state === CONNECTING) throw new DOMException(where + ": the connection is not open yet.", "InvalidStateError");
    this.#buffered += message.size;
    if (state !== OPEN) return;
    if (this.#buffered > bufferMax) {
      this.#state = CLOSING;
      this.#drop();
      return;
    }
    ArrayPrototypePush(this.#queue, message);
    this.#pump();
  }

  /** From the handshake to the close event. */
  async #run(connecting: Promise<[number, string]>): Promise<void> {
    try {
      const [socket, protocol] = await connecting;
      this.#socket = socket;
      if (this.#state !== CONNECTING) throw new SafeError("The connection was closed before it was open.");
      this.#state = OPEN;
      this.#protocol = protocol;
      fire(this, new Event("open"));
      for (;;) {
        const message = await op(__host.read, socket);
        if (ArrayIsArray(message)) {
          await this.#closed(message[0], message[1]);
          return;
        }
        if (this.#state === OPEN) this.#receive(message);
      }
    } catch (error) {
      this.#drop();
      this.#state = CLOSED;
      // The standard's is a plain Event, since a page must not learn about networks; a server's developer may.
      fire(this, new ErrorEvent("error", { error, message: ErrorIsError(error) ? ownValue(error as Error, "message") : "" }));
      fire(this, new CloseEvent("close", { wasClean: false, code: 1006, reason: "" }));
    }
  }

  /** The peer's close frame came: it is answered, unless it is the answer. */
  async #closed(code: number, reason: string): Promise<void> {
    this.#state = CLOSING;
    try {
      await op(__host.close, this.#socket, code === 1005 ? 0 : code, reason);
      await op(__host.end, this.#socket);
    } catch {
      // The peer does not wait for the answer.
      this.#drop();
    }
    this.#state = CLOSED;
    fire(this, new CloseEvent("close", { wasClean: true, code, reason }));
  }

  #receive(message: string | Uint8Array): void {
    let data: unknown = message;
    if (typeof message !== "string") data = this.#binaryType === "blob" ? blobOf(message) : bufferOf(message);
    fire(this, new MessageEvent("message", { data, origin: this.#origin }));
  }

  /** Writes what waits, and then the close frame. */
  async #pump(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      while (this.#queue.length > 0) {
        const queue = this.#queue;
        const batch: unknown[] = [this.#socket];
        let size = 0;
        let n = 0;
        for (; n < queue.length && n < batchMax; n++) {
          ArrayPrototypePush(batch, queue[n]!.data);
          size += queue[n]!.size;
        }
        this.#queue = n === queue.length ? [] : ArrayPrototypeSlice(queue, n);
        await opOf(__host.write, batch);
        this.#buffered -= size;
      }
      if (this.#closing !== undefined) await op(__host.close, this.#socket, this.#closing.code, this.#closing.reason);
    } catch {
      this.#drop();
    } finally {
      this.#writing = false;
    }
  }

  /** Ends the connection without a handshake: the read that is under way fails, and tells. */
  #drop(): void {
    this.#queue = [];
    if (this.#socket !== 0) dropHandle(this, this.#socket);
  }
}

function outgoing(data: unknown, where: string): Outgoing {
  if (isArrayBuffer(data) || ArrayBufferIsView(data)) {
    const bytes = copyOf(toBufferSource(data, where));
    return { data: bytes, size: viewByteLength(bytes) };
  }
  if (isBlob(data)) {
    const bytes = bytesOfBlob(data);
    return { data: bytes, size: viewByteLength(bytes) };
  }
  const text = toUSVString(data, where);
  return { data: text, size: utf8Encode(text).length };
}

/** (DOMString or sequence<DOMString>) */
function toProtocols(value: unknown, where: string): string[] {
  if (isObject(value)) {
    const method = (value as { [SymbolIterator]?: unknown })[SymbolIterator];
    if (method !== undefined && method !== null) return sequenceFrom(value, method, toDOMString, where);
  }
  return [toDOMString(value, where)];
}

/** The URL to connect to (https://websockets.spec.whatwg.org/#dom-websocket-websocket, steps 1 to 8). */
function addressOf(url: string, where: string): string {
  const record = parseURL(url, baseURL() || undefined);
  if (record === null) throw new DOMException(where + ": the URL '" + url + "' cannot be parsed.", "SyntaxError");
  let { href } = record;
  // Both schemes of a pair have the same default port, so that nothing else changes.
  if (StringPrototypeStartsWith(href, "http")) href = "ws" + StringPrototypeSlice(href, 4);
  if (!StringPrototypeStartsWith(href, "ws:") && !StringPrototypeStartsWith(href, "wss:")) {
    throw new DOMException(where + ": the scheme of '" + url + "' is not ws, wss, http or https.", "SyntaxError");
  }
  for (let i = 0; i < href.length; i++) {
    if (StringPrototypeCharCodeAt(href, i) === 0x23) throw new DOMException(where + ": the URL has a fragment.", "SyntaxError");
  }
  return href;
}

/** Throws unless the protocols are tokens, each of them once. */
function requireProtocols(protocols: string[], where: string): void {
  for (let i = 0; i < protocols.length; i++) {
    const protocol = protocols[i]!;
    let valid = isToken(protocol);
    for (let j = 0; j < i; j++) {
      if (StringPrototypeToLowerCase(protocols[j]!) === StringPrototypeToLowerCase(protocol)) valid = false;
    }
    if (!valid) throw new DOMException(where + ": the protocol '" + protocol + "' is no token, or there twice.", "SyntaxError");
  }
}

const separators = "()<>@,;:\\\"/[]?={}";

/** RFC 6455, 4.1: a token of RFC 2616. */
function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = StringPrototypeCharCodeAt(text, i);
    if (c <= 0x20 || c >= 0x7f) return false;
    for (let j = 0; j < separators.length; j++) if (StringPrototypeCharCodeAt(separators, j) === c) return false;
  }
  return text !== "";
}

defineHandlers(WebSocket, ["open", "message", "error", "close"]);
defineInterface(WebSocket, { CONNECTING, OPEN, CLOSING, CLOSED });
expose(__host, { WebSocket });

export { WebSocket };
export default {};
