// node:stream, stream/promises, stream/consumers and stream/web, https://nodejs.org/api/stream.html. Left out: compose.

import { Buffer, checkFunction, invalidType, nodeError } from "../buffer/buffer.ts";
import * as web from "../streams/streams.ts";
import { abortError, checkSignal, onAbort } from "./abort.ts";
import { Duplex, PassThrough, Transform } from "./stream_duplex.ts";
import { LegacyStream, Readable } from "./stream_readable.ts";
import { type Done, type Stream, addAbortSignal, getDefaultHighWaterMark, setDefaultHighWaterMark } from "./stream_state.ts";
import { Writable } from "./stream_writable.ts";
import { tick } from "./ticks.ts";
import util from "./util.ts";

const premature = (): Error => nodeError(Error, "ERR_STREAM_PREMATURE_CLOSE", "Premature close");

const isReadableNode = (stream: any): boolean => typeof stream?.pipe === "function" && typeof stream.on === "function" && (!stream._writableState || stream._readableState?.readable !== false);
const isWritableNode = (stream: any): boolean => typeof stream?.write === "function" && typeof stream.on === "function";
const isWeb = (stream: any): boolean => /^\[object (Readable|Writable|Transform)Stream\]$/.test(Object.prototype.toString.call(stream));

/** Calls back once a stream is no longer readable or writable, or has failed. */
export function finished(stream: Stream, options: any, callback?: Done): () => void {
  if (typeof options === "function") [options, callback] = [{}, options];
  options ??= {};
  checkFunction(callback, "callback");
  checkSignal(options.signal);
  if (!isReadableNode(stream) && !isWritableNode(stream)) throw invalidType("stream", "an instance of Stream", stream);
  let called = false;
  const undo: (() => void)[] = [];
  const cleanup = (): void => undo.splice(0).forEach((f) => f());
  const done = (error?: unknown): void => {
    if (called) return;
    called = true;
    if (options.cleanup) cleanup();
    callback!.call(stream, error);
  };
  const listen = (name: string, listener: (...args: any[]) => void): void => {
    stream.on(name, listener);
    undo.push(() => stream.removeListener(name, listener));
  };
  const r = stream._readableState;
  const w = stream._writableState;
  const watchRead = options.readable ?? (Boolean(r) && !(r.endEmitted && w));
  const watchWrite = options.writable ?? (Boolean(w) && !(w.finished && r));
  const readDone = (): boolean => !watchRead || !r || r.endEmitted || r.ended && r.length === 0 && r.closeEmitted;
  const writeDone = (): boolean => !watchWrite || !w || w.finished;
  const check = (): void => {
    if (readDone() && writeDone() && !(w?.autoDestroy && !w.closed && !w.finished)) done();
  };
  const onClose = (): void => {
    const error = w?.errored || r?.errored;
    if (error) done(error);
    else if ((watchRead && r && !r.endEmitted) || (watchWrite && w && !w.finished)) done(premature());
    else done();
  };
  listen("end", check);
  listen("finish", check);
  if (options.error !== false) listen("error", done);
  listen("close", onClose);
  if (!r && !w) listen("complete", () => done());
  const closed = r?.closeEmitted || w?.closeEmitted;
  if (closed) tick(onClose);
  else if (w?.errorEmitted || r?.errorEmitted) tick(onClose);
  else if (watchRead !== watchWrite || (r && w) ? readDone() && writeDone() && (r?.endEmitted || w?.finished) : (r?.endEmitted ?? w?.finished)) tick(check);
  if (options.signal) {
    const abort = (): void => done(abortError(options.signal));
    if (options.signal.aborted) tick(abort);
    else undo.push(onAbort(options.signal, abort));
  }
  return cleanup;
}

/** Connects streams, iterables and functions; calls back when all is through, or destroys all when one fails. */
export function pipeline(...args: any[]): Stream {
  const callback = args.pop();
  checkFunction(callback, "streams[stream.length - 1]");
  return connect(Array.isArray(args[0]) && args.length === 1 ? args[0] : args, callback, {});
}

function connect(streams: any[], callback: (error?: unknown, value?: unknown) => void, options: { signal?: any; end?: boolean }): Stream {
  if (streams.length < 2) throw nodeError(TypeError, "ERR_MISSING_ARGS", 'The "streams" argument must be specified');
  checkSignal(options.signal);
  const inner: Stream[] = [];
  let error: any;
  let value: unknown;
  let waiting = 0;
  let over = false;
  const forget = options.signal ? onAbort(options.signal, () => finish(abortError(options.signal), true)) : undefined;
  const finish = (why: unknown, final: boolean): void => {
    if (why && (!error || error.code === "ERR_STREAM_PREMATURE_CLOSE")) error = why;
    if (!error && !final) return;
    if (error) for (const stream of inner.splice(0)) if (!stream.destroyed) stream.destroy(error);
    if (!final || over) return;
    over = true;
    forget?.();
    tick(callback, error, value);
  };
  const settle = (why?: unknown): void => finish(why, --waiting === 0);
  const watch = (stream: Stream, readable: boolean, writable: boolean): void => {
    waiting++;
    inner.push(stream);
    finished(stream, { readable, writable, cleanup: true }, (why) => {
      // A reader that has had enough closes early, which is no failure of the one before it.
      settle(why && (why as any).code === "ERR_STREAM_PREMATURE_CLOSE" && stream._readableState?.ended && !writable ? undefined : why);
    });
  };
  let current: any;
  for (let i = 0; i < streams.length; i++) {
    let stream = streams[i];
    const last = i === streams.length - 1;
    if (isWeb(stream)) stream = i === 0 ? Readable.fromWeb(stream) : last && "getWriter" in stream ? Writable.fromWeb(stream) : Duplex.fromWeb(stream);
    if (typeof stream === "function") {
      const result = i === 0 ? stream({ signal: options.signal }) : stream(Readable.prototype.isPrototypeOf(current) || current?.[Symbol.asyncIterator] ? current : Readable.from(current), { signal: options.signal });
      if (typeof result?.[Symbol.asyncIterator] === "function" || typeof result?.[Symbol.iterator] === "function") {
        current = last ? collect(result) : result;
      } else if (typeof result?.then === "function" && last) {
        waiting++;
        result.then((v: unknown) => { value = v; settle(); }, (why: unknown) => settle(why || new Error("rejected")));
        current = result;
      } else {
        throw nodeError(TypeError, "ERR_INVALID_RETURN_VALUE", "Expected AsyncIterable to be returned from the \"transform[" + (i - 1) + "]\" function");
      }
    } else if (isReadableNode(stream) || isWritableNode(stream)) {
      if (i === 0) {
        watch(stream, true, false);
      } else {
        if (!isWritableNode(stream)) throw invalidType("streams[" + i + "]", "an instance of Writable", stream);
        const source = isReadableNode(current) ? current : Readable.from(current);
        if (source !== current) watch(source, true, false);
        watch(stream, !last && isReadableNode(stream), true);
        source.pipe(stream, { end: options.end !== false });
        if (options.end === false && last) source.once("end", () => settle());
      }
      current = stream;
    } else if (i === 0 && (typeof stream?.[Symbol.asyncIterator] === "function" || typeof stream?.[Symbol.iterator] === "function")) {
      current = stream;
    } else {
      throw invalidType("streams[" + i + "]", "an instance of Stream, Iterable, or AsyncIterable", stream);
    }
  }
  if (options.signal?.aborted) tick(() => finish(abortError(options.signal), true));
  return current;

  function collect(iterable: any): Stream {
    const stream = Readable.from(iterable);
    watch(stream, true, false);
    return stream;
  }
}

function pipelinePromise(...args: any[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const last = args.at(-1);
    const isOptions = typeof last === "object" && last !== null && !isReadableNode(last) && !isWritableNode(last) && !isWeb(last)
      && !last[Symbol.asyncIterator] && !last[Symbol.iterator];
    const options = isOptions ? args.pop() : {};
    connect(args, (error, value) => (error ? reject(error) : resolve(value)), options);
  });
}

function finishedPromise(stream: Stream, options: any = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const cleanup = finished(stream, options, (error) => {
      if (options?.cleanup) cleanup();
      if (error) reject(error);
      else resolve();
    });
  });
}

const webStreams = web as any;

Readable.fromWeb = (stream: any, options: any = {}): Stream => {
  if (!isWeb(stream)) throw invalidType("readableStream", "an instance of ReadableStream", stream);
  const reader = stream.getReader();
  let closed = false;
  const readable = new Readable({
    ...options,
    read(this: Stream): void {
      reader.read().then(({ value, done }: any) => this.push(done ? ((closed = true), null) : value), (error: unknown) => ((closed = true), this.destroy(error)));
    },
    destroy(error: unknown, done: Done): void {
      if (closed) return done(error);
      closed = true;
      reader.cancel(error ?? undefined).then(() => done(error), (why: unknown) => done(error ?? why));
    },
  });
  return readable;
};

Readable.toWeb = (stream: Stream, options?: { strategy?: unknown }): unknown => {
  const { ReadableStream } = webStreams;
  let forget = (): void => {};
  return new ReadableStream({
    start(controller: any): void {
      stream.pause();
      stream.on("data", (chunk: any) => {
        controller.enqueue(chunk instanceof Buffer && !stream.readableObjectMode ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length) : chunk);
        if (controller.desiredSize <= 0) stream.pause();
      });
      stream.pause();
      forget = finished(stream, { writable: false }, (error: any) => {
        forget();
        stream.on("error", () => {});
        if (error) controller.error(error.code === "ERR_STREAM_PREMATURE_CLOSE" ? abortError() : error);
        else controller.close();
      });
    },
    pull(): void {
      stream.resume();
    },
    cancel(reason: unknown): void {
      forget();
      stream.on("error", () => {});
      stream.destroy(reason as Error);
    },
  }, options?.strategy ?? { highWaterMark: stream.readableObjectMode ? stream.readableHighWaterMark : 1 });
};

Writable.fromWeb = (stream: any, options: any = {}): Stream => {
  const writer = stream.getWriter();
  let closed = false;
  return new Writable({
    ...options,
    write(chunk: unknown, _encoding: unknown, done: Done): void {
      writer.ready.then(() => writer.write(chunk)).then(() => done(), done);
    },
    final(done: Done): void {
      closed = true;
      writer.close().then(() => done(), done);
    },
    destroy(error: unknown, done: Done): void {
      if (closed) return done(error);
      closed = true;
      (error ? writer.abort(error) : writer.close()).then(() => done(error), () => done(error));
    },
  });
};

Writable.toWeb = (stream: Stream): unknown => {
  const { WritableStream } = webStreams;
  return new WritableStream({
    start(controller: any): void {
      const forget = finished(stream, { readable: false }, (error) => {
        forget();
        stream.on("error", () => {});
        if (error) controller.error(error);
      });
    },
    write: (chunk: unknown) => new Promise<void>((resolve) => {
      if (stream.writableNeedDrain || !stream.write(chunk)) stream.once("drain", resolve);
      else resolve();
    }),
    close: () => new Promise<void>((resolve, reject) => stream.end((error: unknown) => (error ? reject(error) : resolve()))),
    abort: (reason: unknown) => void stream.destroy(reason),
  });
};

Duplex.toWeb = (stream: Stream): unknown => ({ readable: Readable.toWeb(stream), writable: Writable.toWeb(stream) });
Duplex.fromWeb = ({ readable, writable }: any, options?: any): Stream => Duplex.from({ readable: Readable.fromWeb(readable, options), writable: Writable.fromWeb(writable, options) });

async function chunks(stream: any): Promise<any[]> {
  const all: any[] = [];
  for await (const chunk of stream) all.push(chunk);
  return all;
}

async function buffer(stream: any): Promise<Buffer> {
  return Buffer.concat((await chunks(stream)).map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk))));
}

export const consumers = {
  buffer,
  text: async (stream: any): Promise<string> => (await buffer(stream)).toString(),
  json: async (stream: any): Promise<unknown> => JSON.parse((await buffer(stream)).toString()),
  arrayBuffer: async (stream: any): Promise<ArrayBufferLike> => {
    const bytes = await buffer(stream);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  },
};

export const promises = { pipeline: pipelinePromise, finished: finishedPromise };
export const webModule = Object.fromEntries(
  Object.entries(webStreams).filter(([name]) => /^[A-Z]/.test(name)),
);

Object.defineProperty(finished, util.promisify.custom, { value: finishedPromise });
Object.defineProperty(pipeline, util.promisify.custom, { value: pipelinePromise });

const either = (stream: any): any => stream?._readableState ?? stream?._writableState;

export default Object.assign(LegacyStream, {
  Stream: LegacyStream,
  Readable,
  Writable,
  Duplex,
  Transform,
  PassThrough,
  finished,
  pipeline,
  promises,
  addAbortSignal: (signal: any, stream: Stream) => {
    if (!either(stream)) throw invalidType("stream", "an instance of Stream", stream);
    return addAbortSignal(signal, stream);
  },
  destroy: (stream: Stream, error?: unknown) => stream.destroy(error ?? (stream.readableEnded ? null : abortError())),
  getDefaultHighWaterMark,
  setDefaultHighWaterMark,
  isReadable: (stream: any) => (stream?.readable === undefined ? null : stream.readable),
  isErrored: (stream: any) => Boolean(stream?._readableState?.errored || stream?._writableState?.errored),
  isDisturbed: (stream: any) => Boolean(stream?._readableState && (stream.readableDidRead || stream.readableAborted)),
  isDestroyed: (stream: any) => Boolean(either(stream)?.destroyed),
  _uint8ArrayToBuffer: (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

// The pipe of streams that are emitters alone.
LegacyStream.prototype.pipe = function (this: Stream, target: Stream, options?: { end?: boolean }): Stream {
  this.on("data", (chunk: unknown) => {
    if (target.writable && target.write(chunk) === false) this.pause?.();
  });
  target.on("drain", () => this.resume?.());
  if (options?.end !== false) this.on("end", () => target.end());
  target.emit("pipe", this);
  return target;
};
