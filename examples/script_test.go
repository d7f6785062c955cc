package examples

import (
	"fmt"
	"strings"
	"testing"

	"rowan/internal/daemontest"
	"rowan/internal/nodetest"
)

// runScript serves an app and has Node.js run a script of testdata with the server's address. The script can ask for
// "restart", for "contexts N" (to wait until so many live) and for "log TEXT" (to wait for an entry).
func runScript(t *testing.T, script, app string, options ...daemontest.Option) {
	t.Helper()
	nodetest.Packages(t, "testdata")
	s := daemontest.ServeApp(t, app, options...)
	do := func(sub *testing.T, words string) {
		sub.Helper()
		switch what, rest, _ := strings.Cut(words, " "); what {
		case "restart":
			if err := s.Shutdown(sub.Context()); err != nil {
				sub.Fatal(err)
			}
			s = daemontest.ServeApp(t, app, append(options, daemontest.At(s.Addr().String()))...)
		case "contexts":
			var n int
			if _, err := fmt.Sscan(rest, &n); err != nil {
				sub.Fatal(err)
			}
			s.WaitContexts(n)
		case "log":
			s.WaitLog(rest)
		default:
			sub.Fatalf("%s asks for %q", script, words)
		}
	}
	nodetest.Run(t, "testdata/"+script, do, s.URL())
}
