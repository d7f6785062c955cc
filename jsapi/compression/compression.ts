// The group "compression": CompressionStream and DecompressionStream, https://compression.spec.whatwg.org.

import { SafeRangeError } from "../internal/primordials.ts";
import { expose } from "../internal/expose.ts";
import { op } from "../internal/op.ts";
import { bytesOf, defineInterface, requireArguments, toBufferSource, toEnum } from "../internal/webidl.ts";
import { type ReadableStream, type Transform, type TransformStream, type WritableStream, sidesOf, transformStream } from "../streams/streams.ts";

declare const __host: {
  chosen: boolean;
  /** Makes an encoder or a decoder and returns its number. */
  open(format: string, compress: boolean): number;
  /** Ends it early. Nothing happens if it is gone. */
  close(codec: number): void;
  /** Takes a chunk. Gives some of the output, and whether there is more: then write is called without a chunk. */
  write(codec: number, chunk?: Uint8Array): number;
  /** Ends the input. Gives some of the output, and whether there is more: then finish is called again. */
  finish(codec: number): number;
};

const formats = ["deflate", "deflate-raw", "gzip", "brotli"] as const;

/** How many streams may be between their first chunk and their last. Each can have megabytes outside of the context. */
const openMax = 64;
let open = 0;

function close(codec: number): void {
  open--;
  __host.close(codec);
}

const abandoned = new FinalizationRegistry<number>(close);
const register = abandoned.register.bind(abandoned);
const unregister = abandoned.unregister.bind(abandoned);

/** A transformer by an encoder or a decoder of the host's, which it has from the first chunk on. */
class Codec {
  private number = 0;

  constructor(
    private readonly format: string,
    private readonly compress: boolean,
  ) {}

  async transform(chunk: unknown, output: Transform): Promise<void> {
    try {
      const bytes = bytesOf(toBufferSource(chunk, "The chunk"));
      await this.drain(op(__host.write, this.open(), bytes), __host.write, output);
    } catch (error) {
      this.close();
      if (output.open) throw error; // not what the codec says that was closed while it worked
    }
  }

  async flush(output: Transform): Promise<void> {
    try {
      await this.drain(op(__host.finish, this.open()), __host.finish, output);
    } finally {
      this.close();
    }
  }

  cancel(): void {
    this.close();
  }

  /** Hands out what an operation gives, piece by piece, as the readable side wants them. */
  private async drain(first: Promise<any>, more: (codec: number) => number, output: Transform): Promise<void> {
    for (let result = first; ; result = op(more, this.number)) {
      const reply = await result;
      if (!output.open) return;
      if (reply[0].length > 0) output.enqueue(reply[0]);
      if (!reply[1]) return;
      await output.wanted();
      if (!output.open) return;
    }
  }

  private open(): number {
    if (this.number === 0) {
      if (open >= openMax) throw new SafeRangeError("more than " + openMax + " streams are being compressed or decompressed");
      this.number = __host.open(this.format, this.compress);
      open++;
      register(this, this.number, this);
    }
    return this.number;
  }

  private close(): void {
    if (this.number === 0) return;
    unregister(this);
    close(this.number);
    this.number = 0;
  }
}

function streamOf(given: number, format: unknown, compress: boolean, name: string): TransformStream {
  const where = "Failed to construct '" + name + "'";
  requireArguments(given, 1, where);
  return transformStream(new Codec(toEnum(format, formats, where + ": parameter 1"), compress));
}

/** https://compression.spec.whatwg.org/#compression-stream */
class CompressionStream {
  #stream: TransformStream;

  constructor(format: string) {
    this.#stream = streamOf(arguments.length, format, true, "CompressionStream");
  }

  get readable(): ReadableStream {
    return sidesOf(this.#stream).readable;
  }

  get writable(): WritableStream {
    return sidesOf(this.#stream).writable;
  }
}

/** https://compression.spec.whatwg.org/#decompression-stream */
class DecompressionStream {
  #stream: TransformStream;

  constructor(format: string) {
    this.#stream = streamOf(arguments.length, format, false, "DecompressionStream");
  }

  get readable(): ReadableStream {
    return sidesOf(this.#stream).readable;
  }

  get writable(): WritableStream {
    return sidesOf(this.#stream).writable;
  }
}

defineInterface(CompressionStream);
defineInterface(DecompressionStream);
expose(__host, { CompressionStream, DecompressionStream });

export default {};
