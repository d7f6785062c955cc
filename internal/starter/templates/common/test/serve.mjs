import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * Runs the app on a free port, with a database in memory, until the test ends.
 *
 * @param {import("node:test").TestContext} t
 * @returns {Promise<string>} the server's URL, with a slash at its end
 */
export async function serve(t) {
  if (typeof WebSocket === "undefined") throw new Error(`the tests need Node.js 22 or later; this is ${process.version}`);
  const app = fileURLToPath(new URL("../app.ts", import.meta.url));
  const server = spawn("rowan", ["serve", app, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "inherit", "pipe"] });
  t.after(() => server.kill());
  return new Promise((resolve, reject) => {
    server.on("error", (error) => reject(error.code === "ENOENT" ? new Error("the command rowan is not found: is its folder in PATH?") : error));
    server.on("exit", (code) => reject(new Error(`rowan has ended with the exit code ${code}`)));
    createInterface({ input: server.stderr }).on("line", (line) => {
      const [, url] = / is ready: open (\S+)/.exec(line) ?? [];
      if (url) resolve(url);
      else console.error(line);
    });
  });
}
