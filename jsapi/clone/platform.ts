// The platform objects that other groups make known: those that can be cloned, and those that can be transferred.

import { ArrayPrototypePush } from "../internal/primordials.ts";

/** Writes or reads a value within a platform object's data. */
export type Sub = (value: unknown) => any;

export interface Cloneable<T extends object> {
  is(value: object): boolean;
  /** The object's state as plain data. What may be anything goes through sub. */
  write(value: T, sub: Sub): unknown;
  /** Makes the object of its data. It must call sub as often as write did, and in the same order. */
  read(data: any, sub: Sub): T;
}

export interface Transferable<T extends object> {
  is(value: object): boolean;
  /** Takes the state out of the object, as plain data. Throws a DataCloneError where it was taken already. */
  detach(value: T): unknown;
  attach(data: any): T;
}

interface Named<K> {
  name: string;
  kind: K;
}

const cloneables: Named<Cloneable<object>>[] = [];
const transferables: Named<Transferable<object>>[] = [];

/** Makes objects of an interface cloneable ([Serializable]). */
export function registerCloneable<T extends object>(name: string, kind: Cloneable<T>): void {
  ArrayPrototypePush(cloneables, { name, kind: kind as unknown as Cloneable<object> });
}

/** Makes objects of an interface transferable ([Transferable]). */
export function registerTransferable<T extends object>(name: string, kind: Transferable<T>): void {
  ArrayPrototypePush(transferables, { name, kind: kind as unknown as Transferable<object> });
}

export const cloneableOf = (value: object) => find(cloneables, value);
export const transferableOf = (value: object) => find(transferables, value);
export const cloneableCalled = (name: unknown) => called(cloneables, name);
export const transferableCalled = (name: unknown) => called(transferables, name);

function find<K extends { is(value: object): boolean }>(list: Named<K>[], value: object): Named<K> | undefined {
  for (let i = 0; i < list.length; i++) {
    if (list[i]!.kind.is(value)) return list[i];
  }
  return undefined;
}

function called<K>(list: Named<K>[], name: unknown): K | undefined {
  for (let i = 0; i < list.length; i++) {
    if (list[i]!.name === name) return list[i]!.kind;
  }
  return undefined;
}
