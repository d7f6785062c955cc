package actors_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"rowan/bridge/actors"
)

// A context that is lost costs the calls of its actor, which starts afresh at the next one.
func TestCrash(t *testing.T) {
	for _, method := range []string{"native", "nativeLater"} {
		t.Run(method, func(t *testing.T) {
			w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
			c := w.open()
			w.run(c, `await Rowan.actor("counter", "other").inc()`)
			v := w.run(c, `
				const a = Rowan.actor("counter", "a");
				const results = [a.inc(), a[args[0]](), a.slowly(1, 1000), a.inc()].map((p) => p.catch((e) => e));
				const [first, ...others] = await Promise.all(results);
				return [first, ...others.filter((e) => e !== undefined).map((e) => e.code + ": " + e.message)]`, method)
			got := v.([]any)
			want := `crashed: actor counter "a" crashed: context lost: a native loop ran beyond twice the turn's budget of ` + turn.String()
			for _, e := range got[1:] {
				if e != want {
					t.Errorf("a call got %q\nwant %q", e, want)
				}
			}
			if got[0] != 1 || len(got) < 3 {
				t.Errorf("the calls got %q", got)
			}
			if v := w.run(c, `return Rowan.actor("counter", "a").inc()`); v != 1 {
				t.Errorf("afresh inc() = %v, want 1", v)
			}
			if v := w.run(c, `return Rowan.actor("counter", "other").inc()`); v != 2 {
				t.Errorf("the other's inc() = %v, want 2", v)
			}
			if n := w.startsOf("counter", "a"); n != 2 {
				t.Errorf("it was started %d times", n)
			}
		})
	}
}

// A script that cannot be evaluated fails whoever waits for it, and is tried anew for the next call.
func TestFailedStart(t *testing.T) {
	late := kind("endless")
	late.Timeout = slow * 100 * time.Millisecond
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("broken"), kind("rejected"), kind("syntax"), late}}, nil)
	c := w.open()
	for _, k := range []string{"broken", "rejected"} {
		for range 2 {
			v := w.run(c, `
				const a = Rowan.actor(args[0], "x");
				return (await Promise.all([a.works(), a.works()].map((p) => p.catch((e) => e.code + ": " + e.message + ": " + e.cause?.name)))).join("\n")`, k)
			want := "TypeError: " + k + " x"
			for _, line := range slices.Collect(lines(v)) {
				if !contains(line, "crashed: actor "+k+` "x" crashed: `) || !contains(line, want) {
					t.Errorf("%s: a call got %q", k, line)
				}
			}
		}
		if n := w.startsOf(k, "x"); n < 2 { // the second call of a bout may have come after the end of the first
			t.Errorf("%s was started %d times for two bouts of calls", k, n)
		}
		if v := w.run(c, `return Rowan.actor(args[0], "whole").works()`, k); v != true {
			t.Errorf("%s: works() = %v", k, v)
		}
	}
	w.fails(c, `await Rowan.actor("syntax", "x").works()`, "crashed", `actor syntax "x" crashed: open testdata/syntax.js`)
	// The caller gives up at the moment at which the start does.
	v, err := w.try(c, `await Rowan.actor("endless", "x").works()`)
	if js := w.isError("endless", v, err, codeOf(err), `actor endless "x"`); js.Code != "crashed" && js.Code != "timeout" {
		t.Errorf("endless: code %q", js.Code)
	}
	eventually(t, "the actor that did not start to go", func() bool { return w.system.Stats().Actors == 2 })
}

func TestRestart(t *testing.T) {
	permanent, temporary := kind("permanent"), kind("temporary")
	permanent.Restart, temporary.Restart = actors.Permanent, actors.Temporary
	w := newWorld(t, actors.Options{
		Kinds: []actors.Kind{permanent, temporary}, BackoffMin: 20 * time.Millisecond, BackoffMax: 80 * time.Millisecond,
	}, map[string]string{"permanent": "counter.js", "temporary": "counter.js"})
	c := w.open()

	w.run(c, `await Rowan.actor("permanent", "a").inc(); await Rowan.actor("permanent", "a").native().catch(() => {})`)
	eventually(t, "the permanent actor to start afresh without a call", func() bool { return w.startsOf("permanent", "a") == 2 })
	// A call in the pause between attempts waits for the end of it.
	w.run(c, `await Rowan.actor("permanent", "a").exit("broken").catch(() => {})`)
	if v := w.run(c, `return Rowan.actor("permanent", "a").inc()`); v != 1 || w.startsOf("permanent", "a") != 3 {
		t.Errorf("after the pause inc() = %v, started %d times", v, w.startsOf("permanent", "a"))
	}
	// An end by choice is no crash.
	w.run(c, `await Rowan.actor("permanent", "a").exit().catch(() => {})`)
	eventually(t, "the permanent actor to go", func() bool { return w.system.Stats().Actors == 0 })
	if n := w.startsOf("permanent", "a"); n != 3 {
		t.Errorf("after exit it was started %d times", n)
	}

	w.run(c, `await Rowan.actor("temporary", "a").exit().catch(() => {})`)
	if v := w.run(c, `return Rowan.actor("temporary", "a").inc()`); v != 1 {
		t.Errorf("temporary, after exit: inc() = %v", v)
	}
	w.run(c, `await Rowan.actor("temporary", "a").native().catch(() => {})`)
	w.fails(c, `await Rowan.actor("temporary", "a").inc()`, "stopped", `actor temporary "a" is down: it ended with "killed", and its restart policy is temporary`)
	if v := w.run(c, `return Rowan.actor("temporary", "b").inc()`); v != 1 {
		t.Errorf("another temporary one: inc() = %v", v)
	}
}

// A permanent actor that cannot be started is tried again and again, with growing pauses, until it is stopped.
func TestRestartPauses(t *testing.T) {
	k := kind("broken")
	k.Restart = actors.Permanent
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{k}, BackoffMin: 10 * time.Millisecond, BackoffMax: 40 * time.Millisecond}, nil)
	c := w.open()
	start := time.Now()
	w.fails(c, `await Rowan.actor("broken", "x").works()`, "crashed", "broken x")
	eventually(t, "five starts", func() bool { return w.startsOf("broken", "x") >= 5 })
	if took := time.Since(start); took < (10+20+40+40)*time.Millisecond {
		t.Errorf("four pauses took %v", took)
	}
	eventually(t, "a stop in a pause", func() bool { return w.run(c, `return Rowan.stopActor("broken", "x")`) == true })
	eventually(t, "the actor to go", func() bool { return w.system.Stats().Actors == 0 })
	n := w.startsOf("broken", "x")
	time.Sleep(100 * time.Millisecond)
	if w.startsOf("broken", "x") != n {
		t.Error("it was started after it was stopped")
	}
}

func TestStop(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
	c := w.open()
	v := w.run(c, `
		const a = Rowan.actor("counter", "a");
		await a.inc();
		const waiting = [a.slowly(1, 1000), a.inc()].map((p) => p.catch((e) => e.code + ": " + e.message));
		const results = [Rowan.stopActor("counter", "a", "enough"), ...await Promise.all(waiting)];
		return [...results, await a.inc(), Rowan.stopActor("counter", "never")]`)
	want := `[true stopped: actor counter "a" has stopped: enough stopped: actor counter "a" has stopped: enough 1 false]`
	if show(v) != want {
		t.Errorf("got  %v\nwant %s", v, want)
	}
	w.fails(c, `Rowan.stopActor("conter", "a")`, "", `stopActor: unknown kind of actor "conter"; there are counter`)
	if !w.system.Stop("counter", "a", "") || w.system.Stop("counter", "b", "") {
		t.Error("Stop does not say whether there was one")
	}
}

func TestExit(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
	c := w.open()
	for reason, want := range map[string]string{`"broken"`: "broken", ``: "normal"} {
		v := w.run(c, fmt.Sprintf(`
			const a = Rowan.actor("counter", "a");
			await a.inc();
			const calls = [a.slowly("", 50 * args[0]), a.exit(%s), a.inc()].map((p) => p.catch((e) => e.code + ": " + e.message));
			return (await Promise.all(calls)).join("\n") + "\n" + await a.inc()`, reason), slow)
		if e := `stopped: actor counter "a" has stopped: ` + want; v != "\n"+e+"\n"+e+"\n1" {
			t.Errorf("exit(%s):\n%v", reason, v)
		}
	}
	// A session that exits is its owner's to end; nothing of its script runs on.
	s := w.open()
	if v, err := w.try(s, `try { Rowan.exit("gone") } finally { Rowan.stopActor("counter", "a") }`); err == nil {
		t.Errorf("exit() returned %v", v)
	}
	eventually(t, "the session to end", func() bool { return s.Closed() })
	if show(w.ended) != "[gone]" {
		t.Errorf("sessions ended: %q", w.ended)
	}
	if v := w.run(c, `return Rowan.actor("counter", "a").inc()`); v != 2 {
		t.Error("a finally block ran after exit()")
	}
	w.fails(c, `Rowan.exit(1)`, "", "exit: the reason is not a string")
}

// An actor stops when it has been idle; timers and messages keep it, and so does a call that takes long.
func TestIdle(t *testing.T) {
	const idle = 80 * slow
	k := kind("counter")
	k.Idle = idle * time.Millisecond
	never := kind("never")
	never.Idle = -1
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{k, never}}, map[string]string{"never": "counter.js"})
	c := w.open()
	v := w.run(c, `
		const [idle] = args;
		const lived = async (id, method, ...args) => {
			const a = Rowan.actor("counter", id);
			const address = (await a.identity())[2];
			const start = Date.now();
			const ended = new Promise((resolve) => Rowan.monitor(address, (reason) => resolve([(Date.now() - start) / idle, reason])));
			await a[method](...args);
			return ended;
		};
		await Rowan.actor("never", "x").inc();
		const ended = await Promise.all([lived("quiet", "inc"), lived("timer", "timer", 4 * idle), lived("slow", "slowly", 1, 3 * idle)]);
		return [ended.map(([, reason]) => reason).join(), ...ended.map(([time]) => time)]`, idle).([]any)
	if v[0] != "normal,normal,normal" {
		t.Errorf("they ended with %v", v[0])
	}
	for i, least := range []float64{1, 5, 4} {
		if lived := number(v[i+1]); lived < least-0.05 || lived > least+4 {
			t.Errorf("actor %d lived for %.2f idle times, want %v and at most a quarter more, with room for a busy machine", i, lived, least)
		}
	}
	eventually(t, "all but one to be gone", func() bool { return w.system.Stats().Actors == 1 })
	if n := w.startsOf("counter", "quiet"); n != 1 {
		t.Errorf("the quiet one was started %d times", n)
	}
	// Afresh at its next call.
	if v := w.run(c, `return Rowan.actor("counter", "quiet").inc()`); v != 1 {
		t.Errorf("afresh inc() = %v", v)
	}
}

// Callers, stops and crashes from all sides: each call has one outcome, and an actor never two contexts at once.
func TestChaos(t *testing.T) {
	k := kind("counter")
	k.Idle = 20 * time.Millisecond
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{k}}, nil)
	var wg sync.WaitGroup
	var mu sync.Mutex
	outcomes := map[string]int{}
	for range 6 {
		c := w.open()
		wg.Go(func() {
			v, err := w.try(c, `
				const counts = {};
				for (let i = 0; i < 60; i++) {
					const a = Rowan.actor("counter", "a" + i % 3);
					const all = [a.inc(), a.slowly(1, 1), a.echo(1)];
					if (i % 20 === 0) all.push(a.native());
					if (i % 7 === 0) all.push(a.exit("now"));
					if (i % 11 === 0) Rowan.stopActor("counter", "a" + i % 3);
					if (i % 13 === 0) all.push(a.spinLater());
					for (const one of await Promise.allSettled(all)) {
						const key = one.status === "fulfilled" ? "ok" : one.reason.code;
						counts[key] = (counts[key] ?? 0) + 1;
					}
				}
				return new Map(Object.entries(counts))`)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for key, n := range counts(v) {
				outcomes[key] += n
			}
		})
	}
	wg.Wait()
	t.Logf("%d contexts opened, outcomes: %v", len(w.opened), outcomes)
	total := 0
	for key, n := range outcomes {
		if !slices.Contains([]string{"ok", "crashed", "stopped", "limit"}, key) {
			t.Errorf("%d outcomes %q", n, key)
		}
		total += n
	}
	if want := 6 * (60*3 + 3 + 9 + 5); total != want {
		t.Errorf("%d outcomes, want %d", total, want)
	}
	eventually(t, "all actors to stop", func() bool { return w.system.Stats().Actors == 0 })
	eventually(t, "their contexts to close", func() bool { return w.pool.Stats().Contexts == 6 })
}

// A thousand actors that have come and gone leave nothing behind.
func TestChurn(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
	c := w.open()
	round := func() uint64 {
		w.run(c, `
			for (let i = 0; i < 1000; i += 100) {
				const all = [];
				for (let j = 0; j < 100; j++) all.push(Rowan.actor("counter", "a" + (i + j)).inc());
				await Promise.all(all);
			}`)
		for i := range 1000 {
			if !w.system.Stop("counter", fmt.Sprint("a", i), "") {
				t.Fatalf("a%d was not there", i)
			}
		}
		eventually(t, "their contexts to close", func() bool { return w.pool.Stats().Contexts == 1 })
		if s := w.system.Stats(); s.Actors != 0 || s.Contexts != 1 || s.Addresses != 0 {
			t.Errorf("left behind: %+v", s)
		}
		w.mu.Lock()
		w.opened, w.granted = nil, nil
		w.mu.Unlock()
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	round()
	before := round()
	after := round()
	t.Logf("heap %d KB, then %d KB", before>>10, after>>10)
	if after > before+200<<10 {
		t.Errorf("1,000 actors left %d bytes behind", after-before)
	}
}

// Close ends what there is, and lets nothing begin.
func TestClose(t *testing.T) {
	k := kind("counter")
	k.Restart = actors.Permanent
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{k}}, nil)
	c := w.open()
	w.run(c, `await Rowan.actor("counter", "idle").inc()`)
	done := make(chan error, 2)
	for _, method := range []string{"hang", "exit"} {
		go func() { _, err := w.call("counter", method, method, "again"); done <- err }()
	}
	eventually(t, "the actors to start", func() bool { return w.startsOf("counter", "hang") == 1 && w.startsOf("counter", "exit") > 0 })
	if err := w.system.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-done; codeOf(err) != "stopped" {
			t.Errorf("a call that waited: %v", err)
		}
	}
	if n := w.pool.Stats().Contexts; n != 1 {
		t.Errorf("%d contexts are open", n)
	}
	w.fails(c, `await Rowan.actor("counter", "late").inc()`, "stopped", `actor counter "late" has stopped: shutdown`)
	if s := w.system.Stats(); s.Actors != 0 {
		t.Errorf("after Close: %+v", s)
	}
}
