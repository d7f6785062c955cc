// The internal group "workerscope", that a worker's template has: the global of a dedicated worker
// (https://html.spec.whatwg.org/multipage/workers.html#dedicated-workers-and-the-dedicatedworkerglobalscope-interface).

import {
  type Receiver, claimEndpoint, messageErrorEvent, messageEvent, openEndpoint, post, postOptions, startEndpoint,
} from "../channel/channel.ts";
import { serialize } from "../clone/clone.ts";
import { EventTarget, defineHandlers, fire, toDOMException } from "../events/events.ts";
import { expose, exposeAttributes, exposeFunctions } from "../internal/expose.ts";
import { ObjectSetPrototypeOf, SafeTypeError, global } from "../internal/primordials.ts";
import { defineInterface, requireArguments, requireToken, toUSVString } from "../internal/webidl.ts";

declare const __host: {
  ticket(): string;
  workerName(): string;
  closeWorker(): void;
  importScript(url: string): string;
};

/** A worker's scripts always have what makes their context a worker. */
const always = { chosen: true };

class WorkerGlobalScope extends EventTarget {
  constructor(token: unknown = undefined) {
    requireToken(token);
    super();
  }
}
defineInterface(WorkerGlobalScope);

class DedicatedWorkerGlobalScope extends WorkerGlobalScope {}
defineInterface(DedicatedWorkerGlobalScope);

const scope = global as unknown as EventTarget;
ObjectSetPrototypeOf(global, DedicatedWorkerGlobalScope.prototype);
defineHandlers({ prototype: global }, ["message", "messageerror", "error", "unhandledrejection", "rejectionhandled"]);

/** The end of the channel to whoever made the worker; 0 once the worker is closing. */
let end = 0;
let module = false;

const receiver: Receiver = {
  message(data, transferred) {
    fire(scope, messageEvent(data, transferred));
  },
  messageError() {
    fire(scope, messageErrorEvent());
  },
  closed() {},
};

/** Evaluates in the global scope, as a script of its own. */
const evaluate = eval;

expose(always, { WorkerGlobalScope, DedicatedWorkerGlobalScope });
exposeAttributes(always, {
  get name() {
    return __host.workerName();
  },
});
exposeFunctions(always, {
  self: global,
  postMessage(message: unknown, options: unknown = undefined): void {
    const where = "Failed to execute 'postMessage' on 'DedicatedWorkerGlobalScope'";
    requireArguments(arguments.length, 1, where);
    const transfer = postOptions(options, where);
    if (end === 0) serialize(message, transfer);
    else post(end, message, transfer);
  },
  close(): void {
    __host.closeWorker();
  },
  importScripts(...urls: unknown[]): void {
    const where = "Failed to execute 'importScripts' on 'WorkerGlobalScope'";
    if (module) throw new SafeTypeError(where + ": a module worker imports modules");
    for (let i = 0; i < urls.length; i++) urls[i] = toUSVString(urls[i], where + ": parameter " + (i + 1));
    for (let i = 0; i < urls.length; i++) {
      let code: string;
      try {
        code = __host.importScript(urls[i] as string);
      } catch (error) {
        throw toDOMException(error);
      }
      evaluate(code);
    }
  },
});

/** Is called before the worker's script is evaluated. */
function begin(isModule: boolean): void {
  module = isModule;
  end = claimEndpoint(__host.ticket());
  if (end !== 0) openEndpoint(end, receiver);
}

/** Is called after that: messages come from now on. */
function ready(): void {
  if (end !== 0) startEndpoint(end);
}

export default { begin, ready };
