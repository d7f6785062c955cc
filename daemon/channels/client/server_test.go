package client_test

import (
	"testing"

	"rowan/internal/browser"
	"rowan/internal/daemontest"
)

// pageApp is a page whose channel tells what the server knows of it.
const pageApp = `
-- app.ts --
import type { App } from "rowan";

export default {
  connect: (params, { token }) => (token === "secret?>ÿÿ" ? { params, token } : false),
  channels: {
    "room:*": {
      join(socket) {
        socket.track("ann", { device: 1 });
        socket.push("presence_state", socket.presences());
        return socket.assigns;
      },
      on: {
        crash() { throw new Error("as asked for"); },
        echo: (_socket, payload) => payload,
        quiet() {},
      },
    },
  },
} satisfies App;
-- public/index.html --
<!doctype html>
<title>client</title>
<script type="module">
  import { Presence, Socket } from "./socket/client.js";

  globalThis.joins = [];
  globalThis.errors = [];
  globalThis.answers = [];
  globalThis.socket = new Socket("/socket", { params: { a: { b: [1, "&?=é"] } }, authToken: "secret?>ÿÿ", heartbeatIntervalMs: 400 });
  socket.connect();
  globalThis.channel = socket.channel("room:1");
  globalThis.presence = new Presence(channel);
  channel.onError(({ reason }) => errors.push(reason));
  channel.join().receive("ok", (reply) => joins.push(reply));
  globalThis.ask = (event, timeout) => {
    const push = channel.push(event, event, timeout);
    for (const status of ["ok", "error", "timeout"]) push.receive(status, (response) => answers.push([status, response]));
  };
</script>
`

// TestInBrowser has a page in Chromium join, crash and lose its server.
func TestInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("the client is no code for the race detector, and takes long with it")
	}
	b := browser.Start(t)
	s := daemontest.Serve(t, pageApp)
	tab := b.Open(s.URL())
	equal := func(expression, want string) {
		t.Helper()
		tab.Wait("JSON.stringify(" + expression + ") === JSON.stringify(" + want + ")")
	}
	tab.Wait("joins.length === 1")
	equal("joins[0]", `{ params: { a: { b: { 0: "1", 1: "&?=é" } }, vsn: "2.0.0" }, token: "secret?>ÿÿ" }`)
	equal("Object.keys(presence.state)", `["ann"]`)

	browser.Eval[bool](tab, `ask("echo"); ask("nothing"); ask("quiet", 50); true`)
	equal("answers", `[["ok", "echo"], ["error", { reason: "unknown event" }], ["timeout", undefined]]`)

	browser.Eval[bool](tab, `ask("crash"); true`)
	s.WaitLog("as asked for")
	equal("errors", `["channel_crash"]`)
	tab.Wait("joins.length === 2")
	tab.Wait("socket.isConnected()")

	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal("errors", `["channel_crash", "connection_closed"]`)
	next := daemontest.ServeApp(t, s.Dir+"/app.ts", daemontest.At(s.Addr().String()))
	tab.Wait("joins.length === 3")
	equal("presence.list((key, { metas }) => [key, metas.length])", `[["ann", 1]]`)

	// It lives longer than some heartbeats, and ends when it is told to.
	browser.Eval[bool](tab, "globalThis.later = performance.now() + 1300; true")
	tab.Wait("performance.now() > later")
	equal("errors.length", "2")
	next.WaitContexts(1)
	browser.Eval[bool](tab, "socket.disconnect(); true")
	next.WaitContexts(0)
}
