import type { App, ServerWebSocket } from "rowan";

/** A session's whole state. Each browser tab has a context of its own, and so a count of its own. */
let count = 0;

/** What the page sends. An amount is what its form field holds; left out, it is 1. */
interface Command {
  type: "increment" | "decrement" | "reset";
  amount?: string | number;
}

export default {
  websocket: {
    open(ws) {
      report(ws);
    },

    message(ws, text) {
      try {
        run(JSON.parse(`${text}`));
      } catch (error) {
        ws.send(JSON.stringify({ error: (error as Error).message }));
        return;
      }
      report(ws);
    },
  },
} satisfies App;

function run(command: Command): void {
  switch (command.type) {
    case "increment":
      return add(amountOf(command));
    case "decrement":
      return add(-amountOf(command));
    case "reset":
      count = 0;
      return;
    default:
      throw new TypeError(`unknown command ${JSON.stringify(command.type)}`);
  }
}

/** Reads an amount as the integer that it begins with: "10abc" is 10. */
function amountOf({ amount = 1 }: Command): number {
  const n = Number.parseInt(`${amount}`, 10);
  if (!Number.isSafeInteger(n)) throw new RangeError(`${JSON.stringify(amount)} is no whole number`);
  return n;
}

function add(n: number): void {
  if (!Number.isSafeInteger(count + n)) throw new RangeError("the count would become too large to be exact");
  count += n;
}

/** Tells the page the count, and what this session's context costs the server. */
function report(ws: ServerWebSocket): void {
  ws.send(JSON.stringify({ count, context: ws.id, usage: Rowan.usage() }));
}
