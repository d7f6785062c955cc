// What readable and writable streams share: how they are constructed, destroyed, and how they fail.

import { checkInteger, invalidValue, nodeError } from "../buffer/buffer.ts";
import { abortError, checkSignal, onAbort } from "./abort.ts";
import { tick } from "./ticks.ts";

export type Stream = any;
export type Done = (error?: unknown) => void;

const destroyNow = Symbol("kDestroy");
export const constructed = Symbol("kConstruct");

let highWaterMark = 64 * 1024;
let objectHighWaterMark = 16;

export function getDefaultHighWaterMark(objectMode: boolean): number {
  return objectMode ? objectHighWaterMark : highWaterMark;
}

export function setDefaultHighWaterMark(objectMode: boolean, value: unknown): void {
  checkInteger(value, "value", 0);
  if (objectMode) objectHighWaterMark = value;
  else highWaterMark = value;
}

/** The mark of one side, of a stream that has both if duplex says so. */
export function markOf(options: any, side: "readable" | "writable", duplex: boolean, objectMode: boolean): number {
  const name = options?.highWaterMark != null ? "highWaterMark" : duplex ? side + "HighWaterMark" : undefined;
  const mark = name === undefined ? undefined : options?.[name];
  if (mark == null) return getDefaultHighWaterMark(objectMode);
  if (!Number.isInteger(mark) || mark < 0) throw invalidValue("options." + name, mark);
  return Math.floor(mark);
}

/** What both states have. */
export interface State {
  objectMode: boolean;
  highWaterMark: number;
  length: number;
  sync: boolean;
  constructed: boolean;
  destroyed: boolean;
  errored: unknown;
  errorEmitted: boolean;
  closed: boolean;
  closeEmitted: boolean;
  emitClose: boolean;
  autoDestroy: boolean;
  defaultEncoding: string;
}

export function stateOf(options: any, side: "readable" | "writable", duplex: boolean): State {
  const objectMode = Boolean(options?.objectMode || (duplex && options?.[side + "ObjectMode"]));
  return {
    objectMode,
    highWaterMark: markOf(options, side, duplex, objectMode),
    length: 0,
    sync: true,
    constructed: true,
    destroyed: false,
    errored: null,
    errorEmitted: false,
    closed: false,
    closeEmitted: false,
    emitClose: options?.emitClose !== false,
    autoDestroy: options?.autoDestroy !== false,
    defaultEncoding: options?.defaultEncoding || "utf8",
  };
}

function states(stream: Stream): State[] {
  return [stream._readableState, stream._writableState].filter((state) => state);
}

function note(stream: Stream, error: unknown): void {
  if (!error) return;
  for (const state of states(stream)) state.errored ??= error;
}

/** The method destroy of both sides. */
export function destroy(this: Stream, error?: unknown, callback?: Done): Stream {
  const all = states(this);
  if (all.some((state) => state.destroyed)) {
    callback?.();
    return this;
  }
  note(this, error);
  for (const state of all) state.destroyed = true;
  if (all.every((state) => state.constructed)) close(this, error, callback);
  else this.once(destroyNow, (other: unknown) => close(this, error ?? other, callback));
  return this;
}

function close(stream: Stream, error: unknown, callback?: Done): void {
  let called = false;
  const done = (why?: unknown): void => {
    if (called) return;
    called = true;
    note(stream, why);
    for (const state of states(stream)) state.closed = true;
    callback?.(why);
    tick(() => {
      if (why) emitError(stream, why);
      emitClose(stream);
    });
  };
  try {
    stream._destroy(error || null, done);
  } catch (thrown) {
    done(thrown);
  }
}

function emitClose(stream: Stream): void {
  const all = states(stream);
  for (const state of all) state.closeEmitted = true;
  if (all.some((state) => state.emitClose)) stream.emit("close");
}

function emitError(stream: Stream, error: unknown): void {
  const all = states(stream);
  if (all.some((state) => state.errorEmitted)) return;
  for (const state of all) state.errorEmitted = true;
  stream.emit("error", error);
}

/** Ends a stream by an error: destroys it, unless it is not to be destroyed by itself. */
export function fail(stream: Stream, error: unknown, sync = false): void {
  const all = states(stream);
  if (all.some((state) => state.destroyed)) return;
  if (all.some((state) => state.autoDestroy)) {
    stream.destroy(error);
  } else if (error) {
    note(stream, error);
    if (sync) tick(emitError, stream, error);
    else emitError(stream, error);
  }
}

/** Calls _construct, where a stream has it, before anything else is asked of it. */
export function construct(stream: Stream, ready: () => void): void {
  if (typeof stream._construct !== "function") return;
  const all = states(stream);
  for (const state of all) state.constructed = false;
  stream.once(constructed, ready);
  if (stream.listenerCount(constructed) > 1) return; // the other side has begun it
  tick(() => {
    let called = false;
    const done = (error?: unknown): void => {
      if (called) return fail(stream, nodeError(Error, "ERR_MULTIPLE_CALLBACK", "Callback called multiple times"));
      called = true;
      for (const state of states(stream)) state.constructed = true;
      if (all.some((state) => state.destroyed)) stream.emit(destroyNow, error);
      else if (error) fail(stream, error, true);
      else stream.emit(constructed);
    };
    try {
      stream._construct((error: unknown) => tick(done, error));
    } catch (error) {
      tick(done, error);
    }
  });
}

export function destroyedError(method: string): Error {
  return nodeError(Error, "ERR_STREAM_DESTROYED", "Cannot call " + method + " after a stream was destroyed");
}

/** Destroys the stream when the signal is aborted. */
export function addAbortSignal(signal: any, stream: Stream): Stream {
  checkSignal(signal, "signal");
  const abort = (): void => stream.destroy(abortError(signal));
  if (signal.aborted) abort();
  else {
    const forget = onAbort(signal, abort);
    stream.once("close", forget);
  }
  return stream;
}
