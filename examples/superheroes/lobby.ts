import type { Channel, ChannelSocket } from "rowan";
import { Copy } from "./copy.ts";
import { Deadlines } from "./deadlines.ts";
import { type Change, changes, list } from "./superheroes.ts";

/** How long a client may take to acknowledge a message, in milliseconds. */
const patience = 3000;

/** What the server keeps for one client in the lobby. */
interface State {
  copy: Copy;
  /** The ids of the messages that the client is yet to acknowledge. */
  messages: Deadlines<string>;
}

/** "superheroes:lobby": all superheroes in one `hydrate`, then every change: `create`, `update`, `delete`. */
export const lobby: Channel = {
  join(socket) {
    socket.subscribe(changes); // before the list is read: no change falls between the two
    const all = list();
    socket.assigns = {
      copy: new Copy(all, () => socket.crash("changes_lost")),
      messages: new Deadlines(patience, () => socket.crash("no_ack_received")),
    } satisfies State;
    send(socket, "hydrate", { superheroes: all.superheroes });
    return {};
  },

  on: {
    message_ack(socket, { message_id }) {
      state(socket).messages.met(message_id);
    },
  },

  info(socket, message: Change) {
    const change = state(socket).copy.apply(message);
    if (change !== null) send(socket, change.event, { superhero: change.superhero });
  },

  leave(socket) {
    const { copy, messages } = state(socket);
    copy.stop();
    messages.stop();
  },
};

/** Pushes an event that the client has to acknowledge. */
function send(socket: ChannelSocket, event: string, payload: object): void {
  const message_id = Rowan.randomUUIDv7();
  socket.push(event, { ...payload, message_id });
  state(socket).messages.add(message_id);
}

function state(socket: ChannelSocket): State {
  return socket.assigns as State;
}
