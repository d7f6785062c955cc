// Event: https://dom.spec.whatwg.org/#interface-event

import { ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectSetPrototypeOf } from "../internal/primordials.ts";
import { defineInterface, requireArguments, toBoolean, toDOMString, toDictionary } from "../internal/webidl.ts";
import type { EventTarget } from "./target.ts";

declare const __host: {
  /** Milliseconds since the time origin; 0 while the image is built. */
  now(): number;
};

/** What an event is and what has become of it, as bits of one number: an event is made for every message. */
export const enum Flag {
  bubbles = 1 << 0,
  cancelable = 1 << 1,
  composed = 1 << 2,
  trusted = 1 << 3,
  dispatched = 1 << 4,
  stopped = 1 << 5,
  stoppedAtOnce = 1 << 6,
  canceled = 1 << 7,
  inPassiveListener = 1 << 8,
}

const NONE = 0;
const AT_TARGET = 2;

/** Begins a dispatch at the target, the only one on the event's path. Returns the type; undefined: it is being dispatched already. */
export let begin: (event: Event, target: EventTarget, trusted: boolean) => string | undefined;
/** Ends a dispatch and tells whether nobody has canceled the event. */
export let end: (event: Event) => boolean;
export let typeOf: (event: Event) => string;
export let flagsOf: (event: Event) => number;
export let setFlag: (event: Event, flag: Flag, on: boolean) => void;
export let isEvent: (value: unknown) => value is Event;
/** preventDefault(), as the standard's algorithms call it. */
export let cancel: (event: Event) => void;

export class Event {
  #type: string;
  #flags: number;
  #time: number;
  #target: EventTarget | null = null;
  #phase = NONE;

  static {
    begin = (event, target, trusted) => {
      if ((event.#flags & Flag.dispatched) !== 0) return undefined;
      event.#flags = (event.#flags & ~Flag.trusted) | Flag.dispatched | (trusted ? Flag.trusted : 0);
      event.#target = target;
      event.#phase = AT_TARGET;
      return event.#type;
    };
    end = (event) => {
      event.#flags &= ~(Flag.dispatched | Flag.stopped | Flag.stoppedAtOnce);
      event.#phase = NONE;
      return (event.#flags & Flag.canceled) === 0;
    };
    typeOf = (event) => event.#type;
    flagsOf = (event) => event.#flags;
    setFlag = (event, flag, on) => {
      if (on) event.#flags |= flag;
      else event.#flags &= ~flag;
    };
    isEvent = (value): value is Event => typeof value === "object" && value !== null && #flags in value;
    cancel = (event) => {
      const mask = Flag.cancelable | Flag.inPassiveListener;
      if ((event.#flags & mask) === Flag.cancelable) event.#flags |= Flag.canceled;
    };
  }

  constructor(type: unknown, init: unknown = undefined) {
    const where = "Failed to construct 'Event'";
    requireArguments(arguments.length, 1, where);
    this.#type = typeof type === "string" ? type : toDOMString(type, where + ": parameter 1");
    this.#flags = init === undefined ? 0 : initialFlags(init, where);
    this.#time = __host.now();
    ObjectDefineProperty(this, "isTrusted", isTrusted);
  }

  get type(): string {
    return this.#type;
  }

  get target(): EventTarget | null {
    return this.#target;
  }

  get srcElement(): EventTarget | null {
    return this.#target;
  }

  get currentTarget(): EventTarget | null {
    return this.#phase === NONE ? null : this.#target;
  }

  composedPath(): EventTarget[] {
    return this.#phase === NONE ? [] : [this.#target!];
  }

  get eventPhase(): number {
    return this.#phase;
  }

  stopPropagation(): void {
    this.#flags |= Flag.stopped;
  }

  get cancelBubble(): boolean {
    return (this.#flags & Flag.stopped) !== 0;
  }

  set cancelBubble(stop: unknown) {
    if (toBoolean(stop)) this.#flags |= Flag.stopped;
    else void this.#flags; // a receiver that is no event throws either way
  }

  stopImmediatePropagation(): void {
    this.#flags |= Flag.stopped | Flag.stoppedAtOnce;
  }

  get bubbles(): boolean {
    return (this.#flags & Flag.bubbles) !== 0;
  }

  get cancelable(): boolean {
    return (this.#flags & Flag.cancelable) !== 0;
  }

  get returnValue(): boolean {
    return (this.#flags & Flag.canceled) === 0;
  }

  set returnValue(value: unknown) {
    if (toBoolean(value)) void this.#flags;
    else cancel(this);
  }

  preventDefault(): void {
    cancel(this);
  }

  get defaultPrevented(): boolean {
    return (this.#flags & Flag.canceled) !== 0;
  }

  get composed(): boolean {
    return (this.#flags & Flag.composed) !== 0;
  }

  get timeStamp(): number {
    return this.#time;
  }

  initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
    const where = "Failed to execute 'initEvent' on 'Event'";
    requireArguments(arguments.length, 1, where);
    const name = toDOMString(type, where + ": parameter 1");
    if ((this.#flags & Flag.dispatched) !== 0) return;
    this.#type = name;
    this.#target = null;
    this.#flags =
      (this.#flags & Flag.composed) |
      (toBoolean(bubbles) ? Flag.bubbles : 0) |
      (toBoolean(cancelable) ? Flag.cancelable : 0);
  }
}

/** A property of each event itself, so that no prototype can speak for it ([LegacyUnforgeable]). */
const isTrusted = ObjectGetOwnPropertyDescriptor(
  {
    get isTrusted(): boolean {
      return (flagsOf(this as never) & Flag.trusted) !== 0;
    },
  },
  "isTrusted",
)!;
isTrusted.configurable = false;
ObjectSetPrototypeOf(isTrusted, null);

function initialFlags(init: unknown, where: string): number {
  const { bubbles, cancelable, composed } = toDictionary(init, where);
  return (
    (toBoolean(bubbles) ? Flag.bubbles : 0) |
    (toBoolean(cancelable) ? Flag.cancelable : 0) |
    (toBoolean(composed) ? Flag.composed : 0)
  );
}

defineInterface(Event, { NONE, CAPTURING_PHASE: 1, AT_TARGET, BUBBLING_PHASE: 3 });
