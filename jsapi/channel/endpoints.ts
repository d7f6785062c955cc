// The ends of channels as the host has them, by number: what message ports and workers stand on.

import { dataCloneError, deserializeWithTransfer, serialize } from "../clone/clone.ts";
import { MapPrototypeDelete, MapPrototypeGet, MapPrototypeSet, SafeMap, ownValue } from "../internal/primordials.ts";

declare const __host: {
  /** Two ends of a new channel. */
  pair(): [number, number];
  /** A ticket for the end, which is then no longer this context's; null if it is gone. */
  ship(end: number): string | null;
  /** Sends the message to the other end. Throws where a bound is reached, or where the message is no plain data. */
  send(end: number, message: unknown): void;
  /** From now on messages come to arrived. */
  start(end: number): void;
  closePort(end: number): void;
  /** The end of a ticket, this context's from now on; 0 if it is gone. */
  receive(ticket: string): number;
};

/** What becomes of messages. */
export interface Receiver {
  message(data: unknown, transferred: unknown[]): void;
  /** A message came that is none in this context. */
  messageError(): void;
  /** The other end is closed, and nothing more will come. */
  closed(): void;
}

/** The receivers of ends that have been started: while messages may come, somebody must be there. */
const receivers = new SafeMap<number, Receiver>();

/** Two ends of a new channel. */
export function pairEndpoints(): [number, number] {
  return __host.pair();
}

/** A ticket for the end, which is then no longer this context's; null if it is gone. */
export function shipEndpoint(end: number): string | null {
  return __host.ship(end);
}

/** Takes the end that a ticket is for; 0 if it is gone. */
export function claimEndpoint(ticket: string): number {
  return __host.receive(ticket);
}

/** From now on the receiver hears that the end is closed, and once it has been started, of messages. */
export function openEndpoint(end: number, receiver: Receiver): void {
  MapPrototypeSet(receivers, end, receiver);
}

export function startEndpoint(end: number): void {
  __host.start(end);
}

/** The end is no longer this context's. */
export function forgetEndpoint(end: number): void {
  MapPrototypeDelete(receivers, end);
}

export function closeEndpoint(end: number): void {
  forgetEndpoint(end);
  __host.closePort(end);
}

/** Sends a clone of the message; what is transferred is detached. */
export function post(end: number, message: unknown, transfer: object[]): void {
  sendData(end, serialize(message, transfer));
}

export function sendData(end: number, data: unknown): void {
  try {
    __host.send(end, data);
  } catch (error) {
    if (ownValue(error as object, "code") === "unclonable") throw dataCloneError((error as Error).message);
    throw error;
  }
}

/** The host calls this with each message. */
export function arrived(end: number, data: unknown): void {
  const receiver = MapPrototypeGet(receivers, end);
  if (receiver === undefined) return;
  let message: { value: unknown; transferred: unknown[] };
  try {
    message = deserializeWithTransfer(data);
  } catch {
    receiver.messageError();
    return;
  }
  receiver.message(message.value, message.transferred);
}

/** The host calls this when the other end has been closed. */
export function closed(end: number): void {
  const receiver = MapPrototypeGet(receivers, end);
  if (receiver === undefined) return;
  MapPrototypeDelete(receivers, end);
  receiver.closed();
}
