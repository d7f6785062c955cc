// The group "blob": Blob, File, FileReader, URL.createObjectURL (https://w3c.github.io/FileAPI) and FormData
// (https://xhr.spec.whatwg.org/#interface-formdata).

import { expose } from "../internal/expose.ts";
import { Blob, File } from "./class.ts";
import "./clone.ts";
import { FileReader } from "./filereader.ts";
import { FormData } from "./formdata.ts";
import "./objecturl.ts";

declare const __host: object;

expose(__host, { Blob, File, FileReader, FormData });

export { Blob, File, blobBytes, blobChunks, blobOf, blobStream, blobText, bytesOfBlob, isBlob } from "./class.ts";
export { appendEntry, FormData, formEntries, isFormData } from "./formdata.ts";
export { extractMIME, mimeParameter, parseMIME, serializeMIME, type MIME } from "./mime.ts";
export { encodeMultipart, parseMultipart } from "./multipart.ts";
export { objectOfURL } from "./objecturl.ts";
export { FileReader };

export default {};
