// The actor that keeps the notes. There is one of it, and its functions run one call at a time.

export interface Note {
  id: number;
  text: string;
}

/** The most notes that are kept; the oldest go first. */
const notesMax = 1000;

const notes = new Map<number, Note>();
let last = 0;

export function list(): Note[] {
  return [...notes.values()];
}

export function get(id: number): Note | null {
  return notes.get(id) ?? null;
}

export function add(text: string): Note {
  const note = { id: ++last, text };
  notes.set(note.id, note);
  if (notes.size > notesMax) notes.delete(notes.keys().next().value!);
  Rowan.publish("notes", { type: "added", note });
  return note;
}

export function remove(id: number): boolean {
  const removed = notes.delete(id);
  if (removed) Rowan.publish("notes", { type: "removed", id });
  return removed;
}
