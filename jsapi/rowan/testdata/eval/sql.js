// Rowan.sql: what goes in, what comes out, and what is refused.
const { sql } = Rowan;
sql("CREATE TABLE things (id INTEGER PRIMARY KEY, value, flag BOOLEAN, day DATETIME, UNIQUE (value))");
assert.deepEqual(sql("INSERT INTO things (value, flag, day) VALUES (?, ?, ?) RETURNING *", "x", true, "2024-01-01"), [
  { id: 1, value: "x", flag: 1, day: "2024-01-01" },
]);
assert.deepEqual(sql("SELECT * FROM things WHERE id = 7"), []);

const through = (value) => Object.values(sql("SELECT ? AS value, typeof(?1) AS type", value)[0]);
assert.deepEqual(through(null), [null, "null"]);
assert.deepEqual(through(undefined), [null, "null"]);
assert.deepEqual(through(false), [0, "integer"]);
assert.deepEqual(through(1.5), [1.5, "real"]);
assert.deepEqual(through(3e9), [3e9, "integer"]);
assert.deepEqual(through(2 ** 53), [2 ** 53, "integer"]);
assert.deepEqual(through(2 ** 60), [2 ** 60, "real"]);
assert.deepEqual(through(-Infinity), [-Infinity, "real"]);
assert.deepEqual(through(2n ** 53n), [2 ** 53, "integer"]);
assert.deepEqual(through(2n ** 63n - 1n), [2n ** 63n - 1n, "integer"]);
assert.deepEqual(through(-(2n ** 63n)), [-(2n ** 63n), "integer"]);
assert.deepEqual(through("é😀\0\ud800"), ["é😀\0\ud800", "text"]);
assert.deepEqual(through(""), ["", "text"]);
assert.deepEqual(through(new Uint8Array([1, 2])), [new Uint8Array([1, 2]), "blob"]);
assert.deepEqual(through(new Uint8Array()), [new Uint8Array(), "blob"]);
assert.deepEqual(through(new Uint16Array([258]).buffer), [new Uint8Array([2, 1]), "blob"]);
assert.deepEqual(through(new DataView(new ArrayBuffer(4), 1, 2)), [new Uint8Array(2), "blob"]);

const many = Array.from({ length: 30_000 }, (_, i) => i);
assert.deepEqual(sql("SELECT count(*) AS n, sum(column1) AS sum FROM (VALUES " + many.map(() => "(?)").join() + ")", ...many), [
  { n: 30_000, sum: 449_985_000 },
]);

// What fails says why, with a code.
const fails = (code, message, ...args) => {
  let error;
  try {
    sql(...args);
  } catch (e) {
    error = e;
  }
  assert(error instanceof Error, args[0] + " was taken");
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
};
fails("query", /^sql: near "SELEC": syntax error$/, "SELEC 1");
fails("query", /no such table: absent/, "SELECT * FROM absent");
fails("query", /second begins at character 11/, "SELECT 1; SELECT 2");
fails("query", /empty/, " -- nothing");
fails("query", /has 2 parameters, and 1 values/, "SELECT ?, ?", 1);
fails("query", /no such column: "text"/, 'SELECT "text"');
fails("query", /NUL/, "SELECT 1\0");
fails("constraint", /UNIQUE constraint failed: things.value/, "INSERT INTO things (value) VALUES ('x')");
fails(undefined, /parameter 2 is NaN/, "SELECT ?, ?", 1, NaN);
fails(undefined, /parameter 1 is Date.*toISOString/, "SELECT ?", new Date());
fails(undefined, /parameter 1 is object/, "SELECT ?", {});
fails("limit", /parameter 1 is a BigInt/, "SELECT ?", 2n ** 63n);
assert.deepEqual(sql("SELECT 1 AS one; -- and that is all\n"), [{ one: 1 }]);

// What is not for scripts.
for (const query of [
  "BEGIN", "COMMIT", "SAVEPOINT x", "ATTACH 'x.db' AS x", "DETACH main", "VACUUM", "VACUUM INTO '/tmp/copy.db'",
  "PRAGMA journal_mode = DELETE", "PRAGMA writable_schema = 1", "PRAGMA synchronous = OFF", "PRAGMA foreign_keys = 0", "PRAGMA application_id = 5",
  "SELECT * FROM pragma_journal_mode", "SELECT load_extension('x')", "CREATE TEMP TABLE x (a)", "CREATE TEMP VIEW v AS SELECT 1",
  "SELECT * FROM rowan_storage", "SELECT value FROM Rowan_Storage", "INSERT INTO rowan_storage VALUES ('a', x'01')", "DROP TABLE rowan_meta",
  "CREATE TABLE rowan_mine (a)", "CREATE INDEX i ON rowan_local (value)", "ALTER TABLE rowan_local ADD COLUMN x",
  "CREATE TRIGGER t AFTER INSERT ON rowan_local BEGIN SELECT 1; END", "WITH x AS (SELECT * FROM rowan_meta) SELECT * FROM x",
  "SELECT last_insert_rowid()", "SELECT changes()", "SELECT data FROM sqlite_dbpage",
]) {
  fails("denied", /^sql: /, query);
}
Rowan.storage.set("key", 1);
fails("denied", /rowan_storage/, "SELECT value FROM rowan_storage WHERE key = ?", "key"); // as the host itself does
fails("denied", /rowan_storage/, "INSERT INTO things (value) SELECT key FROM rowan_storage");
sql("CREATE TRIGGER spy AFTER INSERT ON things BEGIN DELETE FROM rowan_storage; END");
fails("denied", /rowan_storage/, "INSERT INTO things (value) VALUES ('y')");
sql("DROP TRIGGER spy");
assert.equal(sql("PRAGMA table_info(things)").length, 4);
sql("PRAGMA user_version = 3");
assert.deepEqual(sql("PRAGMA user_version"), [{ user_version: 3 }]);

// References between tables hold.
sql("CREATE TABLE parts (thing INTEGER REFERENCES things ON DELETE CASCADE)");
fails("constraint", /FOREIGN KEY/, "INSERT INTO parts VALUES (99)");
sql("INSERT INTO parts VALUES (1)");
sql("DELETE FROM things WHERE id = 1");
assert.deepEqual(sql("SELECT * FROM parts"), []);

// A schema that changes under a prepared statement.
sql("CREATE TABLE wide (a)");
sql("INSERT INTO wide VALUES (1)");
assert.deepEqual(sql("SELECT * FROM wide"), [{ a: 1 }]);
sql("ALTER TABLE wide ADD COLUMN b DEFAULT 2");
assert.deepEqual(sql("SELECT * FROM wide"), [{ a: 1, b: 2 }]);

// What reaches all tables for good reasons, and those of the host only for these.
sql("CREATE INDEX wide_a ON wide (a)");
sql("ANALYZE");
assert.deepEqual(sql("SELECT idx FROM sqlite_stat1 WHERE tbl = 'wide'"), [{ idx: "wide_a" }]);
sql("PRAGMA optimize");
assert.deepEqual(sql("PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
sql("ANALYZE rowan_storage");
fails("denied", /rowan_storage/, "UPDATE wide SET a = key FROM rowan_storage");
sql("ANALYZE rowan_storage");
fails("denied", /rowan_storage/, "SELECT key FROM rowan_storage");
fails("denied", /rowan_storage/, "DELETE FROM rowan_storage RETURNING key");
sql("ALTER TABLE wide RENAME COLUMN a TO c");
sql("ALTER TABLE wide RENAME TO wider");
sql("ALTER TABLE wider ADD COLUMN d NOT NULL DEFAULT 1 CHECK (d > 0)");
sql("ALTER TABLE wider DROP COLUMN b");
assert.deepEqual(sql("SELECT * FROM wider"), [{ c: 1, d: 1 }]);

// Full-text search, JSON and more than one column of a name.
sql("CREATE VIRTUAL TABLE texts USING fts5(body)");
sql("INSERT INTO texts VALUES (?)", "the quick brown fox");
assert.deepEqual(sql("SELECT body FROM texts WHERE texts MATCH 'quick'"), [{ body: "the quick brown fox" }]);
assert.deepEqual(sql("SELECT value FROM json_each(?)", "[1, 2]"), [{ value: 1 }, { value: 2 }]);
assert.deepEqual(sql("SELECT 1 AS a, 2 AS a"), [{ a: 2 }]);

// Rows beyond what one call can hand over.
fails("limit", /rows take more than/, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000) SELECT zeroblob(1000000) AS b FROM c");
fails("limit", /too big/, "SELECT zeroblob(100000000)");
sql("CREATE TABLE ids (id INTEGER PRIMARY KEY)");
fails("limit", /rows take more than/, "INSERT INTO ids WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 70) SELECT x FROM c RETURNING zeroblob(1000000) AS b");
assert.deepEqual(sql("SELECT count(*) AS n FROM ids"), [{ n: 0 }]);
fails("limit", /too big|too large|too long/, "SELECT '" + "x".repeat(2 << 20) + "'");
assert.equal(sql("SELECT '" + "x".repeat(100_000) + "' AS long")[0].long.length, 100_000);
