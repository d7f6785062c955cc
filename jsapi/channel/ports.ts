// MessageChannel and MessagePort: https://html.spec.whatwg.org/multipage/web-messaging.html#channel-messaging

import { dataCloneError, registerTransferable, serialize } from "../clone/clone.ts";
import { Event, EventTarget, MessageEvent, defineHandlers, fire } from "../events/events.ts";
import {
  ArrayPrototypeIndexOf,
  ArrayPrototypePush,
  FinalizationRegistryPrototypeRegister,
  FinalizationRegistryPrototypeUnregister,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ReflectApply,
  SafeFinalizationRegistry,
  SymbolIterator,
} from "../internal/primordials.ts";
import {
  defineInterface, internalToken, isObject, requireArguments, requireToken, sequenceFrom, toDictionary, toObject, toSequence,
} from "../internal/webidl.ts";
import { type Receiver, claimEndpoint, closeEndpoint, forgetEndpoint, openEndpoint, post, startEndpoint } from "./endpoints.ts";

declare const __host: {
  /** The numbers of a new channel's ends. */
  pair(): [number, number];
  closePort(end: number): void;
  /** A ticket for the end, which is no longer this context's; null if it is gone. */
  ship(end: number): string | null;
};

/** Closes ends whose ports nobody can reach any more. Those that have been started are held by their receivers. */
const abandoned = new SafeFinalizationRegistry<number>((end) => __host.closePort(end));

export let isMessagePort: (value: unknown) => value is MessagePort;
let shipPort: (port: MessagePort) => string;
let startPort: (port: MessagePort) => void;

export class MessagePort extends EventTarget {
  /** 0 once the port is detached: closed or transferred. */
  #end: number;
  #started = false;

  constructor(token: unknown = undefined, end = 0) {
    requireToken(token);
    super();
    this.#end = end;
    if (end !== 0) FinalizationRegistryPrototypeRegister(abandoned, this, end, this);
  }

  postMessage(message: unknown, options: unknown = undefined): void {
    const end = this.#end;
    const where = "Failed to execute 'postMessage' on 'MessagePort'";
    requireArguments(arguments.length, 1, where);
    const transfer = postOptions(options, where);
    if (ArrayPrototypeIndexOf(transfer, this) >= 0) throw dataCloneError("a port cannot be sent through itself");
    if (end === 0) serialize(message, transfer);
    else post(end, message, transfer);
  }

  start(): void {
    startPort(this);
  }

  close(): void {
    const end = this.#release();
    if (end !== 0) closeEndpoint(end);
  }

  /** Takes the end from the port. */
  #release(): number {
    const end = this.#end;
    this.#end = 0;
    if (end !== 0) FinalizationRegistryPrototypeUnregister(abandoned, this);
    return end;
  }

  static {
    isMessagePort = (value): value is MessagePort => isObject(value) && #end in value;
    startPort = (port) => {
      if (port.#started || port.#end === 0) return;
      port.#started = true;
      openEndpoint(port.#end, new PortReceiver(port));
      startEndpoint(port.#end);
    };
    shipPort = (port) => {
      const ticket = port.#end === 0 ? null : __host.ship(port.#end);
      if (ticket === null) throw dataCloneError("a port that is closed or was transferred cannot be transferred");
      forgetEndpoint(port.#release());
      return ticket;
    };
  }
}
defineInterface(MessagePort);
defineHandlers(MessagePort, ["message", "messageerror", "close"]);
startWithHandler(MessagePort.prototype);

/** Setting onmessage starts a port. */
function startWithHandler(prototype: object): void {
  const { get, set } = ObjectGetOwnPropertyDescriptor(prototype, "onmessage")!;
  const { set: setAndStart } = ObjectGetOwnPropertyDescriptor(
    {
      set onmessage(handler: unknown) {
        ReflectApply(set!, this, [handler]);
        startPort(this as unknown as MessagePort);
      },
    },
    "onmessage",
  )!;
  ObjectDefineProperty(prototype, "onmessage", {
    __proto__: null, get, set: setAndStart, enumerable: true, configurable: true,
  } as PropertyDescriptor);
}

class PortReceiver implements Receiver {
  #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
  }
  message(data: unknown, transferred: unknown[]): void {
    fire(this.#port, messageEvent(data, transferred));
  }
  messageError(): void {
    fire(this.#port, messageErrorEvent());
  }
  closed(): void {
    fire(this.#port, new Event("close"));
  }
}

registerTransferable<MessagePort>("MessagePort", {
  is: isMessagePort,
  detach: shipPort,
  attach: (ticket: string) => new MessagePort(internalToken, claimEndpoint(ticket)),
});

export class MessageChannel {
  #port1: MessagePort;
  #port2: MessagePort;

  constructor() {
    const ends = __host.pair();
    this.#port1 = new MessagePort(internalToken, ends[0]);
    this.#port2 = new MessagePort(internalToken, ends[1]);
  }

  get port1(): MessagePort {
    return this.#port1;
  }

  get port2(): MessagePort {
    return this.#port2;
  }
}
defineInterface(MessageChannel);

/** The event of a message, with the ports that came with it. */
export function messageEvent(data: unknown, transferred: unknown[], origin = ""): MessageEvent {
  const ports: unknown[] = [];
  for (let i = 0; i < transferred.length; i++) {
    if (isMessagePort(transferred[i])) ArrayPrototypePush(ports, transferred[i]);
  }
  return new MessageEvent("message", { __proto__: null, data, origin, ports });
}

export function messageErrorEvent(): MessageEvent {
  return new MessageEvent("messageerror");
}

/** What postMessage is to transfer: its second argument is a list, or a StructuredSerializeOptions. */
export function postOptions(options: unknown, where: string): object[] {
  if (isObject(options)) {
    const method = (options as { [SymbolIterator]?: unknown })[SymbolIterator];
    if (method !== undefined && method !== null) return sequenceFrom(options, method, toObject, where + ": parameter 2");
  }
  const { transfer } = toDictionary(options, where + ": parameter 2");
  return transfer === undefined ? [] : toSequence(transfer, toObject, where + ": member 'transfer'");
}
