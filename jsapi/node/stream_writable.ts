// stream.Writable, https://nodejs.org/api/stream.html#writable-streams.

import { Buffer, invalidType, nodeError } from "../buffer/buffer.ts";
import { LegacyStream } from "./stream_readable.ts";
import { type Done, type State, type Stream, addAbortSignal, construct, destroy, destroyedError, fail, stateOf } from "./stream_state.ts";
import { tick } from "./ticks.ts";

interface Piece {
  chunk: any;
  encoding: any;
  callback: Done;
}

interface WritableState extends State {
  decodeStrings: boolean;
  needDrain: boolean;
  ending: boolean;
  ended: boolean;
  finished: boolean;
  prefinished: boolean;
  finalCalled: boolean;
  writing: boolean;
  corked: number;
  /** What is being written. */
  writeLength: number;
  writeCallback: Done | null;
  buffered: Piece[];
  bufferProcessing: boolean;
  /** Callbacks that have not been called. */
  pending: number;
  onFinished: Done[];
  writable?: boolean;
}

export const Writable: any = function Writable(this: Stream, options?: any): Stream {
  if (!(this instanceof Writable)) return new Writable(options);
  initWritable(this, options, false);
  LegacyStream.call(this, options);
  construct(this, () => constructedWritable(this));
};
Object.setPrototypeOf(Writable.prototype, LegacyStream.prototype);
Object.setPrototypeOf(Writable, LegacyStream);

// A Duplex is a Writable too, though it inherits from Readable.
Object.defineProperty(Writable, Symbol.hasInstance, {
  value(this: unknown, object: any): boolean {
    if (Function.prototype[Symbol.hasInstance].call(this, object)) return true;
    return this === Writable && Boolean(object?._writableState?.onFinished);
  },
});

export function constructedWritable(stream: Stream): void {
  const state: WritableState = stream._writableState;
  if (!state.writing) clearBuffer(stream, state);
  finishMaybe(stream, state);
}

export function initWritable(stream: Stream, options: any, duplex: boolean): void {
  stream._writableState = {
    ...stateOf(options, "writable", duplex),
    decodeStrings: options?.decodeStrings !== false,
    needDrain: false,
    ending: false,
    ended: false,
    finished: false,
    prefinished: false,
    finalCalled: false,
    writing: false,
    corked: 0,
    writeLength: 0,
    writeCallback: null,
    buffered: [],
    bufferProcessing: false,
    pending: 0,
    onFinished: [],
    getBuffer(this: WritableState): Piece[] {
      return this.buffered;
    },
  } satisfies WritableState & { getBuffer(): Piece[] };
  for (const name of ["write", "writev", "destroy", "final", "construct"]) {
    if (typeof options?.[name] === "function") stream["_" + name] = options[name];
  }
  if (options?.signal) addAbortSignal(options.signal, stream);
}

function write(stream: Stream, chunk: any, encoding: any, callback: any): Error | boolean {
  const state: WritableState = stream._writableState;
  if (typeof encoding === "function") [encoding, callback] = [state.defaultEncoding, encoding];
  else {
    if (!encoding) encoding = state.defaultEncoding;
    else if (encoding !== "buffer" && !Buffer.isEncoding(encoding)) throw nodeError(TypeError, "ERR_UNKNOWN_ENCODING", "Unknown encoding: " + encoding);
    if (typeof callback !== "function") callback = () => {};
  }
  if (chunk === null) throw nodeError(TypeError, "ERR_STREAM_NULL_VALUES", "May not write null values to stream");
  if (!state.objectMode) {
    if (typeof chunk === "string") {
      if (state.decodeStrings) {
        chunk = Buffer.from(chunk, encoding);
        encoding = "buffer";
      }
    } else if (chunk instanceof Buffer) {
      encoding = "buffer";
    } else if (chunk instanceof Uint8Array) {
      chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = "buffer";
    } else {
      throw invalidType("chunk", "of type string or an instance of Buffer, TypedArray, or DataView", chunk);
    }
  }
  let error: Error | undefined;
  if (state.ending) error = nodeError(Error, "ERR_STREAM_WRITE_AFTER_END", "write after end");
  else if (state.destroyed) error = destroyedError("write");
  if (error) {
    tick(callback, error);
    fail(stream, error, true);
    return error;
  }
  state.pending++;
  const length = state.objectMode ? 1 : chunk.length;
  state.length += length;
  const room = state.length < state.highWaterMark;
  if (!room) state.needDrain = true;
  if (state.writing || state.corked || state.errored || !state.constructed) state.buffered.push({ chunk, encoding, callback });
  else start(stream, state, false, length, chunk, encoding, callback);
  return room && !state.errored && !state.destroyed;
}

function start(stream: Stream, state: WritableState, many: boolean, length: number, chunk: any, encoding: any, callback: Done): void {
  state.writeLength = length;
  state.writeCallback = callback;
  state.writing = true;
  state.sync = true;
  const done = (error?: unknown): void => written(stream, error);
  if (state.destroyed) done(destroyedError("write"));
  else if (many) stream._writev(chunk, done);
  else stream._write(chunk, encoding, done);
  state.sync = false;
}

function written(stream: Stream, error: unknown): void {
  const state: WritableState = stream._writableState;
  const { sync, writeCallback: callback } = state;
  if (callback === null) {
    return fail(stream, nodeError(Error, "ERR_MULTIPLE_CALLBACK", "Callback called multiple times"));
  }
  state.writing = false;
  state.writeCallback = null;
  state.length -= state.writeLength;
  state.writeLength = 0;
  if (error) {
    state.errored ??= error;
    if (stream._readableState) stream._readableState.errored ??= error;
    const failed = (): void => {
      state.pending--;
      callback(error);
      failBuffer(state);
      fail(stream, error);
    };
    if (sync) tick(failed);
    else failed();
    return;
  }
  if (state.buffered.length > 0) clearBuffer(stream, state);
  const after = (): void => {
    if (!state.ending && !stream.destroyed && state.length === 0 && state.needDrain) {
      state.needDrain = false;
      stream.emit("drain");
    }
    state.pending--;
    callback(null);
    if (state.destroyed) failBuffer(state);
    finishMaybe(stream, state);
  };
  if (sync) tick(after);
  else after();
}

function failBuffer(state: WritableState): void {
  if (state.writing) return;
  for (const { chunk, callback } of state.buffered.splice(0)) {
    state.length -= state.objectMode ? 1 : chunk.length;
    callback(state.errored ?? destroyedError("write"));
  }
  for (const callback of state.onFinished.splice(0)) callback(state.errored ?? destroyedError("end"));
}

function clearBuffer(stream: Stream, state: WritableState): void {
  if (state.corked || state.bufferProcessing || state.destroyed || !state.constructed || state.buffered.length === 0) return;
  state.bufferProcessing = true;
  if (state.buffered.length > 1 && stream._writev) {
    const pieces: any = state.buffered;
    state.buffered = [];
    state.pending -= pieces.length - 1;
    pieces.allBuffers = pieces.every((piece: Piece) => piece.encoding === "buffer");
    start(stream, state, true, state.length, pieces, "", (error) => {
      for (const piece of pieces) piece.callback(error);
    });
  } else {
    while (state.buffered.length > 0 && !state.writing) {
      const { chunk, encoding, callback } = state.buffered.shift()!;
      start(stream, state, false, state.objectMode ? 1 : chunk.length, chunk, encoding, callback);
    }
  }
  state.bufferProcessing = false;
}

function needsFinish(state: WritableState): boolean {
  return state.ending && !state.destroyed && state.constructed && state.length === 0 && !state.errored && state.buffered.length === 0
    && !state.finished && !state.writing && !state.errorEmitted && !state.closeEmitted;
}

function finishMaybe(stream: Stream, state: WritableState, sync = false): void {
  if (!needsFinish(state)) return;
  if (!state.prefinished && !state.finalCalled) {
    if (typeof stream._final === "function" && !state.destroyed) {
      state.finalCalled = true;
      callFinal(stream, state);
    } else {
      state.prefinished = true;
      stream.emit("prefinish");
    }
  }
  if (state.pending > 0) return;
  if (sync) {
    state.pending++;
    tick(() => {
      state.pending--;
      if (needsFinish(state) && state.prefinished) finish(stream, state);
    });
  } else if (needsFinish(state) && state.prefinished) {
    finish(stream, state);
  }
}

function callFinal(stream: Stream, state: WritableState): void {
  state.pending++;
  let called = false;
  let sync = true;
  const done = (error?: unknown): void => {
    if (called) return fail(stream, nodeError(Error, "ERR_MULTIPLE_CALLBACK", "Callback called multiple times"));
    called = true;
    state.pending--;
    if (error) {
      for (const callback of state.onFinished.splice(0)) callback(error);
      fail(stream, error, sync);
    } else if (needsFinish(state)) {
      state.prefinished = true;
      stream.emit("prefinish");
      state.pending++;
      tick(() => {
        state.pending--;
        if (needsFinish(state)) finish(stream, state);
      });
    }
  };
  try {
    stream._final(done);
  } catch (error) {
    done(error);
  }
  sync = false;
}

function finish(stream: Stream, state: WritableState): void {
  state.finished = true;
  for (const callback of state.onFinished.splice(0)) callback();
  stream.emit("finish");
  if (!state.autoDestroy) return;
  const readable = stream._readableState;
  if (!readable || (readable.autoDestroy && (readable.endEmitted || stream.readable === false))) stream.destroy();
}

export const writableMethods: Record<PropertyKey, any> = {
  write(this: Stream, chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
    return write(this, chunk, encoding, callback) === true;
  },
  end(this: Stream, chunk?: any, encoding?: any, callback?: any): Stream {
    const state: WritableState = this._writableState;
    if (typeof chunk === "function") [chunk, encoding, callback] = [null, null, chunk];
    else if (typeof encoding === "function") [encoding, callback] = [null, encoding];
    let error: Error | undefined;
    if (chunk !== null && chunk !== undefined) {
      const result = write(this, chunk, encoding, undefined);
      if (result instanceof Error) error = result;
    }
    if (state.corked) {
      state.corked = 1;
      this.uncork();
    }
    if (!error) {
      if (!state.errored && !state.ending) {
        state.ending = true;
        finishMaybe(this, state, true);
        state.ended = true;
      } else if (state.finished) {
        error = nodeError(Error, "ERR_STREAM_ALREADY_FINISHED", "Cannot call end after a stream was finished");
      } else if (state.destroyed) {
        error = destroyedError("end");
      }
    }
    if (typeof callback === "function") {
      if (error) tick(callback, error);
      else if (state.finished) tick(callback);
      else state.onFinished.push(callback);
    }
    return this;
  },
  cork(this: Stream): void {
    this._writableState.corked++;
  },
  uncork(this: Stream): void {
    const state: WritableState = this._writableState;
    if (!state.corked) return;
    state.corked--;
    if (!state.writing) clearBuffer(this, state);
  },
  setDefaultEncoding(this: Stream, encoding: string): Stream {
    if (!Buffer.isEncoding(encoding)) throw nodeError(TypeError, "ERR_UNKNOWN_ENCODING", "Unknown encoding: " + encoding);
    this._writableState.defaultEncoding = encoding;
    return this;
  },
  _write(this: Stream, chunk: unknown, encoding: unknown, done: Done): void {
    if (!this._writev) throw nodeError(Error, "ERR_METHOD_NOT_IMPLEMENTED", "The _write() method is not implemented");
    this._writev([{ chunk, encoding }], done);
  },
  _writev: null,
};

for (const key of Reflect.ownKeys(writableMethods)) {
  Object.defineProperty(Writable.prototype, key, { value: writableMethods[key], writable: true, configurable: true });
}
Object.assign(Writable.prototype, {
  destroy(this: Stream, error?: unknown, callback?: Done): Stream {
    const state: WritableState = this._writableState;
    if (!state.destroyed && (state.buffered.length > 0 || state.onFinished.length > 0)) tick(failBuffer, state);
    return destroy.call(this, error, callback);
  },
  _destroy(error: unknown, done: Done): void {
    done(error);
  },
  pipe(this: Stream): void {
    fail(this, nodeError(Error, "ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable"));
  },
});

/** The properties that the state knows, for Writable and Duplex. */
export const writableProperties: PropertyDescriptorMap = {};
function shown(name: string, get: (state: WritableState, stream: Stream) => unknown, set?: (state: WritableState, value: any) => void): void {
  writableProperties[name] = {
    configurable: true,
    get(this: Stream) {
      return this._writableState ? get(this._writableState, this) : undefined;
    },
    set(this: Stream, value: unknown) {
      if (this._writableState) set?.(this._writableState, value);
    },
  };
}
shown("writable", (s) => s.writable !== false && !s.destroyed && !s.errored && !s.ending && !s.ended, (s, v) => (s.writable = !!v));
shown("writableFinished", (s) => s.finished);
shown("writableObjectMode", (s) => s.objectMode);
shown("writableBuffer", (s) => s.buffered);
shown("writableEnded", (s) => s.ending);
shown("writableNeedDrain", (s) => !s.destroyed && !s.ending && s.needDrain);
shown("writableHighWaterMark", (s) => s.highWaterMark);
shown("writableCorked", (s) => s.corked);
shown("writableLength", (s) => s.length);
shown("writableAborted", (s) => s.writable !== false && (s.destroyed || Boolean(s.errored)) && !s.finished);
Object.defineProperties(Writable.prototype, writableProperties);
for (const name of ["errored", "closed", "destroyed"] as const) {
  Object.defineProperty(Writable.prototype, name, {
    configurable: true,
    get(this: Stream) {
      return this._writableState ? this._writableState[name] : undefined;
    },
    set(this: Stream, value: unknown) {
      if (name === "destroyed" && this._writableState) this._writableState.destroyed = value;
    },
  });
}
