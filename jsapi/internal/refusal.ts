import { ArrayBufferIsView, JSONStringify, ObjectDefineProperty, SafeArrayBuffer, SafeError, SafeTypeError } from "./primordials.ts";

/** What a channel's handler throws to answer with an error, and connect to refuse a socket: Rowan.Refusal. */
export class Refusal extends SafeError {
  declare readonly response: unknown;

  constructor(response: unknown) {
    super("refused");
    ObjectDefineProperty(this, "name", { __proto__: null, value: "Refusal" } as PropertyDescriptor);
    ObjectDefineProperty(this, "response", { __proto__: null, value: response, enumerable: true } as PropertyDescriptor);
  }
}

/** A payload or a response as it goes to the host: bytes as they are, anything else as JSON. Throws for what is neither. */
export function payloadOf(value: unknown): unknown {
  if (ArrayBufferIsView(value) || value instanceof SafeArrayBuffer) return value;
  const text = value === undefined ? "{}" : JSONStringify(value);
  if (text === undefined) throw new SafeTypeError("a payload is what JSON.stringify takes, or bytes; this is a " + typeof value);
  return text;
}

/** As payloadOf, for what must not be null: clients look into the payload of an event. */
export function eventPayloadOf(value: unknown): unknown {
  return payloadOf(value === null ? undefined : value);
}
