// fetch(): https://fetch.spec.whatwg.org/#fetch-method

import { bytesOfBlob } from "../blob/blob.ts";
import { abortReason, onAbort } from "../events/events.ts";
import { SafePromise, SafeTypeError, StringPrototypeIndexOf, StringPrototypeSlice } from "../internal/primordials.ts";
import { requireArguments } from "../internal/webidl.ts";
import { cancelStream } from "../streams/streams.ts";
import { Body } from "./body.ts";
import { push } from "./headers.ts";
import { verified } from "./integrity.ts";
import { type Control, httpFetch } from "./network.ts";
import { Request, type RequestState, stateOf } from "./request.ts";
import { type Response, ResponseState, responseOf } from "./response.ts";

declare const __host: {
  /** The type and the bytes of a data: URL without a fragment. Throws if it is malformed. */
  dataURL(url: string): [type: string, bytes: Uint8Array<ArrayBuffer>];
};

export function fetch(input: unknown, init: unknown = undefined): Promise<Response> {
  return new SafePromise((resolve, reject) => {
    requireArguments(input === undefined ? arguments.length : 1, 1, "Failed to execute 'fetch'");
    begin(stateOf(new Request(input, init)), false, resolve, reject);
  });
}

/** fetch for a stream of events: the parts of the body may be as far apart as the server likes. */
export function fetchPatiently(input: unknown, init: unknown): Promise<Response> {
  return new SafePromise((resolve, reject) => begin(stateOf(new Request(input, init)), true, resolve, reject));
}

function begin(request: RequestState, patient: boolean, resolve: (response: Response) => void, reject: (reason: unknown) => void): void {
  const signal = request.followed ?? request.signal ?? request.source?.signal;
  const control: Control = { patient, aborted: undefined, cancel: undefined };
  const abort = () => {
    const reason = abortReason(signal!);
    control.aborted = { reason };
    const stream = request.theBody()?.stream;
    if (stream !== undefined) cancelStream(stream, reason).catch(() => {});
    reject(reason);
    control.cancel?.(reason);
  };
  if (signal !== undefined) {
    if (signal.aborted) return abort();
    control.off = onAbort(signal, abort);
  }
  schemeFetch(request, control).then(
    (response) => resolve(responseOf(response)),
    (error) => {
      control.off?.();
      reject(control.aborted === undefined ? error : control.aborted.reason);
    },
  );
}

/** 4.2 Scheme fetch. */
async function schemeFetch(request: RequestState, control: Control): Promise<ResponseState> {
  const hash = StringPrototypeIndexOf(request.url, "#");
  const url = hash < 0 ? request.url : StringPrototypeSlice(request.url, 0, hash);
  const scheme = StringPrototypeSlice(url, 0, StringPrototypeIndexOf(url, ":"));
  switch (scheme) {
    case "http":
    case "https":
      return verified(request, await httpFetch(request, url, control));
    case "data": {
      const [type, bytes] = __host.dataURL(url);
      return verified(request, localResponse(request, type, bytes));
    }
    case "blob": {
      if (request.method !== "GET" || request.object === undefined) break;
      const bytes = bytesOfBlob(request.object);
      const response = localResponse(request, request.object.type, bytes);
      push(response.list, "content-length", "" + bytes.byteLength);
      return verified(request, response);
    }
  }
  throw new SafeTypeError("fetch failed: " + request.method + " " + request.url + " cannot be fetched");
}

/** A response that no server gave. */
function localResponse(request: RequestState, type: string, bytes: Uint8Array<ArrayBuffer>): ResponseState {
  const response = new ResponseState(["content-type", type]);
  response.type = "basic";
  response.url = request.url;
  response.statusText = "OK";
  response.guard = "immutable";
  if (request.method !== "HEAD") response.body = new Body(bytes);
  return response;
}
