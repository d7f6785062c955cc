// fetch(): https://fetch.spec.whatwg.org/#fetch-method

import { type Blob, bytesOfBlob } from "../blob/blob.ts";
import { abortReason, onAbort } from "../events/events.ts";
import {
  RegExpPrototypeExec,
  SafePromise,
  SafeTypeError,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  TypedArrayPrototypeSubarray,
} from "../internal/primordials.ts";
import { requireArguments } from "../internal/webidl.ts";
import { cancelStream } from "../streams/streams.ts";
import { Body } from "./body.ts";
import { push, valueOf } from "./headers.ts";
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
    case "blob":
      if (request.method !== "GET" || request.object === undefined) break;
      return verified(request, blobResponse(request, request.object));
  }
  throw new SafeTypeError("fetch failed: " + request.method + " " + request.url + " cannot be fetched");
}

/** What a blob: URL gives: the blob, or the range of it that is asked for. */
function blobResponse(request: RequestState, blob: Blob): ResponseState {
  const bytes = bytesOfBlob(blob);
  const size = bytes.byteLength;
  const range = valueOf(request.headerList(), "range");
  if (range === null) {
    const response = localResponse(request, blob.type, bytes);
    push(response.list, "content-length", "" + size);
    return response;
  }
  const [start, end] = parseRange(range, size);
  const response = localResponse(request, blob.type, TypedArrayPrototypeSubarray(bytes, start, end + 1) as Uint8Array<ArrayBuffer>);
  response.status = 206;
  response.statusText = "Partial Content";
  push(response.list, "content-length", "" + (end + 1 - start));
  push(response.list, "content-range", "bytes " + start + "-" + end + "/" + size);
  return response;
}

const rangePattern = /^bytes[\t ]*=[\t ]*(\d*)[\t ]*-[\t ]*(\d*)$/;

/** 2.2.2 Parse a single range header value: the first and the last byte of it. Throws where it is none that the size has. */
function parseRange(range: string, size: number): [start: number, end: number] {
  const match = RegExpPrototypeExec(rangePattern, range);
  if (match !== null && (match[1] !== "" || match[2] !== "")) {
    const last = match[2] === "" ? size - 1 : +match[2]!;
    if (match[1] === "") return [last < size ? size - last : 0, size - 1];
    const start = +match[1]!;
    if (start <= last && start < size) return [start, last < size ? last : size - 1];
  }
  throw new SafeTypeError("fetch failed: the range '" + range + "' is none of a blob of " + size + " bytes");
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
