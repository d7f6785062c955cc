CREATE TABLE superheroes (
  id       INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, so that a late change cannot meet another superhero
  name     TEXT    NOT NULL,
  location TEXT    NOT NULL,
  power    INTEGER NOT NULL CHECK (power BETWEEN 1 AND 100),
  version  INTEGER NOT NULL UNIQUE            -- of its last change
);

-- One row: the version of the last change of all. It counts on after a restart, and no two changes have the same.
CREATE TABLE clock (version INTEGER NOT NULL);
INSERT INTO clock VALUES (0);
