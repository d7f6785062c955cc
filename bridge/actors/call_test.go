package actors_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"rowan/bridge/actors"
	"rowan/engine/value"
)

func TestCall(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter"), kind("script")}}, nil)
	c := w.open()
	tests := []struct{ source, want string }{
		{`return Rowan.actor("counter", "a").inc()`, "1"},
		{`return Rowan.actor("counter", "a").inc(5)`, "6"},
		{`return Rowan.actor("counter", "b").inc()`, "1"},
		{`return Rowan.actor("counter", "a").$id`, "a"},
		{`return Rowan.actor("counter", "a").then === undefined`, "true"},
		{`return await Rowan.actor("counter", "a") === undefined`, "false"},
		{`const stub = Rowan.actor("counter", "a"); return (await Promise.all([stub.inc(), stub.inc()])).join()`, "7,8"},
		{`return (await Rowan.actor("counter", "ä \ud800").identity()).slice(0, 2).join()`, "counter,ä \xed\xa0\x80"},
		{`return [Rowan.actorKind, Rowan.actorId].join()`, ","},
		{`return Rowan.inspect(await Rowan.actor("counter", "a").echo(1n, -0, undefined, new Map([[1, new Date(0)]])))`,
			`[ 1n, -0, undefined, Map(1) { 1 => 1970-01-01T00:00:00.000Z } ]`},
		{`return Rowan.actor("counter", "a").failsLater("range").catch((e) => [e instanceof RangeError, e.message, e.code, e.cause.at, /counter.js/.test(e.stack)].join())`,
			"true,too far,E_FAR,7,true"},
		{`return Rowan.actor("script", "s").add(2)`, "2"},
		{`return Rowan.actor("script", "s").subtract(3)`, "-1"},
	}
	for _, test := range tests {
		if got := w.run(c, test.source); show(got) != test.want {
			t.Errorf("%s\n= %q\nwant %q", test.source, show(got), test.want)
		}
	}
	v, err := w.call("counter", "a", "inc")
	if v != 9 || err != nil {
		t.Errorf("from Go: inc() = %v, %v", v, err)
	}
}

func TestCallErrors(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter"), kind("script")}}, nil)
	c := w.open()
	tests := []struct{ source, name, code, want string }{
		{`Rowan.actor("counter")`, "TypeError", "", "actor: the id is not a string"},
		{`Rowan.actor(1, "a")`, "TypeError", "", "actor: the kind is not a string"},
		{`await Rowan.actor("conter", "a").inc()`, "TypeError", "", `unknown kind of actor "conter"; there are counter, script`},
		{`await Rowan.actor("counter", "x".repeat(2000)).inc()`, "RangeError", "limit", "its id has more than 1024 bytes"},
		{`await Rowan.actor("counter", "a").nope()`, "TypeError", "", `actor counter has no method "nope"; it has call, callLater, echo, exit, fails`},
		{`await Rowan.actor("counter", "a").notAFunction()`, "TypeError", "", `actor counter has no method "notAFunction"`},
		{`await Rowan.actor("counter", "a").toString()`, "TypeError", "", `actor counter has no method "toString"`},
		{`await Rowan.actor("counter", "a")["__proto__"]()`, "TypeError", "", `actor counter has no method "__proto__"`},
		{`await Rowan.actor("script", "a").eval("1")`, "TypeError", "", `actor script has no method "eval"; it has add, subtract`},
		{`await Rowan.actor("script", "a").setTimeout()`, "TypeError", "", `actor script has no method "setTimeout"; it has add, subtract`},
		{`await Rowan.actor("script", "a").hidden()`, "TypeError", "", `actor script has no method "hidden"`},
		{`await Rowan.actor("counter", "a").fails("range")`, "RangeError", "E_FAR", "too far"},
		{`await Rowan.actor("counter", "a").fails("text")`, "Uncaught", "", "a text"},
		{`await Rowan.actor("counter", "a").failsLater("text")`, "Uncaught", "", "a text"},
		{`await Rowan.actor("counter", "a").fails()`, "TypeError", "unclonable", `actor counter "a": fails(): result: a function cannot be sent`},
		{`await Rowan.actor("counter", "a").failsLater()`, "TypeError", "unclonable", "result: a function cannot be sent"},
		{`const o = {}; o.self = [o]; await Rowan.actor("counter", "a").inc(1, o)`, "TypeError", "unclonable", "inc: arg[1].self[0]: cycle"},
		{`await Rowan.actor("counter", "a").spin()`, "Error", "limit", `actor counter "a": spin(): turn ended: it ran longer than its budget of `},
		{`await Rowan.actor("counter", "a").spinLater()`, "Error", "limit", `spinLater(): turn ended`},
	}
	w.run(c, `return Rowan.actor("counter", "a").inc()`)
	for _, test := range tests {
		if js := w.fails(c, test.source, test.code, test.want); js.Name != test.name {
			t.Errorf("%s: a %s, want a %s", test.source, js.Name, test.name)
		}
	}
	// None of them did the actor any harm.
	if v := w.run(c, `return Rowan.actor("counter", "a").inc()`); v != 2 {
		t.Errorf("afterwards inc() = %v, want 2", v)
	}
	v, err := w.call("nothing", "a", "inc")
	w.isError("from Go", v, err, "", "unknown kind of actor")
}

func TestNoKinds(t *testing.T) {
	w := newWorld(t, actors.Options{}, nil)
	w.fails(w.open(), `await Rowan.actor("room", "a").inc()`, "", "the app has none, list them under `actors` in its default export")
}

// One context serves an actor, however many call it first, from whatever worker.
func TestStartsOnce(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
	const callers, ids = 16, 20
	var wg sync.WaitGroup
	for range callers {
		c := w.open()
		wg.Go(func() {
			_, err := w.try(c, `for (let i = 0; i < args[0]; i++) await Rowan.actor("counter", "a" + i).inc()`, ids)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range ids {
		id := fmt.Sprint("a", i)
		if n := w.startsOf("counter", id); n != 1 {
			t.Errorf("%s was started %d times", id, n)
		}
		if v, err := w.call("counter", id, "inc"); v != callers+1 {
			t.Errorf("%s counted %v, %v; want %d", id, v, err, callers+1)
		}
	}
}

// Calls run in the order of each caller's, one at a time, also when they take their time.
func TestOrder(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
	const callers, calls = 8, 30
	var wg sync.WaitGroup
	for i := range callers {
		c := w.open()
		wg.Go(func() {
			_, err := w.try(c, `
				const all = [];
				for (let i = 0; i < args[1]; i++) all.push(Rowan.actor("counter", "a").slowly(args[0] * 1000 + i, i % 2));
				await Promise.all(all)`, i, calls)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	v, err := w.call("counter", "a", "seen")
	if err != nil {
		t.Fatal(err)
	}
	most, _ := v.(value.Object).Get("most")
	if most != 1 {
		t.Errorf("%v calls were inside at once", most)
	}
	order, _ := v.(value.Object).Get("order")
	byCaller := map[int][]int{}
	for _, tag := range order.([]any) {
		byCaller[tag.(int)/1000] = append(byCaller[tag.(int)/1000], tag.(int))
	}
	for i := range callers {
		if got := byCaller[i]; len(got) != calls || !slices.IsSorted(got) {
			t.Errorf("caller %d's calls ran as %v", i, got)
		}
	}
}

func TestReentrant(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
	c := w.open()
	start := time.Now()
	tests := []struct{ source, want string }{
		{`call("counter", "a", "inc")`, `counter "a" → counter "a"`},
		{`callLater("counter", "a", "inc")`, `counter "a" → counter "a"`},
		{`call("counter", "b", "call", "counter", "a", "inc")`, `counter "a" → counter "b" → counter "a"`},
		{`callLater("counter", "b", "callLater", "counter", "c", "callLater", "counter", "b", "inc")`, `counter "b" → counter "c" → counter "b"`},
	}
	for _, test := range tests {
		w.fails(c, `await Rowan.actor("counter", "a").`+test.source, "reentrant", "inc() would wait for itself: "+test.want)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v: they waited", took)
	}
	// The same actor twice in one chain, one after the other, is no cycle.
	if v := w.run(c, `const a = Rowan.actor("counter", "a"); await a.call("counter", "b", "inc"); return a.call("counter", "b", "inc")`); v != 2 {
		t.Errorf("inc() by way of a = %v, want 2", v)
	}
}

// What a script calls at its top level is called by the call that starts it.
func TestReentrantStart(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter"), kind("tangled")}}, nil)
	if v := w.run(w.open(), `return Rowan.actor("tangled", "x").result()`); v != "reentrant" {
		t.Errorf("result() = %v", v)
	}
}

// Messages and timers of an actor run while a call waits.
func TestBetween(t *testing.T) {
	w := newPeers(t, actors.Options{})
	v := w.run(w.open(), ask+`
		const p = Rowan.actor("peer", "p"), address = await p.self();
		const slow = p.run("const start = Date.now(); globalThis.timer = 0; setTimeout(() => timer++, 1);" +
			"await new Promise((resolve) => { globalThis.resume = resolve }); return timer");
		await ask(address, "await new Promise((resolve) => setTimeout(resolve, 10)); resume()");
		return slow`)
	if v != 1 {
		t.Errorf("a timer that was due during the call fired %v times", v)
	}
}

func TestDeepChain(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("chain")}}, nil)
	w.fails(w.open(), `await Rowan.actor("chain", "0").deeper(1)`, "limit", "256 actors wait for each other already")
}

func TestTimeout(t *testing.T) {
	k := kind("counter")
	k.Timeout = slow * 150 * time.Millisecond
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{k}}, nil)
	c := w.open()
	w.run(c, `return Rowan.actor("counter", "a").inc()`)
	// A late call goes on, and what waits longer than its own deadline is not run.
	v := w.run(c, `
		const a = Rowan.actor("counter", "a"), start = Rowan.nanoseconds();
		const late = a.slowly("late", 220 * args[0]), waits = a.inc(100);
		const codes = [await late.catch((e) => e.code), await waits.catch((e) => e.code)];
		codes.push(await a.inc(), (Rowan.nanoseconds() - start) / 1e6 >= 219 * args[0]);
		return codes.join()`, slow)
	if v != "timeout,timeout,2,true" {
		t.Errorf("late call: %v", v)
	}
	// One that never settles is abandoned after two deadlines.
	v = w.run(c, `
		const a = Rowan.actor("counter", "a");
		return (await Promise.all([a.hang(), a.inc(100)].map((p) => p.catch((e) => e.message)))).join("\n")`)
	if want := ` did not settle within ` + k.Timeout.String(); v != `actor counter "a": hang()`+want+"\n"+`actor counter "a": inc()`+want {
		t.Errorf("a call that never settles, and one behind it: %v", v)
	}
	if v := w.run(c, `await new Promise((resolve) => setTimeout(resolve, args[0] * 200)); return Rowan.actor("counter", "a").inc()`, slow); v != 3 {
		t.Errorf("after an abandoned call inc() = %v, want 3", v)
	}
}

func TestQueueBound(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter")}, Queue: 5, QueueBytes: 1000, Calls: 20}, nil)
	c := w.open()
	v := w.run(c, `
		const a = Rowan.actor("counter", "a");
		await a.inc(0);
		const all = [a.slowly("first", 50)];
		for (let i = 0; i < 8; i++) all.push(a.inc().catch((e) => e.code));
		return (await Promise.all(all)).join()`)
	if v != "first,1,2,3,4,5,mailbox_full,mailbox_full,mailbox_full" {
		t.Errorf("a queue of 5: %v", v)
	}
	v = w.run(c, `
		const a = Rowan.actor("counter", "b");
		await a.inc();
		const all = [a.slowly("first", 50), a.inc(), a.echo("x".repeat(5000)).catch((e) => e.message)];
		return (await Promise.all(all))[2]`)
	if v != `actor counter "b": echo(): calls with 16 bytes of arguments wait for it already` {
		t.Errorf("a queue of 1000 bytes: %v", v)
	}
	if v := w.run(c, `return (await Rowan.actor("counter", "b").echo("x".repeat(5000)))[0].length`); v != 5000 {
		t.Errorf("a large call of an idle actor: %v", v)
	}
	w.fails(c, `const all = []; for (let i = 0; i < 30; i++) all.push(Rowan.actor("counter", "c" + i).slowly(1, 1000)); await Promise.all(all)`,
		"limit", "slowly: this context waits for 20 calls already")
	eventually(t, "the calls to settle", func() bool { _, err := w.try(c, `await Rowan.actor("counter", "d").inc()`); return err == nil })
}

func TestActorsBound(t *testing.T) {
	w := newWorld(t, actors.Options{Kinds: []actors.Kind{kind("counter")}, Actors: 3}, nil)
	c := w.open()
	w.fails(c, `for (let i = 0; i < 4; i++) await Rowan.actor("counter", "a" + i).inc()`, "limit", `actor counter "a3": there are 3 actors already`)
	w.run(c, `return Rowan.stopActor("counter", "a0")`)
	eventually(t, "room for another actor", func() bool { _, err := w.call("counter", "a3", "inc"); return err == nil })
}
