// Encoding Standard, 7.5 Interface TextDecoderStream, 7.6 Interface TextEncoderStream.

import { SafeUint8Array, StringPrototypeCharCodeAt, StringPrototypeSlice } from "../internal/primordials.ts";
import { defineInterface, toDOMString } from "../internal/webidl.ts";
import { type ReadableStream, type TransformStream, type WritableStream, transformStream } from "../streams/streams.ts";
import { type Decoder, inputBytes, makeDecoder } from "./decoder.ts";
import { isHighSurrogate, utf8Encode } from "./encoder.ts";

/** The controller of a transform. */
interface Controller {
  enqueue(chunk: unknown): void;
}

export class TextDecoderStream {
  readonly #decoder: Decoder;
  readonly #stream: TransformStream;

  constructor(label: unknown = undefined, options: unknown = undefined) {
    const decoder = makeDecoder(label, options, "Failed to construct 'TextDecoderStream'");
    const enqueue = (text: string, controller: Controller) => {
      if (text !== "") controller.enqueue(text);
    };
    this.#decoder = decoder;
    this.#stream = transformStream({
      transform(chunk, controller) {
        enqueue(decoder.decode(inputBytes(chunk, "TextDecoderStream: a chunk"), false), controller);
      },
      flush(controller) {
        enqueue(decoder.decode(new SafeUint8Array(0), true), controller);
      },
    });
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }
  get fatal(): boolean {
    return this.#decoder.fatal;
  }
  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }
  get readable(): ReadableStream {
    return this.#stream.readable;
  }
  get writable(): WritableStream {
    return this.#stream.writable;
  }
}
defineInterface(TextDecoderStream);

export class TextEncoderStream {
  readonly #stream: TransformStream;

  constructor() {
    let high = ""; // the first half of a pair, at the end of a chunk
    this.#stream = transformStream({
      transform(chunk, controller) {
        let text = high + toDOMString(chunk, "TextEncoderStream: a chunk");
        const last = text.length - 1;
        high = isHighSurrogate(StringPrototypeCharCodeAt(text, last)) ? StringPrototypeSlice(text, last) : "";
        if (high !== "") text = StringPrototypeSlice(text, 0, last);
        if (text !== "") controller.enqueue(utf8Encode(text));
      },
      flush(controller) {
        if (high !== "") controller.enqueue(utf8Encode(high));
      },
    });
  }

  get encoding(): string {
    this.#stream;
    return "utf-8";
  }
  get readable(): ReadableStream {
    return this.#stream.readable;
  }
  get writable(): WritableStream {
    return this.#stream.writable;
  }
}
defineInterface(TextEncoderStream);
