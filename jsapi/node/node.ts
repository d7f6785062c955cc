// The group "node": what bundles get for Node's modules, and Node's globals.

import { bufferModule } from "../buffer/buffer.ts";
import { invalidType, nodeError } from "../buffer/buffer.ts";
import events from "./events.ts";
import path from "./path.ts";
import querystring from "./querystring.ts";
import stringDecoder from "./string_decoder.ts";

const modules: Record<string, unknown> = {
  buffer: bufferModule,
  events,
  path,
  "path/posix": path.posix,
  "path/win32": path.win32,
  querystring,
  string_decoder: stringDecoder,
};

/** The module of that name, with or without "node:" before it. */
function require(id: unknown): unknown {
  if (typeof id !== "string") throw invalidType("id", "of type string", id);
  const name = id.startsWith("node:") ? id.slice(5) : id;
  if (Object.hasOwn(modules, name)) return modules[name];
  throw nodeError(Error, "MODULE_NOT_FOUND", "Cannot find module '" + id + "'");
}

export default { require };
