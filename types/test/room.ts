/** An actor: its exported functions are what others can call. */
const lines: string[] = [];

export const name = "a room";

export function history(limit: number): string[] {
  return lines.slice(-limit);
}

export async function count(): Promise<number> {
  return lines.length;
}
