// Tries to come to what is off. Each function returns what it has found, which should be nothing.

/** The names of all functions that can be reached from some values, by properties, prototypes and constructors. */
export function reachable(...roots) {
  const seen = new Set();
  const names = new Set();
  const visit = (value) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
    seen.add(value);
    if (typeof value === "function") names.add(String(Object.getOwnPropertyDescriptor(value, "name")?.value));
    for (const key of Reflect.ownKeys(value)) {
      const { value: held, get, set } = Object.getOwnPropertyDescriptor(value, key);
      visit(held);
      visit(get);
      visit(set);
    }
    visit(Object.getPrototypeOf(value));
  };
  const thrown = [];
  for (const f of [() => null.x, () => Rowan.callSync("nothing"), () => Rowan.sql("nonsense"), () => new Rowan.Refusal({})]) {
    try { thrown.push(f()); } catch (error) { thrown.push(error); }
  }
  const kinds = [globalThis, function* () {}, async function () {}, async function* () {}, (async () => {})(), import("no such module").catch((e) => e)];
  for (const root of [...kinds, ...thrown, ...roots]) visit(root);
  return names;
}

const hidden = ["__host", "__rowan", "require", "process", "global", "std", "os", "scriptArgs", "bjson", "gc", "load", "print", "module", "exports", "internalBinding",
  "fetch", "WebSocket", "EventSource", "XMLHttpRequest", "importScripts", "setTimeout", "setInterval", "localStorage", "sessionStorage", "crypto", "navigator", "console"];

/** The names that code made at run time finds, by every way to make code. */
export function named(allowed) {
  const found = [];
  const indirect = eval;
  const make = {
    eval: (code) => eval(code),
    indirect: (code) => indirect(code),
    Function: (code) => Function(`return ${code}`)(),
    constructor: (code) => (() => {}).constructor(`return ${code}`)(),
    generator: (code) => (function* () {}).constructor(`return ${code}`)().next().value,
    strict: (code) => Function(`"use strict"; return ${code}`)(),
    parameter: (code) => Function(`x = ${code}`, "return x")(),
    bound: (code) => Reflect.construct(Function, [`return ${code}`])(),
  };
  const tried = (run, code) => { try { return run(code); } catch { return undefined; } };
  for (const [way, run] of Object.entries(make)) {
    for (const name of hidden) {
      const type = tried(run, `typeof ${name}`);
      if (!allowed.includes(name) && type !== undefined && type !== "undefined") found.push(`${name} by ${way}`);
    }
    if (tried(run, "this?.__host") !== undefined) found.push(`this by ${way}`);
    if (tried(run, "arguments.callee.caller") != null) found.push(`a caller by ${way}`);
  }
  return found;
}

/** The modules that can be imported at run time. */
export async function imported() {
  const found = [];
  const names = ["fs", "node:fs", "node:process", "node:http", "std", "os", "bjson", "qjs:std", "qjs:os", "rowan", "app", "internal", "fetch", "node.require",
    "../fetch/fetch.ts", "./internal/primordials.ts", "jsapi/fetch/fetch.ts", "/etc/passwd", "file:///etc/passwd", "../../../../etc/passwd", "./sidedoors.ts", "./rowan.toml",
    "data:text/javascript,export default 1", "http://127.0.0.1/", "https://example.com/x.js", "", "\0", "__proto__", "constructor"];
  const ways = { import: (name) => import(name), Function: (name) => Function("n", "return import(n)")(name), eval: (name) => eval("(n) => import(n)")(name) };
  for (const [way, load] of Object.entries(ways)) {
    for (const name of names) {
      try {
        await load(name);
        found.push(`${name} by ${way}`);
      } catch { /* as it should be */ }
    }
  }
  return found;
}

/** What the module's own import.meta has that could do something, but for scope, which gives the host a function and gets nothing. */
export function meta() {
  const found = Reflect.ownKeys(import.meta).filter((key) => typeof import.meta[key] === "function" && key !== "scope").map(String);
  if (import.meta.scope?.(() => {}) !== undefined) found.push("the value of scope");
  return found;
}

/** The host functions that can be called by a name. */
export async function called(allowed) {
  const found = [];
  const names = ["publish", "subscribers", "broadcast", "respond", "request", "fetch", "fetch.request", "rowan.sql", "sql", "storage.get", "node.readFile", "readFileSync", "fs",
    "env", "rowan.env", "internal.settle", "app.fetch", "app.install", "actor.install", "spawn", "actors.spawn", "connect", "websocket.connect", "about", "exit", "eval",
    "__proto__", "constructor", "toString", "hasOwnProperty", "", "\0", "publish\0", "Publish", " publish"];
  for (const name of names) {
    if (allowed.includes(name)) continue;
    for (const call of [() => Rowan.callSync(name, "x", "y"), () => Rowan.call(name, "x", "y")]) {
      try {
        await call();
        found.push(name);
      } catch (error) {
        if (error.code !== "unknown_handler" && error.code !== "denied") found.push(`${name}: ${error.code} ${error.message}`);
      }
    }
  }
  for (const name of [{ toString: () => "publish" }, ["publish"], Symbol("publish"), 1, null, undefined]) {
    try {
      Rowan.callSync(name, "x", "y");
      found.push(String(name));
    } catch { /* as it should be */ }
  }
  return found;
}
