package daemon_test

import (
	"testing"

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
