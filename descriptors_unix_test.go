//go:build unix

package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/daemon/admin/client"
	"rowan/internal/wstest"
)

// TestDescriptorsRunOut has more clients than a server may open files. Those beyond wait until others have gone; sessions that are
// open notice nothing, and the admin side answers.
func TestDescriptorsRunOut(t *testing.T) {
	app := filepath.Join(t.TempDir(), "app.ts")
	if err := os.WriteFile(app, []byte(`export default { websocket: { message(ws, m) { ws.send(m); } } };`), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	command := exec.Command("sh", "-c", `ulimit -n 100 && exec rowan serve "$0" --listen 127.0.0.1:0 --admin 127.0.0.1:0`, app)
	command.Env = os.Environ()
	p := start(t, command)
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
	c, err := client.Open(p.admin)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), wstest.Patience)
	defer cancel()
	for _, path := range []string{"livez", "readyz"} {
		if status, text := ask(t, c, path, false); status != http.StatusOK {
			t.Errorf("%s: status %d, %s", path, status, text)
		}
	}
	if err := c.Post(ctx, "reload", nil, nil); err != nil {
		t.Errorf("reload: %v", err)
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
	request, err := http.NewRequest("GET", c.URL+"metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = c.Header()
	resp, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || !regexp.MustCompile(`(?m)^rowan_accept_failures_total [1-9]`).Match(text) {
		t.Errorf("metrics do not tell of it: %v", err)
	}
}
