package daemon_test

import (
	"path/filepath"
	"strings"
	"testing"

	"rowan/internal/nodetest"
)

const clientsDir = "testdata/clients"

// TestClients runs the clients of npm as they are published against a server: testdata/clients. They are installed by .ci/run.
func TestClients(t *testing.T) {
	nodetest.Packages(t, clientsDir)
	for _, client := range []struct{ name, script, args string }{ // in a short test the newest alone
		{"phoenix-1.7.21", "phoenix.mjs", "phoenix-1.7.21 websocket"},
		{"phoenix-1.8.12", "phoenix.mjs", "phoenix-1.8.12 websocket"},
		{"phoenix-1.8.16", "phoenix.mjs", "phoenix-1.8.16 websocket"},
		{"phoenix-1.7.21 longpoll", "phoenix.mjs", "phoenix-1.7.21 longpoll"},
		{"phoenix-1.8.12 longpoll", "phoenix.mjs", "phoenix-1.8.12 longpoll"},
		{"phoenix-1.8.16 longpoll", "phoenix.mjs", "phoenix-1.8.16 longpoll"},
		{"phoenix-1.8.16 presence", "presence.mjs", "phoenix-1.8.16"},
		{"phoenix-channels", "v1.mjs", ""},
		{"realtime-js", "supabase.mjs", "2.0.0"},
		{"realtime-js V1", "supabase.mjs", "1.0.0"},
	} {
		t.Run(client.name, func(t *testing.T) {
			if testing.Short() && (strings.Contains(client.name, "1.7") || strings.Contains(client.name, "1.8.12")) {
				t.Skip("short")
			}
			t.Parallel()
			s := nodetest.Serve(t, filepath.Join(clientsDir, "app.ts"))
			s.After = func(*testing.T) { s.WaitContexts(0) } // the sockets' contexts end with them
			s.Run(t, filepath.Join(clientsDir, client.script), strings.Fields(client.args)...)
		})
	}
}
