package daemon_test

import (
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// limited answers sessions at /session and channels at /socket, which get five messages at once.
const limited = `
-- rowan.toml --
[limits]
messages_per_second = 5
bytes_per_second = "10KB"
burst = "1s"
-- app.ts --
export default {
	websocket: { message(ws, text) { ws.send(text); } },
	channels: { "room:*": { join() { return {}; }, on: { echo(_, p) { return p; } } } },
	fetch(request, server) { return server.upgrade(request) ? undefined : new Response("not a socket", { status: 400 }); },
};
`

func TestMessagesPerSecond(t *testing.T) {
	s := daemontest.Serve(t, limited)
	neighbour := s.DialPath("/session")
	for name, c := range map[string]*wstest.Client{
		"session":  s.DialPath("/session"),
		"channels": s.DialPath("/socket/websocket?vsn=2.0.0"),
	} {
		for range 6 {
			c.Send(`[null,"1","phoenix","heartbeat",{}]`)
		}
		if reason := c.ExpectClose(1008); reason != "too many messages a second" {
			t.Errorf("%s: %q", name, reason)
		}
	}
	large := s.DialPath("/session")
	large.SendFrame(ws.NewBinaryFrame(make([]byte, 11<<10)))
	if reason := large.ExpectClose(1008); reason != "too many bytes a second" {
		t.Errorf("large: %q", reason)
	}
	neighbour.Send("still here")
	neighbour.Expect("still here")
}

func TestMessagesPerSecondOverLongPolling(t *testing.T) {
	p := poll(t, daemontest.Serve(t, limited))
	frame := `[null,"1","phoenix","heartbeat",{}]` + "\n"
	p.send(strings.Repeat(frame, 5))
	if got := p.request("POST", p.query(), strings.Repeat(frame, 5)); got.Status != 429 {
		t.Errorf("what is too much is answered with %d", got.Status)
	}
	for {
		got := p.request("GET", p.query(), "")
		if got.Status == 200 { // what was answered before
			continue
		}
		if got.Status != 500 && got.Status != 410 {
			t.Errorf("then a poll is answered with %d", got.Status)
		}
		return
	}
}

func TestSessionOrigins(t *testing.T) {
	const app = `
-- app.ts --
export default { websocket: { message(ws, text) { ws.send(text); } } };
-- rowan.toml --
websocket.origins = ["https://friend.example", "//*.family.example"]
`
	s := daemontest.Serve(t, app)
	for origin, allowed := range map[string]bool{
		s.URL():                     true,
		"https://friend.example":    true,
		"http://friend.example":     false,
		"http://a.family.example:8": true,
		"https://evil.example":      false,
		"null":                      false,
	} {
		_, err := wstest.TryDial(t, s.URL(), ws.Dialer{Header: ws.HandshakeHeaderHTTP{"Origin": {origin}}})
		if (err == nil) != allowed {
			t.Errorf("a page of %s: %v", origin, err)
		}
	}
}
