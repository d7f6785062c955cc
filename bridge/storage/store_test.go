package storage_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rowan/bridge/storage"
	"rowan/bridge/storage/sqlite"
)

// scripted is what most tests' scripts can do.
const scripted = `return {
	get: (key) => Rowan.storage.get(key), set(key, value) { Rowan.storage.set(key, value) }, sql: (...args) => Rowan.sql(...args),
	keys: () => Rowan.storage.list().map(([key]) => key).join(), fill(key, bytes) { Rowan.storage.set(key, "x".repeat(bytes)) },
	item: (key) => localStorage.getItem(key), setItem(key, value) { localStorage.setItem(key, value) }, remove(key) { localStorage.removeItem(key) },
	items: () => Object.keys(localStorage).join(), clear() { localStorage.clear() },
	room: (key, size) => { try { localStorage.setItem(key, "x".repeat(size)); return true } catch (e) { return e.name } },
	error(query) { try { Rowan.sql(query) } catch (e) { return e.code + ": " + e.message } },
}`

// What was stored is there when the database is opened again.
func TestReopen(t *testing.T) {
	opts := inFolder(t)
	opts.Path = filepath.Join(filepath.Dir(opts.Path), "made", "for", "it", storage.FileName)
	t.Run("first", func(t *testing.T) {
		c := newRig(t, 1, opts, scripted).open(0)
		call(t, c, "set", "key", []any{1, "two"})
		call(t, c, "setItem", "item", "value\xed\xa0\x80")
		call(t, c, "sql", "CREATE TABLE t (a)")
		call(t, c, "sql", "INSERT INTO t VALUES (?)", 5)
	})
	t.Run("second", func(t *testing.T) {
		opts.Full = true
		c := newRig(t, 1, opts, scripted).open(0)
		got := fmt.Sprintln(call(t, c, "get", "key"), call(t, c, "item", "item"), call(t, c, "sql", "SELECT a FROM t"))
		if want := "[1 two] value\xed\xa0\x80 [[{a 5}]]\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	if rest, _ := filepath.Glob(opts.Path + "-*"); len(rest) > 0 {
		t.Errorf("closed, the database leaves %v", rest)
	}
}

// The log does not grow without end: what it has goes into the file.
func TestLogIsEmptied(t *testing.T) {
	opts := inFolder(t)
	r := newRig(t, 1, opts, `return { write() { for (let i = 0; i < 2000; i++) Rowan.storage.set("k" + i % 100, String(i).padStart(8000, i)) } }`)
	call(t, r.openPatient(0), "write")
	size := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if log, file := size(opts.Path+"-wal"), size(opts.Path); log > 6<<20 || file < 500<<10 {
		t.Errorf("the log has %d bytes, the file %d", log, file)
	}
}

// A store in memory says so once, at its first use.
func TestTemporary(t *testing.T) {
	told := 0
	r := newRig(t, 1, storage.Options{Temporary: func() { told++ }}, scripted)
	c := r.open(0)
	call(t, c, "error", "no use yet")
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	call(t, c, "set", "a", 1)
	call(t, r.open(0), "setItem", "a", "1")
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// A file that is not ours, or is damaged, is refused at once, and left as it is.
func TestOpenErrors(t *testing.T) {
	whole := func(t *testing.T, path string) {
		s := openStore(t, storage.Options{Path: path})
		if _, err := s.Migrate([]storage.Migration{{Name: "1.sql", SQL: "CREATE TABLE t (a); INSERT INTO t SELECT zeroblob(100000);"}}); err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	change := func(t *testing.T, path string, change func(b []byte) []byte) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, string(change(b)))
	}
	run := func(t *testing.T, path string, statements ...string) {
		c, err := sqlite.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, statement := range statements {
			if err := c.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want string
	}{
		{"text", func(t *testing.T, path string) { write(t, path, strings.Repeat("no database ", 100)) }, "it is not a database, or its beginning is damaged"},
		{"damaged beginning", func(t *testing.T, path string) {
			whole(t, path)
			change(t, path, func(b []byte) []byte { copy(b, "garbage in front"); return b })
		}, "it is not a database, or its beginning is damaged"},
		{"cut off", func(t *testing.T, path string) {
			whole(t, path)
			change(t, path, func(b []byte) []byte { return b[:len(b)/2] })
		}, "it is damaged: "},
		{"damaged middle", func(t *testing.T, path string) {
			whole(t, path)
			change(t, path, func(b []byte) []byte { clear(b[4096 : 4096+2000]); return b })
		}, "it is damaged: "},
		{"another program's", func(t *testing.T, path string) { run(t, path, "CREATE TABLE theirs (a)") }, "it is the database of another program: give the app a folder of its own"},
		{"marked as another program's", func(t *testing.T, path string) { run(t, path, "PRAGMA application_id = 7", "CREATE TABLE theirs (a)") }, "it is the database of another program"},
		{"newer", func(t *testing.T, path string) {
			whole(t, path)
			run(t, path, "UPDATE rowan_meta SET value = 99 WHERE key = 'format'")
		}, "it has the format 99, and this version of rowan knows 1"},
		{"folder in its place", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}, "is a directory"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), storage.FileName)
			test.make(t, path)
			before, _ := os.ReadFile(path)
			s, err := storage.Open(storage.Options{Path: path})
			if err == nil {
				s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), "storage in "+path+": "+test.want) {
				t.Errorf("error %v\nwant %s", err, test.want)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) && test.name != "newer" {
				t.Error("the file was changed")
			}
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	if _, err := storage.Open(storage.Options{Path: filepath.Join(file, storage.FileName)}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("below a file: %v", err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A database that is as large as it may be refuses more, keeps what it took, and goes on when there is room again.
func TestFull(t *testing.T) {
	stores(t, func(t *testing.T, opts storage.Options) {
		opts.MaxSize = 400 << 10
		r := newRig(t, 1, opts, `return {
			fill() {
				let n = 0;
				try { for (;; n++) Rowan.storage.set("k" + n, "x".repeat(10000)); } catch (e) { return [n, e.code, e.message]; }
			},
			inTransaction() {
				try {
					Rowan.transaction(() => { Rowan.storage.delete("k0"); for (let i = 0; ; i++) Rowan.storage.set("t" + i, "x".repeat(10000)); });
				} catch (e) { return [e.code, Rowan.storage.get("k0")?.length, Rowan.storage.get("t0")]; }
			},
			all: () => Rowan.storage.list().every(([, value]) => value === "x".repeat(10000)) && Rowan.storage.list().length,
			free() { for (const [key] of Rowan.storage.list({ limit: 10 })) Rowan.storage.delete(key); Rowan.storage.set("more", "x".repeat(10000)); },
			local() { try { localStorage.x = "x".repeat(50000) } catch (e) { return [e.code, localStorage.length]; } },
		}`)
		c := r.openPatient(0)
		n := 0
		if got, ok := call(t, c, "fill").([]any); !ok || got[0].(int) < 10 || got[1] != "full" || !strings.Contains(got[2].(string), "storage.set: the database is full: it may take 400 KB") {
			t.Fatalf("filled: %v", got)
		} else {
			n = got[0].(int)
		}
		if got := fmt.Sprint(call(t, c, "inTransaction")); got != "[full 10000 undefined]" {
			t.Errorf("in a transaction: %v", got)
		}
		if got := fmt.Sprint(call(t, c, "local")); got != "[full 0]" {
			t.Errorf("localStorage: %v", got)
		}
		if got := call(t, c, "all"); got != n {
			t.Errorf("%v values are there, %d were taken", got, n)
		}
		call(t, c, "free")
		if got := call(t, c, "all"); got != n-9 {
			t.Errorf("%v values are there after some were deleted, want %d", got, n-9)
		}
	})
}

// Another process that holds the file delays writes, and fails those for which it holds it too long.
func TestLockedByAnother(t *testing.T) {
	opts := inFolder(t)
	opts.Wait = time.Second
	r := newRig(t, 2, opts, scripted)
	c := r.open(0)
	call(t, c, "set", "a", 1)
	other, err := sqlite.Open(opts.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err = try(c, "set", "b", 2)
	wantCode(t, err, "locked")
	if d := time.Since(start); d < opts.Wait {
		t.Errorf("the write waited %v", d)
	}
	if v := call(t, c, "get", "a"); v != 1 {
		t.Errorf("while the file is locked, a is %v", v)
	}
	done := begin(c, "set", "c", 3)
	time.Sleep(opts.Wait / 20)
	if err := other.Exec("COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("released in time: %v", err)
	}
	if got := call(t, c, "keys"); got != "a,c" {
		t.Errorf("keys %v", got)
	}
	// What another process commits is seen.
	if err := other.Exec("DELETE FROM rowan_storage WHERE key = 'a'"); err != nil {
		t.Fatal(err)
	}
	if got := call(t, r.open(1), "keys"); got != "c" {
		t.Errorf("keys %v", got)
	}
}

// A value that cannot be read is an error, not a fault.
func TestDamagedValue(t *testing.T) {
	opts := inFolder(t)
	r := newRig(t, 1, opts, scripted)
	c := r.open(0)
	other, err := sqlite.Open(opts.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, data := range []string{"x''", "x'02'", "x'01'", "x'0107ff'", "x'010f01'", "x'010000'", "'text'", "5"} {
		if err := other.Exec("INSERT OR REPLACE INTO rowan_storage VALUES ('a', " + data + ")"); err != nil {
			t.Fatal(err)
		}
		_, err := try(c, "get", "a")
		wantCode(t, err, "corrupt")
		_, err = try(c, "keys")
		wantCode(t, err, "corrupt")
	}
}

func TestLocalStorage(t *testing.T) {
	stores(t, func(t *testing.T, opts storage.Options) {
		r := newRig(t, 2, opts, scripted)
		c, other := r.open(0), r.open(1)
		for _, key := range []string{"b", "a", "c", "a"} {
			call(t, c, "setItem", key, key+key)
		}
		call(t, c, "remove", "absent")
		call(t, c, "remove", "b")
		call(t, c, "setItem", "b", "last")
		if got := call(t, other, "items"); got != "a,c,b" {
			t.Errorf("keys %v", got)
		}
		if got := fmt.Sprintln(call(t, other, "item", "b"), call(t, other, "item", "absent")); got != "last <nil>\n" {
			t.Errorf("items %v", got)
		}
		call(t, c, "clear")
		if got := call(t, other, "items"); got != "" {
			t.Errorf("keys %v", got)
		}
	})
}

// There is room for so much.
func TestLocalStorageQuota(t *testing.T) {
	r := newRig(t, 1, storage.Options{}, scripted)
	c := r.openPatient(0)
	const half = storage.QuotaBytes / 2
	for _, step := range []struct {
		key  string
		size int
		want any
	}{
		{"large", half, true},
		{"too large", half, "QuotaExceededError"},
		{"large", 10, true},
		{"too large", half, true},
		{"large", half, "QuotaExceededError"},
		{"large", half - 1000, true},
	} {
		if got := call(t, c, "room", step.key, step.size); got != step.want {
			t.Errorf("%s of %d bytes: %v, want %v", step.key, step.size, got, step.want)
		}
	}
	call(t, c, "remove", "large")
	call(t, c, "clear")
	if got := call(t, c, "room", "x", storage.QuotaBytes-200); got != true {
		t.Errorf("after clear: %v", got)
	}
}

// After Close, calls fail.
func TestClosed(t *testing.T) {
	stores(t, func(t *testing.T, opts storage.Options) {
		r := newRig(t, 1, opts, `return {
			set() { Rowan.storage.set("a", 1) }, get: () => Rowan.storage.get("a"), transaction() { Rowan.transaction(() => 1) },
		}`)
		c := r.open(0)
		call(t, c, "set")
		if err := r.store.Close(); err != nil {
			t.Fatal(err)
		}
		for _, export := range []string{"set", "get", "transaction"} {
			_, err := try(c, export)
			wantCode(t, err, "stopped")
		}
	})
}
