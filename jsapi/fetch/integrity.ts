// Subresource integrity: https://www.w3.org/TR/SRI/#the-integrity-attribute

import { ArrayPrototypePush, SafeTypeError } from "../internal/primordials.ts";
import { Body } from "./body.ts";
import type { RequestState } from "./request.ts";
import type { ResponseState } from "./response.ts";

declare const __host: {
  /** The digest in base64 without padding; null if there is no such algorithm. */
  digest(algorithm: string, bytes: Uint8Array): string | null;
};

/** The response, once its body was found to be what the request says it must be. */
export async function verified(request: RequestState, response: ResponseState): Promise<ResponseState> {
  const expected = strongest(request.integrity);
  if (expected.length === 0) return response;
  const { body } = response;
  const bytes = body === null ? new Uint8Array() : await new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    body.consume(resolve as never, reject); // neither the network nor a blob gives a text
  });
  for (let i = 0; i < expected.length; i++) {
    const [algorithm, digest] = expected[i]!;
    if (__host.digest(algorithm, bytes) === digest) {
      response.body = body === null ? null : new Body(bytes);
      return response;
    }
  }
  throw new SafeTypeError("fetch failed: the response of " + request.url + " does not have the integrity " + request.integrity);
}

/** 3.3.4 Get the strongest metadata from set. */
function strongest(integrity: string): [algorithm: string, digest: string][] {
  let best: [string, string][] = [];
  const pattern = /(?:^|\s)(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+)={0,2}(?=\?|\s|$)/gi;
  for (let match; (match = pattern.exec(integrity)) !== null; ) {
    const algorithm = match[1]!.toLowerCase();
    if (best.length > 0 && algorithm < best[0]![0]) continue;
    if (best.length > 0 && algorithm > best[0]![0]) best = [];
    ArrayPrototypePush(best, [algorithm, match[2]!.replace(/-/g, "+").replace(/_/g, "/")]);
  }
  return best;
}
