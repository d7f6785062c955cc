import type { App, ServerWebSocket } from "rowan";

/** The name of the room that this session is in: a session is in one room at a time. */
let room: string | undefined;

/** What the page sends. */
type Command =
  | { type: "join"; room: string }
  | { type: "send"; sender: string; text: string }
  | { type: "kill" };

export default {
  actors: { room: "./room.ts" },

  websocket: {
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
  },
} satisfies App;

async function run(ws: ServerWebSocket, command: Command): Promise<void> {
  switch (command.type) {
    case "join":
      return join(ws, short("room", command.room, 60));
    case "send":
      return send(ws, short("sender", command.sender, 40), command.text);
    case "kill":
      return kill();
    default:
      throw new TypeError(`unknown command ${JSON.stringify((command as Command).type)}`);
  }
}

/** The room as an actor: its context begins with the first call, whoever makes it. */
function actor(name: string | undefined) {
  if (name === undefined) throw new Error("join a room first");
  return Rowan.actor<typeof import("./room.ts")>("room", name);
}

/** Moves this session to a room, which answers with its history. */
async function join(ws: ServerWebSocket, name: string): Promise<void> {
  if (room !== undefined) ws.unsubscribe(`room:${room}`);
  room = name;
  ws.subscribe(`room:${name}`);
  await actor(name).join(ws.id);
}

async function send(ws: ServerWebSocket, sender: string, text: string): Promise<void> {
  if (`${text}`.trim() === "") return;
  const message = await actor(room).send(sender, short("text", text, 2000));
  ws.send(JSON.stringify({ type: "sent", message }));
}

/** Ends the room's context, and tells everybody in the room. */
async function kill(): Promise<void> {
  const killed = room;
  await actor(killed).loopForEver().catch(() => {}); // it fails with the code "crashed"
  Rowan.publish(`room:${killed}`, { type: "killed", room: killed });
}

/** A text that a client has sent, if it is one and not too long. */
function short(what: string, text: unknown, max: number): string {
  if (typeof text !== "string" || text.trim() === "") throw new TypeError(`${what} is missing`);
  if (text.length > max) throw new RangeError(`${what} is longer than ${max} characters`);
  return text.trim();
}
