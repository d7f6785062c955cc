package daemon_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

func TestLongPollEnds(t *testing.T) {
	app := strings.Replace(rooms, "export default {", "export default { connect: () => ({ id: \"me\" }),", 1)
	tests := []struct {
		name string
		end  func(s *daemontest.Server)
		left string
	}{
		{"disconnect", func(s *daemontest.Server) {
			c := connect(t, s, "")
			talk(t, joined+`> ["10","11","room:a","disconnect",{}]`, c)
			c.ExpectClose(1001)
		}, "closed"},
		{"shutdown", func(s *daemontest.Server) { s.Shutdown(context.Background()) }, "shutdown"},
	}
	app = strings.Replace(app, "quiet() {},", `quiet() {}, disconnect() { Rowan.broadcast("me", "disconnect"); },`, 1)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := daemontest.Serve(t, app)
			p := poll(t, s)
			p.send(`["7","7","room:b","phx_join",{"quiet":true}]`)
			p.expect(`["7","7","room:b","phx_reply",{"response":{},"status":"ok"}]`)
			time.AfterFunc(100*time.Millisecond, func() { test.end(s) })
			if got := p.request("GET", p.query(), ""); got.Status != 500 { // it waited; that is what every client rejoins after
				t.Errorf("the poll under way: %+v", got)
			}
			s.WaitLog("left room:b " + test.left)
			s.WaitContexts(0)
		})
	}
}

func TestLongPollOutlivesAContext(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, crashing)
	p := poll(t, s)
	p.send(`["1","1","room:1","phx_join",{}]`)
	p.expect(`["1","1","room:1","phx_reply",{"response":{"sum":0},"status":"ok"}]`)
	p.send(`["1","2","room:1","fail","never"]`)
	p.expect(`["1","1","room:1","phx_error",{"reason":"channel_crash"}]`)
	p.send(`["3","3","room:1","phx_join",{}]`, `["3","4","room:1","add",1]`)
	p.expect(`["3","3","room:1","phx_reply",{"response":{"sum":0},"status":"ok"}]`, `["3","4","room:1","phx_reply",{"response":1,"status":"ok"}]`)
	s.WaitLog("error", "context lost")
}

// TestConnectThatFails refuses the socket, and keeps nothing of it.
func TestConnectThatFails(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, `
-- rowan.toml --
[call]
timeout = "300ms"
-- app.ts --
export default {
	connect({ fail }) {
		if (fail === "wait") return new Promise(() => {});
		if (fail === "loop") for (;;);
		if (fail === "never") Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);
		return fail === "undefined" ? undefined : 1;
	},
	channels: { "*": {} },
};
`)
	for fail, log := range map[string]string{
		"wait": "has not settled within 300ms", "loop": "turn ended", "never": "context lost",
		"undefined": "connect must return", "number": "connect must return",
	} {
		if status, body := upgrade(t, s, "socket/websocket?vsn=2.0.0&fail="+fail); status != 500 || body != "" {
			t.Errorf("%s: status %d %q", fail, status, body)
		}
		s.WaitLog("connect failed", log)
		s.WaitContexts(0)
	}
	// A client that does not wait for connect.
	_, err := wstest.TryDial(t, s.URL()+"socket/websocket?vsn=2.0.0&fail=wait", ws.Dialer{Timeout: 100 * time.Millisecond})
	if err == nil {
		t.Error("connect has settled")
	}
	s.WaitContexts(0)
	if s.Logged("connect failed") {
		s.WaitLog("connect failed", "has not settled within 300ms")
	}
}

// TestChannelsLeaveNothing has clients do everything in any order, and go in any way. Every frame is to be JSON that a client
// understands, and when all have gone nothing is to be left of them.
func TestChannelsLeaveNothing(t *testing.T) {
	s := daemontest.Serve(t, rooms, daemontest.Admin)
	t.Run("clients", func(t *testing.T) {
		for i := range 4 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(uint64(i), 1))
				for range 8 {
					unruly(t, random, wstest.Dial(t, s.URL()+"socket/websocket?vsn=2.0.0"))
				}
			})
		}
	})
	s.WaitContexts(0)
	for _, name := range []string{"contexts", "channel_sockets", "channels", "subscriptions", "messages_waiting"} {
		for labels, n := range scrape(t, s, name) {
			if n != 0 {
				t.Errorf("%s{%s} is %v", name, labels, n)
			}
		}
	}
}

// unruly does what comes to its mind, and goes without leaving its channels.
func unruly(t *testing.T, random *rand.Rand, c *wstest.Client) {
	topic := func() string { return fmt.Sprintf("room:%d", random.IntN(3)) }
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	ref := 100
	for range 60 {
		ref++
		switch random.IntN(4) {
		case 0:
			c.Send(fmt.Sprintf(`["%d","%d","%s","phx_join",%s]`, ref, ref, topic(),
				pick(`{}`, `{"wait":5}`, `{"wait":30,"push":{}}`, `{"refuse":{}}`, `{"wait":10,"refuse":{}}`, `"text"`)))
		case 1:
			c.Send(fmt.Sprintf(`[null,"%d","%s","phx_leave",{}]`, ref, topic()))
		case 2:
			c.Send(fmt.Sprintf(`[null,"%d","%s","%s",{"wait":%d,"status":"ok"}]`, ref, topic(),
				pick("echo", "later", "later", "push", "broadcast", "broadcastFrom", "defer", "refuse", "close", "end", "crash", "nope"), random.IntN(20)))
		case 3:
			c.Send(fmt.Sprintf(`[null,"hb%d","phoenix","heartbeat",{}]`, ref))
		}
	}
	c.Send(`[null,"last","phoenix","heartbeat",{}]`)
	replies := map[string]int{}
	for replies["last"] == 0 {
		var frame [5]json.RawMessage
		c.NextJSON(&frame)
		var ref *string
		var event string
		if err := errors.Join(json.Unmarshal(frame[1], &ref), json.Unmarshal(frame[3], &event)); err != nil {
			t.Errorf("a client does not understand %s: %v", frame, err)
		}
		if event == "phx_reply" {
			if replies[*ref]++; replies[*ref] > 1 {
				t.Errorf("two replies to %s", *ref)
			}
		}
	}
	switch random.IntN(3) {
	case 0:
		c.Kill()
	case 1:
		c.Send("not JSON")
		c.ExpectClose(1011)
	case 2:
		c.Close(1000, "")
	}
}
