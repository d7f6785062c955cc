package daemon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
)

// kept is an app whose sessions and actors store.
const kept = `
-- app.ts --
export default {
	actors: { keeper: "./keeper.ts" },
	websocket: {
		async message(ws, m) {
			const [verb, key, value] = m.split(" ");
			switch (verb) {
				case "set": Rowan.storage.set(key, { value }); return void ws.send("set");
				case "get": return void ws.send(Rowan.storage.get(key)?.value ?? "nothing");
				case "item": localStorage[key] = value; return void ws.send("set");
				case "actor": return void ws.send(await Rowan.actor("keeper", "one").both(key));
				case "sql": return void ws.send(JSON.stringify(Rowan.sql(m.slice(4))));
			}
		},
	},
};
-- keeper.ts --
export const both = (key) => Rowan.storage.get(key)?.value + " " + localStorage[key];
`

const inMemory = "what scripts store is kept in memory, and gone when the server ends"

// What one context stores, others find, after a restart too.
func TestStorage(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	in := daemontest.Configure(func(c *config.Config) { c.Data = data })
	first := daemontest.Serve(t, kept, in)
	c := first.Dial()
	c.Send("set a 1")
	c.Expect("set")
	c.Send("item a 2")
	c.Expect("set")
	c.Send("actor a")
	c.Expect("1 2")
	c = first.Dial()
	c.Send("get a")
	c.Expect("1")
	if err := first.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	c = daemontest.Serve(t, kept, in).Dial()
	c.Send("actor a")
	c.Expect("1 2")
}

// In memory, the log says so when something is stored.
func TestStorageInMemory(t *testing.T) {
	s := daemontest.Serve(t, kept)
	c := s.Dial()
	c.Send("get a")
	c.Expect("nothing")
	s.WaitLog(inMemory)
	c.Send("set a 1")
	c.Expect("set")
	if s.Logged(inMemory) {
		t.Error("the log says it twice")
	}
}

// The folder in the file is the app's.
func TestStorageFolder(t *testing.T) {
	s := daemontest.Serve(t, kept+`
-- rowan.toml --
data = "kept"
[storage]
synchronous = "full"
max_size = "300KB"
`)
	c := s.Dial()
	c.Send("set a " + strings.Repeat("x", 100_000))
	c.Expect("set")
	if _, err := os.Stat(filepath.Join(s.Dir, "kept", "rowan.db")); err != nil {
		t.Error(err)
	}
	c.Send("set b " + strings.Repeat("x", 300_000))
	s.WaitLog("storage.set: the database is full: it may take 300 KB")
}

// Migrations run at the start, and with --dev when they come.
func TestMigrations(t *testing.T) {
	s := daemontest.Serve(t, kept+`
-- migrations/1_rooms.sql --
CREATE TABLE rooms (name);
INSERT INTO rooms VALUES ('lobby');
`, daemontest.Dev)
	s.WaitLog("ran 1_rooms.sql of migrations")
	s.WaitLog(inMemory)
	c := s.Dial()
	c.Send("sql SELECT * FROM rooms")
	c.Expect(`[{"name":"lobby"}]`)
	write(t, s, "migrations/2_topics.sql", "ALTER TABLE rooms\n  ADD COLUM topic text text,;")
	s.WaitLog("2_topics.sql:2:")
	c.Send("sql SELECT * FROM rooms")
	c.Expect(`[{"name":"lobby"}]`)
	write(t, s, "migrations/2_topics.sql", "ALTER TABLE rooms ADD COLUMN topic DEFAULT 'all';")
	s.WaitLog("ran 2_topics.sql of migrations")
	s.WaitLog(reloaded)
	c.Send("sql SELECT * FROM rooms")
	c.Expect(`[{"name":"lobby","topic":"all"}]`)
	write(t, s, "migrations/1_rooms.sql", "CREATE TABLE halls (name);")
	s.WaitLog("1_rooms.sql: it has changed since it ran")
}

// Sessions on all workers that write at once hold nobody up, though some wait for others.
func TestStorageUnderPressure(t *testing.T) {
	const sessions, messages = 20, 10
	s := daemontest.Serve(t, `
-- app.ts --
export default {
	websocket: {
		message(ws, m) {
			if (m === "count") return void ws.send(String(Rowan.storage.get("n")));
			Rowan.transaction(() => {
				const n = Rowan.storage.get("n") ?? 0;
				const end = Rowan.nanoseconds() + 5e6; // longer than a slice
				while (Rowan.nanoseconds() < end);
				Rowan.storage.set("n", n + 1);
			});
			ws.send(m);
		},
	},
};
`, daemontest.Configure(func(c *config.Config) { c.Data, c.Workers = t.TempDir(), 3 }), daemontest.Configure(func(c *config.Config) {
		c.Storage.Synchronous, c.Storage.Wait, c.Session.Turn = "full", config.Duration(20*time.Second), config.Duration(time.Second)
	}))
	done := make(chan bool, sessions)
	for range sessions {
		c := s.Dial()
		go func() {
			defer func() { done <- true }()
			for range messages {
				c.Send("add")
				c.Expect("add")
			}
		}()
	}
	for range sessions {
		<-done
	}
	c := s.Dial()
	c.Send("count")
	c.Expect("200")
}

// The example of the documentation runs as it stands.
func TestStorageExample(t *testing.T) {
	text, err := os.ReadFile("../docs/storage.md")
	if err != nil {
		t.Fatal(err)
	}
	block := func(language string) string {
		_, rest, _ := strings.Cut(string(text), "```"+language+"\n")
		code, _, ok := strings.Cut(rest, "```")
		if !ok {
			t.Fatalf("no block of %s", language)
		}
		return code
	}
	s := daemontest.Serve(t, "-- app.ts --\n"+block("ts")+"-- migrations/001_visits.sql --\n"+block("sql"), daemontest.Configure(func(c *config.Config) { c.Data = t.TempDir() }))
	for _, want := range []string{`200 {"visits":1}`, `200 {"visits":2}`} {
		if got := get(t, s, "visit"); got != want {
			t.Errorf("a visit is answered with %s, want %s", got, want)
		}
	}
	if got, want := get(t, s, ""), `200 [{"number":2,"agent":"Go-http-client/1.1"},{"number":1,"agent":"Go-http-client/1.1"}]`; got != want {
		t.Errorf("the visits are %s, want %s", got, want)
	}
	if _, err := config.Load(filepath.Dir(writeToml(t, block("toml")))); err != nil {
		t.Error(err)
	}
}

func writeToml(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), config.FileName)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}
