// What the scripts share. Their arguments are the server's address and the client's module.
import WebSocket from "ws";
import { after, Inbox, outcome, within } from "../../internal/nodetest/harness.mjs";

/** The server's address, such as http://127.0.0.1:4000. */
export const server = process.argv[2];

/** The package phoenix of npm, or the module that servers have for pages. */
export const { Presence, Socket } = await import(process.argv[3]);

/** A socket, which ends with its subject. */
export function connect(params = {}) {
  const socket = new Socket(`${server.replace("http", "ws")}/socket`, { params, transport: WebSocket, reconnectAfterMs: () => 20, rejoinAfterMs: () => 20 });
  after(() => new Promise((done) => socket.disconnect(done)));
  socket.connect();
  return socket;
}

/** Someone in a channel, and what is heard there. */
export class Member {
  #inboxes = new Map();

  constructor(socket, topic, events, params) {
    this.socket = socket;
    this.channel = socket.channel(topic, params);
    for (const event of ["phx_error", "phx_close", ...events]) {
      this.#inboxes.set(event, new Inbox(event));
      this.channel.on(event, this.#inboxes.get(event).put);
    }
    this.joined = this.channel.join();
  }

  /** The outcome of the join, which must be ok: its response. */
  async join() {
    const [status, response] = await outcome(this.joined);
    if (status !== "ok") throw new Error(`join ${this.channel.topic}: ${status} ${JSON.stringify(response)}`);
    return response;
  }

  /** What was heard of an event. */
  inbox(event) {
    return this.#inboxes.get(event);
  }

  /** Pushes an event: [status, response]. */
  push(event, payload) {
    return outcome(this.channel.push(event, payload));
  }

  /** The answers to joins from now on: those after the server or the channel was lost. */
  rejoins() {
    const inbox = new Inbox("join");
    let first = true;
    this.joined.receive("ok", (response) => {
      if (!first) inbox.put(response); // the one that is known is received at once
      first = false;
    });
    return inbox;
  }

  async leave() {
    await within("leave", new Promise((resolve) => this.channel.leave().receive("ok", resolve)));
  }
}

/** Asks over HTTP: [status, body]. */
export async function http(method, path, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${server}/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  return [response.status, text === "" ? undefined : JSON.parse(text)];
}
