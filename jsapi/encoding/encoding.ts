// The group "encoding": https://encoding.spec.whatwg.org/#api.

import { structuredClone } from "../clone/clone.ts";
import { expose, exposeFunctions } from "../internal/expose.ts";
import { atob, btoa } from "./base64.ts";
import { TextDecoder, utf8Decode } from "./decoder.ts";
import { TextEncoder, utf8Encode } from "./encoder.ts";
import { TextDecoderStream, TextEncoderStream } from "./streams.ts";

declare const __host: { chosen: boolean };

expose(__host, { TextDecoder, TextDecoderStream, TextEncoder, TextEncoderStream });
exposeFunctions(__host, { atob, btoa, structuredClone });

export { TextDecoder, TextDecoderStream, TextEncoder, TextEncoderStream, atob, btoa, utf8Decode, utf8Encode };
export default {};
