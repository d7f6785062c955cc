// The group "node": what bundles get for Node's modules, and Node's globals.

import { bufferModule, invalidType, nodeError } from "../buffer/buffer.ts";
import { expose, exposeFunctions } from "../internal/expose.ts";
import { report } from "../internal/report.ts";
import absent from "./absent.ts";
import assert, { strict } from "./assert.ts";
import asyncHooks, { followPromises } from "./async_context.ts";
import crypto from "./crypto.ts";
import diagnosticsChannel from "./diagnostics_channel.ts";
import events from "./events.ts";
import fs, { promises as fsPromises } from "./fs.ts";
import os from "./os.ts";
import path from "./path.ts";
import perfHooks from "./perf_hooks.ts";
import process, { reportWith, setProcess } from "./process.ts";
import punycode from "./punycode.ts";
import querystring from "./querystring.ts";
import stringDecoder from "./string_decoder.ts";
import { defineStacks } from "./stacks.ts";
import stream, { consumers, promises as streamPromises, webModule } from "./stream.ts";
import timers, { globals, promises as timersPromises } from "./timers.ts";
import url from "./url.ts";
import util from "./util.ts";

declare const __host: { chosen: boolean };

const modules: Record<string, unknown> = {
  ...absent,
  assert,
  "assert/strict": strict,
  async_hooks: asyncHooks,
  buffer: bufferModule,
  constants: { ...fs.constants, ...os.constants.errno, ...os.constants.signals },
  crypto,
  diagnostics_channel: diagnosticsChannel,
  events,
  fs,
  "fs/promises": fsPromises,
  os,
  path,
  "path/posix": path.posix,
  "path/win32": path.win32,
  perf_hooks: perfHooks,
  process,
  punycode,
  querystring,
  stream,
  "stream/consumers": consumers,
  "stream/promises": streamPromises,
  "stream/web": webModule,
  string_decoder: stringDecoder,
  sys: util,
  timers,
  "timers/promises": timersPromises,
  url,
  util,
  "util/types": util.types,
};

/** The module of that name, with or without "node:" before it; undefined if there is none. */
function builtin(id: string): unknown {
  const name = id.startsWith("node:") ? id.slice(5) : id;
  return Object.hasOwn(modules, name) ? modules[name] : undefined;
}

function require(id: unknown): unknown {
  if (typeof id !== "string") throw invalidType("id", "of type string", id);
  const found = builtin(id);
  if (found === undefined) throw nodeError(Error, "MODULE_NOT_FOUND", "Cannot find module '" + id + "'");
  return found;
}

const builtinModules = [...Object.keys(modules), "module"];

function createRequire(_filename: unknown): unknown {
  return Object.assign((id: unknown) => require(id), {
    resolve(id: string): string {
      require(id);
      return id;
    },
    cache: Object.create(null),
    main: undefined,
  });
}

modules.module = Object.assign(function Module() {}, {
  builtinModules,
  createRequire,
  isBuiltin: (id: unknown) => typeof id === "string" && builtin(id) !== undefined,
  syncBuiltinESMExports() {},
  findSourceMap: () => undefined,
});

setProcess({ getBuiltinModule: builtin });
reportWith(report);
if (__host.chosen) {
  followPromises();
  defineStacks();
  expose(__host, { process, global: globalThis });
  exposeFunctions(__host, globals);
}

export default { require };
