package examples

import (
	"strconv"
	"strings"
	"testing"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/nodetest"
)

// clients are the modules by which scripts of testdata speak to channels, by name: npm's, unmodified, and the one that servers
// have for pages.
var clients = []struct{ name, module string }{
	{"phoenix", "phoenix"},
	{"client.js", "../../daemon/channels/client/client.js"},
}

// runScript has Node.js run a script of testdata once with each client, against a server of its own.
func runScript(t *testing.T, script, app string, options ...func(t testing.TB) daemontest.Option) {
	nodetest.Packages(t, "testdata")
	for _, client := range clients {
		t.Run(client.name, func(t *testing.T) {
			s := scriptServer{t: t, app: app}
			for _, option := range options {
				s.options = append(s.options, option(t))
			}
			s.Server = daemontest.ServeApp(t, app, s.options...)
			nodetest.Run(t, "testdata/"+script, s.do, s.URL(), client.module)
		})
	}
}

// scriptServer is a server that a script can ask for something.
type scriptServer struct {
	*daemontest.Server
	t       *testing.T // which it ends with
	app     string
	options []daemontest.Option
}

// do does what a script asks for: "restart", "contexts N" (to wait until so many live) or "log TEXT" (to wait for an entry).
func (s *scriptServer) do(t *testing.T, words string) {
	t.Helper()
	switch what, rest, _ := strings.Cut(words, " "); what {
	case "restart":
		if err := s.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Server = daemontest.ServeApp(s.t, s.app, append(s.options, daemontest.At(s.Addr().String()))...)
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

// keep has a server keep its data in a folder that lasts as long as the test.
func keep(t testing.TB) daemontest.Option {
	dir := t.TempDir()
	return daemontest.Configure(func(c *config.Config) { c.Data = dir })
}
