CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  at INTEGER NOT NULL -- milliseconds since 1970
);
