package examples

import (
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
			var own []daemontest.Option
			for _, option := range options {
				own = append(own, option(t))
			}
			nodetest.Serve(t, app, own...).Run(t, "testdata/"+script, client.module)
		})
	}
}

// keep has a server keep its data in a folder that lasts as long as the test.
func keep(t testing.TB) daemontest.Option {
	dir := t.TempDir()
	return daemontest.Configure(func(c *config.Config) { c.Data = dir })
}
