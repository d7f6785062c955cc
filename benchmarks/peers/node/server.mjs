// An echo server in Node with npm's ws: all connections in one JavaScript context. With --broadcast, what one sends all the others get.
// SIGUSR2 collects garbage, when it runs with --expose-gc.
import { WebSocketServer } from "ws";

const broadcast = process.argv.includes("--broadcast");
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });

server.on("connection", (socket) => {
	socket.on("error", () => {});
	socket.on("message", (message, binary) => {
		if (!broadcast) return socket.send(message, { binary });
		for (const other of server.clients) if (other !== socket) other.send(message, { binary });
	});
});
server.on("listening", () => console.log(`ws://127.0.0.1:${server.address().port}/`));
process.on("SIGUSR2", () => globalThis.gc?.());
