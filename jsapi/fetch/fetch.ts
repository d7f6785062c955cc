// The group "fetch": https://fetch.spec.whatwg.org

import { expose, exposeFunctions } from "../internal/expose.ts";
import { Headers } from "./headers.ts";
import { fetch } from "./method.ts";
import { Request, requestOf } from "./request.ts";
import { Response, responseParts } from "./response.ts";

declare const __host: object;

expose(__host, { Headers, Request, Response });
exposeFunctions(__host, { fetch });

export { Headers, Request, Response, fetch, requestOf, responseParts };
export { type RequestSource } from "./request.ts";
export { type ResponseParts } from "./response.ts";
export { fetchPatiently } from "./method.ts";

export default {};
