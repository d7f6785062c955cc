//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rowan/internal/wstest"
)

// process is "rowan serve" at work.
type process struct {
	cmd    *exec.Cmd
	url    string
	admin  string // URL of the admin side
	stderr *bufio.Reader
}

// startServe runs an app, with further flags, and waits until it is ready.
func startServe(t *testing.T, app string, flags ...string) *process {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.ts")
	if err := os.WriteFile(path, []byte(app), 0o666); err != nil {
		t.Fatal(err)
	}
	return start(t, exec.Command("rowan", append([]string{"serve", path, "--listen", "127.0.0.1:0"}, flags...)...))
}

// start runs a command that serves, and waits until it is ready.
func start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	if cmd.Env == nil { // not among the servers of whoever runs the tests
		cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
	}
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
	for said := ""; ; {
		line, err := p.stderr.ReadString('\n')
		said += line
		if err != nil {
			t.Fatalf("rowan serve: %v, %q", err, said)
		}
		line = strings.TrimSpace(line)
		if url, ok := strings.CutPrefix(line, "rowan: admin page: "); ok {
			p.admin = url
		}
		if _, url, ready := strings.Cut(line, " is ready: open "); ready {
			p.url = url
			return p
		}
	}
}

// end waits for the process to end and returns its exit code.
func (p *process) end(t *testing.T) int {
	t.Helper()
	_, code := p.rest(t)
	return code
}

// rest is end with what the process has still said.
func (p *process) rest(t *testing.T) (said []byte, code int) {
	t.Helper()
	timer := time.AfterFunc(wstest.Patience, func() { p.cmd.Process.Kill() })
	defer timer.Stop()
	said, _ = io.ReadAll(p.stderr)
	p.cmd.Wait()
	return said, p.cmd.ProcessState.ExitCode()
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
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("the end took %v", took)
			}
		})
	}
}

// TestNobodyReadsTheLog has an app log more than standard error and the queue before it hold, while nobody reads: sessions go on.
func TestNobodyReadsTheLog(t *testing.T) {
	p := startServe(t, `export default { websocket: { message(ws, m) { console.log("x".repeat(10_000)); ws.send(m); } } };`,
		"--set", "log.bytes_per_second=100MB")
	for range 3 {
		c := wstest.Dial(t, p.url)
		for range 100 {
			c.Send("hello")
			c.Expect("hello")
		}
		c.Close(1000, "")
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	text, code := p.rest(t)
	if code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	lines, lost := bytes.Count(text, []byte(`xxx","line"`)), 0
	for _, told := range regexp.MustCompile(`"(\d+) lines of the log are lost here`).FindAllSubmatch(text, -1) {
		n, _ := strconv.Atoi(string(told[1]))
		lost += n
	}
	if lost == 0 || lines+lost != 300 {
		t.Errorf("of 300 lines %d are there, and the log says that %d are lost", lines, lost)
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
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the end took %v", took)
	}
}

// TestTheEndIsTold ends a server that has to wait for a request.
func TestTheEndIsTold(t *testing.T) {
	p := startServe(t, `export default { async fetch() { await new Promise((r) => setTimeout(r, 2000)); return new Response("late"); } };`)
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get(p.url)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	time.Sleep(300 * time.Millisecond)
	p.cmd.Process.Signal(syscall.SIGINT)
	if line, err := p.stderr.ReadString('\n'); err != nil || !strings.Contains(line, "ending, which may take up to 10s") || !strings.Contains(line, "Ctrl-C or SIGTERM ends it at once") {
		t.Errorf("%v, %q", err, line)
	}
	if got := <-answer; got != "late" {
		t.Errorf("the request got %q", got)
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// TestSIGHUPReloads changes the app under an open session.
func TestSIGHUPReloads(t *testing.T) {
	app := filepath.Join(t.TempDir(), "app.ts")
	hup := func(p *process, text, want string) {
		t.Helper()
		if err := os.WriteFile(app, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		p.cmd.Process.Signal(syscall.SIGHUP)
		if line, err := p.stderr.ReadString('\n'); err != nil || !strings.Contains(line, want) {
			t.Fatalf("%v, %q; want %q", err, line, want)
		}
	}
	if err := os.WriteFile(app, []byte(`export default { websocket: { message(ws) { ws.send("one"); } } };`), 0o666); err != nil {
		t.Fatal(err)
	}
	p := start(t, exec.Command("rowan", "serve", app, "--listen", "127.0.0.1:0"))
	old := wstest.Dial(t, p.url)
	hup(p, `export default { websocket: { message(ws) { ws.send("two"); } } };`, "loaded the new version")
	hup(p, `export default { websocket: { message(ws { } } };`, "the new version is broken")
	fresh := wstest.Dial(t, p.url)
	fresh.Send("")
	fresh.Expect("two")
	old.Send("")
	old.Expect("one")
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

// keeper stores one number after another for whoever asks, by all that stores, and tells of each one when it is stored.
const keeper = `
const count = (who) => [Rowan.storage.get(who) ?? 0, Number(localStorage[who] ?? 0), Rowan.sql("SELECT count(DISTINCT n) AS n, max(n) AS last FROM log WHERE who = ?", who)[0]];
export default {
  websocket: {
    open() { Rowan.sql("CREATE TABLE IF NOT EXISTS log (who, n)"); },
    message(ws, text) {
      const [verb, who] = text.split(" ");
      if (verb === "count") return void ws.send(JSON.stringify(count(who)));
      const next = (n) => {
        Rowan.sql("INSERT INTO log VALUES (?, ?)", who, n);
        Rowan.transaction(() => { Rowan.storage.set(who, n); localStorage[who] = n; });
        ws.send(String(n));
        setTimeout(next, 0, n + 1);
      };
      next(count(who)[0] + 1);
    },
  },
};`

// TestKillKeepsWhatWasAcknowledged kills the process in the midst of writes, again and again: what it had told of is there.
func TestKillKeepsWhatWasAcknowledged(t *testing.T) {
	data := t.TempDir()
	told := map[string]int{"ann": 0, "ben": 0, "cid": 0}
	for range 4 {
		p := startServe(t, keeper, "--data", data)
		for who, last := range told {
			c := wstest.Dial(t, p.url)
			c.Send("count " + who)
			var counts struct {
				pairs, items int
				rows         struct{ N, Last int }
			}
			c.NextJSON(&[]any{&counts.pairs, &counts.items, &counts.rows})
			if counts.pairs < last || counts.items != counts.pairs || counts.rows.Last < counts.pairs || counts.rows.N != counts.rows.Last {
				t.Errorf("%s was told of %d, and there is %+v", who, last, counts)
			}
		}
		var reading sync.WaitGroup
		var mu sync.Mutex
		for who := range told {
			c := wstest.Dial(t, p.url)
			c.Send("store " + who)
			reading.Go(func() {
				for {
					text, _, err := c.Read(wstest.Patience)
					if err != nil {
						return
					}
					n, _ := strconv.Atoi(string(text))
					mu.Lock()
					told[who] = n
					mu.Unlock()
				}
			})
		}
		time.Sleep(300 * time.Millisecond)
		p.cmd.Process.Kill()
		reading.Wait()
		p.cmd.Wait()
	}
	if told["ann"] < 5 {
		t.Errorf("too few writes to tell: %v", told)
	}
	t.Log("told of", told)
}
