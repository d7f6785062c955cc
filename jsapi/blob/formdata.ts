// FormData: https://xhr.spec.whatwg.org/#interface-formdata

import { ArrayPrototypePush, ArrayPrototypeSplice, SafeTypeError } from "../internal/primordials.ts";
import { defineInterface, definePairIterator, isObject, requireArguments, toUSVString } from "../internal/webidl.ts";
import { type Blob, File, blobChunks, fileOf, isBlob } from "./class.ts";

export interface FormEntry {
  name: string;
  value: string | File;
}

export let isFormData: (value: unknown) => value is FormData;
/** The entries, in order. */
export let formEntries: (form: FormData) => readonly FormEntry[];
export let appendEntry: (form: FormData, name: string, value: string | File) => void;

export class FormData {
  #entries: FormEntry[] = [];

  static {
    isFormData = (value): value is FormData => isObject(value) && #entries in value;
    formEntries = (form) => form.#entries;
    appendEntry = (form, name, value) => {
      ArrayPrototypePush(form.#entries, { name, value });
    };
    definePairIterator(this, (form: FormData, index) => {
      const entry = form.#entries[index];
      return entry === undefined ? undefined : [entry.name, entry.value];
    });
  }

  constructor(form: unknown = undefined) {
    if (form !== undefined) throw new SafeTypeError("Failed to construct 'FormData': parameter 1 is not an HTMLFormElement.");
  }

  append(name: unknown, _value: unknown, _filename: unknown = undefined): void {
    ArrayPrototypePush(this.#entries, toEntry("append", name, arguments));
  }

  delete(name: unknown): void {
    const entries = this.#entries;
    const key = toName("delete", name, arguments.length);
    for (let i = entries.length - 1; i >= 0; i--) if (entries[i]!.name === key) ArrayPrototypeSplice(entries, i, 1);
  }

  get(name: unknown): string | File | null {
    const at = find(this.#entries, toName("get", name, arguments.length), 0);
    return at < 0 ? null : this.#entries[at]!.value;
  }

  getAll(name: unknown): (string | File)[] {
    const entries = this.#entries;
    const key = toName("getAll", name, arguments.length);
    const values: (string | File)[] = [];
    for (let i = find(entries, key, 0); i >= 0; i = find(entries, key, i + 1)) ArrayPrototypePush(values, entries[i]!.value);
    return values;
  }

  has(name: unknown): boolean {
    return find(this.#entries, toName("has", name, arguments.length), 0) >= 0;
  }

  set(name: unknown, _value: unknown, _filename: unknown = undefined): void {
    const entries = this.#entries;
    const entry = toEntry("set", name, arguments);
    const at = find(entries, entry.name, 0);
    if (at < 0) {
      ArrayPrototypePush(entries, entry);
      return;
    }
    entries[at] = entry;
    for (let i = entries.length - 1; i > at; i--) if (entries[i]!.name === entry.name) ArrayPrototypeSplice(entries, i, 1);
  }
}
defineInterface(FormData);
for (const name of ["append", "set"] as const) Object.defineProperty(FormData.prototype[name], "length", { value: 2, configurable: true });

function toName(method: string, name: unknown, given: number): string {
  const where = "Failed to execute '" + method + "' on 'FormData'";
  requireArguments(given, 1, where);
  return toUSVString(name, where + ": parameter 1");
}

/** The entry that the arguments of append and set ask for: "create an entry" of the HTML Standard. */
function toEntry(method: string, name: unknown, args: ArrayLike<unknown>): FormEntry {
  const where = "Failed to execute '" + method + "' on 'FormData'";
  requireArguments(args.length, 2, where);
  const key = toUSVString(name, where + ": parameter 1");
  const value = args[1];
  if (isBlob(value)) {
    const filename = args.length > 2 && args[2] !== undefined ? toUSVString(args[2], where + ": parameter 3") : undefined;
    return { name: key, value: asFile(value, filename) };
  }
  if (args.length > 2) throw new SafeTypeError(where + ": parameter 2 is not of type 'Blob'.");
  return { name: key, value: toUSVString(value, where + ": parameter 2") };
}

/** A blob as a file, under another name if one is given. */
function asFile(blob: Blob, name: string | undefined): File {
  if (blob instanceof File) {
    if (name === undefined) return blob;
    return fileOf(blobChunks(blob), name, blob.type, blob.lastModified);
  }
  return fileOf(blobChunks(blob), name ?? "blob", blob.type);
}

function find(entries: readonly FormEntry[], name: string, from: number): number {
  for (let i = from; i < entries.length; i++) if (entries[i]!.name === name) return i;
  return -1;
}

