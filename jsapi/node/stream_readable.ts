// stream.Readable, https://nodejs.org/api/stream.html#readable-streams.

import { Buffer, invalidType, nodeError } from "../buffer/buffer.ts";
import { abortError } from "./abort.ts";
import { EventEmitter } from "./events.ts";
import { StringDecoder } from "./string_decoder.ts";
import {
  type Done, type State, type Stream, addAbortSignal, construct, destroy, fail, stateOf,
} from "./stream_state.ts";
import { tick } from "./ticks.ts";

interface ReadableState extends State {
  buffer: any[];
  /** Whether data flows: null, nobody has said. */
  flowing: boolean | null;
  ended: boolean;
  endEmitted: boolean;
  reading: boolean;
  readingMore: boolean;
  needReadable: boolean;
  emittedReadable: boolean;
  readableListening: boolean;
  resumeScheduled: boolean;
  paused: boolean;
  dataEmitted: boolean;
  pipes: Stream[];
  /** Destinations that are full. */
  awaiting: Set<Stream>;
  decoder: StringDecoder | null;
  encoding: string | null;
}

/** The old base class of all streams: an emitter with a pipe. */
export const LegacyStream: any = function Stream(this: Stream, options?: object): void {
  EventEmitter.call(this, options);
};
Object.setPrototypeOf(LegacyStream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(LegacyStream, EventEmitter);

export const Readable: any = function Readable(this: Stream, options?: any): Stream {
  if (!(this instanceof Readable)) return new Readable(options);
  initReadable(this, options, false);
  LegacyStream.call(this, options);
  construct(this, () => {
    if (this._readableState.needReadable) readMore(this);
  });
};
Object.setPrototypeOf(Readable.prototype, LegacyStream.prototype);
Object.setPrototypeOf(Readable, LegacyStream);

/** Makes the state, and takes methods from the options. */
export function initReadable(stream: Stream, options: any, duplex: boolean): void {
  const state: ReadableState = {
    ...stateOf(options, "readable", duplex),
    buffer: [],
    flowing: null,
    ended: false,
    endEmitted: false,
    reading: false,
    readingMore: false,
    needReadable: false,
    emittedReadable: false,
    readableListening: false,
    resumeScheduled: false,
    paused: false,
    dataEmitted: false,
    pipes: [],
    awaiting: new Set(),
    decoder: null,
    encoding: null,
  };
  stream._readableState = state;
  if (options?.encoding) {
    state.decoder = new StringDecoder(options.encoding);
    state.encoding = options.encoding;
  }
  if (typeof options?.read === "function") stream._read = options.read;
  if (typeof options?.destroy === "function") stream._destroy = options.destroy;
  if (typeof options?.construct === "function") stream._construct = options.construct;
  if (options?.signal && !duplex) addAbortSignal(options.signal, stream);
}

const sizeOf = (state: ReadableState, chunk: any): number => (state.objectMode ? 1 : chunk.length);

function add(stream: Stream, chunk: any, encoding: any, toFront: boolean): boolean {
  const state: ReadableState = stream._readableState;
  if (!state.objectMode) {
    if (typeof chunk === "string") {
      encoding = encoding || state.defaultEncoding;
      if (state.encoding !== encoding) {
        chunk = Buffer.from(chunk, encoding);
        if (toFront && state.encoding) chunk = chunk.toString(state.encoding);
        else encoding = "";
      }
    } else if (chunk instanceof Buffer) {
      encoding = "";
    } else if (chunk instanceof Uint8Array) {
      chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = "";
    } else if (chunk != null) {
      fail(stream, invalidType("chunk", "of type string or an instance of Buffer, TypedArray, or DataView", chunk));
      return room(state);
    }
  }
  if (chunk === null) {
    state.reading = false;
    finishReading(stream, state);
  } else if (state.objectMode || (chunk && chunk.length > 0)) {
    if (toFront) {
      if (state.endEmitted) fail(stream, nodeError(Error, "ERR_STREAM_UNSHIFT_AFTER_END_EVENT", "stream.unshift() after end event"));
      else if (state.destroyed || state.errored) return false;
      else enqueue(stream, state, chunk, true);
    } else if (state.ended) {
      fail(stream, nodeError(Error, "ERR_STREAM_PUSH_AFTER_EOF", "stream.push() after EOF"));
    } else if (state.destroyed || state.errored) {
      return false;
    } else {
      state.reading = false;
      if (state.decoder && !encoding) {
        chunk = state.decoder.write(chunk);
        if (state.objectMode || chunk.length > 0) enqueue(stream, state, chunk, false);
        else readMore(stream);
      } else {
        enqueue(stream, state, chunk, false);
      }
    }
  } else if (!toFront) {
    state.reading = false;
    readMore(stream);
  }
  return room(state);
}

function room(state: ReadableState): boolean {
  return !state.ended && (state.length < state.highWaterMark || state.length === 0);
}

function enqueue(stream: Stream, state: ReadableState, chunk: any, toFront: boolean): void {
  if (state.flowing && state.length === 0 && !state.sync && stream.listenerCount("data") > 0) {
    state.awaiting.clear();
    state.dataEmitted = true;
    stream.emit("data", chunk);
  } else {
    state.length += sizeOf(state, chunk);
    if (toFront) state.buffer.unshift(chunk);
    else state.buffer.push(chunk);
    if (state.needReadable) emitReadable(stream);
  }
  readMore(stream);
}

function finishReading(stream: Stream, state: ReadableState): void {
  if (state.ended) return;
  const rest = state.decoder?.end();
  if (rest) {
    state.buffer.push(rest);
    state.length += sizeOf(state, rest);
  }
  state.ended = true;
  if (state.sync) return emitReadable(stream);
  state.needReadable = false;
  state.emittedReadable = true;
  emitReadableNow(stream);
}

function emitReadable(stream: Stream): void {
  const state: ReadableState = stream._readableState;
  state.needReadable = false;
  if (state.emittedReadable) return;
  state.emittedReadable = true;
  tick(emitReadableNow, stream);
}

function emitReadableNow(stream: Stream): void {
  const state: ReadableState = stream._readableState;
  if (!state.destroyed && !state.errored && (state.length > 0 || state.ended)) {
    stream.emit("readable");
    state.emittedReadable = false;
  }
  state.needReadable = !state.flowing && !state.ended && state.length <= state.highWaterMark;
  flow(stream);
}

function readMore(stream: Stream): void {
  const state: ReadableState = stream._readableState;
  if (state.readingMore || !state.constructed) return;
  state.readingMore = true;
  tick(() => {
    while (!state.reading && !state.ended && (state.length < state.highWaterMark || (state.flowing && state.length === 0))) {
      const { length } = state;
      stream.read(0);
      if (length === state.length) break;
    }
    state.readingMore = false;
  });
}

function flow(stream: Stream): void {
  const state: ReadableState = stream._readableState;
  while (state.flowing && stream.read() !== null);
}

function amount(n: number, state: ReadableState): number {
  if (n <= 0 || (state.length === 0 && state.ended)) return 0;
  if (state.objectMode) return 1;
  if (n !== n) return state.flowing && state.length > 0 ? state.buffer[0].length : state.length;
  if (n <= state.length) return n;
  return state.ended ? state.length : 0;
}

/** Takes so much from the front of the buffer. */
function take(n: number, state: ReadableState): any {
  if (state.length === 0) return null;
  const { buffer } = state;
  if (state.objectMode) return buffer.shift();
  const join = (parts: any[]): any => (parts.length === 1 ? parts[0] : state.decoder ? parts.join("") : Buffer.concat(parts));
  if (n >= state.length) return join(buffer.splice(0));
  const parts: any[] = [];
  while (n > 0) {
    const first = buffer[0];
    if (first.length <= n) {
      parts.push(buffer.shift());
      n -= first.length;
    } else {
      parts.push(first.slice(0, n));
      buffer[0] = first.slice(n);
      n = 0;
    }
  }
  return join(parts);
}

function endReadable(stream: Stream): void {
  const state: ReadableState = stream._readableState;
  if (state.endEmitted) return;
  state.ended = true;
  tick(() => {
    if (state.errored || state.closeEmitted || state.endEmitted || state.length > 0) return;
    state.endEmitted = true;
    stream.emit("end");
    const writable = stream._writableState;
    if (stream.writable && stream.allowHalfOpen === false) {
      tick(() => {
        if (stream.writable && !writable.ending && !writable.destroyed) stream.end();
      });
    } else if (state.autoDestroy && (!writable || (writable.autoDestroy && (writable.finished || writable.writable === false)))) {
      stream.destroy();
    }
  });
}

function updateListening(stream: Stream): void {
  const state: ReadableState = stream._readableState;
  state.readableListening = stream.listenerCount("readable") > 0;
  if (state.resumeScheduled && !state.paused) state.flowing = true;
  else if (stream.listenerCount("data") > 0) stream.resume();
  else if (!state.readableListening) state.flowing = null;
}

const methods = {
  destroy,
  _destroy(error: unknown, done: Done): void {
    done(error);
  },
  _read(): void {
    throw nodeError(Error, "ERR_METHOD_NOT_IMPLEMENTED", "The _read() method is not implemented");
  },
  push(this: Stream, chunk: unknown, encoding?: unknown): boolean {
    return add(this, chunk, encoding, false);
  },
  unshift(this: Stream, chunk: unknown, encoding?: unknown): boolean {
    return add(this, chunk, encoding, true);
  },
  isPaused(this: Stream): boolean {
    return this._readableState.paused === true || this._readableState.flowing === false;
  },
  setEncoding(this: Stream, encoding: string): Stream {
    const state: ReadableState = this._readableState;
    const decoder = new StringDecoder(encoding);
    state.decoder = decoder;
    state.encoding = decoder.encoding;
    const text = state.buffer.map((chunk) => decoder.write(chunk)).join("");
    state.buffer = text === "" ? [] : [text];
    state.length = text.length;
    return this;
  },
  read(this: Stream, size?: number): any {
    let n = size === undefined ? NaN : Number.isInteger(size) ? size : parseInt(size as never, 10);
    const state: ReadableState = this._readableState;
    const asked = n;
    if (n > state.highWaterMark && !state.objectMode) state.highWaterMark = 2 ** Math.ceil(Math.log2(Math.min(n, 2 ** 30)));
    if (n !== 0) state.emittedReadable = false;
    const full = state.highWaterMark !== 0 ? state.length >= state.highWaterMark : state.length > 0;
    if (n === 0 && state.needReadable && (full || state.ended)) {
      if (state.length === 0 && state.ended) endReadable(this);
      else emitReadable(this);
      return null;
    }
    n = amount(n, state);
    if (n === 0 && state.ended) {
      if (state.length === 0) endReadable(this);
      return null;
    }
    const wants = state.needReadable || state.length === 0 || state.length - n < state.highWaterMark;
    if (wants && !state.ended && !state.reading && !state.destroyed && !state.errored && state.constructed) {
      state.reading = true;
      state.sync = true;
      if (state.length === 0) state.needReadable = true;
      try {
        this._read(state.highWaterMark);
      } catch (error) {
        fail(this, error);
      }
      state.sync = false;
      if (!state.reading) n = amount(asked, state);
    }
    const chunk = n > 0 ? take(n, state) : null;
    if (chunk === null) {
      state.needReadable = state.length <= state.highWaterMark;
      n = 0;
    } else {
      state.length -= n;
      state.awaiting.clear();
    }
    if (state.length === 0) {
      if (!state.ended) state.needReadable = true;
      if (asked !== n && state.ended) endReadable(this);
    }
    if (chunk !== null && !state.errored && !state.closeEmitted) {
      state.dataEmitted = true;
      this.emit("data", chunk);
    }
    return chunk;
  },
  pipe(this: Stream, target: Stream, options?: { end?: boolean }): Stream {
    const source = this;
    const state: ReadableState = source._readableState;
    state.pipes.push(target);
    let cleaned = false;
    let onDrain: (() => void) | undefined;
    const pause = (): void => {
      if (cleaned) return;
      state.awaiting.add(target);
      source.pause();
      onDrain ??= () => {
        state.awaiting.delete(target);
        if (state.awaiting.size === 0 && source.listenerCount("data") > 0) source.resume();
      };
      target.on("drain", onDrain);
    };
    const onData = (chunk: unknown): void => {
      if (target.write(chunk) === false) pause();
    };
    const onEnd = (): void => target.end();
    const unpipe = (): void => source.unpipe(target);
    const onError = (error: unknown): void => {
      unpipe();
      target.removeListener("error", onError);
      if (target.listenerCount("error") > 0) return;
      const other = target._writableState ?? target._readableState;
      if (other && !other.errorEmitted) fail(target, error);
      else target.emit("error", error);
    };
    const onClose = (): void => {
      target.removeListener("finish", onFinish);
      unpipe();
    };
    const onFinish = (): void => {
      target.removeListener("close", onClose);
      unpipe();
    };
    const onUnpipe = (readable: Stream, info?: { hasUnpiped: boolean }): void => {
      if (readable !== source || !info || info.hasUnpiped) return;
      info.hasUnpiped = true;
      cleaned = true;
      for (const [name, listener] of [["close", onClose], ["finish", onFinish], ["drain", onDrain], ["error", onError], ["unpipe", onUnpipe]] as const) {
        if (listener) target.removeListener(name, listener as never);
      }
      source.removeListener("end", onEnd);
      source.removeListener("end", unpipe);
      source.removeListener("data", onData);
      if (onDrain && state.awaiting.has(target) && (!target._writableState || target._writableState.needDrain)) onDrain();
    };
    const ends = options?.end !== false;
    if (state.endEmitted) tick(ends ? onEnd : unpipe);
    else source.once("end", ends ? onEnd : unpipe);
    target.on("unpipe", onUnpipe);
    source.on("data", onData);
    target.prependListener("error", onError);
    target.once("close", onClose);
    target.once("finish", onFinish);
    target.emit("pipe", source);
    if (target.writableNeedDrain === true) pause();
    else if (!state.flowing) source.resume();
    return target;
  },
  unpipe(this: Stream, target?: Stream): Stream {
    const state: ReadableState = this._readableState;
    const gone = target === undefined ? state.pipes.splice(0) : state.pipes.includes(target) ? [target] : [];
    if (target !== undefined && gone.length > 0) state.pipes.splice(state.pipes.indexOf(target), 1);
    if (state.pipes.length === 0 && gone.length > 0) this.pause();
    for (const each of gone) each.emit("unpipe", this, { hasUnpiped: false });
    return this;
  },
  on(this: Stream, name: string, listener: any): Stream {
    EventEmitter.prototype.on.call(this, name, listener);
    const state: ReadableState = this._readableState;
    if (name === "data") {
      state.readableListening = this.listenerCount("readable") > 0;
      if (state.flowing !== false) this.resume();
    } else if (name === "readable" && !state.endEmitted && !state.readableListening) {
      state.readableListening = state.needReadable = true;
      state.flowing = false;
      state.emittedReadable = false;
      if (state.length > 0) emitReadable(this);
      else if (!state.reading) tick(() => this.read(0));
    }
    return this;
  },
  removeListener(this: Stream, name: string, listener: any): Stream {
    EventEmitter.prototype.removeListener.call(this, name, listener);
    if (name === "readable") tick(updateListening, this);
    return this;
  },
  removeAllListeners(this: Stream, ...names: any[]): Stream {
    EventEmitter.prototype.removeAllListeners.apply(this, names as [string]);
    if (names.length === 0 || names[0] === "readable") tick(updateListening, this);
    return this;
  },
  resume(this: Stream): Stream {
    const state: ReadableState = this._readableState;
    if (!state.flowing) {
      state.flowing = !state.readableListening;
      if (!state.resumeScheduled) {
        state.resumeScheduled = true;
        tick(() => {
          if (!state.reading) this.read(0);
          state.resumeScheduled = false;
          this.emit("resume");
          flow(this);
          if (state.flowing && !state.reading) this.read(0);
        });
      }
    }
    state.paused = false;
    return this;
  },
  pause(this: Stream): Stream {
    const state: ReadableState = this._readableState;
    if (state.flowing !== false) {
      state.flowing = false;
      this.emit("pause");
    }
    state.paused = true;
    return this;
  },
  /** Makes this stream give what an older one does, which has data and end events alone. */
  wrap(this: Stream, old: Stream): Stream {
    let paused = false;
    old.on("data", (chunk: unknown) => {
      if (!this.push(chunk) && old.pause) {
        paused = true;
        old.pause();
      }
    });
    old.on("end", () => this.push(null));
    old.on("error", (error: unknown) => fail(this, error));
    old.on("close", () => this.destroy());
    old.on("destroy", () => this.destroy());
    this._read = () => {
      if (!paused || !old.resume) return;
      paused = false;
      old.resume();
    };
    return this;
  },
  iterator(this: Stream, options?: { destroyOnReturn?: boolean }): AsyncGenerator<any> {
    return chunksOf(this, options?.destroyOnReturn !== false);
  },
  [Symbol.asyncIterator](this: Stream): AsyncGenerator<any> {
    return chunksOf(this, true);
  },
};

async function* chunksOf(stream: Stream, destroyOnReturn: boolean): AsyncGenerator<any> {
  let wake = (): void => {};
  const next = (): void => wake();
  let error: unknown;
  let over = false;
  stream.on("readable", next);
  const forget = whenOver(stream, (why) => {
    error = why;
    over = true;
    wake();
  });
  let finished = false;
  try {
    for (;;) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) yield chunk;
      else if (error) throw error;
      else if (over) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    finished = true;
  } catch (why) {
    error = why;
    throw why;
  } finally {
    stream.removeListener("readable", next);
    forget();
    if ((error || destroyOnReturn) && !(finished && !stream._readableState.autoDestroy)) stream.destroy(error as never);
  }
}

/** Calls back once a readable has ended or failed. */
function whenOver(stream: Stream, callback: (error?: unknown) => void): () => void {
  const end = (): void => callback();
  const error = (why: unknown): void => callback(why);
  const close = (): void => {
    const state: ReadableState = stream._readableState;
    callback(state.errored || (state.endEmitted ? undefined : nodeError(Error, "ERR_STREAM_PREMATURE_CLOSE", "Premature close")));
  };
  const state: ReadableState = stream._readableState;
  if (state.closeEmitted || (state.endEmitted && state.closed)) {
    tick(close);
    return () => {};
  }
  stream.on("end", end);
  stream.on("error", error);
  stream.on("close", close);
  return () => {
    stream.removeListener("end", end);
    stream.removeListener("error", error);
    stream.removeListener("close", close);
  };
}

for (const key of Reflect.ownKeys(methods)) {
  Object.defineProperty(Readable.prototype, key, { value: (methods as any)[key], writable: true, configurable: true });
}
Readable.prototype.addListener = Readable.prototype.on;
Readable.prototype.off = Readable.prototype.removeListener;

/** A property that the state knows. */
function shown(name: string, get: (state: ReadableState, stream: Stream) => unknown, set?: (state: ReadableState, value: any) => void): void {
  Object.defineProperty(Readable.prototype, name, {
    configurable: true,
    get(this: Stream) {
      return this._readableState ? get(this._readableState, this) : undefined;
    },
    set(this: Stream, value: unknown) {
      if (this._readableState) set?.(this._readableState, value);
    },
  });
}

const readableFlag = Symbol("readable");
shown("readable", (s) => (s as any)[readableFlag] !== false && !s.destroyed && !s.errorEmitted && !s.endEmitted, (s, v) => ((s as any)[readableFlag] = !!v));
shown("readableDidRead", (s) => s.dataEmitted);
shown("readableAborted", (s) => (s.destroyed || Boolean(s.errored)) && !s.endEmitted);
shown("readableHighWaterMark", (s) => s.highWaterMark);
shown("readableBuffer", (s) => s.buffer);
shown("readableFlowing", (s) => s.flowing, (s, v) => (s.flowing = v));
shown("readableLength", (s) => s.length);
shown("readableObjectMode", (s) => s.objectMode);
shown("readableEncoding", (s) => s.encoding);
shown("readableEnded", (s) => s.endEmitted);
shown("errored", (s) => s.errored);
shown("closed", (s) => s.closed);
shown("destroyed", (s) => s.destroyed, (s, v) => (s.destroyed = v));

/** A readable of what an iterable gives. */
Readable.from = function (iterable: any, options?: object): Stream {
  if (typeof iterable === "string" || iterable instanceof Buffer) {
    return new Readable({ objectMode: true, ...options, read(this: Stream) {
      this.push(iterable);
      this.push(null);
    } });
  }
  const isAsync = iterable?.[Symbol.asyncIterator] !== undefined;
  if (!isAsync && iterable?.[Symbol.iterator] === undefined) throw invalidType("iterable", "an instance of Iterable", iterable);
  const iterator = iterable[isAsync ? Symbol.asyncIterator : Symbol.iterator]();
  let reading = false;
  const stream = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  stream._read = (): void => {
    if (reading) return;
    reading = true;
    void pull();
  };
  async function pull(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = isAsync ? await iterator.next() : iterator.next();
        if (done) {
          stream.push(null);
          return;
        }
        const chunk = value && typeof value.then === "function" ? await value : value;
        if (chunk === null) throw nodeError(TypeError, "ERR_STREAM_NULL_VALUES", "May not write null values to stream");
        if (!stream.push(chunk)) {
          reading = false;
          return;
        }
      }
    } catch (error) {
      stream.destroy(error);
    }
  }
  stream._destroy = (error: unknown, done: Done): void => {
    const close = async (): Promise<void> => {
      if (error && typeof iterator.throw === "function") {
        await iterator.throw(error);
        if (typeof iterator.return !== "function") return;
      }
      if (typeof iterator.return === "function") await iterator.return();
    };
    close().then(() => tick(done, error), (why) => tick(done, why || error));
  };
  return stream;
};

Readable.wrap = (old: Stream, options?: object): Stream => new Readable({ objectMode: old.readableObjectMode ?? true, ...options }).wrap(old);

type Step = (value: any, options: { signal?: unknown }) => any;

/** Operators that make another stream, as generators over this one's chunks. */
const operators: Record<string, (chunks: AsyncIterable<any>, arg: any) => AsyncGenerator<any>> = {
  async *map(chunks, f: Step) {
    for await (const chunk of chunks) yield await f(chunk, {});
  },
  async *filter(chunks, f: Step) {
    for await (const chunk of chunks) if (await f(chunk, {})) yield chunk;
  },
  async *flatMap(chunks, f: Step) {
    for await (const chunk of chunks) yield* await f(chunk, {});
  },
  async *drop(chunks, n: number) {
    for await (const chunk of chunks) if (n-- <= 0) yield chunk;
  },
  async *take(chunks, n: number) {
    if (n <= 0) return;
    for await (const chunk of chunks) {
      yield chunk;
      if (--n <= 0) return;
    }
  },
};
for (const [name, operator] of Object.entries(operators)) {
  Object.defineProperty(Readable.prototype, name, { configurable: true, writable: true, value(this: Stream, arg: any) {
    if (name !== "drop" && name !== "take" && typeof arg !== "function") throw invalidType("fn", "of type function", arg);
    return Readable.from(operator(this, arg));
  } });
}

/** Operators that make a promise. */
const collectors: Record<string, (this: Stream, f: any, initial?: unknown) => Promise<unknown>> = {
  async toArray(options) {
    const all: unknown[] = [];
    for await (const chunk of this) {
      if (options?.signal?.aborted) throw abortError(options.signal);
      all.push(chunk);
    }
    return all;
  },
  async forEach(f) {
    for await (const chunk of this) await f(chunk, {});
  },
  async some(f) {
    for await (const chunk of this) if (await f(chunk, {})) return true;
    return false;
  },
  async every(f) {
    for await (const chunk of this) if (!(await f(chunk, {}))) return false;
    return true;
  },
  async find(f) {
    for await (const chunk of this) if (await f(chunk, {})) return chunk;
    return undefined;
  },
  async reduce(f, ...initial: unknown[]) {
    let value = initial[0];
    let has = initial.length > 0;
    for await (const chunk of this) {
      value = has ? await f(value, chunk, {}) : chunk;
      has = true;
    }
    if (!has) throw new TypeError("Reduce of an empty stream requires an initial value");
    return value;
  },
};
for (const [name, value] of Object.entries(collectors)) {
  Object.defineProperty(Readable.prototype, name, { configurable: true, writable: true, value });
}
