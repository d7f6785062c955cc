//go:build unix

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// TestCompletionOfContexts completes by what lives in a server of this user.
func TestCompletionOfContexts(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	complete := func(words ...string) string {
		out, err := exec.Command("rowan", append([]string{"__complete"}, words...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if got := complete("attach", ""); got != ":36\n" {
		t.Errorf("without a server: %s", got)
	}
	dir := t.TempDir()
	daemontest.Write(t, dir, `
-- app.ts --
export default {
  actors: { room: "./app.ts" },
  websocket: { async message(ws) { await Rowan.actor("room", "lobby").meet(); ws.send("met"); } },
};
export function meet() {}
`)
	serve := exec.Command("rowan", "serve", dir+"/app.ts", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	serve.Env = os.Environ()
	p := start(t, serve)
	c := wstest.Dial(t, p.url)
	c.Send("hello")
	c.Expect("met")
	got := complete("attach", "")
	if !strings.Contains(got, "room/lobby\tactor room, ") || !strings.Contains(got, "\tsession, ") {
		t.Errorf("contexts: %s", got)
	}
	if got := complete("top", "--kind", ""); got != "actor room\nsession\n:4\n" {
		t.Errorf("kinds: %s", got)
	}
	if got := complete("top", "--sort", "b"); !strings.Contains(got, "busy\n") {
		t.Errorf("columns: %s", got)
	}
}
