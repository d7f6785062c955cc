package daemon_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// TestMalformedFramesCloseTheSocket shows by which code, and that the channels of the socket end with it.
func TestMalformedFramesCloseTheSocket(t *testing.T) {
	s := daemontest.Serve(t, rooms)
	text := func(frame string) func(*wstest.Client) { return func(c *wstest.Client) { c.Send(frame) } }
	binary := func(frame string) func(*wstest.Client) { return func(c *wstest.Client) { c.SendBinary([]byte(frame)) } }
	for _, test := range []struct {
		name string
		send func(*wstest.Client)
		code int
	}{
		{"not JSON", text(`not JSON`), 1011},
		{"nothing", text(``), 1011},
		{"a string", text(`""`), 1011},
		{"an object", text(`{}`), 1011},
		{"an object of version 1", text(`{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}`), 1011},
		{"a number", text(`12`), 1011},
		{"an empty array", text(`[]`), 1011},
		{"a short array", text(`["1","1","room:a","phx_join"]`), 1011},
		{"cut off", text(`["1","1","room:a","phx_join",{}`), 1011},
		{"nested beyond measure", text(`["1","1","room:a","phx_join",` + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + `]`), 1011},
		{"no bytes", binary(""), 1011},
		{"binary kind 1", binary("\x01\x02\x02\x06\x04" + "1015" + "room:a" + "echo"), 1011},
		{"binary kind 9", binary("\x09\x02\x02\x06\x04" + "1015" + "room:a" + "echo"), 1011},
		{"binary cut in its lengths", binary("\x00\x02\x02\x06"), 1011},
		{"binary cut in its fields", binary("\x00\x02\x02\x06\x04" + "1015" + "room:a" + "ech"), 1011},
		{"a binary topic that is not UTF-8", binary("\x00\x02\x02\x01\x04" + "1015" + "\xff" + "echo"), 1011},
		{"text that is not UTF-8", text("[\"1\",\"1\",\"\xff\",\"phx_join\",{}]"), 1007},
		{"a frame of WebSocket that is none", func(c *wstest.Client) { c.SendFrame(ws.NewFrame(3, true, nil)) }, 1002},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := connect(t, s, "")
			talk(t, joined, c)
			test.send(c)
			talk(t, fmt.Sprintf("x %d", test.code), c)
			s.WaitLog("left room:a closed")
			s.WaitContexts(0)
		})
	}
}
