package terminal_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"rowan/daemon/admin/client"
	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/terminal"
)

const app = `
-- app.ts --
globalThis.seen = [];
export default {
	actors: { room: "room.ts" },
	websocket: { async message(ws, text) { seen.push(text); if (text === "room") await Rowan.actor("room", "lobby/1").add(); ws.send(text); } },
};
-- room.ts --
globalThis.added = 0;
export function add() { added++; }
`

// serve starts a server with an admin side.
func serve(t *testing.T) (*daemontest.Server, *client.Client) {
	s := daemontest.Serve(t, app, daemontest.Configure(func(c *config.Config) { c.Admin.Listen = "127.0.0.1:0" }))
	return s, &client.Client{URL: s.Admin().URL(), Token: s.Admin().Token()}
}

// output is a file whose content text returns.
func output(t *testing.T) (f *os.File, text func() string) {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	return f, func() string {
		f.Seek(0, io.SeekStart)
		b, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

func TestTop(t *testing.T) {
	s, c := serve(t)
	ws := s.Dial()
	ws.Send("hello")
	ws.Expect("hello")
	for _, sort := range []string{"memory", "busy"} {
		out, text := output(t)
		if err := (&terminal.Top{Client: c, Sort: sort, Rows: 5, In: out, Out: out}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := text(); !strings.Contains(got, "contexts 1   sessions 1") || !strings.Contains(got, "  session  ") || strings.Contains(got, "\x1b") {
			t.Error(got)
		}
	}
	out, text := output(t)
	if err := (&terminal.Top{Client: c, Sort: "time", Rows: 5, In: out, Out: out, JSON: true, Once: true}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	var state terminal.State
	if err := json.Unmarshal([]byte(text()), &state); err != nil || len(state.Contexts.Rows) != 1 || state.Overview.Totals.Sessions != 1 {
		t.Errorf("%+v, %v", state, err)
	}
	c.Token = "a token that is another one"
	if err := (&terminal.Top{Client: c, Sort: "time", In: out, Out: out}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "token") {
		t.Error(err)
	}
}

func TestAttach(t *testing.T) {
	s, c := serve(t)
	ws := s.Dial()
	ws.Send("room")
	ws.Expect("room")
	var state terminal.State
	if err := c.Get(t.Context(), "api/contexts?kind=session", &state.Contexts); err != nil {
		t.Fatal(err)
	}
	id := strconv.FormatUint(state.Contexts.Rows[0].ID, 10)
	pipe, _ := output(t)
	io.WriteString(pipe, "const more = [1, 2];\nmore.concat(seen)")
	for _, test := range []struct {
		target, code, want, thrown string
		err                        string
	}{
		{target: id, code: "seen", want: "[ 'room' ]\n"},
		{target: "session#" + id, code: "seen.length", want: "1\n"},
		{target: id, want: "[ 1, 2, 'room' ]\n"}, // what the pipe has
		{target: id, code: "let unshown = 1", want: ""},
		{target: "room/lobby/1", code: "added", want: "1\n"},
		{target: id, code: "nowhere", thrown: "ReferenceError", err: terminal.ErrThrown.Error()},
		{target: id, code: "'\\u001b[2J'", want: "'\\x1B[2J'\n"},
		{target: "room/hall", code: "1", err: "there is no actor room/hall"},
		{target: "999999", code: "1", err: "there is no context 999999"},
		{target: "x", code: "1", err: "neither the number of a context"},
	} {
		out, text := output(t)
		var thrown bytes.Buffer
		pipe.Seek(0, io.SeekStart)
		err := (&terminal.Attach{Client: c, Target: test.target, Code: test.code, In: pipe, Out: out, Err: &thrown}).Run(t.Context())
		switch {
		case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
			t.Errorf("%s %s: error %v, want %s", test.target, test.code, err, test.err)
		case test.err == "" && err != nil:
			t.Errorf("%s %s: %v", test.target, test.code, err)
		case text() != test.want || !strings.Contains(thrown.String(), test.thrown):
			t.Errorf("%s %s: %q %q, want %q %q", test.target, test.code, text(), thrown.String(), test.want, test.thrown)
		}
	}
}
