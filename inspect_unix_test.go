//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rowan/internal/terminal"
	"rowan/internal/wstest"
)

// TestTopAndAttach finds the only server of this user, looks at it, and runs code in its session.
func TestTopAndAttach(t *testing.T) {
	app := filepath.Join(t.TempDir(), "app.ts")
	code := `let count = 0; export default { websocket: { message(ws, text) { ws.send(text + ++count); } } };`
	if err := os.WriteFile(app, []byte(code), 0o666); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
	rowan := func(args ...string) *exec.Cmd {
		cmd := exec.Command("rowan", args...)
		cmd.Env = env
		return cmd
	}
	output := func(args ...string) string {
		t.Helper()
		out, err := rowan(args...).Output()
		if err != nil {
			t.Fatalf("rowan %q: %v", args, err)
		}
		return string(out)
	}
	if out, err := rowan("top").CombinedOutput(); err == nil || !strings.Contains(string(out), "no server of this user is running") {
		t.Errorf("without a server: %v, %s", err, out)
	}
	p := start(t, rowan("serve", app, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"))
	c := wstest.Dial(t, p.url)
	c.Send("x")
	c.Expect("x1")

	var state terminal.State
	if err := json.Unmarshal([]byte(output("top", "--once", "--json")), &state); err != nil || len(state.Contexts.Rows) != 1 {
		t.Fatalf("%+v, %v", state, err)
	}
	if out := output("top", "--once"); !strings.Contains(out, app) || !strings.Contains(out, "sessions 1") {
		t.Error(out)
	}
	id := strconv.FormatUint(state.Contexts.Rows[0].ID, 10)
	if out := output("attach", "session#"+id, "-e", "count += 40"); out != "41\n" {
		t.Errorf("%q", out)
	}
	c.Send("x")
	c.Expect("x42")
	cmd := rowan("attach", id)
	cmd.Stdin = strings.NewReader("throw new RangeError('no')")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.HasPrefix(string(out), "RangeError: no\n") {
		t.Errorf("%v, %s", err, out)
	}
}
