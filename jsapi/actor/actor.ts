/**
 * The group that every actor's template has: it finds and runs the methods of the actor's script.
 * It leaves no global and has no host functions.
 */
import { pendingCount } from "../internal/op.ts";
import {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  JSONStringify,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyNames,
  ObjectKeys,
  ObjectPrototypeHasOwnProperty,
  ReflectApply,
  SafeTypeError,
  global,
} from "../internal/primordials.ts";
import { synchronous } from "../internal/thenable.ts";

type Method = (...args: unknown[]) => unknown;
type Namespace = { [name: string]: unknown };

const SafePromise = Promise;

/** The module's exports; undefined for a script, whose global functions are the methods. */
let namespace: Namespace | undefined;
/** How the evaluation ended: an empty list, or what was thrown; undefined while a module awaits at its top level. */
let outcome: [] | [reason: unknown] | undefined;
/** Ends the wait of start. */
let finish: (() => void) | undefined;

/** Called with the module's namespace, or undefined for a script; with undefined and a list when the module has failed. */
function install(exports: Namespace | undefined, failure: [] | [reason: unknown] = []): void {
  namespace = exports;
  outcome = failure;
  finish?.();
}

/** Ends when the script has been evaluated, and throws what it threw. */
function start(): Promise<void> | undefined {
  if (outcome === undefined) {
    return new SafePromise((resolve, reject) => {
      finish = () => (outcome!.length === 0 ? resolve() : reject(outcome![0]));
    });
  }
  if (outcome.length !== 0) throw outcome[0];
  return undefined;
}

/** Calls a method. */
function call(kind: string, method: string, args: unknown[]): unknown {
  const f = find(method);
  if (f === undefined) {
    throw new SafeTypeError("actor " + kind + " has no method " + JSONStringify(method) + "; " + list());
  }
  return ReflectApply(f, undefined, args);
}

function find(name: string): Method | undefined {
  if (name === "then") return undefined; // what has one is taken for a promise
  let value: unknown;
  if (namespace === undefined) {
    value = declared(name);
  } else if (ObjectPrototypeHasOwnProperty(namespace, name)) {
    value = namespace[name];
  }
  return typeof value === "function" ? (value as Method) : undefined;
}

/**
 * A global that the script declared by `function` or `var`: unlike what the language and the API
 * groups bring, it cannot be deleted.
 */
function declared(name: string): unknown {
  const property = ObjectGetOwnPropertyDescriptor(global, name);
  return property === undefined || property.configurable ? undefined : property.value;
}

/** How many methods an error lists. */
const listedMax = 20;

function list(): string {
  const names = namespace === undefined ? ObjectGetOwnPropertyNames(global) : ObjectKeys(namespace);
  const methods: string[] = [];
  for (let i = 0; i < names.length; i++) {
    if (find(names[i]!) !== undefined) ArrayPrototypePush(methods, names[i]!);
  }
  if (methods.length === 0) return "it has none: export functions from its module";
  if (methods.length > listedMax) {
    methods.length = listedMax;
    ArrayPrototypePush(methods, "…");
  }
  return "it has " + ArrayPrototypeJoin(methods, ", ");
}

/** What the module's default export says of moving to a new version: Movable of the types. */
function mover(name: "suspend" | "resume"): Method | undefined {
  const own = namespace?.default as Namespace | undefined;
  if (typeof own !== "object" || own === null) return undefined;
  const f = own[name];
  return typeof f === "function" ? (...args) => ReflectApply(f, own, args) : undefined;
}

/** What suspend has returned, in a list. */
let suspended: [kept: unknown] | undefined;

const idle = (): boolean => pendingCount() === 0;

/** What the new version's resume gets, in a list; false if something is under way, null if the actor stays with its version. */
function suspend(): [kept: unknown] | false | null {
  const f = mover("suspend");
  if (f === undefined) return null;
  return idle() && (suspended = [synchronous("suspend", f())]);
}

/** Undoes suspend, since the actor does not move after all. */
function stay(): void {
  const kept = suspended;
  suspended = undefined;
  if (kept !== undefined) mover("resume")?.(kept[0]);
}

/** Goes on where the old version was suspended. */
function resume(state: [kept: unknown]): void {
  if (outcome === undefined) throw new SafeTypeError("the new version awaits at its top level");
  if (outcome.length !== 0) throw outcome[0];
  const f = mover("resume");
  if (f === undefined) throw new SafeTypeError("the new version has no resume");
  synchronous("resume", f(state[0]));
}

export default { install, start, call, idle, suspend, stay, resume };
