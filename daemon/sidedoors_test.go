package daemon_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"rowan/internal/daemontest"
)

// forbidden are functions and classes that let scripts reach something, each by the API group that gives it. None of them is needed by a group that is on below.
var forbidden = []string{
	"fetch", "WebSocket", "EventSource", "setTimeout", "setInterval", "queueMicrotask", "Storage", "LockManager", "BroadcastChannel", "SubtleCrypto", "Crypto",
	"require", "createRequire", "readFileSync", "Buffer", "Navigator", "Console", "CompressionStream", "hrtime", "cwd",
}

// TestSideDoors lets every kind of context look for what is off: by walking from all that it gets, by code made at run time, by importing at run time, and by
// guessing the names of host functions.
func TestSideDoors(t *testing.T) {
	t.Parallel()
	doors, err := os.ReadFile("testdata/sidedoors.ts")
	if err != nil {
		t.Fatal(err)
	}
	s := daemontest.Serve(t, `
-- rowan.toml --
[session]
turn = "10s" # doors are tried by the thousand
apis = "rowan,worker"
handlers = ["subscribers"]
[actor.bare]
apis = "rowan"
handlers = []
[actor.full]
apis = "all,node"
[actor.less]
apis = "rowan"
-- sidedoors.ts --
`+string(doors)+`
-- look.ts --
import { called, imported, meta, named, reachable } from "./sidedoors.ts";
export async function look(globals, handlers, ...roots) {
	return { names: [...reachable(...roots)], named: named(globals), imported: await imported(), meta: meta(), called: await called(handlers) };
}
-- actor.ts --
import { look } from "./look.ts";
export const report = () => look([], []);
Rowan.onMessage(async (what, from) => Rowan.send(from, await look([], [])));
-- full.ts --
import { reachable } from "./sidedoors.ts";
export const has = () => [typeof fetch, typeof setTimeout, typeof process, reachable().has("fetch")].join();
Rowan.onMessage(async (what, from) => Rowan.send(from, { spawned: [typeof fetch, typeof setTimeout, typeof process, typeof Worker].join() }));
export const things = () => ({ error: new DOMException("x", "AbortError"), map: new Map([[1, new Date(0)]]), bytes: new Uint8Array(2), big: 1n });
-- worker.ts --
import { look } from "./look.ts";
look(["importScripts"], ["subscribers"]).then(postMessage);
-- app.ts --
import { look } from "./look.ts";
async function run(what, ...roots) {
	if (what === "here") return look([], ["subscribers"], ...roots, await Rowan.actor("full", "1").things());
	if (what === "actor") return Rowan.actor("bare", "1").report();
	if (what === "full" || what === "less") return Rowan.actor(what, "1").has();
	if (what === "spawned" || what === "spawned full") {
		const id = await Rowan.spawn(what === "spawned" ? "bare" : "full", { apis: "all,node" });
		return new Promise((resolve) => { Rowan.onMessage(resolve); Rowan.send(id, ""); });
	}
	if (what === "worker") return new Promise((resolve) => new Worker("./worker.ts", { type: "module" }).onmessage = (e) => resolve(e.data));
	if (what === "data worker") {
		const code = "postMessage([typeof fetch, typeof setTimeout, typeof process, typeof __host, typeof require].join())";
		return new Promise((resolve) => new Worker("data:text/javascript," + encodeURIComponent(code)).onmessage = (e) => resolve(e.data));
	}
}
export default {
	actors: { bare: "./actor.ts", full: "./full.ts", less: "./full.ts" },
	async fetch(request, server) {
		if (server.upgrade(request, { data: {} })) return;
		return Response.json(await look([], ["subscribers"], request, server, request.headers, request.signal, new Response("x").body));
	},
	websocket: {
		async message(ws, text) {
			try { ws.send(JSON.stringify(await run(text, ws, ws.headers))); } catch (error) { ws.send(String(error) + error.stack); }
		},
	},
	connect: (params, info) => ({ info: [info, params] && true }),
	channels: { room: { async join(socket) { return look([], ["subscribers"], socket); } } },
};
`)
	type report struct{ Names, Named, Imported, Meta, Called []string }
	check := func(t *testing.T, text string) {
		t.Helper()
		var r report
		if err := json.Unmarshal([]byte(text), &r); err != nil || len(r.Names) < 100 {
			t.Fatalf("%v: %s", err, text)
		}
		for _, name := range r.Names {
			if slices.Contains(forbidden, name) {
				t.Errorf("%s can be reached", name)
			}
		}
		for way, found := range map[string][]string{"named": r.Named, "imported": r.Imported, "in import.meta": r.Meta, "called": r.Called} {
			if len(found) > 0 {
				t.Errorf("%s: %q", way, found)
			}
		}
	}
	c := s.Dial()
	for _, what := range []string{"here", "actor", "spawned", "worker"} {
		t.Run(what, func(t *testing.T) {
			c.Send(what)
			check(t, c.Next())
		})
	}
	for what, want := range map[string]string{
		"full":         `"function,function,object,true"`,                      // a kind has what its own settings give it, and what is there is found
		"less":         `"undefined,undefined,undefined,false"`,                // of the same script
		"spawned full": `{"spawned":"undefined,undefined,undefined,function"}`, // but no more than who spawns it
		"data worker":  `"undefined,undefined,undefined,undefined,undefined"`,
	} {
		c.Send(what)
		if got := c.Next(); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	t.Run("channels", func(t *testing.T) {
		c := s.DialPath("/socket/websocket?vsn=2.0.0")
		c.Send(`["1","1","room","phx_join",{}]`)
		var frame []any
		c.NextJSON(&frame)
		text, _ := json.Marshal(frame[4].(map[string]any)["response"])
		check(t, string(text))
	})
}
