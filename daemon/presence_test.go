package daemon_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"rowan/internal/daemontest"
	"rowan/internal/presencetest"
	"rowan/internal/wstest"
)

// present is an app whose requests, sessions and actors can track presences of their own.
var present = commanded(`
	async fetch(request: Request, server: any) {
		if (server.upgrade(request)) return;
		Rowan.presence.track("t", "request", {});
		Rowan.waitUntil(Rowan.sleep(500));
		return Response.json(Rowan.presence.list("t"));
	},
	actors: { keeper: "./keeper.ts" },`, "") + `
-- keeper.ts --
export const track = (key: string, meta: object) => Rowan.presence.track("t", key, meta);
export const update = (key: string, meta: object) => Rowan.presence.update("t", key, meta);
export const untrack = (key: string) => Rowan.presence.untrack("t", key);
export const lose = () => [].indexOf.call({ length: 2 ** 53 - 1 } as any, 1 as never);
export const fail = () => { throw new Error("no"); };
`

// leaveWithin is how long a presence may outlast its owner.
const leaveWithin = 500 * time.Millisecond

// requestLasts is for how long the app keeps a request's context.
const requestLasts = 500 * time.Millisecond

// expectPresent waits until these keys are present on topic t, and fails if that takes longer than leaveWithin.
func expectPresent(t *testing.T, c *wstest.Client, keys string) {
	t.Helper()
	expectPresentWithin(t, c, keys, leaveWithin)
}

func expectPresentWithin(t *testing.T, c *wstest.Client, keys string, limit time.Duration) {
	t.Helper()
	start := time.Now()
	do(t, c, fmt.Sprintf(`
		const keys = () => Object.keys(Rowan.presence.list("t")).sort().join();
		for (const end = Date.now() + 5000; keys() !== %q && Date.now() < end;) await Rowan.sleep(5);
		return keys()`, keys), fmt.Sprintf("%q", keys))
	if took := time.Since(start); took > limit {
		t.Errorf("%q were present after %v", keys, took)
	}
}

// TestPresenceOfContexts: what a context tracks is seen by the others, and goes with the context however it ends.
func TestPresenceOfContexts(t *testing.T) {
	s := daemontest.Serve(t, present)
	watcher, session, killed := s.Dial(), s.Dial(), s.Dial()
	do(t, session, `return Rowan.presence.track("t", "session", { n: 1 })`, `undefined`)
	do(t, killed, `Rowan.presence.track("t", "killed", {}); return null`, `null`)
	do(t, session, `await Rowan.actor("keeper", "stopped").track("stopped", {}); return null`, `null`)
	do(t, session, `await Rowan.actor("keeper", "lost").track("lost", {}); return null`, `null`)
	expectPresent(t, watcher, "killed,lost,session,stopped")

	// Each tracks under its own name, several under one key.
	do(t, watcher, `Rowan.presence.untrack("t", "session"); return Rowan.presence.list("t").session.metas.length`, `1`)
	do(t, watcher, `try { Rowan.presence.update("t", "session", {}) } catch (e) { return e.code }`, `"not_tracked"`)
	do(t, watcher, `await Rowan.actor("keeper", "stopped").track("session", { n: 2 }); return Rowan.presence.list("t").session.metas.map((m) => m.n)`, `[1,2]`)
	do(t, watcher, `await Rowan.actor("keeper", "stopped").untrack("session"); return Rowan.presence.list("t").session.metas.map((m) => m.n)`, `[1]`)

	// A request's goes with it, after what it gave to waitUntil.
	response, err := http.Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	expectPresent(t, watcher, "killed,lost,request,session,stopped")
	expectPresentWithin(t, watcher, "killed,lost,session,stopped", requestLasts+leaveWithin)

	// A method that fails ends nothing.
	do(t, watcher, `return await Rowan.actor("keeper", "stopped").fail().catch((e) => e.message)`, `"no"`)
	expectPresent(t, watcher, "killed,lost,session,stopped")

	do(t, watcher, `return Rowan.stopActor("keeper", "stopped")`, `true`)
	expectPresent(t, watcher, "killed,lost,session")
	do(t, watcher, `return await Rowan.actor("keeper", "lost").lose().catch((e) => e.code)`, `"crashed"`)
	expectPresent(t, watcher, "killed,session")
	s.WaitLog("error", "context lost")
	killed.Kill()
	expectPresent(t, watcher, "session")
	session.Close(1000, "")
	expectPresent(t, watcher, "")
}

// lobby is an app with presence on its channels, in which a request and an actor can track too.
const lobby = `
-- app.ts --
import type { App, Channel } from "rowan";

const room: Channel = {
	join(socket, { user, n }) {
		socket.assigns.user = user;
		if (user) socket.track(user, { n });
		socket.push("presence_state", socket.presences());
	},
	on: {
		update: (socket, { n }) => socket.update(socket.assigns.user, { n }),
		untrack: (socket) => socket.untrack(socket.assigns.user),
		list: (socket) => socket.presences(),
		marked(socket) { // what a script has changed in a list, it pushes
			const list: Record<string, unknown> = socket.presences();
			list["é\"🦀"] = { at: new Date(0), nothing: undefined, list: [undefined, NaN, 1.5] };
			delete list.ann;
			socket.push("marked", list);
		},
		close: (socket) => socket.close(),
		crash() { throw new Error("no"); },
		spin() { for (;;); },
		lose: () => [].indexOf.call({ length: 2 ** 53 - 1 } as any, 1 as never),
		errors(socket) {
			const code = (f: () => void) => { try { f(); } catch (e: any) { return [e.name, e.code ?? null]; } };
			return [
				code(() => socket.track(socket.assigns.user, {})),
				code(() => socket.update("nobody", {})),
				code(() => socket.track("x", "no object" as any)),
				code(() => socket.track("x".repeat(2000), {})),
				code(() => socket.untrack("nobody")) ?? "nothing",
			];
		},
		stop() { Rowan.stopActor("keeper", "k"); },
		keeper: async (_socket, { method, args }) => await Rowan.actor<any>("keeper", "k")[method](...args),
	},
};

const mirror: Channel = {
	join(socket) { socket.track("__proto__", {}); },
	out: { presence_diff: (socket, diff) => socket.push("changed", [Object.keys(diff.joins), Object.keys(diff.leaves)]) },
};

export default {
	channels: { "room:*": room, "mirror": mirror },
	actors: { keeper: "./keeper.ts" },
	fetch() {
		Rowan.presence.track("room:1", "request", {});
		Rowan.waitUntil(Rowan.sleep(500));
		return new Response();
	},
} satisfies App;
-- keeper.ts --
export const track = (key: string, meta: object) => Rowan.presence.track("room:1", key, meta);
export const update = (key: string, meta: object) => Rowan.presence.update("room:1", key, meta);
`

// member is a client whose frames have letters for phx_refs, the same for all members of a test.
type member struct {
	*wstest.Client
	refs *presencetest.Refs
}

// hear checks the frames that come next.
func (m *member) hear(t *testing.T, frames ...string) {
	t.Helper()
	for _, want := range frames {
		if got := m.refs.Name(m.Next()); got != want {
			t.Fatalf("heard %s\nwant  %s", got, want)
		}
	}
}

// diff is the presence_diff that comes next: the keys on each side.
func (m *member) diff(t *testing.T) (joins, leaves []string) {
	t.Helper()
	var frame [5]json.RawMessage
	m.NextJSON(&frame)
	var diff struct{ Joins, Leaves map[string]any }
	if err := json.Unmarshal(frame[4], &diff); err != nil || string(frame[3]) != `"presence_diff"` {
		t.Fatalf("heard %s, %v", frame, err)
	}
	return slices.Collect(maps.Keys(diff.Joins)), slices.Collect(maps.Keys(diff.Leaves))
}

// members connects clients.
func members(s *daemontest.Server, n int) []*member {
	refs := &presencetest.Refs{}
	list := make([]*member, n)
	for i := range list {
		list[i] = &member{s.DialPath("/socket/websocket?vsn=2.0.0"), refs}
	}
	return list
}

func diffFrame(joins, leaves string) string {
	return fmt.Sprintf(`[null,null,"room:1","presence_diff",{"joins":{%s},"leaves":{%s}}]`, joins, leaves)
}

func stateFrame(state string) string { return `["1",null,"room:1","presence_state",{` + state + `}]` }

func metas(key, list string) string { return fmt.Sprintf(`"%s":{"metas":[%s]}`, key, list) }

const (
	accepted = `["1","1","room:1","phx_reply",{"response":{},"status":"ok"}]`
	a1       = `{"n":1,"phx_ref":"A"}`
	b2       = `{"n":2,"phx_ref":"B"}`
)

// watch joins the topic without a presence, before anybody has one.
func (m *member) watch(t *testing.T) {
	t.Helper()
	m.Send(`["1","1","room:1","phx_join",{}]`)
	m.hear(t, accepted, stateFrame(""))
}

// annJoins connects a client that watches, and Ann.
func annJoins(t *testing.T, s *daemontest.Server) (watcher, ann *member) {
	t.Helper()
	m := members(s, 2)
	watcher, ann = m[0], m[1]
	watcher.watch(t)
	ann.Send(`["1","1","room:1","phx_join",{"user":"ann","n":1}]`)
	ann.hear(t, accepted, diffFrame(metas("ann", a1), ""), stateFrame(metas("ann", a1)))
	watcher.hear(t, diffFrame(metas("ann", a1), ""))
	return watcher, ann
}

// TestPresence plays two devices of Ann's, and compares every frame in order. The one who watches hears each diff that all get: when
// it does, its window is over.
func TestPresence(t *testing.T) {
	s := daemontest.Serve(t, lobby)
	m := members(s, 3)
	w, a, b := m[0], m[1], m[2]
	w.watch(t)

	// One's own diff comes before the state, and not again.
	a.Send(`["1","1","room:1","phx_join",{"user":"ann","n":1}]`)
	a.hear(t, accepted, diffFrame(metas("ann", a1), ""), stateFrame(metas("ann", a1)))
	w.hear(t, diffFrame(metas("ann", a1), ""))

	// A second device is a second meta of the key.
	b.Send(`["1","1","room:1","phx_join",{"user":"ann","n":2}]`)
	b.hear(t, accepted, diffFrame(metas("ann", b2), ""), stateFrame(metas("ann", a1+","+b2)))
	for _, m := range []*member{w, a} {
		m.hear(t, diffFrame(metas("ann", b2), ""))
	}

	// An update leaves and joins in one diff. What it brings is the last of the key's metas.
	const a3 = `{"n":3,"phx_ref":"C","phx_ref_prev":"A"}`
	a.Send(`["1","2","room:1","update",{"n":3}]`)
	a.hear(t, diffFrame(metas("ann", a3), metas("ann", a1)))
	for _, m := range []*member{w, b} {
		m.hear(t, diffFrame(metas("ann", a3), metas("ann", a1)))
	}
	w.Send(`["1","2","room:1","list",{}]`)
	w.hear(t, `["1","2","room:1","phx_reply",{"response":{`+metas("ann", b2+","+a3)+`},"status":"ok"}]`)

	// What cannot be is an error to the script, and ends nothing.
	a.Send(`["1","3","room:1","errors",{}]`)
	a.hear(t, `["1","3","room:1","phx_reply",{"response":[["Error","already_tracked"],["Error","not_tracked"],`+
		`["TypeError",null],["RangeError","limit"],"nothing"],"status":"ok"}]`)

	a.Send(`["1","4","room:1","marked",{}]`)
	a.hear(t, `["1",null,"room:1","marked",{"é\"🦀":{"at":"1970-01-01T00:00:00.000Z","list":[null,null,1.5]}}]`)

	// One device goes, the other one stays.
	b.Send(`["1","2","room:1","untrack",{}]`)
	b.hear(t, diffFrame("", metas("ann", b2)))
	for _, m := range []*member{w, a} {
		m.hear(t, diffFrame("", metas("ann", b2)))
	}
	a.Send(`["1","5","room:1","phx_leave",{}]`)
	a.hear(t, `["1","5","room:1","phx_reply",{"response":{},"status":"ok"}]`, `["1","1","room:1","phx_close",{}]`)
	for _, m := range []*member{w, b} {
		m.hear(t, diffFrame("", metas("ann", a3)))
	}
	w.Send(`["1","3","room:1","list",{}]`)
	w.hear(t, `["1","3","room:1","phx_reply",{"response":{},"status":"ok"}]`)
}

// TestPresenceLeaves: however a channel ends, the others are told within half a second.
func TestPresenceLeaves(t *testing.T) {
	const crashed = `["1","1","room:1","phx_error",{"reason":"channel_crash"}]`
	tests := []struct {
		name string
		end  func(t *testing.T, s *daemontest.Server, a *member)
	}{
		{"leave", func(t *testing.T, _ *daemontest.Server, a *member) {
			a.Send(`["1","2","room:1","phx_leave",{}]`)
			a.hear(t, `["1","2","room:1","phx_reply",{"response":{},"status":"ok"}]`, `["1","1","room:1","phx_close",{}]`)
		}},
		{"close by the script", func(t *testing.T, _ *daemontest.Server, a *member) {
			a.Send(`["1","2","room:1","close",{}]`)
			a.hear(t, `["1","1","room:1","phx_close",{}]`)
		}},
		{"close of the socket", func(_ *testing.T, _ *daemontest.Server, a *member) { a.Close(1000, "") }},
		{"end of the connection", func(_ *testing.T, _ *daemontest.Server, a *member) { a.Kill() }},
		{"crash", func(t *testing.T, s *daemontest.Server, a *member) {
			a.Send(`["1","2","room:1","crash",{}]`)
			a.hear(t, crashed)
			s.WaitLog("error", "channel room:1 crashed")
		}},
		{"limit", func(t *testing.T, s *daemontest.Server, a *member) {
			a.Send(`["1","2","room:1","spin",{}]`)
			a.hear(t, crashed)
			s.WaitLog("error", "channel room:1 crashed")
		}},
		{"context that is lost", func(t *testing.T, s *daemontest.Server, a *member) {
			a.Send(`["1","2","room:1","lose",{}]`)
			a.hear(t, crashed)
			s.WaitLog("error", "context lost")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := daemontest.Serve(t, lobby)
			w, a := annJoins(t, s)
			test.end(t, s, a)
			start := time.Now()
			w.hear(t, diffFrame("", metas("ann", a1)))
			if took := time.Since(start); took > leaveWithin {
				t.Errorf("the leave was told after %v", took)
			}
		})
	}
}

// TestPresenceAfterRejoin: a client that joins again is another presence, and the one before leaves.
func TestPresenceAfterRejoin(t *testing.T) {
	s := daemontest.Serve(t, lobby)
	w, a := annJoins(t, s)
	a.Send(`["2","2","room:1","phx_join",{"user":"ann","n":2}]`)
	for joins, leaves := w.diff(t); len(joins) == 0 || len(leaves) == 0; { // in one diff, or two
		more, gone := w.diff(t)
		joins, leaves = append(joins, more...), append(leaves, gone...)
	}
	a.hear(t, `["2","2","room:1","phx_reply",{"response":{},"status":"ok"}]`, `["1","1","room:1","phx_close",{}]`,
		diffFrame(metas("ann", b2), ""), `["2",null,"room:1","presence_state",{`+metas("ann", b2)+`}]`)
	w.Send(`["1","2","room:1","list",{}]`)
	w.hear(t, `["1","2","room:1","phx_reply",{"response":{`+metas("ann", b2)+`},"status":"ok"}]`)
}

// TestPresenceOfOthers: members of a topic are told of what requests and actors track on it.
func TestPresenceOfOthers(t *testing.T) {
	s := daemontest.Serve(t, lobby)
	w := members(s, 1)[0]
	w.watch(t)
	if _, err := http.Get(s.URL()); err != nil {
		t.Fatal(err)
	}
	request := metas("request", `{"phx_ref":"A"}`)
	w.hear(t, diffFrame(request, ""), diffFrame("", request))

	keeper := func(ref, method, args string) {
		w.Send(fmt.Sprintf(`["1","%s","room:1","keeper",{"method":"%s","args":%s}]`, ref, method, args))
	}
	keeper("2", "track", `["bot",{"n":1}]`)
	const bot1, bot2 = `{"n":1,"phx_ref":"B"}`, `{"n":2,"phx_ref":"C","phx_ref_prev":"B"}`
	w.hear(t, diffFrame(metas("bot", bot1), ""))
	keeper("3", "update", `["bot",{"n":2}]`)
	w.hear(t, diffFrame(metas("bot", bot2), metas("bot", bot1)))
	w.Send(`["1","4","room:1","stop",{}]`)
	w.hear(t, diffFrame("", metas("bot", bot2)))
}

// TestPresenceOut: an out handler gets each diff in place of the client, the channel's own too.
func TestPresenceOut(t *testing.T) {
	s := daemontest.Serve(t, lobby)
	m := members(s, 2)
	for i, c := range m {
		c.Send(`["1","1","mirror","phx_join",{}]`)
		c.hear(t, `["1","1","mirror","phx_reply",{"response":{},"status":"ok"}]`, `["1",null,"mirror","changed",[["__proto__"],[]]]`)
		if i == 1 {
			m[0].hear(t, `["1",null,"mirror","changed",[["__proto__"],[]]]`)
		}
	}
}

// TestPresenceBurst: the joins of many are told in few diffs.
func TestPresenceBurst(t *testing.T) {
	const users = 100
	s := daemontest.Serve(t, lobby)
	w := members(s, 1)[0]
	w.watch(t)
	all := members(s, users)
	start := time.Now()
	for i, m := range all {
		m.Send(fmt.Sprintf(`["1","1","room:1","phx_join",{"user":"u%d","n":1}]`, i))
	}
	seen := map[string]bool{}
	diffs := 0
	for ; len(seen) < users; diffs++ {
		joins, leaves := w.diff(t)
		if len(leaves) > 0 {
			t.Errorf("%v have left", leaves)
		}
		for _, key := range joins {
			if seen[key] {
				t.Errorf("%s has joined twice", key)
			}
			seen[key] = true
		}
	}
	if most := int(time.Since(start)/(50*time.Millisecond)) + 1; diffs > most {
		t.Errorf("%d joins came in %d diffs, more than one in 50 ms", users, diffs)
	}
	t.Logf("%d joins came in %d diffs within %v", users, diffs, time.Since(start))
}
