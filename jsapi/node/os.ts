// node:os, https://nodejs.org/api/os.html. Of the machine it tells little: a context sees its share of it.

import { errnos } from "./errno.ts";
import process from "./process.ts";

const signals = Object.fromEntries(
  ("SIGHUP 1 SIGINT 2 SIGQUIT 3 SIGILL 4 SIGTRAP 5 SIGABRT 6 SIGBUS 7 SIGFPE 8 SIGKILL 9 SIGUSR1 10 SIGSEGV 11 SIGUSR2 12 SIGPIPE 13 " +
    "SIGALRM 14 SIGTERM 15 SIGCHLD 17 SIGCONT 18 SIGSTOP 19 SIGTSTP 20 SIGTTIN 21 SIGTTOU 22 SIGWINCH 28")
    .match(/\w+ \d+/g)!.map((pair) => pair.split(" ")).map(([name, n]) => [name, +n!]),
);

const types: Record<string, string> = { linux: "Linux", darwin: "Darwin", win32: "Windows_NT", freebsd: "FreeBSD" };
const windows = process.platform === "win32";

const os = {
  EOL: windows ? "\r\n" : "\n",
  devNull: windows ? "\\\\.\\nul" : "/dev/null",
  arch: () => process.arch as string,
  platform: () => process.platform as string,
  type: () => types[process.platform] ?? "Unknown",
  release: () => "0.0.0",
  version: () => "rowan " + process.versions.rowan,
  machine: () => (process.arch === "x64" ? "x86_64" : process.arch === "arm64" ? "aarch64" : process.arch) as string,
  endianness: () => "LE",
  hostname: () => "localhost",
  homedir: () => "/",
  tmpdir: () => "/tmp",
  uptime: () => Math.floor(process.uptime()),
  loadavg: () => [0, 0, 0],
  totalmem: () => process.constrainedMemory() as number,
  freemem: () => process.availableMemory() as number,
  availableParallelism: () => 1,
  cpus: () => [{ model: "rowan", speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }],
  networkInterfaces: () => ({}),
  userInfo: () => ({ uid: 0, gid: 0, username: "rowan", homedir: "/", shell: null }),
  getPriority: () => 0,
  setPriority() {},
  constants: Object.freeze({
    UV_UDP_REUSEADDR: 4,
    dlopen: {},
    errno: errnos,
    signals,
    priority: { PRIORITY_LOW: 19, PRIORITY_BELOW_NORMAL: 10, PRIORITY_NORMAL: 0, PRIORITY_ABOVE_NORMAL: -7, PRIORITY_HIGH: -14, PRIORITY_HIGHEST: -20 },
  }),
};

export default os;
