// The group "eventsource": https://html.spec.whatwg.org/multipage/server-sent-events.html

import { extractMIME } from "../blob/blob.ts";
import { TextDecoder, utf8Encode } from "../encoding/encoding.ts";
import { AbortController, DOMException, Event, EventTarget, MessageEvent, defineHandlers, fire } from "../events/events.ts";
import { type Response, fetchPatiently } from "../fetch/fetch.ts";
import { expose } from "../internal/expose.ts";
import { cancellable } from "../internal/op.ts";
import { StringFromCharCode } from "../internal/primordials.ts";
import { defineInterface, requireArguments, toBoolean, toDictionary, toUSVString } from "../internal/webidl.ts";
import type { ReadableStreamDefaultReader } from "../streams/streams.ts";
import { baseURL, parseURL } from "../url/url.ts";
import { type EventSink, Parser } from "./parser.ts";

declare const __host: {
  /** Settles after that many milliseconds. */
  wait(ms: number): number;
};

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

/** Milliseconds until a connection that was lost is made again, unless the server says otherwise. */
const reconnectionTime = 3000;
/** After failures one upon the other the time doubles, up to this. */
const reconnectionTimeMax = 60_000;

export class EventSource extends EventTarget {
  #url: string;
  #withCredentials: boolean;
  #readyState = CONNECTING;
  #lastEventId = "";
  #reconnectionTime = reconnectionTime;
  #origin = "";
  /** Ends the connection, or the wait for the next one. */
  #stop: (() => void) | undefined;

  constructor(url: unknown, init: unknown = undefined) {
    const where = "Failed to construct 'EventSource'";
    requireArguments(arguments.length, 1, where);
    const text = toUSVString(url, where + ": parameter 1");
    const { withCredentials } = toDictionary(init, where + ": parameter 2");
    super();
    const record = parseURL(text, baseURL() || undefined);
    if (record === null) throw new DOMException(where + ": '" + text + "' is not a valid URL.", "SyntaxError");
    this.#url = record.href;
    this.#withCredentials = toBoolean(withCredentials);
    this.#run();
  }

  get url(): string {
    return this.#url;
  }

  get withCredentials(): boolean {
    return this.#withCredentials;
  }

  get readyState(): number {
    return this.#readyState;
  }

  close(): void {
    this.#readyState = CLOSED;
    this.#stop?.();
  }

  /** Connects, again and again, until it is closed. */
  async #run(): Promise<void> {
    for (let failures = 0; ; ) {
      failures = (await this.#connect()) ? 0 : failures + 1;
      if (this.#closed) return;
      this.#readyState = CONNECTING;
      fire(this, new Event("error"));
      if (this.#closed) return;
      const delay = this.#reconnectionTime * 2 ** (failures < 10 ? failures : 10);
      const { promise, cancel } = cancellable(__host.wait, delay < reconnectionTimeMax ? delay : this.#bounded());
      this.#stop = cancel;
      await promise.catch(() => {});
      if (this.#closed) return;
    }
  }

  get #closed(): boolean {
    return this.#readyState === CLOSED;
  }

  /** The longest wait: what the server said may be longer than what failures make of it. */
  #bounded(): number {
    return this.#reconnectionTime > reconnectionTimeMax ? this.#reconnectionTime : reconnectionTimeMax;
  }

  /** Connects once, and takes events until the connection is lost. Returns whether it came about. */
  async #connect(): Promise<boolean> {
    const controller = new AbortController();
    this.#stop = () => controller.abort();
    const headers = [["accept", "text/event-stream"]];
    if (this.#lastEventId !== "") headers.push(["last-event-id", asBytes(this.#lastEventId)]);
    let response: Response;
    try {
      response = await fetchPatiently(this.#url, {
        headers,
        cache: "no-store",
        credentials: this.#withCredentials ? "include" : "same-origin",
        signal: controller.signal,
      });
    } catch (error) {
      // What the operator does not allow will not be allowed later.
      if ((error as { code?: unknown }).code === "denied") this.#fail();
      return false;
    }
    if (this.#closed) return false;
    if (response.status !== 200 || extractMIME(response.headers.get("content-type") ?? "")?.essence !== "text/event-stream") {
      controller.abort();
      this.#fail();
      return false;
    }
    this.#readyState = OPEN;
    this.#origin = parseURL(response.url)!.origin;
    fire(this, new Event("open"));
    await this.#read(response).catch(() => {});
    controller.abort();
    return true;
  }

  async #read(response: Response): Promise<void> {
    const parser = new Parser(this.#sink, this.#lastEventId);
    const decoder = new TextDecoder();
    const reader = response.body!.getReader(undefined) as ReadableStreamDefaultReader;
    while (!this.#closed) {
      const { done, value } = await reader.read();
      if (done) return;
      if (!parser.push(decoder.decode(value, { stream: true }))) return;
    }
  }

  /** "Fail the connection": there will be no other one. */
  #fail(): void {
    if (this.#closed) return;
    this.#readyState = CLOSED;
    fire(this, new Event("error"));
  }

  /** What the parser tells of the stream. */
  #sink: EventSink = {
    event: (type, data, id) => {
      if (this.#closed) return;
      this.#lastEventId = id;
      if (data !== undefined) fire(this, new MessageEvent(type, { data, origin: this.#origin, lastEventId: id }));
    },
    retry: (ms) => {
      this.#reconnectionTime = ms;
    },
  };
}
defineHandlers(EventSource, ["open", "message", "error"]);
defineInterface(EventSource, { CONNECTING, OPEN, CLOSED });

/** The UTF-8 of a text, as the text of bytes that a header's value is. */
function asBytes(text: string): string {
  const bytes = utf8Encode(text);
  let result = "";
  for (let i = 0; i < bytes.length; i++) result += StringFromCharCode(bytes[i]!);
  return result;
}

expose(__host, { EventSource });

export default {};
