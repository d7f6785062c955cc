// The group "worker": Worker, after the HTML Standard
// (https://html.spec.whatwg.org/multipage/workers.html#dedicated-workers-and-the-worker-interface).

import { blobText, objectOfURL } from "../blob/blob.ts";
import {
  type Receiver, closeEndpoint, messageErrorEvent, messageEvent, openEndpoint, post, postOptions, startEndpoint,
} from "../channel/channel.ts";
import { serialize } from "../clone/clone.ts";
import {
  ErrorEvent, EventTarget, defineHandlers, fire, hasListeners, reportException, toDOMException,
} from "../events/events.ts";
import { expose } from "../internal/expose.ts";
import { MapPrototypeDelete, MapPrototypeGet, MapPrototypeSet, ObjectDefineProperty, SafeError, SafeMap } from "../internal/primordials.ts";
import { defineInterface, requireArguments, toDOMString, toDictionary, toEnum, toUSVString } from "../internal/webidl.ts";

declare const __host: {
  chosen: boolean;
  /** Begins a worker under that number of this context's, and returns its message port. The code of a blob: URL is this context's to find. */
  startWorker(id: number, url: string, module: boolean, name: string, code: string | null): number;
  /** Writes to the log. */
  warn(text: string): void;
  terminate(id: number): void;
};

/** What an uncaught error of a worker looks like from here. */
interface Failure {
  message: string;
  filename: string;
  lineno: number;
  colno: number;
  stack: string;
  /** Whether the script was run. */
  ran: boolean;
}

/** The workers that have not been ended from here. */
const workers = new SafeMap<number, Worker>();
let lastID = 0;

let fail: (worker: Worker, failure: Failure) => void;

class Worker extends EventTarget {
  #id = ++lastID;
  /** 0 once the worker has been terminated. */
  #end: number;

  constructor(url: unknown, options: unknown = undefined) {
    const where = "Failed to construct 'Worker'";
    requireArguments(arguments.length, 1, where);
    super();
    const text = toUSVString(url, where + ": parameter 1");
    const { credentials = "same-origin", name = "", type = "classic" } = toDictionary(options, where + ": parameter 2");
    toEnum(credentials, ["omit", "same-origin", "include"], where + ": member 'credentials'");
    const title = toDOMString(name, where + ": member 'name'");
    const module = toEnum(type, ["classic", "module"], where + ": member 'type'") === "module";
    try {
      const blob = objectOfURL(text);
      this.#end = __host.startWorker(this.#id, text, module, title, blob === undefined ? null : blobText(blob));
    } catch (error) {
      throw toDOMException(error);
    }
    MapPrototypeSet(workers, this.#id, this);
    openEndpoint(this.#end, new WorkerReceiver(this));
    startEndpoint(this.#end);
  }

  postMessage(message: unknown, options: unknown = undefined): void {
    const end = this.#end;
    const where = "Failed to execute 'postMessage' on 'Worker'";
    requireArguments(arguments.length, 1, where);
    const transfer = postOptions(options, where);
    if (end === 0) serialize(message, transfer);
    else post(end, message, transfer);
  }

  terminate(): void {
    const end = this.#end;
    if (end === 0) return;
    this.#end = 0;
    MapPrototypeDelete(workers, this.#id);
    closeEndpoint(end);
    __host.terminate(this.#id);
  }

  static {
    fail = (worker, { message, filename, lineno, colno, stack, ran }) => {
      if (hasListeners(worker, "error")) {
        const init = { __proto__: null, cancelable: true, message, filename, lineno, colno, error: null };
        fire(worker, new ErrorEvent("error", init));
        return;
      }
      if (!ran) {
        __host.warn("a worker cannot be run: " + message); // as elsewhere, this is no error of the script that made it
        return;
      }
      const error = new SafeError("in a worker: " + message);
      ObjectDefineProperty(error, "stack", { __proto__: null, value: stack, writable: true, configurable: true } as PropertyDescriptor);
      reportException(error);
    };
  }
}
defineInterface(Worker);
defineHandlers(Worker, ["message", "messageerror", "error"]);

class WorkerReceiver implements Receiver {
  #worker: Worker;

  constructor(worker: Worker) {
    this.#worker = worker;
  }
  message(data: unknown, transferred: unknown[]): void {
    fire(this.#worker, messageEvent(data, transferred));
  }
  messageError(): void {
    fire(this.#worker, messageErrorEvent());
  }
  closed(): void {}
}

/** Is called with an error that a worker's script does not catch, or that keeps it from running. */
function failed(id: number, failure: Failure): void {
  const worker = MapPrototypeGet(workers, id);
  if (worker !== undefined) fail(worker, failure);
}

/** Is called when a worker has ended by itself. */
function gone(id: number): void {
  MapPrototypeDelete(workers, id);
}

expose(__host, { Worker });

export default { failed, gone };
