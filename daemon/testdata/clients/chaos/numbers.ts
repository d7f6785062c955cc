// A topic's counter: it alone publishes "said", so all members get the same messages in the same order.
let n = 0;

export const last = () => n;

export function next(): number {
  Rowan.broadcast(Rowan.actorId!, "said", { n: ++n });
  return n;
}
