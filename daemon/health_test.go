package daemon_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rowan/bridge/storage"
	"rowan/bridge/storage/sqlite"
	"rowan/daemon/config"
	"rowan/engine"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// health asks for a path of the admin side without a token.
func health(t *testing.T, s *daemontest.Server, path string) (status int, text string) {
	t.Helper()
	response, err := http.Get(s.Admin().URL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// until asks until the status is as wanted.
func until(t *testing.T, s *daemontest.Server, path string, want int) (text string) {
	t.Helper()
	for end := time.Now().Add(wstest.Patience); ; time.Sleep(20 * time.Millisecond) {
		status, text := health(t, s, path)
		if status == want {
			return text
		}
		if time.Now().After(end) {
			t.Fatalf("/%s is %d %q, want %d", path, status, text, want)
		}
	}
}

const greeting = `
-- app.ts --
export default { websocket: { message(ws, text) { if (text === "spin") for (;;); ws.send(text); } } };
`

// A worker whose loop does not answer is told; one whose scripts compute without an end is alive.
func TestLive(t *testing.T) {
	s := daemontest.Serve(t, greeting, daemontest.Admin, daemontest.Configure(func(c *config.Config) {
		c.Session.Turn = config.Duration(3 * time.Second)
	}))
	until(t, s, "livez", 200)
	c := s.Dial()
	c.Send("spin")
	time.Sleep(50 * time.Millisecond)
	if status, text := health(t, s, "livez"); status != 200 {
		t.Errorf("beside a loop: %d %s", status, text)
	}
	s.WaitLog("ran longer than its budget")

	block := make(chan struct{})
	if err := s.Workers()[1].Do(func(*engine.Thread) { <-block }); err != nil {
		t.Fatal(err)
	}
	if text := until(t, s, "livez", 503); text != "worker 1 does not answer\n" {
		t.Errorf("with a worker that is stuck: %q", text)
	}
	if got := scrape(t, s, "worker_answer_seconds"); got[`worker="1"`] != 1 || got[`worker="0"`] >= 1 {
		t.Errorf("the numbers say %v", got)
	}
	close(block)
	until(t, s, "livez", 200)
}

// A database that cannot be written takes connections away.
func TestReadyWithStorage(t *testing.T) {
	dir := t.TempDir()
	s := daemontest.Serve(t, greeting, daemontest.Admin, daemontest.Configure(func(c *config.Config) {
		c.Data, c.Storage.Wait = dir, config.Duration(50*time.Millisecond)
	}))
	until(t, s, "readyz", 200)
	other, err := sqlite.Open(filepath.Join(dir, storage.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if text := until(t, s, "readyz", 503); !strings.HasPrefix(text, "the storage cannot be written: ") {
		t.Errorf("with a lock of another process: %q", text)
	}
	if got := scrape(t, s, "ready")[""]; got != 0 {
		t.Errorf("rowan_ready is %v", got)
	}
	if status, _ := health(t, s, "livez"); status != 200 {
		t.Errorf("it is not alive, for want of a database: %d", status)
	}
	if err := other.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	until(t, s, "readyz", 200)
}

// From the beginning of a shutdown on no connections are to come; whoever asks is answered until the end.
func TestReadyWhileShuttingDown(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { async fetch() { await new Promise((done) => setTimeout(done, 700)); return new Response("late"); } };
`, daemontest.Admin)
	until(t, s, "readyz", 200)
	answered := make(chan string, 1)
	go func() {
		response, err := http.Get(s.URL())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		answered <- string(text)
	}()
	time.Sleep(100 * time.Millisecond)
	ended := make(chan error, 1)
	go func() { ended <- s.Shutdown(t.Context()) }()
	if text := until(t, s, "readyz", 503); text != "shutting down\n" {
		t.Errorf("while it shuts down: %q", text)
	}
	if text := <-answered; text != "late" {
		t.Errorf("a request under way gets %q", text)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get(s.Admin().URL() + "readyz"); err == nil {
		t.Error("the admin side answers after the end")
	}
}
