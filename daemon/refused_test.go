package daemon_test

import (
	"strings"
	"testing"

	"rowan/daemon"
	"rowan/internal/daemontest"
)

// TestRefusedSocketsAreLogged opens sockets in ways that a browser says nothing of but that it did not work.
func TestRefusedSocketsAreLogged(t *testing.T) {
	for _, test := range []struct {
		name, app, path, origin string
		status                  int
		log                     []string // none for nothing
	}{
		{"a session's page", `export default { websocket: {} };`, "", "http://pages.test:5173", 403,
			[]string{`pages of "http://pages.test:5173" may not open sockets at "127.0.0.1:`, "origins of [websocket]"}},
		{"the page of one by fetch", `export default { websocket: {}, fetch: (r, s) => new Response(s.upgrade(r), { status: 403 }) };`, "", "http://pages.test:5173", 403,
			[]string{"origins of [websocket]"}},
		{"a socket's page", `export default { channels: { a: {} } };`, "socket/websocket?vsn=2.0.0", "http://pages.test:5173", 403,
			[]string{"origins of [channels]"}},
		{"a fetch that does not upgrade", `export default { websocket: {}, fetch: () => new Response("hello") };`, "ws", "", 200,
			[]string{"/ws asks for a WebSocket", "server.upgrade(request)"}},
		{"a fetch that refuses", `export default { websocket: {}, fetch: () => new Response("no", { status: 404 }) };`, "ws", "", 404, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := daemontest.Serve(t, "-- app.ts --\n"+test.app, daemontest.Dev)
			var header []string
			if test.origin != "" {
				header = []string{"Origin", test.origin}
			}
			if status, body := upgrade(t, s, test.path, header...); status != test.status {
				t.Errorf("status %d: %s", status, body)
			}
			if test.log != nil {
				s.WaitLog(test.log...)
			} else if s.Logged("warn") {
				t.Error("a refusal that the app has chosen is logged")
			}
		})
	}
}

// TestNoPageIsTold opens an app that has none.
func TestNoPageIsTold(t *testing.T) {
	for _, test := range []struct {
		option daemontest.Option
		want   string
	}{
		{daemontest.Dev, "not found: the app has no fetch, and public/ beside it has no such file; its sessions are at ws://127.0.0.1:"},
		{func(*daemon.Options) {}, "not found\n"},
	} {
		s := daemontest.Serve(t, "-- app.ts --\nexport default { websocket: {} };\n-- public/a.txt --\nhello", test.option)
		if response, body := ask(t, client(t), "GET", s.URL(), ""); response.StatusCode != 404 || !strings.HasPrefix(body, test.want) {
			t.Errorf("status %d: %s", response.StatusCode, body)
		}
		if _, body := ask(t, client(t), "GET", s.URL()+"a.txt", ""); body != "hello\n" {
			t.Errorf("%s", body)
		}
	}
}
