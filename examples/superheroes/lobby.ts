import type { Channel, ChannelSocket } from "rowan";
import { Acknowledgements } from "./acknowledgements.ts";
import { Copy } from "./copy.ts";
import { type Change, changes, list } from "./superheroes.ts";

/** What the server keeps for one client in the lobby. */
interface State {
  copy: Copy;
  acknowledgements: Acknowledgements;
}

/** "superheroes:lobby": all superheroes in one `hydrate`, then every change: `create`, `update`, `delete`. */
export const lobby: Channel = {
  join(socket) {
    socket.subscribe(changes); // before the list is read: no change falls between the two
    const superheroes = list();
    socket.assigns = {
      copy: new Copy(superheroes),
      acknowledgements: new Acknowledgements(() => socket.crash("no_ack_received")),
    } satisfies State;
    send(socket, "hydrate", { superheroes });
    return {};
  },

  on: {
    message_ack(socket, { message_id }) {
      state(socket).acknowledgements.received(message_id);
    },
  },

  info(socket, message: Change) {
    const change = state(socket).copy.apply(message);
    if (change !== null) send(socket, change.event, { superhero: change.superhero });
  },

  leave(socket) {
    state(socket).acknowledgements.stop();
  },
};

/** Pushes an event that the client has to acknowledge. */
function send(socket: ChannelSocket, event: string, payload: object): void {
  socket.push(event, { ...payload, message_id: state(socket).acknowledgements.expect() });
}

function state(socket: ChannelSocket): State {
  return socket.assigns as State;
}
