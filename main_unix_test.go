//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rowan/internal/wstest"
)

// process is "rowan serve" at work.
type process struct {
	cmd    *exec.Cmd
	url    string
	stderr *bufio.Reader
}

// startServe runs an app and waits until it is ready.
func startServe(t *testing.T, app string) *process {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.ts")
	if err := os.WriteFile(path, []byte(app), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("rowan", "serve", path, "--listen", "127.0.0.1:0")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	p := &process{cmd: cmd, stderr: bufio.NewReader(stderr)}
	line, err := p.stderr.ReadString('\n')
	_, url, ready := strings.Cut(strings.TrimSpace(line), " is ready: open ")
	if err != nil || !ready {
		t.Fatalf("rowan serve: %v, %q", err, line)
	}
	p.url = url
	return p
}

// end waits for the process to end and returns its exit code.
func (p *process) end(t *testing.T) int {
	t.Helper()
	timer := time.AfterFunc(wstest.Patience, func() { p.cmd.Process.Kill() })
	defer timer.Stop()
	io.Copy(io.Discard, p.stderr)
	p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

func TestSignalsCloseSessions(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			p := startServe(t, `export default { websocket: { message(ws, m) { ws.send(m); } } };`)
			c := wstest.Dial(t, p.url)
			c.Send("hello")
			c.Expect("hello")
			start := time.Now()
			p.cmd.Process.Signal(signal)
			c.ExpectClose(1001)
			if code := p.end(t); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("the end took %v", took)
			}
		})
	}
}

// TestASecondSignalEndsAtOnce has a client that does not answer the closing handshake, for which the server would wait.
func TestASecondSignalEndsAtOnce(t *testing.T) {
	p := startServe(t, `export default { websocket: { message(ws, m) { ws.send(m); } } };`)
	c := wstest.Dial(t, p.url)
	c.Send("hello")
	c.Expect("hello")
	start := time.Now()
	p.cmd.Process.Signal(syscall.SIGTERM)
	time.Sleep(100 * time.Millisecond) // two signals at once count as one
	p.cmd.Process.Signal(syscall.SIGTERM)
	if code := p.end(t); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("the end took %v", took)
	}
}

// TestLogsAreJSON reads what the console of a context becomes where standard error is no terminal.
func TestLogsAreJSON(t *testing.T) {
	p := startServe(t, "\nexport default { websocket: { open() { console.warn('careful', { n: 1 }); } } };\n")
	wstest.Dial(t, p.url)
	line, err := p.stderr.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var entry struct {
		Level, Msg, Context, Line, TS string
		Worker                        *int
	}
	if err := json.Unmarshal([]byte(line), &entry); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	if entry.Level != "warn" || entry.Msg != "careful { n: 1 }" || !strings.HasPrefix(entry.Context, "session#") ||
		!strings.HasPrefix(entry.Line, "app.ts:2:") || entry.Worker == nil {
		t.Errorf("logged: %s", line)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z0700", entry.TS); err != nil {
		t.Error(err)
	}
}
