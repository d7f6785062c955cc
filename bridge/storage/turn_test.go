package storage_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"rowan/bridge/storage"
	"rowan/engine"
)

// spin is a loop of so many milliseconds, in which a turn polls.
const spin = `const spin = (ms) => { const end = Rowan.nanoseconds() + ms * 1e6; while (Rowan.nanoseconds() < end) for (let i = 0; i < 1000; i++); };`

// stores runs a test on a file and in memory.
func stores(t *testing.T, test func(t *testing.T, opts storage.Options)) {
	t.Run("file", func(t *testing.T) { test(t, inFolder(t)) })
	t.Run("memory", func(t *testing.T) { test(t, storage.Options{}) })
}

// A turn that is long enough to be sliced holds a transaction, while the next turn of the same worker, in the same window or
// in another, wants to write.
func TestLongTransactionOnOneWorker(t *testing.T) {
	stores(t, func(t *testing.T, opts storage.Options) {
		opts.Wait = 20 * time.Second
		const source = spin + `return {
			long() { Rowan.transaction(() => { Rowan.storage.set("a", 1); spin(60); Rowan.storage.set("b", Rowan.storage.get("a") + 1); }); },
			short() { Rowan.storage.set("c", Rowan.storage.get("b")); },
			read: () => [Rowan.storage.get("a"), Rowan.storage.get("b"), Rowan.storage.get("c")],
		}`
		r := newRig(t, 1, opts, source)
		other := r.newKind(t, source) // has a window of its own
		call(t, r.open(0), "read")
		for range 5 {
			a, same, apart := r.open(0), r.open(0), r.pool.Workers()[0].Open(other, nil, nil)
			call(t, apart, "read")
			start := time.Now()
			first := begin(a, "long")
			time.Sleep(10 * time.Millisecond) // it is in its loop
			second, third := begin(same, "short"), begin(apart, "short")
			for _, done := range []<-chan error{first, second, third} {
				if err := <-done; err != nil {
					t.Fatal(err)
				}
			}
			if d := time.Since(start); d > opts.Wait/4 {
				t.Errorf("the three took %v", d)
			}
			if got := fmt.Sprint(call(t, same, "read")); got != "[1 2 2]" {
				t.Errorf("stored: %v", got)
			}
			call(t, a, "read")
			for _, c := range []interface{ Close(func()) }{a, same, apart} {
				c.Close(nil)
			}
		}
	})
}

// Windows that do not hold the transaction are served meanwhile.
func TestLongTransactionGivesWay(t *testing.T) {
	const source = `let n = 0; return { long() { Rowan.transaction(() => { while (!host.released()); }) }, count: () => ++n, read: () => Rowan.storage.get("x") }`
	r := newRig(t, 1, inFolder(t), source)
	c := r.pool.Workers()[0].Open(r.newKind(t, source), nil, nil)
	a := r.openPatient(0)
	call(t, c, "read")
	call(t, a, "read")
	done := begin(a, "long")
	<-r.entered
	call(t, c, "count")
	call(t, c, "read")
	close(r.release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// However a turn ends within a transaction, that is rolled back and nobody waits for it.
func TestTurnEndsInTransaction(t *testing.T) {
	tests := []struct {
		name, body string
		check      func(err error) bool
	}{
		{"throw", `throw new Error("no")`, func(err error) bool { return err != nil }},
		{"limit", `for (;;);`, isLimit},
		{"limit that is caught", `try { for (;;); } catch {}`, isLimit},
		{"limit within a savepoint", `Rowan.transaction(() => { Rowan.storage.set("k", 2); for (;;); })`, isLimit},
		{"limit of the heap", `const list = []; for (;;) list.push(new Array(1000).fill(0))`, isLimit},
		{"kill", `Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)`, isLost},
		{"kill within a savepoint", `Rowan.transaction(() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1))`, isLost},
		{"end of the context", `host.end(); for (;;);`, func(err error) bool { return errors.Is(err, engine.ErrClosed) }},
		{"goroutine that exits", `host.goexit()`, isLost},
		{"panic", `host.panic()`, func(err error) bool { return err != nil && !isLost(err) }},
		{"query beyond the budget", `Rowan.sql(slow)`, func(err error) bool { return err != nil && !isLost(err) }},
		{"write beyond the budget", `try { Rowan.sql("CREATE TABLE t AS " + slow) } catch {}`, func(err error) bool { return err != nil && !isLost(err) }},
	}
	stores(t, func(t *testing.T, opts storage.Options) {
		source := `const slow = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c WHERE x < 0";
			return { get: () => Rowan.storage.get("k"), set(v) { Rowan.storage.set("k", v) }, inTransaction() { Rowan.transaction(() => Rowan.storage.set("n", 1)) }, `
		for i, test := range tests {
			source += fmt.Sprintf("run%d() { Rowan.transaction(() => { Rowan.storage.set('k', 1); localStorage.k = 1; %s }) },\n", i, test.body)
		}
		opts.Wait = 20 * time.Second
		r := newRig(t, 2, opts, source+"}")
		other := r.open(1)
		for i, test := range tests {
			c := r.open(0)
			if _, err := try(c, fmt.Sprintf("run%d", i)); !test.check(err) {
				t.Errorf("%s: error %v", test.name, err)
			}
			start := time.Now()
			if v := call(t, other, "get"); fmt.Sprint(v) != "undefined" {
				t.Errorf("%s: k is %v", test.name, v)
			}
			call(t, other, "inTransaction")
			if d := time.Since(start); d > opts.Wait/4 {
				t.Errorf("%s: the next one waited %v", test.name, d)
			}
			c.Close(nil)
		}
	})
}

func isLimit(err error) bool {
	var limit *engine.LimitError
	return errors.As(err, &limit)
}

func isLost(err error) bool {
	var lost *engine.LostError
	return errors.As(err, &lost)
}

// A query outlasts its turn's budget.
func TestLongQuery(t *testing.T) {
	stores(t, func(t *testing.T, opts storage.Options) {
		r := newRig(t, 1, opts, `let code, n = 0; return {
			query() { try { Rowan.sql("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c") } catch (e) { code = e.code + ": " + e.message; } },
			code: () => code, count: () => ++n,
		}`)
		c := r.open(0)
		start := time.Now()
		_, err := try(c, "query")
		if d := time.Since(start); d < budget/2 {
			t.Errorf("it took %v", d)
		}
		if err != nil && !isLimit(err) {
			t.Error(err)
		}
		if got := call(t, c, "code"); got != "timeout: sql: the query ran longer than its turn may" {
			t.Errorf("the script got %v", got)
		}
	})
}

// A write waits no longer than it may, a read not at all.
func TestWaits(t *testing.T) {
	opts := inFolder(t)
	opts.Wait = 100 * time.Millisecond
	r := newRig(t, 3, opts, `return {
		hold() { Rowan.transaction(() => { Rowan.storage.set("k", 2); host.hold(); }) },
		get: () => Rowan.storage.get("k"), set(v) { Rowan.storage.set("k", v) },
		rows: () => Rowan.sql("SELECT 1 AS one"), transaction() { Rowan.transaction(() => 1) },
	}`)
	holder, reader, writer := r.open(0), r.open(1), r.open(2)
	call(t, reader, "set", 1)
	done := begin(holder, "hold")
	<-r.entered
	if v := call(t, reader, "get"); v != 1 {
		t.Errorf("the reader found %v", v)
	}
	call(t, reader, "rows")
	_, err := try(writer, "set", 3)
	wantCode(t, err, "timeout")
	_, err = try(writer, "transaction")
	wantCode(t, err, "timeout")
	close(r.release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	call(t, writer, "set", 4)
	if v := call(t, reader, "get"); v != 4 {
		t.Errorf("at the end there is %v", v)
	}
}

// Writers on several workers lose nothing.
func TestConcurrentTransactions(t *testing.T) {
	const workers, contexts, rounds = 4, 3, 25
	stores(t, func(t *testing.T, opts storage.Options) {
		opts.Wait = 10 * time.Second
		r := newRig(t, workers, opts, `
			return {
				make() { Rowan.sql("CREATE TABLE log (who, n)"); Rowan.storage.set("n", 0); },
				add(who) {
					Rowan.transaction(() => {
						const n = Rowan.storage.get("n") + 1;
						Rowan.storage.set("n", n);
						Rowan.sql("INSERT INTO log VALUES (?, ?)", who, n);
					});
					Rowan.sql("SELECT count(*) AS n FROM log");
				},
				count: () => [Rowan.storage.get("n"), Rowan.sql("SELECT count(DISTINCT n) AS n, max(n) AS last FROM log")[0]],
			}`)
		first := r.open(0)
		call(t, first, "make")
		var pending []<-chan error
		for w := range workers {
			for i := range contexts {
				c := r.open(w)
				done := make(chan error, 1)
				go func() {
					for range rounds {
						if _, err := try(c, "add", w*10+i); err != nil {
							done <- err
							return
						}
					}
					done <- nil
				}()
				pending = append(pending, done)
			}
		}
		for _, done := range pending {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		const all = workers * contexts * rounds
		want := fmt.Sprintf("[%d [{n %d} {last %d}]]", all, all, all)
		if got := fmt.Sprint(call(t, first, "count")); got != want {
			t.Errorf("counted %s, want %s", got, want)
		}
	})
}

// Contexts of one window, whose turns wait, hold, are sliced and are ended in the midst of transactions, keep their own state, and the
// database its own.
func TestManyInOneWindow(t *testing.T) {
	const workers, citizens, vandals = 2, 8, 2
	lasts := 3 * time.Second
	if testing.Short() {
		lasts = time.Second
	}
	opts := inFolder(t)
	opts.Wait = 20 * time.Second
	r := newRig(t, workers, opts, spin+`
		let name, n = 0;
		const mine = [];
		const check = () => {
			if (mine.length !== n || mine.some((v, i) => v !== name + i)) throw new Error(name + " has lost its state");
			const stored = Rowan.storage.get(name) ?? 0;
			if (stored !== n) throw new Error(name + " counted to " + n + ", and " + stored + " is stored");
		};
		return {
			born(as) { name = as; Rowan.sql("CREATE TABLE IF NOT EXISTS log (who, n)"); },
			step(ms) {
				check();
				Rowan.transaction(() => {
					spin(ms);
					Rowan.storage.set(name, n + 1);
					if (ms % 2) spin(ms);
					Rowan.sql("INSERT INTO log VALUES (?, ?)", name, n);
				});
				mine.push(name + n++);
				check();
			},
			rows: () => Rowan.sql("SELECT count(*) AS n FROM log WHERE who = ?", name)[0].n - n,
			limit() { Rowan.transaction(() => { Rowan.sql("DELETE FROM log"); for (;;); }) },
			kill() { Rowan.transaction(() => { Rowan.sql("DELETE FROM log"); Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); }) },
		}`)
	end := time.Now().Add(lasts)
	done := make(chan error)
	for w := range workers {
		for i := range citizens {
			c := r.open(w)
			go func() {
				_, err := try(c, "born", fmt.Sprintf("%c%d", 'a'+w, i))
				for step := 0; err == nil && time.Now().Before(end); step++ {
					_, err = try(c, "step", (i+step)%7)
				}
				if err == nil {
					var missing any
					if missing, err = try(c, "rows"); err == nil && missing != 0 {
						err = fmt.Errorf("%v rows differ", missing)
					}
				}
				done <- err
			}()
		}
		for i := range vandals {
			go func() {
				for step := i; time.Now().Before(end); step++ {
					c := r.open(w)
					if _, err := try(c, []string{"limit", "kill"}[step%2]); err == nil {
						done <- errors.New("a vandal was not ended")
						return
					}
					c.Close(nil)
				}
				done <- nil
			}()
		}
	}
	for range workers * (citizens + vandals) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
