// An echo with npm's ws: prints its address, answers each line of standard input, "resident", with its resident set, and ends with it.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { WebSocketServer } = createRequire(new URL("../../examples/testdata/", import.meta.url))("ws");
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, backlog: 4096 });
server.on("connection", (socket) => socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })));
server.on("listening", () => console.log("127.0.0.1:" + server.address().port));
createInterface({ input: process.stdin })
  .on("line", () => {
    globalThis.gc?.();
    console.log(process.memoryUsage.rss());
  })
  .on("close", () => process.exit());
