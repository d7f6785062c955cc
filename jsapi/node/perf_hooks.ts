// node:perf_hooks, https://nodejs.org/api/perf_hooks.html: the classes of the group "performance". The delay of the event loop is not
// measured: a context has none.

import * as web from "../performance/performance.ts";
import { nodeError } from "../buffer/buffer.ts";

const classes = Object.fromEntries(Object.entries(web as any).filter(([name]) => /^[A-Z]/.test(name)));

export default {
  ...classes,
  performance: (web as any).performance ?? (globalThis as any).performance,
  constants: {},
  monitorEventLoopDelay() {
    throw nodeError(Error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "perf_hooks.monitorEventLoopDelay() is not there");
  },
};
