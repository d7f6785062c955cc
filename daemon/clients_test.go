package daemon_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

const clientsDir = "testdata/clients"

// TestClients runs the clients of npm as they are published against a server: testdata/clients. They are installed by .ci/run.
func TestClients(t *testing.T) {
	needClients(t)
	for _, client := range []struct{ name, script, args string }{ // in a short test the newest alone
		{"phoenix-1.7.21", "phoenix.mjs", "phoenix-1.7.21 websocket"},
		{"phoenix-1.8.12", "phoenix.mjs", "phoenix-1.8.12 websocket"},
		{"phoenix-1.8.16", "phoenix.mjs", "phoenix-1.8.16 websocket"},
		{"phoenix-1.7.21 longpoll", "phoenix.mjs", "phoenix-1.7.21 longpoll"},
		{"phoenix-1.8.12 longpoll", "phoenix.mjs", "phoenix-1.8.12 longpoll"},
		{"phoenix-1.8.16 longpoll", "phoenix.mjs", "phoenix-1.8.16 longpoll"},
		{"phoenix-1.8.16 presence", "presence.mjs", "phoenix-1.8.16"},
		{"phoenix-channels", "v1.mjs", ""},
		{"realtime-js", "supabase.mjs", "2.0.0"},
		{"realtime-js V1", "supabase.mjs", "1.0.0"},
	} {
		t.Run(client.name, func(t *testing.T) {
			if testing.Short() && (strings.Contains(client.name, "1.7") || strings.Contains(client.name, "1.8.12")) {
				t.Skip("short")
			}
			t.Parallel()
			server := daemontest.ServeApp(t, filepath.Join(clientsDir, "app.ts"))
			script := startScript(t, server, client.script, strings.Fields(client.args)...)
			subjects, ok := strings.CutPrefix(script.line(t), "subjects ")
			if !ok {
				t.Fatal("the script says no subjects")
			}
			for _, subject := range strings.Split(subjects, ",") {
				t.Run(subject, func(t *testing.T) {
					if script.over {
						t.Fatal("the script has ended with a subject before this one")
					}
					script.run(t, subject)
					script.server.WaitContexts(0) // the sockets' contexts have ended with them
				})
			}
		})
	}
}

// needClients skips a test where Node.js or the packages are missing.
func needClients(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(clientsDir, "node_modules")); err != nil {
		missing(t, "the clients are not installed: npm install in daemon/"+clientsDir)
	}
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, err.Error())
	}
}

// missing skips a test for a reason, except where everything must be there.
func missing(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// script is a script of testdata/clients that runs in Node.js, and its server. harness.mjs says what it and the test tell each other.
type script struct {
	t      *testing.T // as long as the server lives
	server *daemontest.Server
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan string // what it prints; closed at its end
	stderr bytes.Buffer
	ended  chan struct{} // closed when stderr is complete
	over   bool
}

// startScript starts a script with the URL of a server and further arguments. It ends with the test.
func startScript(t *testing.T, server *daemontest.Server, name string, args ...string) *script {
	t.Helper()
	cmd := exec.Command("node", append([]string{name, strings.TrimSuffix(server.URL(), "/")}, args...)...)
	cmd.Dir = clientsDir
	s := &script{t: t, server: server, cmd: cmd, lines: make(chan string), ended: make(chan struct{})}
	cmd.Stderr = &s.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.in = in
	go func() {
		defer close(s.ended)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
		close(s.lines)
		cmd.Wait()
	}()
	t.Cleanup(s.end)
	return s
}

// end ends the script.
func (s *script) end() {
	s.in.Close()
	kill := time.AfterFunc(wstest.Patience, func() { s.cmd.Process.Kill() })
	defer kill.Stop()
	for range s.lines {
	}
	<-s.ended
}

// line returns the next line. At the script's end the test fails with its error.
func (s *script) line(t *testing.T) string {
	t.Helper()
	const patience = 60 * time.Second // the script itself is less patient
	select {
	case line, ok := <-s.lines:
		if !ok {
			s.over = true
			<-s.ended
			t.Fatalf("%s", &s.stderr)
		}
		return line
	case <-time.After(patience):
		s.over = true
		t.Fatal("the script says nothing")
		return ""
	}
}

// run has the script do a subject, and does what it asks for meanwhile.
func (s *script) run(t *testing.T, subject string) {
	t.Helper()
	fmt.Fprintln(s.in, "run", subject)
	for {
		line := s.line(t)
		request, ok := strings.CutPrefix(line, "do ")
		switch {
		case line == "passed":
			return
		case strings.HasPrefix(line, `failed "`):
			var stack string
			if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "failed ")), &stack); err != nil {
				t.Fatal(err)
			}
			t.Fatal(stack)
		case !ok:
			t.Log(line)
			continue
		case request == "restart":
			s.restart(t)
		case strings.HasPrefix(request, "log "):
			s.server.WaitLog(strings.TrimPrefix(request, "log "))
		default:
			t.Fatalf("the script asks for %q", request)
		}
		fmt.Fprintln(s.in, "done")
	}
}

// restart shuts the server down and starts another one in its place.
func (s *script) restart(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), wstest.Patience)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	s.server = daemontest.ServeApp(s.t, filepath.Join(s.server.Dir, "app.ts"), daemontest.At(s.server.Addr().String()))
}
