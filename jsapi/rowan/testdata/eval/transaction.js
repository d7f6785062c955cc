// Rowan.transaction: all or nothing, over storage, tables and localStorage.
const { sql, storage, transaction } = Rowan;
sql("CREATE TABLE log (line)");
const lines = () => sql("SELECT line FROM log ORDER BY rowid").map((row) => row.line).join();

assert.equal(transaction(() => { sql("INSERT INTO log VALUES (1)"); return "done"; }), "done");
const object = {};
assert(transaction(() => object) === object); // as it is, not a copy
assert.equal(lines(), "1");

localStorage.setItem("item", "old");
const thrown = new RangeError("no");
const error = assert.throws(() => transaction(() => {
  sql("INSERT INTO log VALUES (2)");
  storage.set("key", 1);
  localStorage.setItem("item", "new");
  assert(storage.get("key") === 1 && lines() === "1,2" && localStorage.getItem("item") === "new");
  throw thrown;
}), RangeError);
assert(error === thrown);
assert(lines() === "1" && storage.get("key") === undefined && localStorage.getItem("item") === "old");

// A promise cannot be waited for.
assert.throws(() => transaction(async () => { sql("INSERT INTO log VALUES (3)"); }), TypeError, /promise/);
assert.throws(() => transaction(() => { sql("INSERT INTO log VALUES (3)"); return { then() {} }; }), TypeError, /promise/);
assert.throws(() => transaction(), TypeError, /not a function/);
assert.equal(lines(), "1");

// Nested ones are savepoints.
transaction(() => {
  sql("INSERT INTO log VALUES (4)");
  assert.throws(() => transaction(() => { sql("INSERT INTO log VALUES (5)"); throw new Error("inner"); }), Error, /inner/);
  transaction(() => { sql("INSERT INTO log VALUES (6)"); transaction(() => sql("INSERT INTO log VALUES (7)")); });
});
assert.equal(lines(), "1,4,6,7");
assert.throws(() => transaction(() => { transaction(() => sql("INSERT INTO log VALUES (8)")); throw new Error("outer"); }), Error);
assert.equal(lines(), "1,4,6,7");
const deep = (n) => transaction(() => n === 0 ? 0 : deep(n - 1));
assert.equal(deep(99), 0);
assert.throws(() => deep(120), RangeError, /more than 100/);

// A statement that fails takes back what it did, not the transaction.
sql("CREATE TABLE ids (id INTEGER PRIMARY KEY)");
transaction(() => {
  sql("INSERT INTO ids VALUES (1)");
  assert.deepEqual(sql("SELECT last_insert_rowid() AS id, changes() AS n"), [{ id: 1, n: 1 }]);
  assert.throws(() => sql("INSERT INTO ids VALUES (2), (1)"), Error, /UNIQUE/);
});
assert.deepEqual(sql("SELECT * FROM ids"), [{ id: 1 }]);

// One that ends the transaction at once ends it for good.
sql("CREATE TABLE strict (id INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)");
const gone = assert.throws(() => transaction(() => {
  sql("INSERT INTO strict VALUES (1)");
  assert.throws(() => sql("INSERT INTO strict VALUES (1)"), Error, /UNIQUE/);
  sql("INSERT INTO strict VALUES (2)");
}), Error, /has been rolled back: .*UNIQUE/);
assert.equal(gone.code, "transaction");
assert.throws(() => transaction(() => {
  sql("INSERT INTO strict VALUES (1)");
  try { sql("INSERT INTO strict VALUES (1)"); } catch {}
}), Error, /has been rolled back/);
assert.deepEqual(sql("SELECT * FROM strict"), []);

// References that are checked at the end.
sql("CREATE TABLE refs (id REFERENCES ids (id) DEFERRABLE INITIALLY DEFERRED)");
const broken = assert.throws(() => transaction(() => { sql("INSERT INTO refs VALUES (9)"); }), Error, /FOREIGN KEY/);
assert.equal(broken.code, "constraint");
transaction(() => { sql("INSERT INTO refs VALUES (9)"); sql("INSERT INTO ids VALUES (9)"); });
assert.equal(sql("SELECT * FROM refs").length, 1);

