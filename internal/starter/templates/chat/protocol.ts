/** What goes over the socket, as JSON texts. Clients connect to /ws?room=NAME&name=NAME. */

/** What a client sends: something to say. */
export interface Say {
  text: string;
}

/** What was said. */
export interface Said {
  /** The first in a room is 1. */
  id: number;
  by: string;
  text: string;
}

/** What a client hears: first what was said before, then what is said. */
export type Heard = { type: "history"; messages: Said[] } | ({ type: "said" } & Said) | { type: "refused"; reason: string };
