package daemon_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"rowan/internal/daemontest"
)

// Each kind of context reaches the hosts and sees the variables of its own settings; what it spawns, and its workers, reach and see no more than it does.
func TestRightsOfKinds(t *testing.T) {
	t.Parallel()
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer target.Close()
	s := daemontest.Serve(t, fmt.Sprintf(`
-- rowan.toml --
[session]
env = ["A=session", "B=both"]
[actor.open]
hosts = ["127.0.0.1"]
env = ["A=open", "B=both"]
[actor.shut]
hosts = []
env = ["A=shut"]
[actor.opener]
hosts = ["private"]
-- look.ts --
export async function look() {
	const reached = async (f) => { try { return await f(); } catch (error) { return error.code ?? error.message; } };
	const sockets = () => new Promise((resolve) => {
		const ws = new WebSocket(%[1]q.replace("http", "ws"));
		ws.onerror = (e) => resolve(/may not reach/.test(e.message) ? "denied" : "tried");
	});
	return JSON.stringify([await reached(async () => (await fetch(%[1]q)).status), await sockets(), Rowan.env]);
}
export async function spawn(kind) {
	const id = await Rowan.spawn(kind);
	return new Promise((resolve) => {
		Rowan.onMessage(resolve);
		Rowan.send(id, "look");
	});
}
-- actor.ts --
import { look, spawn } from "./look.ts";
export { look, spawn };
Rowan.onMessage(async (what, from) => what === "look" && Rowan.send(from, await look()));
export const work = () => new Promise((resolve) => {
	const w = new Worker("./worker.ts", { type: "module" });
	w.onmessage = (e) => resolve(e.data);
});
-- worker.ts --
import { look } from "./look.ts";
look().then(postMessage);
-- app.ts --
import { look, spawn } from "./look.ts";
const work = () => new Promise((resolve) => {
	const w = new Worker("./worker.ts", { type: "module" });
	w.onmessage = (e) => resolve(e.data);
});
export default {
	actors: { open: "./actor.ts", shut: "./actor.ts", opener: "./actor.ts" },
	websocket: {
		async message(ws, text) {
			const [what, kind, other] = text.split(" ");
			try {
				if (what === "look") ws.send(await look());
				if (what === "work") ws.send(await (kind ? Rowan.actor(kind, "1").work() : work()));
				if (what === "call") ws.send(await Rowan.actor(kind, "1").look());
				if (what === "spawn") ws.send(await spawn(kind));
				if (what === "through") ws.send(await Rowan.actor(kind, "1").spawn(other));
			} catch (error) { ws.send(error.stack); }
		},
	},
};
`, target.URL))
	c := s.Dial()
	for _, test := range []struct{ say, want string }{
		{"look", `["denied","denied",{"A":"session","B":"both"}]`},
		{"work", `["denied","denied",{"A":"session","B":"both"}]`},
		{"call open", `[200,"tried",{"A":"open","B":"both"}]`},
		{"work open", `[200,"tried",{"A":"open","B":"both"}]`},
		{"call shut", `["denied","denied",{"A":"shut"}]`},
		{"spawn open", `["denied","denied",{"B":"both"}]`}, // no more than the session that spawns it
		{"through opener open", `[200,"tried",{"B":"both"}]`},
		{"through open opener", `[200,"tried",{"B":"both"}]`},
		{"through shut open", `["denied","denied",{}]`},
		{"call open", `[200,"tried",{"A":"open","B":"both"}]`}, // and its template is none of those above
	} {
		c.Send(test.say)
		if got := c.Next(); got != test.want {
			t.Errorf("%s: %s\nwant %s", test.say, got, test.want)
		}
	}
}
