CREATE TABLE room (name TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE user (name TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE member (
  id   INTEGER PRIMARY KEY, -- the order of the list
  room TEXT NOT NULL,
  user TEXT NOT NULL,
  UNIQUE (room, user)
);

-- Who leaves a room stays the author of what they have said there.
CREATE TABLE chat (
  id   INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of the messages
  room TEXT NOT NULL,
  user TEXT NOT NULL,
  body TEXT NOT NULL,
  at   INTEGER NOT NULL -- milliseconds since 1970
);
CREATE INDEX chat_by_room ON chat (room, id);
