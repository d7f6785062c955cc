package storage_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver of database/sql on the same SQLite, to compare with

	"rowan/bridge/storage"
)

// BenchmarkScript is one call from a loop in JavaScript, on a file and in memory.
func BenchmarkScript(b *testing.B) {
	for _, kind := range []struct {
		name string
		opts storage.Options
	}{{"file", inFolder(b)}, {"memory", storage.Options{}}} {
		r := newRig(b, 1, kind.opts, `
			const { sql, storage, transaction } = Rowan;
			const value = { id: 42, user: "ann", text: "hello", at: 1.5 };
			return {
				make() {
					storage.set("key", value);
					localStorage.key = "value";
					sql("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)");
					sql("CREATE TABLE log (at INTEGER, text TEXT)");
					transaction(() => { for (let i = 1; i <= 1000; i++) sql("INSERT INTO users VALUES (?, ?, ?)", i, "user " + i, i % 90); });
				},
				get(n) { for (let i = 0; i < n; i++) storage.get("key") },
				set(n) { for (let i = 0; i < n; i++) storage.set("key", value) },
				select(n) { for (let i = 0; i < n; i++) sql("SELECT * FROM users WHERE id = ?", 1 + i % 1000) },
				insert(n) { for (let i = 0; i < n; i++) sql("INSERT INTO log VALUES (?, ?)", i, "text") },
				rows(n) { for (let i = 0; i < n; i++) sql("SELECT * FROM users LIMIT 100") },
				transaction(n) {
					for (let i = 0; i < n; i++) transaction(() => { for (let j = 0; j < 100; j++) sql("INSERT INTO log VALUES (?, ?)", j, "text") });
				},
				getItem(n) { for (let i = 0; i < n; i++) localStorage.getItem("key") },
			}`)
		c := r.openPatient(0)
		call(b, c, "make")
		for _, export := range []string{"get", "set", "select", "insert", "rows", "transaction", "getItem"} {
			b.Run(export+"/"+kind.name, func(b *testing.B) {
				b.ReportAllocs()
				if _, err := c.CallWait(context.Background(), "app."+export, b.N); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}

// BenchmarkDriver is the same by database/sql, from Go.
func BenchmarkDriver(b *testing.B) {
	db, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "peer.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(normal)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	must := func(_ any, err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	must(db.Exec("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)"))
	must(db.Exec("CREATE TABLE log (at INTEGER, text TEXT)"))
	must(db.Exec("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000) INSERT INTO users SELECT x, 'user ' || x, x % 90 FROM c"))
	byKey, err := db.Prepare("SELECT * FROM users WHERE id = ?")
	must(nil, err)
	defer byKey.Close()
	insert, err := db.Prepare("INSERT INTO log VALUES (?, ?)")
	must(nil, err)
	defer insert.Close()
	b.Run("select", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			var id, age int64
			var name string
			must(nil, byKey.QueryRow(1+i%1000).Scan(&id, &name, &age))
		}
	})
	b.Run("insert", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			must(insert.Exec(i, "text"))
		}
	})
	b.Run("transaction", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			tx, err := db.Begin()
			must(nil, err)
			stmt := tx.Stmt(insert)
			for j := range 100 {
				must(stmt.Exec(j, "text"))
			}
			must(nil, tx.Commit())
		}
	})
}
