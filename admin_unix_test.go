//go:build unix

package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rowan/daemon/admin/client"
	"rowan/internal/wstest"
)

// ask asks the admin side of a server, with the token or without.
func ask(t *testing.T, c *client.Client, path string, authorized bool) (status int, text string) {
	t.Helper()
	request, err := http.NewRequest("GET", c.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorized {
		request.Header = c.Header()
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// TestAdminOfServer finds the admin side of a server that runs as commands do, and asks it until the server has ended.
func TestAdminOfServer(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	path := filepath.Join(t.TempDir(), "app.ts")
	app := `export default {
	fetch: async () => { await new Promise((done) => setTimeout(done, 1000)); return new Response("late"); },
	websocket: { message(ws, text) { ws.send(text); } },
};`
	if err := os.WriteFile(path, []byte(app), 0o666); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("rowan", "serve", path, "--listen", "127.0.0.1:0")
	command.Env = os.Environ()
	p := start(t, command)
	c, err := client.Open("")
	if err != nil {
		t.Fatal(err)
	}
	if c.URL != p.admin || c.App != path {
		t.Errorf("found %+v, want %s at %s", c, path, p.admin)
	}
	if strings.Contains(p.admin, "token") {
		t.Errorf("the token is shown where it may be kept: %s", p.admin)
	}
	for path, want := range map[string]struct{ with, without int }{
		"":              {200, 401},
		"metrics":       {200, 401},
		"debug/pprof/":  {200, 401},
		"livez":         {200, 200},
		"readyz":        {200, 200},
		"not-there":     {404, 401},
		"debug/pprof/x": {404, 401},
	} {
		if status, text := ask(t, c, path, true); status != want.with {
			t.Errorf("/%s with the token: %d %s", path, status, text)
		}
		if status, text := ask(t, c, path, false); status != want.without {
			t.Errorf("/%s without a token: %d %s", path, status, text)
		}
	}
	if _, text := ask(t, c, "metrics", true); !strings.Contains(text, "rowan_ready 1\n") || !strings.Contains(text, "process_resident_memory_bytes ") || !strings.Contains(text, "go_gc_duration_seconds") {
		t.Errorf("metrics:\n%s", text)
	}

	answered := make(chan int, 1)
	go func() {
		response, err := http.Get(p.url)
		if err != nil {
			answered <- 0
			return
		}
		response.Body.Close()
		answered <- response.StatusCode
	}()
	time.Sleep(200 * time.Millisecond)
	p.cmd.Process.Signal(syscall.SIGTERM)
	for end := time.Now().Add(wstest.Patience); ; time.Sleep(10 * time.Millisecond) {
		if status, _ := ask(t, c, "readyz", false); status == http.StatusServiceUnavailable {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it is ready while it ends")
		}
	}
	if status := <-answered; status != 200 {
		t.Errorf("the request under way gets %d", status)
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if _, err := client.Open(""); err == nil || !strings.Contains(err.Error(), "no server of this user is running") {
		t.Errorf("after its end: %v", err)
	}
}
