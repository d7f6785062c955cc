package daemon_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// write replaces a file of a server's app.
func write(t *testing.T, s *daemontest.Server, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

const reloaded = "loaded the new version"

// TestReload changes an app, an import of it and an actor while sessions are open.
func TestReload(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
import { version } from "./version.ts";
let n = 0;
export default {
	actors: { echo: "./echo.ts" },
	websocket: { async message(ws, m) { ws.send([version, ++n, await Rowan.actor("echo", m).echo()].join()); } },
};
-- version.ts --
export const version = "one";
-- echo.ts --
export const echo = () => "old echo of " + Rowan.actorId;
`, daemontest.Dev)
	old := s.Dial()
	old.Send("a")
	old.Expect("one,1,old echo of a")

	write(t, s, "version.ts", `export const version = "two";`)
	s.WaitLog(reloaded)
	fresh := s.Dial()
	fresh.Send("a")
	fresh.Expect("two,1,old echo of a") // the actor that lives goes on
	old.Send("a")
	old.Expect("one,2,old echo of a") // and so does the session, with its state

	write(t, s, "echo.ts", `export const echo = () => "new echo of " + Rowan.actorId;`)
	s.WaitLog(reloaded)
	third := s.Dial()
	third.Send("b")
	third.Expect("two,1,new echo of b")
	old.Send("a")
	old.Expect("one,3,old echo of a")
	old.Send("c") // an actor that begins now is of the new version, whoever calls it
	old.Expect("one,4,new echo of c")

	old.Close(1000, "")
	fresh.Close(1000, "")
	third.Send("a")
	third.Expect("two,2,old echo of a")
}

// TestReloadOfABrokenVersion breaks an app in several ways: the version before goes on, and the log says why.
func TestReloadOfABrokenVersion(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: { message(ws) { ws.send("one"); } } };
`, daemontest.Dev)
	want := func(text string) {
		t.Helper()
		c := s.Dial()
		c.Send("")
		c.Expect(text)
		c.Close(1000, "")
	}
	want("one")

	const goesOn = "the new version is broken, the old one goes on:\n"
	broken := []struct{ app, log string }{
		{"export default { websocket: { message(ws { } } };", `app.ts:1:42: error: Expected ")" but found "{"`},
		{"import './nothing.ts';\nexport default {};", `app.ts:1:8: error: Could not resolve "./nothing.ts"`},
		{"\nthrow new Error('not today');", "app.ts:2:"},
		{"export const forgotten = {};", "no default export"},
		{"export default { actors: { room: './room.ts' } };", "no such file"},
	}
	for _, b := range broken {
		write(t, s, "app.ts", b.app)
		s.WaitLog("error", goesOn, b.log)
		want("one")
	}

	// The missing file of the last version is what mends it.
	write(t, s, "room.ts", "export const f = () => {};")
	s.WaitLog(reloaded)
	write(t, s, "app.ts", `export default { websocket: { message(ws) { ws.send("two"); } } };`)
	s.WaitLog(reloaded)
	want("two")
}

func TestReloadOfTheConfiguration(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: { message(ws) { ws.send(typeof setTimeout); } } };
-- rowan.toml --
[session]
apis = "none"
`, daemontest.Dev)
	c := s.Dial()
	c.Send("")
	c.Expect("undefined")
	write(t, s, "rowan.toml", "[session]\napis = \"timers\"\n")
	s.WaitLog(reloaded)
	c = s.Dial()
	c.Send("")
	c.Expect("function")
	write(t, s, "rowan.toml", "[session]\napis = 3\n")
	s.WaitLog("error", "the old one goes on", "rowan.toml:2:")
}

// TestReloadByCall reloads as SIGHUP does, without watching files: old templates go with their last session, and settings that cannot
// change are named.
func TestReloadByCall(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: { message(ws) { ws.send("one"); } } };
`)
	windows := s.Stats().Windows
	old := s.Dial()
	old.Send("")
	old.Expect("one")
	write(t, s, "app.ts", `export default { websocket: { message(ws) { ws.send("two"); } } };`)
	write(t, s, "rowan.toml", "workers = 7\n[storage]\nwait = \"1s\"\n")
	ignored, err := s.Reload()
	if err != nil || !slices.Equal(ignored, []string{"workers", "storage.wait"}) {
		t.Errorf("ignored %q, %v", ignored, err)
	}
	fresh := s.Dial()
	fresh.Send("")
	fresh.Expect("two")
	old.Send("")
	old.Expect("one")
	write(t, s, "app.ts", `throw new Error("not today")`)
	if _, err := s.Reload(); err == nil || !strings.Contains(err.Error(), "app.ts:1:11: Error: not today") {
		t.Errorf("a broken version: %v", err)
	}
	s.WaitLog("error", "not today")
	fresh.Send("")
	fresh.Expect("two")
	old.Close(1000, "")
	for deadline := time.Now().Add(wstest.Patience); s.Stats().Windows > windows+1; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d windows, want those of one version, %d", s.Stats().Windows, windows)
		}
	}
}

// TestShutdownAsServeBegins ends servers that have just begun to watch their files.
func TestShutdownAsServeBegins(t *testing.T) {
	for range 2 {
		s := daemontest.Serve(t, "-- app.ts --\nexport default { fetch: () => new Response('hello') };\n", daemontest.Dev)
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
