/** How long a silent stream may be, so that nothing on the way takes it for dead. */
const heartbeat = 15_000;

/** A response that sends each message of a topic as a server-sent event, until the client goes. */
export function events(topic: string): Response {
  const encoder = new TextEncoder();
  let unsubscribe: () => void;
  let timer: number;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      send("retry: 1000\n\n");
      unsubscribe = Rowan.subscribe(topic, (message) => send(`data: ${JSON.stringify(message)}\n\n`));
      timer = setInterval(() => send(": still there\n\n"), heartbeat);
    },
    cancel() {
      unsubscribe();
      clearInterval(timer);
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
}
