package nodetest

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// Server is a server that a script can ask for what it cannot do itself:
//
//	restart      shut down, and start another server in its place
//	contexts N   wait until so many contexts live
//	log TEXT     wait for an entry of the log
type Server struct {
	*daemontest.Server // the one that runs now

	// After is called at the end of each subject, if it is not nil.
	After func(t *testing.T)

	t       *testing.T // which it ends with
	app     string
	options []daemontest.Option
}

// Serve starts the app of that path. It ends with the test.
func Serve(t *testing.T, app string, options ...daemontest.Option) *Server {
	t.Helper()
	return &Server{Server: daemontest.ServeApp(t, app, options...), t: t, app: app, options: options}
}

// do does what a script asks for in a subject.
func (s *Server) do(t *testing.T, words string) {
	t.Helper()
	switch what, rest, _ := strings.Cut(words, " "); what {
	case "restart":
		s.restart(t)
	case "contexts":
		n, err := strconv.Atoi(rest)
		if err != nil {
			t.Fatal(err)
		}
		s.WaitContexts(n)
	case "log":
		s.WaitLog(rest)
	default:
		t.Fatalf("the script asks for %q", words)
	}
}

func (s *Server) restart(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), wstest.Patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	options := append(s.options[:len(s.options):len(s.options)], daemontest.At(s.Addr().String()))
	s.Server = daemontest.ServeApp(s.t, s.app, options...)
}
