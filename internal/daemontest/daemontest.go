// Package daemontest runs a whole server in a test: on a port of its own, with its log at hand.
//
//	s := daemontest.Serve(t, `
//	-- app.ts --
//	export default { websocket: { message(ws, text) { ws.send(text); } } };
//	`)
//	c := s.Dial()
//	c.Send("hello")
//	c.Expect("hello")
//
// What the server logs as an error must be what the test waits for by WaitLog; anything else fails the test.
package daemontest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"rowan/daemon"
	"rowan/daemon/admin/client"
	"rowan/daemon/config"
	"rowan/internal/wstest"
)

// Server is a server that ends with its test.
type Server struct {
	*daemon.Server
	t testing.TB

	// Dir is the app's folder.
	Dir string

	observed *observer.ObservedLogs
	mu       sync.Mutex
	log      []observer.LoggedEntry // not waited for yet
	end      sync.Once
	served   chan error
}

// An Option changes how a server is started.
type Option func(*daemon.Options)

// Dev has the server watch its files.
func Dev(o *daemon.Options) { o.Dev = true }

// Admin has the server an admin side, which is off otherwise.
func Admin(o *daemon.Options) {
	o.Config.Admin.Listen, o.Config.Admin.Token = "127.0.0.1:0", AdminToken
}

// AdminToken is the token of admin sides.
const AdminToken = "a token for tests"

// Configure changes the configuration, which is that of the app's folder.
func Configure(change func(c *config.Config)) Option {
	return func(o *daemon.Options) { change(o.Config) }
}

// At has the server listen on an address.
func At(address string) Option {
	return Configure(func(c *config.Config) { c.Listen = config.Address(address) })
}

// Serve starts the app app.ts of an archive of files, see txtar, in a folder of its own.
func Serve(t testing.TB, archive string, options ...Option) *Server {
	t.Helper()
	dir := t.TempDir()
	Write(t, dir, archive)
	return ServeApp(t, filepath.Join(dir, "app.ts"), options...)
}

// Write writes the files of an archive into a folder.
func Write(t testing.TB, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// ServeApp starts the app of that path.
func ServeApp(t testing.TB, app string, options ...Option) *Server {
	t.Helper()
	c, err := config.Flags{}.Load(filepath.Dir(app), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Listen, c.Workers, c.Admin.Listen = "127.0.0.1:0", 2, ""
	core, observed := observer.New(zapcore.DebugLevel)
	o := daemon.Options{App: app, Config: c, Log: zap.New(core)}
	for _, option := range options {
		option(&o)
	}
	s := &Server{t: t, Dir: filepath.Dir(app), observed: observed, served: make(chan error, 1)}
	if s.Server, err = daemon.New(o); err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	go func() { s.served <- s.Server.Serve() }()
	t.Cleanup(s.stop)
	return s
}

// Shutdown ends the server before its test ends.
func (s *Server) Shutdown(ctx context.Context) (err error) {
	s.end.Do(func() {
		err = errors.Join(s.Server.Shutdown(ctx), <-s.served)
	})
	return err
}

// stop ends the server with its test.
func (s *Server) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), wstest.Patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		s.t.Errorf("daemontest: %v", err)
	}
	for _, e := range s.entries() {
		if e.Level >= zapcore.ErrorLevel {
			s.t.Errorf("daemontest: the server logged: %s", text(e))
		}
	}
}

// Dial opens a session.
func (s *Server) Dial() *wstest.Client {
	s.t.Helper()
	return wstest.Dial(s.t, s.URL())
}

// AdminClient speaks with the admin side, see Admin.
func (s *Server) AdminClient() *client.Client {
	return &client.Client{URL: s.Server.Admin().URL(), Token: AdminToken}
}

// AdminGet returns what the admin side answers at a path, without a slash before it.
func (s *Server) AdminGet(path string) string {
	s.t.Helper()
	c := s.AdminClient()
	request, err := http.NewRequestWithContext(s.t.Context(), "GET", c.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header = c.Header()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		s.t.Fatalf("daemontest: /%s of the admin side: status %d, %v: %s", path, response.StatusCode, err, text)
	}
	return string(text)
}

// DialPath opens a WebSocket at a path of the server, which may have a query.
func (s *Server) DialPath(path string) *wstest.Client {
	s.t.Helper()
	return wstest.Dial(s.t, strings.TrimSuffix(s.URL(), "/")+path)
}

// WaitLog waits for a log entry with all of the parts, in its message or its fields, and takes it off the log.
func (s *Server) WaitLog(parts ...string) {
	s.t.Helper()
	found := s.wait(func() bool {
		for i, e := range s.entries() {
			if containsAll(text(e), parts) {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.log = append(s.log[:i], s.log[i+1:]...)
				return true
			}
		}
		return false
	})
	if !found {
		s.t.Fatalf("daemontest: %q is not logged, but %s", parts, s.rest())
	}
}

// Logged reports whether there is a log entry with all of the parts by now.
func (s *Server) Logged(parts ...string) bool {
	for _, e := range s.entries() {
		if containsAll(text(e), parts) {
			return true
		}
	}
	return false
}

// WaitContexts waits until that many contexts live.
func (s *Server) WaitContexts(n int) {
	s.t.Helper()
	if !s.wait(func() bool { return s.Stats().Contexts == n }) {
		s.t.Fatalf("daemontest: %d contexts live, want %d", s.Stats().Contexts, n)
	}
}

// wait looks at a condition until it is true or patience is at its end.
func (s *Server) wait(condition func() bool) bool {
	for deadline := time.Now().Add(wstest.Patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// entries returns what was logged and not waited for.
func (s *Server) entries() []observer.LoggedEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, s.observed.TakeAll()...)
	return append([]observer.LoggedEntry(nil), s.log...)
}

func (s *Server) rest() string {
	var b strings.Builder
	for _, e := range s.entries() {
		b.WriteString("\n\t" + text(e))
	}
	return b.String()
}

// text is an entry as its level, message and fields.
func text(e observer.LoggedEntry) string {
	return fmt.Sprintf("%v %s %v", e.Level, e.Message, e.ContextMap())
}

func containsAll(s string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}
