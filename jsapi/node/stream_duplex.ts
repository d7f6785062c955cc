// stream.Duplex, Transform and PassThrough, https://nodejs.org/api/stream.html#duplex-and-transform-streams.

import { invalidType, nodeError } from "../buffer/buffer.ts";
import { LegacyStream, Readable, initReadable } from "./stream_readable.ts";
import { type Done, type Stream, construct } from "./stream_state.ts";
import { constructedWritable, Writable, initWritable, writableMethods, writableProperties } from "./stream_writable.ts";

export const Duplex: any = function Duplex(this: Stream, options?: any): Stream {
  if (!(this instanceof Duplex)) return new Duplex(options);
  this.allowHalfOpen = options?.allowHalfOpen !== false;
  initReadable(this, options, true);
  initWritable(this, options, true);
  LegacyStream.call(this, options);
  if (options?.readable === false) {
    this.readable = false;
    this._readableState.ended = this._readableState.endEmitted = true;
  }
  if (options?.writable === false) {
    this.writable = false;
    Object.assign(this._writableState, { ending: true, ended: true, finished: true });
  }
  construct(this, () => {
    if (this._readableState.needReadable) this.read(0);
    constructedWritable(this);
  });
};
Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
Object.setPrototypeOf(Duplex, Readable);
for (const key of Reflect.ownKeys(writableMethods)) {
  Object.defineProperty(Duplex.prototype, key, { value: writableMethods[key], writable: true, configurable: true });
}
Object.defineProperties(Duplex.prototype, writableProperties);
Object.defineProperty(Duplex.prototype, "destroyed", {
  configurable: true,
  get(this: Stream): boolean {
    return Boolean(this._readableState?.destroyed && this._writableState?.destroyed);
  },
  set(this: Stream, value: boolean) {
    if (this._readableState && this._writableState) this._readableState.destroyed = this._writableState.destroyed = value;
  },
});
Duplex.prototype.destroy = Writable.prototype.destroy;

/** A duplex of a readable and a writable, of an iterable, or of a function over chunks. */
Duplex.from = function (body: any): Stream {
  if (body instanceof Duplex) return body;
  if (typeof body === "function") {
    const input = new PassThrough({ objectMode: true });
    const result = body(input);
    if (typeof result?.[Symbol.asyncIterator] !== "function") {
      throw invalidType("body", "a function that returns an async iterable", body);
    }
    return joined(Readable.from(result), input);
  }
  if (body?.readable !== undefined || body?.writable !== undefined) {
    if (body instanceof Readable) return joined(body, undefined);
    if (body instanceof Writable) return joined(undefined, body);
    return joined(body.readable, body.writable);
  }
  if (typeof body?.then === "function") return Duplex.from((async function* () {
    const value = await body;
    if (value != null) yield value;
  })());
  return joined(Readable.from(body), undefined);
};

function joined(readable: Stream, writable: Stream): Stream {
  const duplex = new Duplex({
    readableObjectMode: readable?.readableObjectMode ?? true,
    writableObjectMode: writable?.writableObjectMode ?? true,
    readable: Boolean(readable),
    writable: Boolean(writable),
    read(): void {
      readable?.resume();
    },
    write(chunk: unknown, encoding: unknown, done: Done): void {
      if (writable.write(chunk, encoding)) done();
      else writable.once("drain", done);
    },
    final(done: Done): void {
      writable.end();
      writable.once("finish", () => done());
    },
    destroy(error: unknown, done: Done): void {
      readable?.destroy(error);
      writable?.destroy(error);
      done(error);
    },
  });
  const fail = (error: unknown): void => duplex.destroy(error);
  readable?.on("data", (chunk: unknown) => {
    if (!duplex.push(chunk)) readable.pause();
  });
  readable?.on("end", () => duplex.push(null));
  readable?.on("error", fail);
  writable?.on("error", fail);
  readable?.pause();
  return duplex;
}

const callbackKey = Symbol("kCallback");

export const Transform: any = function Transform(this: Stream, options?: any): Stream {
  if (!(this instanceof Transform)) return new Transform(options);
  Duplex.call(this, options);
  // What is transformed is read at once: no read is needed to begin.
  this._readableState.sync = false;
  this[callbackKey] = null;
  if (typeof options?.transform === "function") this._transform = options.transform;
  if (typeof options?.flush === "function") this._flush = options.flush;
  this.on("prefinish", function (this: Stream) {
    if (this._final !== final) final.call(this);
  });
};
Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
Object.setPrototypeOf(Transform, Duplex);

function final(this: Stream, done?: Done): void {
  if (typeof this._flush === "function" && !this.destroyed) {
    this._flush((error: unknown, data: unknown) => {
      if (error) {
        if (done) done(error);
        else this.destroy(error);
        return;
      }
      if (data != null) this.push(data);
      this.push(null);
      done?.();
    });
  } else {
    this.push(null);
    done?.();
  }
}

Object.assign(Transform.prototype, {
  _final: final,
  _transform(): void {
    throw nodeError(Error, "ERR_METHOD_NOT_IMPLEMENTED", "The _transform() method is not implemented");
  },
  _write(this: Stream, chunk: unknown, encoding: unknown, done: Done): void {
    const readable = this._readableState;
    const writable = this._writableState;
    const { length } = readable;
    this._transform(chunk, encoding, (error: unknown, data: unknown) => {
      if (error) return done(error);
      if (data != null) this.push(data);
      if (writable.ended || length === readable.length || readable.length < readable.highWaterMark) done();
      else this[callbackKey] = done;
    });
  },
  _read(this: Stream): void {
    const done = this[callbackKey];
    if (!done) return;
    this[callbackKey] = null;
    done();
  },
});

export const PassThrough: any = function PassThrough(this: Stream, options?: any): Stream {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  Transform.call(this, options);
};
Object.setPrototypeOf(PassThrough.prototype, Transform.prototype);
Object.setPrototypeOf(PassThrough, Transform);
PassThrough.prototype._transform = function (chunk: unknown, _encoding: unknown, done: (error: null, chunk: unknown) => void): void {
  done(null, chunk);
};

