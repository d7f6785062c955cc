package daemon_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// movable is an app of which everything can move: each VERSION says so in its answers.
const movable = `
-- app.ts --
import type { App } from "rowan";

let count = 0;
const heard: string[] = [];
const hear = () => Rowan.subscribe("news", (text) => heard.push("VERSION:" + text));
let ticking: ReturnType<typeof setInterval> | undefined;

export default {
  actors: { room: "./room.ts" },
  suspend() { clearInterval(ticking); return { count, heard, at: new Date(0) }; },
  resume(kept) {
    ({ count } = kept as any);
    heard.push(...(kept as any).heard, "resumed " + (kept as any).at.getTime());
    hear();
    clearInterval(ticking);
    ticking = setInterval(() => {}, 1000);
  },
  websocket: {
    open(ws) { ws.data = { born: "VERSION" }; ws.subscribe("all"); hear(); ticking = setInterval(() => {}, 1000); },
    async message(ws, text) {
      if (text === "sleep") { await Rowan.sleep(300); return void ws.send("VERSION slept"); }
      if (text === "heard") return void ws.send("VERSION heard " + heard.join());
      if (text === "room") return void ws.send(await Rowan.actor("room", "a").enter());
      ws.send(["VERSION", ++count, (ws.data as any).born, ws.id, ws.subscriptions].join(" "));
    },
  },
  channels: {
    "room:*": {
      join(socket, payload) {
        socket.assigns.name = payload.name;
        socket.track(payload.name, { at: 1 });
        socket.subscribe("infos");
        return { version: "VERSION" };
      },
      on: {
        hello: (socket) => ({ version: "VERSION", count: ++count, name: socket.assigns.name, token: socket.params.token, here: Object.keys(socket.presences()) }),
        shout(socket, payload) { socket.broadcast("shout", payload); },
        owe(socket) { const later = socket.defer(); setTimeout(() => later.reply("ok", { version: "VERSION" }), 300); },
      },
      out: { loud(socket, payload) { socket.push("loud", { ...payload, version: "VERSION" }); } },
      info(socket, message) { socket.push("info", { message, version: "VERSION" }); },
    },
  },
} satisfies App;
-- room.ts --
let n = 0;
export const enter = () => "VERSION room " + ++n;
export default { suspend: () => n, resume(kept) { n = kept; } };
-- rowan.toml --
[reload]
existing = "move"
`

// version is movable as one version of it.
func version(v string) string { return strings.ReplaceAll(movable, "VERSION", v) }

// reload writes another version and loads it.
func reload(t *testing.T, s *daemontest.Server, archive string) {
	t.Helper()
	daemontest.Write(t, s.Dir, archive)
	if _, err := s.Reload(); err != nil {
		t.Fatal(err)
	}
}

func TestMove(t *testing.T) {
	s := daemontest.Serve(t, version("v1"))
	c := s.Dial()
	c.Send("")
	first := c.Next()
	id := strings.Fields(first)[3]
	if want := "v1 1 v1 " + id + " all"; first != want {
		t.Fatalf("got %q, want %q", first, want)
	}
	c.Send("room")
	c.Expect("v1 room 1")
	ch := s.DialPath("/socket/websocket?vsn=2.0.0&token=t")
	talk(t, `
		> ["1","1","room:1","phx_join",{"name":"ann"}]
		< ["1","1","room:1","phx_reply",{"response":{"version":"v1"},"status":"ok"}]
	`, ch)
	ch.Next() // the presence_diff
	talk(t, `
		> ["1","2","room:1","hello",{}]
		< ["1","2","room:1","phx_reply",{"response":{"version":"v1","count":1,"name":"ann","token":"t","here":["ann"]},"status":"ok"}]
	`, ch)

	windows := s.Stats().Windows
	reload(t, s, version("v2"))
	s.WaitLog("moved 3 contexts to the new version", "0 stay")
	c.Send("")
	c.Expect("v2 2 v1 " + id + " all") // the count, the data, the ID and the subscriptions of before
	c.Send("room")
	c.Expect("v2 room 2")
	talk(t, `
		> ["1","3","room:1","hello",{}]
		< ["1","3","room:1","phx_reply",{"response":{"version":"v2","count":2,"name":"ann","token":"t","here":["ann"]},"status":"ok"}]
		> ["1","4","room:1","shout",{"a":1}]
		< [null,null,"room:1","shout",{"a":1}]
		> ["1","5","room:1","shout2",{}]
		< ["1","5","room:1","phx_reply",{"response":{"reason":"unknown event"},"status":"error"}]
	`, ch)
	if n := s.Stats().Windows; n > windows+2 {
		t.Errorf("%d windows, of one version there were %d", n, windows)
	}
}

// TestMoveUpgraded moves a session whose context a request has begun.
func TestMoveUpgraded(t *testing.T) {
	upgrading := func(v string) string {
		return replaceIn(t, version(v), [2]string{"  websocket: {", `  fetch(request, server) {
    if (!server.upgrade(request, { data: { born: "request of ` + v + `" } })) return new Response("` + v + `");
  },
  websocket: {`})
	}
	s := daemontest.Serve(t, strings.Replace(upgrading("v1"), `ws.data = { born: "v1" };`, "", 1))
	c := s.Dial()
	c.Send("")
	id := strings.Fields(c.Next())[5]
	reload(t, s, upgrading("v2"))
	s.WaitLog("moved 1 contexts to the new version", "0 stay")
	c.Send("")
	c.Expect("v2 2 request of v1 " + id + " all")
	if got := get(t, s, ""); got != "200 v2" {
		t.Errorf("a request is answered with %q", got)
	}
	c.Close(1000, "")
	s.WaitContexts(0)
}

// TestMoveWaits moves contexts that await something once that has come.
func TestMoveWaits(t *testing.T) {
	s := daemontest.Serve(t, version("v1"))
	c := s.Dial()
	c.Send("sleep")
	ch := s.DialPath("/socket/websocket?vsn=2.0.0&token=t")
	talk(t, `
		> ["1","1","room:1","phx_join",{"name":"ann"}]
		< ["1","1","room:1","phx_reply",{"response":{"version":"v1"},"status":"ok"}]
	`, ch)
	ch.Next() // the presence_diff
	ch.Send(`["1","2","room:1","owe",{}]`)
	ch.Send(`["1","3","room:1","hello",{}]`)
	talk(t, `
		< ["1","3","room:1","phx_reply",{"response":{"version":"v1","count":1,"name":"ann","token":"t","here":["ann"]},"status":"ok"}]
	`, ch)
	reload(t, s, version("v2"))
	c.Expect("v1 slept")
	talk(t, `
		< ["1","2","room:1","phx_reply",{"response":{"version":"v1"},"status":"ok"}]
	`, ch)
	s.WaitLog("moved 2 contexts to the new version", "0 stay")
	c.Send("sleep")
	c.Expect("v2 slept")
}

// TestMoveKeepsSubscriptions has messages of topics come for as long as the context moves. The new version hears those that it
// subscribes to again, and no others.
func TestMoveKeepsSubscriptions(t *testing.T) {
	s := daemontest.Serve(t, version("v1")+`
-- publisher.ts --
let timer, n = 0;
export const start = () => { timer = setInterval(() => Rowan.publish("news", n++), 1); };
export const stop = () => { clearInterval(timer); return n; };
`)
	publisher := strings.NewReplacer(`actors: { room: "./room.ts" }`, `actors: { room: "./room.ts", publisher: "./publisher.ts" }`,
		`if (text === "room")`, `if (text === "start" || text === "stop") return void ws.send(String(await Rowan.actor("publisher", "p")[text]()));
      if (text === "room")`)
	reload(t, s, publisher.Replace(version("v1")))
	a, b := s.Dial(), s.Dial()
	a.Send("start")
	a.Expect("undefined")
	versions := []string{"v2", "v3", "v4", "v5"}
	for _, v := range versions {
		reload(t, s, publisher.Replace(version(v)))
		s.WaitLog("moved 2 contexts to the new version", "1 stay")
	}
	a.Send("stop")
	n, _ := strconv.Atoi(a.Next())
	time.Sleep(100 * time.Millisecond) // the last may be on its way to another worker
	b.Send("heard")
	heard := strings.Split(strings.TrimPrefix(b.Next(), "v5 heard "), ",")
	next, by := 0, "v1"
	for _, h := range heard {
		if strings.HasPrefix(h, "resumed ") {
			continue
		}
		v, text, _ := strings.Cut(h, ":")
		number, err := strconv.Atoi(text)
		if err != nil || v < by || next > 0 && number != next {
			t.Fatalf("heard %q after %d by %s", h, next-1, by)
		}
		next, by = number+1, v
	}
	if next != n || by != "v5" {
		t.Errorf("heard up to %d by %s, and %d were published", next, by, n)
	}
	reload(t, s, strings.Replace(version("v6"), "    hear();\n", "", 1))
	s.WaitLog("moved 2 contexts to the new version")
	a.Send("")
	a.Next()
	if n := s.Stats().Contexts; n != 3 {
		t.Errorf("%d contexts", n)
	}
	b.Send("count")
	if got := b.Next(); !strings.HasPrefix(got, "v6 ") {
		t.Errorf("got %q", got)
	}
}

// TestMoveFails shows for what reasons contexts stay with their version, in which they go on, and that a better one gets them.
func TestMoveFails(t *testing.T) {
	skipShort(t)
	for _, test := range []struct {
		name     string
		was, new [2]string // what is replaced in the versions before and after
		log      []string
	}{
		{"suspend throws", [2]string{"suspend() {", `suspend() { if (count === 1) throw new Error("not now");`}, [2]string{}, []string{"not now", "app.ts:10"}},
		{"what it keeps cannot be cloned", [2]string{"return { count,", "return { f: count === 1 ? () => {} : 1, count,"}, [2]string{}, []string{"kept.f"}},
		{"the data cannot be cloned", [2]string{`ws.data = {`, `ws.data = { get f() { return count === 1 ? () => {} : 1; },`}, [2]string{}, []string{"data.f"}},
		{"resume throws", [2]string{}, [2]string{"resume(kept) {", `resume(kept) { null.x;`}, []string{"null", "app.ts:11"}},
		{"resume loops", [2]string{}, [2]string{"resume(kept) {", `resume(kept) { for (;;);`}, []string{"turn ended"}},
		{"resume never polls", [2]string{}, [2]string{"resume(kept) {", `resume(kept) { Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);`}, []string{"context lost"}},
		{"suspend is async", [2]string{"suspend() {", `suspend() { if (count === 1) return (async () => {})();`}, [2]string{}, []string{"suspend returned a promise"}},
		{"resume is async", [2]string{}, [2]string{"resume(kept) {", `async resume(kept) { await 0;`}, []string{"resume returned a promise"}},
		{"no resume", [2]string{}, [2]string{"resume(kept) {", "resumed(kept) {"}, []string{"the new version has no resume"}},
		{"no sessions", [2]string{}, [2]string{"websocket: {", "webSocket: {"}, []string{"the new version does not serve it"}},
		{"it awaits", [2]string{}, [2]string{"let count", "await new Promise((f) => setTimeout(f, 300)); let count"}, []string{"awaits at its top level"}},
		{"a timer is left", [2]string{"clearInterval(ticking)", "if (count !== 1) clearInterval(ticking)"}, [2]string{}, []string{"still has timers"}},
		{"a channel is left", [2]string{"open(ws) {", `open(ws) { const c = new BroadcastChannel("b"); setTimeout(() => c.close(), 2500);`}, [2]string{}, []string{"still has timers"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := daemontest.Serve(t, replaceIn(t, version("v1"), test.was))
			c := s.Dial()
			c.Send("")
			id := strings.Fields(c.Next())[3]
			daemontest.Write(t, s.Dir, replaceIn(t, version("v2"), test.new))
			if _, err := s.Reload(); err != nil {
				t.Fatal(err)
			}
			s.WaitLog(append(test.log, "error", "not moved to the new version")...)
			s.WaitLog("moved 0 contexts", "1 stay")
			c.Send("")
			c.Expect("v1 2 v1 " + id + " all")
			if test.name == "a channel is left" {
				time.Sleep(2500 * time.Millisecond)
			}
			reload(t, s, version("v3"))
			s.WaitLog("moved 1 contexts", "0 stay")
			c.Send("")
			c.Expect("v3 3 v1 " + id + " all")
		})
	}
}

// TestMoveGivesUp has a new version whose resume takes too long: after some contexts the others are left alone, since each try would have its
// worker stand still.
func TestMoveGivesUp(t *testing.T) {
	skipShort(t)
	const sessions = 60
	s := daemontest.Serve(t, version("v1"))
	clients := make([]*wstest.Client, sessions)
	for i := range clients {
		clients[i] = s.Dial()
		clients[i].Send("")
		clients[i].Next()
	}
	reload(t, s, replaceIn(t, version("v2"), [2]string{"resume(kept) {", `resume(kept) { for (;;);`}))
	for range 10 { // that are told of
		s.WaitLog("error", "not moved to the new version", "turn ended")
	}
	s.WaitLog("error", "contexts in a row were ended by a limit", "the others are not tried")
	s.WaitLog("moved 0 contexts", strconv.Itoa(sessions)+" stay")
	for _, c := range clients {
		c.Send("")
		if answer := c.Next(); !strings.HasPrefix(answer, "v1 2 ") {
			t.Fatalf("a session answered %q", answer)
		}
	}
	reload(t, s, version("v3"))
	s.WaitLog("moved "+strconv.Itoa(sessions)+" contexts", "0 stay")
}

// replaceIn replaces one text, which must be there, by another one.
func replaceIn(t *testing.T, text string, change [2]string) string {
	t.Helper()
	if change[0] == "" {
		return text
	}
	if !strings.Contains(text, change[0]) {
		t.Fatalf("no %q in the app", change[0])
	}
	return strings.Replace(text, change[0], change[1], 1)
}
