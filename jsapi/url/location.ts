// The global location: HTML's WorkerLocation (https://html.spec.whatwg.org/multipage/workers.html#worker-locations).

import { defineInterface, requireToken } from "../internal/webidl.ts";
import type { URLRecord } from "./record.ts";

export class WorkerLocation {
  readonly #url: URLRecord;

  constructor(token?: unknown, url?: URLRecord) {
    requireToken(token);
    this.#url = url!;
  }

  get href(): string {
    return this.#url.href;
  }
  get origin(): string {
    return this.#url.origin;
  }
  get protocol(): string {
    return this.#url.protocol;
  }
  get host(): string {
    return this.#url.host;
  }
  get hostname(): string {
    return this.#url.hostname;
  }
  get port(): string {
    return this.#url.port;
  }
  get pathname(): string {
    return this.#url.pathname;
  }
  get search(): string {
    return this.#url.search;
  }
  get hash(): string {
    return this.#url.hash;
  }
  toString(): string {
    return this.#url.href;
  }
}
defineInterface(WorkerLocation);
