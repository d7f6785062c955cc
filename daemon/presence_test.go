package daemon_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// present is an app whose requests, sessions and actors can track presences of their own.
var present = commanded(`
	async fetch(request: Request, server: any) {
		if (server.upgrade(request)) return;
		Rowan.presence.track("t", "request", {});
		Rowan.waitUntil(Rowan.sleep(200));
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

// expectPresent waits until these keys are present on topic t, and fails if that takes longer than leaveWithin.
func expectPresent(t *testing.T, c *wstest.Client, keys string) {
	t.Helper()
	start := time.Now()
	do(t, c, fmt.Sprintf(`
		const keys = () => Object.keys(Rowan.presence.list("t")).sort().join();
		for (const end = Date.now() + 5000; keys() !== %q && Date.now() < end;) await Rowan.sleep(5);
		return keys()`, keys), fmt.Sprintf("%q", keys))
	if took := time.Since(start); took > leaveWithin {
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
	expectPresent(t, watcher, "killed,lost,session,stopped")

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
