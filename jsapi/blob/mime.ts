// MIME types: https://mimesniff.spec.whatwg.org/#understanding-mime-types

declare const __host: {
  /** The type serialized, its essence, then names and values of its parameters in turn; null if it is none. */
  parseMIME(input: string): string[] | null;
  /** The same for the combined value of a Content-Type header. */
  extractMIME(header: string): string[] | null;
};

export interface MIME {
  readonly serialized: string;
  /** The type without its parameters. */
  readonly essence: string;
  /** Names, in lower case, and values in turn. */
  readonly parameters: readonly string[];
}

function mimeOf(parts: string[] | null): MIME | null {
  if (parts === null) return null;
  const [serialized, essence, ...parameters] = parts;
  return { serialized: serialized!, essence: essence!, parameters };
}

export function parseMIME(input: string): MIME | null {
  return mimeOf(__host.parseMIME(input));
}

export function serializeMIME(mime: MIME): string {
  return mime.serialized;
}

/** The type that a Content-Type header's value stands for, though it be made of several (Fetch, 2.2.2). */
export function extractMIME(header: string): MIME | null {
  return mimeOf(__host.extractMIME(header));
}

/** A parameter's value; undefined if the type has none of that name. */
export function mimeParameter(mime: MIME, name: string): string | undefined {
  for (let i = 0; i < mime.parameters.length; i += 2) if (mime.parameters[i] === name) return mime.parameters[i + 1];
  return undefined;
}
