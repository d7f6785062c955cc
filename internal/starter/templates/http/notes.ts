/** What is stored: the table notes of migrations/001_notes.sql. */
export interface Note {
  id: number;
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

export function all(): Note[] {
  return Rowan.sql<Note>("SELECT id, text, at FROM notes ORDER BY id");
}

export function add(text: string): Note {
  return Rowan.sql<Note>("INSERT INTO notes (text, at) VALUES (?, ?) RETURNING id, text, at", text, Date.now())[0]!;
}

/** Returns whether there was such a note. */
export function remove(id: number): boolean {
  return Rowan.sql("DELETE FROM notes WHERE id = ? RETURNING id", id).length > 0;
}
