/** What an app uses of the Web, where TypeScript's library for workers or pages is there too. */
import type { App } from "rowan";

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const body: ReadableStream<Uint8Array> | null = request.body;
    const channel = new BroadcastChannel("news");
    channel.onmessage = ({ data }) => console.log(data);
    channel.close();
    const answer = await fetch("https://example.com/", { signal: request.signal });
    return pathname === "/echo" ? new Response(body) : new Response(answer.body, { headers: new Headers({ "x-by": "rowan" }) });
  },
} satisfies App;
