// The event stream format: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

import {
  RegExpPrototypeExec,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} from "../internal/primordials.ts";

export interface EventSink {
  /** A block has ended. Without data it is no event, but its id counts. */
  event(type: string, data: string | undefined, lastEventId: string): void;
  retry(milliseconds: number): void;
}

/** The most characters that an event, or a line, may have. */
const lengthMax = 16 << 20;

export class Parser {
  readonly #sink: EventSink;
  /** The part of a line that has come. */
  #line = "";
  /** Whether the text ended with a carriage return, to which a line feed may belong. */
  #afterReturn = false;
  #data: string | undefined;
  #type = "";
  #id: string;

  constructor(sink: EventSink, lastEventId: string) {
    this.#sink = sink;
    this.#id = lastEventId;
  }

  /** Takes the next part of the stream. Returns false if an event is too long. */
  push(text: string): boolean {
    let from = 0;
    if (text === "") return true;
    if (this.#afterReturn && StringPrototypeCharCodeAt(text, 0) === 10) from = 1;
    this.#afterReturn = false;
    for (;;) {
      const end = lineEnd(text, from);
      this.#line += StringPrototypeSlice(text, from, end);
      if (this.#line.length + (this.#data?.length ?? 0) > lengthMax) return false;
      if (end === text.length) return true;
      this.#take(this.#line);
      this.#line = "";
      from = end + 1;
      if (StringPrototypeCharCodeAt(text, end) !== 13) continue;
      if (from === text.length) this.#afterReturn = true;
      else if (StringPrototypeCharCodeAt(text, from) === 10) from++;
    }
  }

  #take(line: string): void {
    if (line === "") return this.#dispatch();
    const colon = StringPrototypeIndexOf(line, ":");
    if (colon === 0) return;
    if (colon < 0) return this.#field(line, "");
    const space = StringPrototypeCharCodeAt(line, colon + 1) === 32 ? 1 : 0;
    this.#field(StringPrototypeSlice(line, 0, colon), StringPrototypeSlice(line, colon + 1 + space));
  }

  #field(name: string, value: string): void {
    switch (name) {
      case "event":
        this.#type = value;
        break;
      case "data":
        this.#data = this.#data === undefined ? value : this.#data + "\n" + value;
        break;
      case "id":
        if (!StringPrototypeIncludes(value, "\0")) this.#id = value;
        break;
      case "retry":
        if (RegExpPrototypeExec(/^[0-9]+$/, value) !== null) this.#sink.retry(+value);
    }
  }

  #dispatch(): void {
    const type = this.#type || "message";
    const data = this.#data;
    this.#type = "";
    this.#data = undefined;
    this.#sink.event(type, data, this.#id);
  }
}

/** Where the line ends that begins at from: at a carriage return or line feed, or the end of the text. */
function lineEnd(text: string, from: number): number {
  const feed = StringPrototypeIndexOf(text, "\n", from);
  const end = feed < 0 ? text.length : feed;
  const back = StringPrototypeIndexOf(StringPrototypeSlice(text, from, end), "\r");
  return back < 0 ? end : from + back;
}
