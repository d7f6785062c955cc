// The group "url": https://url.spec.whatwg.org/#api.

import { expose, exposeAttributes } from "../internal/expose.ts";
import { showAttributes } from "../internal/inspectable.ts";
import { defineInterface, internalToken, requireArguments, toUSVString } from "../internal/webidl.ts";
import { WorkerLocation } from "./location.ts";
import { URLSearchParams, paramsOf, resetParams } from "./params.ts";
import { type Part, type URLRecord, baseURL, canParse, parseURL, requireURL } from "./record.ts";
import { URLPattern } from "./urlpattern.ts";

declare const __host: { chosen: boolean };

const setting = "Failed to set a part of 'URL': the value";

/** A new URL object with the record. */
let withRecord: (url: URL, record: URLRecord) => URL;

/** 6.1 URL class. */
class URL {
  #record: URLRecord;
  #params: URLSearchParams | undefined;

  static {
    withRecord = (url, record) => {
      url.#record = record;
      return url;
    };
  }

  constructor(url: unknown, base: unknown = undefined) {
    const where = "Failed to construct 'URL'";
    requireArguments(arguments.length, 1, where);
    this.#record = requireURL(toUSVString(url, where), base === undefined ? undefined : toUSVString(base, where));
  }

  static parse(url: unknown, base: unknown = undefined): URL | null {
    const where = "Failed to execute 'parse' on 'URL'";
    requireArguments(arguments.length, 1, where);
    const record = parseURL(toUSVString(url, where), base === undefined ? undefined : toUSVString(base, where));
    return record === null ? null : withRecord(blank(), record);
  }

  static canParse(url: unknown, base: unknown = undefined): boolean {
    const where = "Failed to execute 'canParse' on 'URL'";
    requireArguments(arguments.length, 1, where);
    return canParse(toUSVString(url, where), base === undefined ? undefined : toUSVString(base, where));
  }

  get href(): string {
    return this.#record.href;
  }
  set href(value: unknown) {
    this.#replace(requireURL(toUSVString(value, setting)));
  }
  get origin(): string {
    return this.#record.origin;
  }
  get protocol(): string {
    return this.#record.protocol;
  }
  set protocol(value: unknown) {
    this.#set("protocol", value);
  }
  get username(): string {
    return this.#record.username;
  }
  set username(value: unknown) {
    this.#set("username", value);
  }
  get password(): string {
    return this.#record.password;
  }
  set password(value: unknown) {
    this.#set("password", value);
  }
  get host(): string {
    return this.#record.host;
  }
  set host(value: unknown) {
    this.#set("host", value);
  }
  get hostname(): string {
    return this.#record.hostname;
  }
  set hostname(value: unknown) {
    this.#set("hostname", value);
  }
  get port(): string {
    return this.#record.port;
  }
  set port(value: unknown) {
    this.#set("port", value);
  }
  get pathname(): string {
    return this.#record.pathname;
  }
  set pathname(value: unknown) {
    this.#set("pathname", value);
  }
  get search(): string {
    return this.#record.search;
  }
  set search(value: unknown) {
    this.#replace(this.#record.with("search", toUSVString(value, setting)));
  }
  get searchParams(): URLSearchParams {
    return (this.#params ??= paramsOf(this.#record.search, (query) => {
      this.#record = this.#record.with("search", query);
    }));
  }
  get hash(): string {
    return this.#record.hash;
  }
  set hash(value: unknown) {
    this.#set("hash", value);
  }

  toString(): string {
    return this.#record.href;
  }
  toJSON(): string {
    return this.#record.href;
  }

  #set(part: Part, value: unknown): void {
    this.#record = this.#record.with(part, toUSVString(value, setting));
  }

  /** Takes a URL whose query may be another. */
  #replace(record: URLRecord): void {
    this.#record = record;
    if (this.#params !== undefined) resetParams(this.#params, record.search);
  }
}
defineInterface(URL);
showAttributes(URL, [
  "href",
  "origin",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "searchParams",
  "hash",
]);

function blank(): URL {
  return new URL("about:blank");
}

expose(__host, { URL, URLPattern, URLSearchParams });

const base = parseURL(baseURL());
if (base !== null) {
  const location = new WorkerLocation(internalToken, base);
  expose(__host, { WorkerLocation });
  exposeAttributes(__host, {
    get location() {
      return location;
    },
  });
}

export { URL, URLSearchParams, baseURL, parseURL, type URLRecord };
export default {};
