//go:build unix

package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/internal/wstest"
)

// TestDescriptorsRunOut has more clients than a server may open files. Those beyond wait until others have gone; sessions that are
// open notice nothing.
func TestDescriptorsRunOut(t *testing.T) {
	app := filepath.Join(t.TempDir(), "app.ts")
	if err := os.WriteFile(app, []byte(`export default { websocket: { message(ws, m) { ws.send(m); } } };`), 0o666); err != nil {
		t.Fatal(err)
	}
	metrics := freeAddress(t)
	p := start(t, exec.Command("sh", "-c", `ulimit -n 100 && exec rowan serve "$0" --listen 127.0.0.1:0 --metrics "$1"`, app, metrics))
	line, err := p.stderr.ReadString('\n')
	if err != nil || !regexp.MustCompile(`about \d\d sockets fit, since at most 100 files may be open: .*ulimit -n`).MatchString(line) {
		t.Fatalf("at start: %q, %v", line, err)
	}

	var open []*wstest.Client
	for {
		c, err := wstest.TryDial(t, p.url, ws.Dialer{Timeout: 500 * time.Millisecond})
		if err != nil {
			break
		}
		if open = append(open, c); len(open) == 100 {
			t.Fatal("100 sockets fit into 100 files")
		}
	}
	if len(open) < 30 {
		t.Fatalf("only %d sockets fit", len(open))
	}
	if line, err := p.stderr.ReadString('\n'); err != nil || !strings.Contains(line, "too many open files") {
		t.Errorf("without descriptors: %q, %v", line, err)
	}
	for _, c := range open {
		c.Send("still here")
		c.Expect("still here")
	}

	gone := len(open) / 2
	for _, c := range open[:gone] {
		c.Kill()
	}
	for range gone / 2 {
		c := wstest.Dial(t, p.url)
		c.Send("hello")
		c.Expect("hello")
	}
	for _, c := range open[gone:] {
		c.Send("and now")
		c.Expect("and now")
	}
	resp, err := http.Get("http://" + metrics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || !regexp.MustCompile(`(?m)^rowan_accept_failures_total [1-9]`).Match(text) {
		t.Errorf("metrics do not tell of it: %v", err)
	}
}

// freeAddress is an address at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
