// The group "storage": localStorage and sessionStorage, after the HTML Standard, section Web storage
// (https://html.spec.whatwg.org/multipage/webstorage.html).

import { expose, exposeAttributes } from "../internal/expose.ts";
import { defineInterface, requireArguments, requireToken, toDOMString, toUnsignedLong } from "../internal/webidl.ts";
import { type Area, LocalArea, SessionArea } from "./areas.ts";
import { areaOf, storageOf } from "./named.ts";

declare const __host: { chosen: boolean };

class Storage {
  constructor(token: unknown = undefined) {
    requireToken(token);
  }

  get length(): number {
    return areaOf(this).length;
  }

  key(index: unknown): string | null {
    const area = areaOf(this);
    const where = "Failed to execute 'key' on 'Storage'";
    requireArguments(arguments.length, 1, where);
    return area.keys()[toUnsignedLong(index, where + ": parameter 1")] ?? null;
  }

  getItem(key: unknown): string | null {
    const area = areaOf(this);
    const where = "Failed to execute 'getItem' on 'Storage'";
    requireArguments(arguments.length, 1, where);
    return area.get(toDOMString(key, where + ": parameter 1"));
  }

  setItem(key: unknown, value: unknown): void {
    const area = areaOf(this);
    const where = "Failed to execute 'setItem' on 'Storage'";
    requireArguments(arguments.length, 2, where);
    area.set(toDOMString(key, where + ": parameter 1"), toDOMString(value, where + ": parameter 2"));
  }

  removeItem(key: unknown): void {
    const area = areaOf(this);
    const where = "Failed to execute 'removeItem' on 'Storage'";
    requireArguments(arguments.length, 1, where);
    area.remove(toDOMString(key, where + ": parameter 1"));
  }

  clear(): void {
    areaOf(this).clear();
  }
}
defineInterface(Storage);

const made: { local?: object; session?: object } = {};

function make(area: Area): object {
  return storageOf(area, Storage.prototype);
}

expose(__host, { Storage });
exposeAttributes(__host, {
  get localStorage() {
    return (made.local ??= make(new LocalArea()));
  },
  get sessionStorage() {
    return (made.session ??= make(new SessionArea()));
  },
});

export default {};
