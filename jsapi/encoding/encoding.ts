// The group "encoding": https://encoding.spec.whatwg.org/#api.

import { expose } from "../internal/expose.ts";
import { TextDecoder, utf8Decode } from "./decoder.ts";
import { TextEncoder, utf8Encode } from "./encoder.ts";

expose(__host, { TextDecoder, TextEncoder });

declare const __host: { chosen: boolean };

export { TextDecoder, TextEncoder, utf8Decode, utf8Encode };
export default {};
