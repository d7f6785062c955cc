/** The room of that name as an actor: its context begins with the first call, whoever makes it. */
export function actor(name: string) {
  return Rowan.actor<typeof import("./room.ts")>("room", name);
}

/** Ends the room's context, and tells everybody in the room. */
export async function kill(name: string): Promise<void> {
  await actor(name).loopForEver().catch(() => {}); // it fails with the code "crashed"
  Rowan.publish(`room:${name}`, { type: "killed", room: name });
  Rowan.broadcast(`room:${name}`, "killed");
}

/** A text that a client has sent, if it is one and not too long. */
export function short(what: string, text: unknown, max: number): string {
  if (typeof text !== "string" || text.trim() === "") throw new TypeError(`${what} is missing`);
  if (text.length > max) throw new RangeError(`${what} is longer than ${max} characters`);
  return text.trim();
}

/** A room's name. */
export const roomName = (name: unknown) => short("room", name, 60);
