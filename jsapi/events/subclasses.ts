// The events with data: CustomEvent (https://dom.spec.whatwg.org/#interface-customevent); ErrorEvent, MessageEvent and
// PromiseRejectionEvent (https://html.spec.whatwg.org); CloseEvent (https://websockets.spec.whatwg.org);
// ProgressEvent (https://xhr.spec.whatwg.org).
//
// Each reads the members of its own dictionary, in lexicographical order, after Event has read those that all have.

import { ObjectFreeze, SafeTypeError } from "../internal/primordials.ts";
import {
  defineInterface,
  requireArguments,
  toBoolean,
  toDOMString,
  toDictionary,
  toDouble,
  toObject,
  toSequence,
  toUSVString,
  toUnsignedLong,
  toUnsignedShort,
} from "../internal/webidl.ts";
import { Event, Flag, flagsOf } from "./event.ts";

export class CustomEvent extends Event {
  #detail: unknown;

  constructor(type: unknown, init: unknown = undefined) {
    const where = "Failed to construct 'CustomEvent'";
    requireArguments(arguments.length, 1, where);
    super(type, init);
    const { detail } = toDictionary(init, where);
    this.#detail = detail === undefined ? null : detail;
  }

  get detail(): unknown {
    return this.#detail;
  }

  initCustomEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false, detail: unknown = null): void {
    requireArguments(arguments.length, 1, "Failed to execute 'initCustomEvent' on 'CustomEvent'");
    this.initEvent(type, bubbles, cancelable);
    if ((flagsOf(this) & Flag.dispatched) === 0) this.#detail = detail;
  }
}
defineInterface(CustomEvent);

/** What the global's onerror is called with for an ErrorEvent; undefined for any other event. */
export let errorArguments: (event: Event) => unknown[] | undefined;

export class ErrorEvent extends Event {
  #message: string;
  #filename: string;
  #lineno: number;
  #colno: number;
  #error: unknown;

  static {
    errorArguments = (event) =>
      #error in event ? [event.#message, event.#filename, event.#lineno, event.#colno, event.#error] : undefined;
  }

  constructor(type: unknown, init: unknown = undefined) {
    const where = "Failed to construct 'ErrorEvent'";
    requireArguments(arguments.length, 1, where);
    super(type, init);
    const { colno, error, filename, lineno, message } = toDictionary(init, where);
    this.#colno = colno === undefined ? 0 : toUnsignedLong(colno, where + ": member 'colno'");
    this.#error = error;
    this.#filename = filename === undefined ? "" : toUSVString(filename, where + ": member 'filename'");
    this.#lineno = lineno === undefined ? 0 : toUnsignedLong(lineno, where + ": member 'lineno'");
    this.#message = message === undefined ? "" : toDOMString(message, where + ": member 'message'");
  }

  get message(): string {
    return this.#message;
  }

  get filename(): string {
    return this.#filename;
  }

  get lineno(): number {
    return this.#lineno;
  }

  get colno(): number {
    return this.#colno;
  }

  get error(): unknown {
    return this.#error;
  }
}
defineInterface(ErrorEvent);

export class PromiseRejectionEvent extends Event {
  #promise: object;
  #reason: unknown;

  constructor(type: unknown, init: unknown) {
    const where = "Failed to construct 'PromiseRejectionEvent'";
    requireArguments(arguments.length, 2, where);
    super(type, init);
    const { promise, reason } = toDictionary(init, where);
    this.#promise = toObject(promise, where + ": member 'promise'");
    this.#reason = reason;
  }

  get promise(): object {
    return this.#promise;
  }

  get reason(): unknown {
    return this.#reason;
  }
}
defineInterface(PromiseRejectionEvent);

export class CloseEvent extends Event {
  #wasClean: boolean;
  #code: number;
  #reason: string;

  constructor(type: unknown, init: unknown = undefined) {
    const where = "Failed to construct 'CloseEvent'";
    requireArguments(arguments.length, 1, where);
    super(type, init);
    const { code, reason, wasClean } = toDictionary(init, where);
    this.#code = code === undefined ? 0 : toUnsignedShort(code, where + ": member 'code'");
    this.#reason = reason === undefined ? "" : toUSVString(reason, where + ": member 'reason'");
    this.#wasClean = toBoolean(wasClean);
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }

  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }
}
defineInterface(CloseEvent);

export class ProgressEvent extends Event {
  #lengthComputable: boolean;
  #loaded: number;
  #total: number;

  constructor(type: unknown, init: unknown = undefined) {
    const where = "Failed to construct 'ProgressEvent'";
    requireArguments(arguments.length, 1, where);
    super(type, init);
    const { lengthComputable, loaded, total } = toDictionary(init, where);
    this.#lengthComputable = toBoolean(lengthComputable);
    this.#loaded = loaded === undefined ? 0 : toDouble(loaded, where + ": member 'loaded'");
    this.#total = total === undefined ? 0 : toDouble(total, where + ": member 'total'");
  }

  get lengthComputable(): boolean {
    return this.#lengthComputable;
  }

  get loaded(): number {
    return this.#loaded;
  }

  get total(): number {
    return this.#total;
  }
}
defineInterface(ProgressEvent);

/** Whether a value is a MessagePort. The group that has that class says so; until then none is. */
let isMessagePort: (value: unknown) => boolean = () => false;

export function useMessagePorts(is: (value: unknown) => boolean): void {
  isMessagePort = is;
}

function toMessagePort(value: unknown, where: string): unknown {
  if (!isMessagePort(value)) throw new SafeTypeError(where + " is not a MessagePort.");
  return value;
}

const noPorts = ObjectFreeze([]);

function toSource(value: unknown, where: string): unknown {
  return value === null || value === undefined ? null : toMessagePort(value, where);
}

export class MessageEvent extends Event {
  #data: unknown;
  #origin: string;
  #lastEventId: string;
  #source: unknown;
  #ports: readonly unknown[];

  constructor(type: unknown, init: unknown = undefined) {
    const where = "Failed to construct 'MessageEvent'";
    requireArguments(arguments.length, 1, where);
    super(type, init);
    const { data, lastEventId, origin, ports, source } = toDictionary(init, where);
    this.#data = data === undefined ? null : data;
    this.#lastEventId = lastEventId === undefined ? "" : toDOMString(lastEventId, where + ": member 'lastEventId'");
    this.#origin = origin === undefined ? "" : toUSVString(origin, where + ": member 'origin'");
    this.#ports = ports === undefined ? noPorts : ObjectFreeze(toSequence(ports, toMessagePort, where + ": member 'ports'"));
    this.#source = source === undefined ? null : toSource(source, where + ": member 'source'");
  }

  get data(): unknown {
    return this.#data;
  }

  get origin(): string {
    return this.#origin;
  }

  get lastEventId(): string {
    return this.#lastEventId;
  }

  get source(): unknown {
    return this.#source;
  }

  get ports(): readonly unknown[] {
    return this.#ports;
  }

  initMessageEvent(
    type: unknown,
    bubbles: unknown = false,
    cancelable: unknown = false,
    data: unknown = null,
    origin: unknown = "",
    lastEventId: unknown = "",
    source: unknown = null,
    ports: unknown = [],
  ): void {
    const where = "Failed to execute 'initMessageEvent' on 'MessageEvent'";
    requireArguments(arguments.length, 1, where);
    const originText = toUSVString(origin, where + ": parameter 5");
    const id = toDOMString(lastEventId, where + ": parameter 6");
    const port = toSource(source, where + ": parameter 7");
    const list = ObjectFreeze(toSequence(ports, toMessagePort, where + ": parameter 8"));
    this.initEvent(type, bubbles, cancelable);
    if ((flagsOf(this) & Flag.dispatched) !== 0) return;
    this.#data = data;
    this.#origin = originText;
    this.#lastEventId = id;
    this.#source = port;
    this.#ports = list;
  }
}
defineInterface(MessageEvent);
