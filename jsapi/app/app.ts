/**
 * The group that every template has. It takes the app's default export when the bundle has been
 * evaluated and runs its handlers as the host asks. It leaves no global.
 */
import {
  ArrayPrototypePush,
  ObjectKeys,
  ReflectApply,
  SafePromise,
  SafeTypeError,
} from "../internal/primordials.ts";
import * as channels from "./channels.ts";
import { partsOf } from "./parts.ts";
import { idle, resume, stay, suspend } from "./move.ts";
import { abort, answer, fail } from "./request.ts";
import { socket } from "./socket.ts";

type Handler = (...args: unknown[]) => unknown;
type Handlers = { [name: string]: unknown };
type Without<F> = F extends (app: any, ...args: infer A) => unknown ? A : never;
type ConnectArgs = Without<typeof channels.connect>;
type JoinArgs = Without<typeof channels.join>;

/** The app: its module's default export; undefined until it was installed, or when that is no object. */
let app: Handlers | undefined;
/** What the default export is, as typeof says it. */
let type = "undefined";
let handlers: Handlers = { __proto__: null as never };
let installed = false;

/** What a module that awaited at its top level has thrown, in a list. */
let failure: [reason: unknown] | undefined;

/** Events that came while the module still waited at its top level. */
let early: (() => void)[] = [];

/** Called with the module's namespace, or undefined for a script; with undefined and a list when the module has failed. */
function install(namespace: { default?: Handlers } | undefined, failed?: [reason: unknown]): void {
  failure = failed;
  const value = namespace?.default;
  type = value === null ? "null" : typeof value;
  if (typeof value === "object" && value !== null) {
    app = value;
    const ws = app.websocket;
    if (typeof ws === "object" && ws !== null) handlers = ws as Handlers;
  }
  installed = true;
  const events = early;
  early = [];
  for (let i = 0; i < events.length; i++) events[i]!();
}

/** Has something done, in order, when a module that awaits at its top level has come to its end. */
function later<T>(event: () => T): Promise<T> {
  return new SafePromise<T>((resolve, reject) => {
    ArrayPrototypePush(early, () => {
      try {
        if (failure !== undefined) throw failure[0];
        resolve(event());
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** An entry of the app's actors as the host can read it, to say what is wrong with one that has functions, too. */
function plain(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null) return typeof entry === "string" ? entry : null;
  const options: Handlers = {};
  const keys = ObjectKeys(entry);
  for (let i = 0; i < keys.length; i++) {
    const value = (entry as Handlers)[keys[i]!];
    options[keys[i]!] = typeof value === "object" || typeof value === "function" ? null : value;
  }
  return options;
}

/** What the host must know of the app: its parts, which handlers it has, the session's settings, its channels and its actors. */
function describe(): unknown {
  if (app === undefined) return type;
  const parts = partsOf(app);
  const settings: Handlers = {};
  const present: string[] = [];
  const keys = ObjectKeys(handlers);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const value = handlers[key];
    if (typeof value === "function") ArrayPrototypePush(present, key);
    else settings[key] = value;
  }
  const actors: Handlers = {};
  if (typeof app.actors === "object" && app.actors !== null) {
    const kinds = ObjectKeys(app.actors);
    for (let i = 0; i < kinds.length; i++) actors[kinds[i]!] = plain((app.actors as Handlers)[kinds[i]!]);
  }
  const others: string[] = [];
  const members = ObjectKeys(app);
  for (let i = 0; i < members.length; i++) {
    if (app[members[i]!] !== undefined) ArrayPrototypePush(others, members[i]!);
  }
  return { parts, members: others, websocket: typeof app.websocket === "object" && app.websocket !== null, fetch: typeof app.fetch === "function", handlers: present, settings, actors, connect: typeof app.connect === "function", channels: channels.describe(app) };
}

/** Runs a handler with the session's socket before its other arguments. */
function event(name: string, ...args: unknown[]): unknown {
  if (!installed) return later(() => event(name, ...args));
  const handler = handlers[name];
  if (typeof handler !== "function") return undefined;
  return ReflectApply(handler as Handler, handlers, [socket, ...args]);
}

/** event for what comes most often: no list of arguments is made. */
function message(data: unknown): unknown {
  if (!installed) return later(() => message(data));
  return typeof handlers.message === "function" ? handlers.message(socket, data) : undefined;
}

/** Answers a request: see request.ts. */
function fetch(method: string, url: string, headers: string, body: unknown): void {
  if (installed) answer(app!, method, url, headers, body);
  else later(() => fetch(method, url, headers, body)).catch(fail);
}

/** Has a channel's event come when the module is there. It finds no channel if the module has failed. */
function whenInstalled<A extends unknown[]>(event: (...args: A) => void): (...args: A) => unknown {
  return (...args) => (installed ? ReflectApply(event as Handler, undefined, args) : later(() => ReflectApply(event as Handler, undefined, args)));
}

export default {
  install,
  describe: () => (installed ? describe() : later(describe)),
  fetch,
  abort,
  open: () => event("open"),
  message,
  close: (code: number, reason: string) => event("close", code, reason),
  drain: () => event("drain"),
  connect: (...args: ConnectArgs) => (installed ? channels.connect(app!, ...args) : later(() => channels.connect(app!, ...args))),
  channelJoin: whenInstalled((...args: JoinArgs) => channels.join(app!, ...args)),
  channelPush: whenInstalled(channels.events.push),
  channelOut: whenInstalled(channels.events.out),
  channelInfo: whenInstalled(channels.events.info),
  channelLeft: whenInstalled(channels.events.left),
  channelEnd: whenInstalled(channels.events.end),
  channelNext: channels.events.next,
  // A module that still awaits at its top level stays, and none can be moved to.
  idle,
  suspend: () => (installed && app !== undefined ? suspend(app) : false),
  stay: () => stay(app!),
  resume(state: Parameters<typeof resume>[1], patterns: Record<number, string>): void {
    if (!installed) throw new SafeTypeError("the new version awaits at its top level");
    if (failure !== undefined) throw failure[0];
    resume(app!, state, patterns);
  },
};
