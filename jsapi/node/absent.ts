// Modules of Node's for what a context does not have: a terminal, sockets, servers, threads, other processes. Packages import them
// for a constant, a class to extend or a question ("is this a terminal?"). Those are here; what would do something throws.

import { nodeError } from "../buffer/buffer.ts";
import { EventEmitter } from "./events.ts";
import { Duplex } from "./stream_duplex.ts";
import { Readable } from "./stream_readable.ts";
import { Writable } from "./stream_writable.ts";

/** Functions that throw, by their names. */
function throwing(module: string, names: string): Record<string, () => never> {
  return Object.fromEntries(names.split(" ").map((name) => [name, () => {
    throw nodeError(Error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", module + "." + name + "() is not there: a context of rowan has no " + module);
  }]));
}

const statusTexts = "100 Continue,101 Switching Protocols,102 Processing,103 Early Hints,200 OK,201 Created,202 Accepted,203 Non-Authoritative Information," +
  "204 No Content,205 Reset Content,206 Partial Content,207 Multi-Status,208 Already Reported,226 IM Used,300 Multiple Choices,301 Moved Permanently," +
  "302 Found,303 See Other,304 Not Modified,305 Use Proxy,307 Temporary Redirect,308 Permanent Redirect,400 Bad Request,401 Unauthorized," +
  "402 Payment Required,403 Forbidden,404 Not Found,405 Method Not Allowed,406 Not Acceptable,407 Proxy Authentication Required,408 Request Timeout," +
  "409 Conflict,410 Gone,411 Length Required,412 Precondition Failed,413 Payload Too Large,414 URI Too Long,415 Unsupported Media Type," +
  "416 Range Not Satisfiable,417 Expectation Failed,418 I'm a Teapot,421 Misdirected Request,422 Unprocessable Entity,423 Locked," +
  "424 Failed Dependency,425 Too Early,426 Upgrade Required,428 Precondition Required,429 Too Many Requests,431 Request Header Fields Too Large," +
  "451 Unavailable For Legal Reasons,500 Internal Server Error,501 Not Implemented,502 Bad Gateway,503 Service Unavailable,504 Gateway Timeout," +
  "505 HTTP Version Not Supported,506 Variant Also Negotiates,507 Insufficient Storage,508 Loop Detected,509 Bandwidth Limit Exceeded," +
  "510 Not Extended,511 Network Authentication Required";

class Agent extends EventEmitter {}
class IncomingMessage extends Readable {}
class OutgoingMessage extends Writable {}
class ServerResponse extends OutgoingMessage {}
class ClientRequest extends OutgoingMessage {}
class Server extends EventEmitter {}
class Socket extends Duplex {}

const http = {
  STATUS_CODES: Object.fromEntries(statusTexts.split(",").map((entry) => [entry.slice(0, 3), entry.slice(4)])),
  METHODS: ("ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST " +
    "PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE").split(" "),
  Agent,
  ClientRequest,
  IncomingMessage,
  OutgoingMessage,
  Server,
  ServerResponse,
  globalAgent: new Agent(),
  maxHeaderSize: 16384,
  ...throwing("http", "createServer request get"),
};

const v4 = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.|$)){4}$/;
const isIPv4 = (text: unknown): boolean => v4.test(String(text)) && !String(text).endsWith(".");

function isIPv6(value: unknown): boolean {
  let text = String(value).replace(/%[^\s%]+$/, "");
  const last = text.slice(text.lastIndexOf(":") + 1);
  if (last.includes(".")) {
    if (!isIPv4(last)) return false;
    text = text.slice(0, -last.length) + "0:0";
  }
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? groups.length < 8 : groups.length === 8);
}

export default {
  child_process: throwing("child_process", "exec execFile execFileSync execSync fork spawn spawnSync"),
  cluster: { isMaster: true, isPrimary: true, isWorker: false, workers: {}, ...throwing("cluster", "fork setupPrimary") },
  dns: throwing("dns", "lookup resolve resolve4 resolve6 reverse"),
  http,
  https: { Agent, Server, globalAgent: new Agent(), ...throwing("https", "createServer request get") },
  net: {
    Socket,
    Stream: Socket,
    Server,
    isIP: (text: unknown) => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0),
    isIPv4,
    isIPv6,
    ...throwing("net", "connect createConnection createServer"),
  },
  tls: { ...throwing("tls", "connect createServer createSecureContext"), rootCertificates: [] },
  tty: { isatty: () => false, ReadStream: class ReadStream extends Socket {}, WriteStream: class WriteStream extends Socket {} },
  worker_threads: {
    isMainThread: true,
    parentPort: null,
    workerData: null,
    threadId: 0,
    resourceLimits: {},
    Worker: class Worker extends EventEmitter {
      constructor() {
        super();
        throwing("worker_threads", "Worker").Worker!();
      }
    },
  },
  zlib: {
    constants: { Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_DEFAULT_COMPRESSION: -1, BROTLI_OPERATION_FLUSH: 1 },
    ...throwing("zlib", "createGzip createGunzip createDeflate createInflate createBrotliCompress createBrotliDecompress createUnzip createInflateRaw " +
      "createDeflateRaw gzip gunzip deflate inflate inflateRaw deflateRaw unzip brotliCompress brotliDecompress gzipSync gunzipSync deflateSync inflateSync " +
      "inflateRawSync deflateRawSync unzipSync brotliCompressSync brotliDecompressSync"),
  },
};
