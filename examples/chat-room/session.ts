/** The rooms over a plain WebSocket: the same as channels.ts, with a protocol of its own. */
import type { ServerWebSocket, WebSocketHandler } from "rowan";
import { actor, kill, roomName } from "./rooms.ts";

/** The name of the room that this session is in: a session is in one room at a time. */
let room: string | undefined;

/** What a client sends. */
type Command =
  | { type: "join"; room: string }
  | { type: "send"; sender: string; text: string }
  | { type: "kill" };

export const session: WebSocketHandler = {
  open(ws) {
    ws.subscribe(ws.id); // what a room says to this session alone
    ws.subscribe("chat"); // which rooms are being talked in
  },

  async message(ws, text) {
    try {
      await run(ws, JSON.parse(`${text}`));
    } catch (error) {
      ws.send(JSON.stringify({ type: "error", text: (error as Error).message }));
    }
  },
};

async function run(ws: ServerWebSocket, command: Command): Promise<void> {
  switch (command.type) {
    case "join":
      return join(ws, roomName(command.room));
    case "send": {
      const message = await actor(joined()).send(command.sender, command.text);
      ws.send(JSON.stringify({ type: "sent", message }));
      return;
    }
    case "kill":
      return kill(joined());
    default:
      throw new TypeError(`unknown command ${JSON.stringify((command as Command).type)}`);
  }
}

function joined(): string {
  if (room === undefined) throw new Error("join a room first");
  return room;
}

/** Moves this session to a room, which answers with its history. */
async function join(ws: ServerWebSocket, name: string): Promise<void> {
  if (room !== undefined) ws.unsubscribe(`room:${room}`);
  room = name;
  ws.subscribe(`room:${name}`);
  await actor(name).tellHistory(ws.id);
}
