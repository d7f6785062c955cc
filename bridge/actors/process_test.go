package actors_test

import (
	"regexp"
	"slices"
	"testing"

	"rowan/bridge/actors"
)

// ask sends source to a peer and waits for its answer.
const ask = `
	globalThis.ask ??= (() => {
		const waiting = [];
		Rowan.onMessage(({ answer }) => waiting.shift()(answer));
		return (to, run) => new Promise((resolve) => { waiting.push(resolve); Rowan.send(to, { run }) })
			.then(({ value, error }) => { if (error) throw new Error(error); return value });
	})();`

func newPeers(t *testing.T, opts actors.Options) *world {
	opts.Kinds = append(opts.Kinds, kind("peer"), kind("counter"))
	return newWorld(t, opts, nil)
}

func TestSpawn(t *testing.T) {
	w := newPeers(t, actors.Options{})
	c := w.open()
	v := w.run(c, ask+`
		const a = await Rowan.spawn("peer"), b = await Rowan.spawn("peer");
		return [a === b, a === await ask(a, "return Rowan.self()"), await ask(a, "return Rowan.actorKind"), await ask(a, "return Rowan.actorId")].join()`)
	if v != "false,true,peer," {
		t.Errorf("spawn: %v", v)
	}
	if s := w.system.Stats(); s.Actors != 2 {
		t.Errorf("%+v", s)
	}
	w.fails(c, `await Rowan.spawn("pear")`, "", `spawn: unknown kind of actor "pear"; there are counter, peer`)
	w.fails(c, `await Rowan.spawn("peer", { memoryy: 1 })`, "", "spawn: unknown option memoryy; known are apis, memory, idleTimeout and restart")
	w.fails(c, `await Rowan.spawn("peer", { memory: 0 })`, "", "spawn: memory is not a number of at least 1")
	w.fails(c, `await Rowan.spawn("peer", { idleTimeout: -1 })`, "", "spawn: idleTimeout is not a number of at least 0")
	w.fails(c, `await Rowan.spawn("peer", { memory: 1.5 })`, "", "want integer, got 1.5")
	w.fails(c, `await Rowan.spawn("peer", { restart: "often" })`, "", `restart policy "often": want "transient", "permanent" or "temporary"`)
	w.fails(c, `await Rowan.spawn("peer", { apis: "rowan,nothing" })`, "", `unknown API group "nothing"`)
	w.fails(c, `await Rowan.spawn(1)`, "", "spawn: the kind is not a string")
}

// What is spawned has no more than its parent, whatever it asks for.
func TestRights(t *testing.T) {
	small := actors.Kind{Name: "counter", Grants: actors.Grants{Memory: 2 << 20, Groups: []string{"rowan", "timers"}}}
	w := newWorld(t, actors.Options{
		Kinds:  []actors.Kind{small, kind("peer"), kind("script")},
		Grants: actors.Grants{Memory: 16 << 20, Groups: allGroups, Handlers: []string{"publish"}},
	}, nil)
	last := func() actors.Grants {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.granted[len(w.granted)-1]
	}
	tests := []struct {
		source string
		memory int
		groups []string
	}{
		{`await Rowan.actor("peer", "a").self()`, 16 << 20, allGroups},                                       // the app's
		{`await Rowan.spawn("peer")`, 8 << 20, allGroups},                                                    // the session's
		{`await Rowan.spawn("peer", { memory: 1e9, apis: "all" })`, 8 << 20, allGroups},                      // likewise
		{`await Rowan.spawn("peer", { memory: 1e6, apis: "rowan" })`, 1e6, []string{"rowan"}},                // as asked for
		{`await Rowan.spawn("script", { apis: "none" })`, 8 << 20, nil},                                      // likewise
		{`await Rowan.spawn("counter", { memory: 1e9, apis: "all" })`, 2 << 20, []string{"rowan", "timers"}}, // the kind's
		{`await Rowan.spawn("counter", { apis: "console,timers" })`, 2 << 20, []string{"timers"}},            // in common
		{ask + `const a = await Rowan.spawn("peer", { memory: 1e6, apis: "rowan" });
			await ask(a, 'return Rowan.spawn("peer", { memory: 5e6, apis: "all" })')`, 1e6, []string{"rowan"}}, // the parent's
	}
	c := w.open()
	for _, test := range tests {
		w.run(c, test.source)
		if g := last(); g.Memory != test.memory || !slices.Equal(g.Groups, test.groups) || !slices.Equal(g.Handlers, []string{"publish"}) {
			t.Errorf("%s\ngranted %+v", test.source, g)
		}
	}
	// They hold: what is not granted is not there.
	v := w.run(c, ask+`
		const a = await Rowan.spawn("peer", { apis: "rowan" });
		return (await ask(a, "return [typeof setTimeout, typeof Rowan, Rowan.usage().limit]")).join()`)
	if v != "undefined,object,8388608" {
		t.Errorf("with rowan alone: %v", v)
	}
}

func TestMessages(t *testing.T) {
	w := newPeers(t, actors.Options{})
	c, d := w.open(), w.open()
	id := w.run(d, `return Rowan.self()`).(string)
	if !regexp.MustCompile(`^[A-Z2-7]{26}$`).MatchString(id) || w.run(d, `return Rowan.self()`) != id {
		t.Errorf("self() = %q", id)
	}
	// What comes before there is a callback is kept, in order.
	w.run(c, `for (let i = 0; i < 5; i++) if (!Rowan.send(args[0], { i, bytes: new Uint8Array([i]) })) throw new Error("not sent")`, id)
	v := w.run(d, `
		globalThis.got = [];
		Rowan.onMessage((m, from) => got.push(m.i + ":" + m.bytes[0], from));
		await null;
		return got.filter((x) => typeof x === "string" && x.length === 3).join()`)
	if v != "0:0,1:1,2:2,3:3,4:4" {
		t.Errorf("kept messages: %v", v)
	}
	w.run(c, `for (let i = 5; i < 8; i++) Rowan.send(args[0], { i, bytes: new Uint8Array([i]) })`, id)
	eventually(t, "eight messages", func() bool { return w.run(d, `return got.length`) == 16 })
	if v := w.run(d, `return got.slice(-6).join() === ["5:5", args[0], "6:6", args[0], "7:7", args[0]].join()`, w.run(c, `return Rowan.self()`)); v != true {
		t.Errorf("later messages: %v", w.run(d, `return got`))
	}
	// To itself, to nobody, and what cannot be sent.
	v = w.run(c, `
		const got = new Promise((resolve) => Rowan.onMessage((m, from) => resolve(m + (from === Rowan.self()))));
		return [Rowan.send(Rowan.self(), "me"), await got, Rowan.send("nobody", 1)].join()`)
	if v != "true,metrue,false" {
		t.Errorf("to itself and to nobody: %v", v)
	}
	w.fails(c, `Rowan.send(Rowan.self(), { a: [() => {}] })`, "unclonable", "send: message.a[0]: a function cannot be sent")
	w.fails(c, `Rowan.send(1, 2)`, "", "send: the receiver is not a string")
	w.fails(c, `Rowan.onMessage()`, "", "onMessage: the callback is not a function")
	// What a callback throws is reported, and harms no later message.
	w.run(d, `globalThis.n = 0; Rowan.onMessage((m) => { n++; if (m === "throw") throw new Error("from a callback"); if (m === "spin") for (;;); })`)
	w.run(c, `Rowan.send(args[0], "throw"); Rowan.send(args[0], "spin"); Rowan.send(args[0], "fine")`, id)
	eventually(t, "three messages", func() bool { return w.run(d, `return n`) == 3 })
	if got := show(w.uncaught); !contains(got, "from a callback") || !contains(got, "turn ended") {
		t.Errorf("reported: %v", got)
	}
	// The dead get no mail.
	w.close(d)
	if v := w.run(c, `return Rowan.send(args[0], 1)`, id); v != false {
		t.Error("a message went to a closed context")
	}
}

func TestMailboxBound(t *testing.T) {
	w := newPeers(t, actors.Options{Mailbox: 5, MailboxBytes: 1000})
	c, d := w.open(), w.open()
	id := w.run(d, `return Rowan.self()`)
	count := `let n = 0; while (n < 20 && Rowan.send(args[0], args[1])) n++; return n`
	if n := w.run(c, count, id, "x"); n != 5 {
		t.Errorf("%v messages went into a mailbox of 5", n)
	}
	read := `let n = 0; Rowan.onMessage(() => n++); await null; return n`
	if n := w.run(d, read); n != 5 {
		t.Errorf("%v messages were read", n)
	}
	e := w.open()
	id = w.run(e, `return Rowan.self()`)
	if n := w.run(c, count, id, string(make([]byte, 400))); n != 2 {
		t.Errorf("%v messages of 400 bytes went into a mailbox of 1000", n)
	}
	w.run(e, read)
	eventually(t, "room for a large one", func() bool {
		return w.run(c, `return Rowan.send(args[0], args[1])`, id, string(make([]byte, 4000))) == true
	})
}

func TestNames(t *testing.T) {
	w := newPeers(t, actors.Options{Names: 3})
	c, d := w.open(), w.open()
	v := w.run(c, `return [Rowan.register("printer"), Rowan.register("printer"), Rowan.whereis("printer") === Rowan.self(), Rowan.whereis("nobody")].join()`)
	if v != "true,false,true," {
		t.Errorf("register: %v", v)
	}
	v = w.run(d, `return [Rowan.register("printer"), Rowan.send("printer", "hello"), Rowan.send(Rowan.whereis("printer"), "again")].join()`)
	if v != "false,true,true" {
		t.Errorf("from another context: %v", v)
	}
	v = w.run(c, `const got = []; Rowan.onMessage((m) => got.push(m)); await null; return got.join()`)
	if v != "hello,again" {
		t.Errorf("by name came %v", v)
	}
	w.fails(d, `for (const n of ["a", "b", "c", "d"]) Rowan.register(n)`, "limit", "register: this context has 3 names already")
	w.fails(d, `Rowan.register("")`, "", "register: a name has 1 to 256 bytes, not 0")
	w.close(c)
	if v := w.run(d, `return [Rowan.whereis("printer"), Rowan.send("printer", 1)].join()`); v != ",false" {
		t.Errorf("after its context has gone: %v", v)
	}
	w.close(d)
	if s := w.system.Stats(); s != (actors.Stats{}) {
		t.Errorf("left behind: %+v", s)
	}
}

func TestMonitor(t *testing.T) {
	ends := []struct{ source, want string }{
		{`Rowan.send(id, { run: "Rowan.exit()" })`, "normal"},
		{`Rowan.send(id, { run: "Rowan.exit('enough')" })`, "enough"},
		{`Rowan.stop(id)`, "normal"},
		{`Rowan.stop(id, "told to")`, "told to"},
		{`Rowan.send(id, { run: "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)" })`, "killed"},
	}
	w := newPeers(t, actors.Options{Bonds: 50})
	c := w.open()
	for _, end := range ends {
		v := w.run(c, `
			const id = await Rowan.spawn("peer"), told = [], refs = [];
			const first = new Promise((resolve) => refs.push(Rowan.monitor(id, (reason) => { told.push("a " + reason); throw new Error("no matter") })));
			refs.push(Rowan.monitor(id, () => told.push("dropped")));
			const last = new Promise((resolve) => refs.push(Rowan.monitor(id, (reason) => { told.push("b " + reason); resolve() })));
			const dropped = [Rowan.demonitor(refs[1]), Rowan.demonitor(refs[1]), Rowan.demonitor(12345)];
			`+end.source+`;
			await last;
			return [...told, ...dropped, refs[0] < refs[1] && refs[1] < refs[2], Rowan.demonitor(refs[0])].join()`)
		if want := "a " + end.want + ",b " + end.want + ",true,false,false,true,false"; v != want {
			t.Errorf("%s:\ngot  %v\nwant %s", end.source, v, want)
		}
	}
	// Whoever comes late is told at once, but not before monitor has returned.
	v := w.run(c, `
		const told = [];
		const ref = Rowan.monitor("nobody", (reason) => told.push(reason));
		const early = told.length;
		Rowan.demonitor(Rowan.monitor("nobody", () => told.push("dropped")));
		await null;
		return [early, typeof ref, ...told].join()`)
	if v != "0,number,noproc" {
		t.Errorf("monitor of nobody: %v", v)
	}
	// An actor's context and a session can be monitored as well.
	d := w.open()
	w.run(c, `
		globalThis.told = [];
		Rowan.monitor(args[0], (reason) => told.push("session " + reason));
		Rowan.monitor((await Rowan.actor("counter", "a").identity())[2], (reason) => told.push("actor " + reason));
		Rowan.stopActor("counter", "a", "over")`, w.run(d, `return Rowan.self()`))
	w.close(d)
	eventually(t, "both to be told", func() bool { return w.run(c, `return told.length`) == 2 })
	if v = w.run(c, `return told.sort().join()`); v != "actor over,session normal" {
		t.Errorf("told: %v", v)
	}
	w.fails(c, `const id = await Rowan.spawn("peer"); for (let i = 0; i < 100; i++) Rowan.monitor(id, () => {})`, "limit", "monitor: this context has 50 monitors and links already")
	w.fails(c, `Rowan.monitor("x")`, "", "monitor: the callback is not a function")
}

func TestLink(t *testing.T) {
	w := newPeers(t, actors.Options{})
	c := w.open()
	const monitored = ask + `
		globalThis.told = [];
		globalThis.spawn = async (name) => { const id = await Rowan.spawn("peer"); Rowan.monitor(id, (reason) => told.push(name + " " + reason)); return id };
		const a = await spawn("a"), b = await spawn("b"), d = await spawn("d");
		await ask(a, "Rowan.link('" + b + "')");
		await ask(d, "Rowan.link('" + b + "')");`
	tests := []struct{ source, want string }{
		{`Rowan.send(a, { run: "Rowan.exit('broken')" })`, "a broken,b broken,d broken"},
		{`Rowan.stop(b, "crash")`, "a crash,b crash,d crash"},
		{`Rowan.send(d, { run: "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)" })`, "a killed,b killed,d killed"},
		{`Rowan.send(b, { run: "Rowan.exit()" })`, "b normal"},
		{`await ask(a, "Rowan.unlink('" + b + "')"); Rowan.stop(b, "crash")`, "b crash,d crash"},
	}
	for _, test := range tests {
		want := len(regexp.MustCompile(",").Split(test.want, -1))
		w.run(c, `{`+monitored+test.source+`}`)
		eventually(t, test.source, func() bool { return w.run(c, `return told.length`).(int) >= want })
		if v := w.run(c, `return told.sort().join()`); v != test.want {
			t.Errorf("%s: %v, want %s", test.source, v, test.want)
		}
	}
	// A link to what is gone already ends the caller.
	v := w.run(c, `{`+monitored+`
		Rowan.send(a, { run: "try { Rowan.link('gone') } finally { Rowan.register('after') }" })
		while (told.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
		return [...told.sort(), Rowan.whereis("after")].join()}`)
	if v != "a noproc,b noproc,d noproc," {
		t.Errorf("a link to what is gone: %v", v)
	}
	// A session that is linked with a crash is ended by its owner.
	before := w.system.Stats().Addresses
	s := w.open()
	w.run(s, `Rowan.link(await Rowan.spawn("peer")); const id = await Rowan.spawn("peer"); Rowan.link(id); Rowan.send(id, { run: "Rowan.exit('bad')" })`)
	eventually(t, "the linked session to end", func() bool { return s.Closed() })
	eventually(t, "its other link to end", func() bool { return w.system.Stats().Addresses == before })
	w.mu.Lock()
	defer w.mu.Unlock()
	if show(w.ended) != "[bad]" {
		t.Errorf("sessions ended: %q", w.ended)
	}
}

// Contexts that use none of it are not known.
func TestUnused(t *testing.T) {
	w := newPeers(t, actors.Options{})
	for range 50 {
		w.run(w.open(), `return [Rowan.actorKind, Rowan.actorId, Rowan.stopActor("peer", "x"), Rowan.whereis("x"), Rowan.stop("x"), Rowan.demonitor(1), Rowan.unlink("x"), typeof Rowan.actor("peer", "x"), Rowan.onMessage(() => {})]`)
	}
	if s := w.system.Stats(); s != (actors.Stats{}) {
		t.Errorf("known: %+v", s)
	}
}

// A chain of links is followed to its end, however long.
func TestLinkChain(t *testing.T) {
	w := newPeers(t, actors.Options{})
	c := w.open()
	w.run(c, ask+`
		let last;
		for (let i = 0; i < 200; i++) {
			const id = await Rowan.spawn("peer");
			if (last) await ask(id, "Rowan.link('" + last + "')");
			last = id;
		}
		Rowan.stop(last, "crash")`)
	eventually(t, "all to end", func() bool { return w.system.Stats().Actors == 0 })
	eventually(t, "their contexts to close", func() bool { return w.pool.Stats().Contexts == 1 })
}

// A callback that is registered at the top level is part of the image, and gets what came before the first turn.
func TestMessagesOfTemplate(t *testing.T) {
	w := newPeers(t, actors.Options{})
	c := w.open()
	if v := w.run(c, ask+`return ask(await Rowan.actor("peer", "p").self(), "return 1 + 1")`); v != 2 {
		t.Errorf("an answer: %v", v)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, k := range w.kinds {
		if cause := k.Template().Impure(); cause != "" {
			t.Errorf("%s is not part of its image: %s", id, cause)
		}
	}
}
