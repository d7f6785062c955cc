package daemon_test

import (
	"fmt"
	"testing"
	"time"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
)

// TestWorkersOfSessions: a session's worker has its groups and handlers, shares locks and storage with other sessions, logs what it
// does not catch, and ends with it.
func TestWorkersOfSessions(t *testing.T) {
	s := daemontest.Serve(t, commanded("", "")+`
-- rowan.toml --
[session]
apis = "rowan,timers,worker,channel,locks,storage,events"
handlers = ["subscribers"]
-- lib/work.ts --
import { answer } from "./answer.ts";
onmessage = async ({ data }) => {
	if (data === "throw") throw new RangeError("no");
	if (data === "rights") {
		const refused = await Rowan.call("publish", "t", 1).catch((e) => e.code);
		postMessage([typeof fetch, typeof setTimeout, await Rowan.call("subscribers", "t"), refused]);
	} else if (data === "lock") {
		navigator.locks.request("n", () => { postMessage("held"); return new Promise(() => {}); });
	} else postMessage(answer + data);
};
-- lib/answer.ts --
export const answer: number = 40;
`)
	ask := `const ask = (m) => new Promise((resolve) => { w.onmessage = ({ data }) => resolve(data); w.postMessage(m); });`
	begin := `globalThis.w = new Worker("./lib/work.ts", { type: "module" });` + ask
	a, b := s.Dial(), s.Dial()
	do(t, a, begin+`return await ask(2)`, `42`)
	s.WaitContexts(3)
	do(t, a, ask+`return await ask("rights")`, `["undefined","function",0,"denied"]`)
	do(t, a, ask+`return await ask("lock")`, `"held"`)
	do(t, a, `localStorage.x = "a's"; return 1`, `1`)
	do(t, b, `return [localStorage.x, await navigator.locks.request("n", { ifAvailable: true }, (lock) => lock)]`, `["a's",null]`)
	do(t, a, `w.postMessage("throw"); return 1`, `1`)
	s.WaitLog("RangeError: no", "lib/work.ts:3")
	do(t, a, `try { new Worker("../outside.js") } catch (e) { return e.name }`, `"SecurityError"`)
	a.Close(1000, "")
	s.WaitContexts(1)
	do(t, b, `return await navigator.locks.request("n", (lock) => lock.name)`, `"n"`)
	do(t, b, begin+`await ask(1); w.onmessage = null; globalThis.bound = 0; try { for (;; bound++) new Worker("./lib/work.ts") } catch (e) { return [e.name, bound] }`, `["RangeError",15]`)
}

// A script may neither nest workers until there are thousands, nor begin and end them so fast that thousands are made ready.
func TestWorkersOfWorkers(t *testing.T) {
	s := daemontest.Serve(t, commanded("", "")+`
-- rowan.toml --
session.turn = "5s"
-- nest.js --
for (let i = 0; i < 16; i++) {
	try { new Worker("./nest.js"); } catch (e) { if (e.name !== "RangeError") throw e; }
}
`)
	c := s.Dial()
	do(t, c, `globalThis.w = new Worker("./nest.js"); return 1`, `1`)
	s.WaitContexts(1 + 64)
	time.Sleep(300 * time.Millisecond)
	if n := s.Stats().Contexts; n != 1+64 {
		t.Errorf("%d contexts, want a session and 64 workers", n)
	}
	do(t, c, `w.terminate(); return 1`, `1`)
	s.WaitContexts(1)
	do(t, c, `for (let n = 0; n < 300; n++) try { new Worker("data:,").terminate(); } catch (e) { if (e.name !== "RangeError") throw e; } return 1`, `1`)
	s.WaitContexts(1)
	do(t, c, `return typeof new Worker("data:,")`, `"object"`)
}

// A script that asks for more workers than it may have, again and again, has one as soon as there is room.
func TestWorkersThatAreRefused(t *testing.T) {
	s := daemontest.Serve(t, commanded("", ""), daemontest.Configure(func(c *config.Config) { c.Session.Turn = config.Duration(5 * time.Second) }))
	c := s.Dial()
	do(t, c, `globalThis.all = []; for (let i = 0; i < 16; i++) all.push(new Worker("data:,")); return all.length`, `16`)
	for range 11 {
		do(t, c, `let why; for (let i = 0; i < 100; i++) try { new Worker("data:,") } catch (e) { why = e.message } return why`, `"startWorker: the context has 16 workers already"`)
	}
	do(t, c, `all[0].terminate(); return typeof new Worker("data:,")`, `"object"`)
}

// TestWorkersAfterManyReloads reloads the app with other variables each time, which each are a template of workers of their own.
func TestWorkersAfterManyReloads(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: { message(ws) {
	const w = new Worker("./worker.ts", { type: "module" });
	w.onmessage = (e) => { ws.send(e.data); w.terminate(); };
} } };
-- worker.ts --
postMessage(Rowan.env.N);
-- rowan.toml --
`)
	for i := range 70 {
		write(t, s, "rowan.toml", fmt.Sprintf("[session]\nenv = [\"N=%d\"]\n", i))
		if _, err := s.Reload(); err != nil {
			t.Fatal(err)
		}
		c := s.Dial()
		c.Send("")
		c.Expect(fmt.Sprint(i))
		c.Close(1000, "")
	}
}
