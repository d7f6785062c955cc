package daemon_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// withSettings is an app with settings of [channels].
func withSettings(app string, settings ...string) string {
	return "-- rowan.toml --\n[channels]\n" + strings.Join(settings, "\n") + app
}

func TestChannelsOfASocketAreLimited(t *testing.T) {
	c := connect(t, daemontest.Serve(t, withSettings(rooms, "max_channels = 2")), "")
	talk(t, `
		> ["1","1","room:1","phx_join",{"quiet":true}]
		< ["1","1","room:1","phx_reply",{"response":{},"status":"ok"}]
		> ["2","2","room:2","phx_join",{"quiet":true}]
		< ["2","2","room:2","phx_reply",{"response":{},"status":"ok"}]
		> ["3","3","room:3","phx_join",{"quiet":true}]
		< ["3","3","room:3","phx_reply",{"response":{"reason":"too many channels joined"},"status":"error"}]
		> ["1","4","room:1","phx_leave",{}]
		< ["1","4","room:1","phx_reply",{"response":{},"status":"ok"}]
		< ["1","1","room:1","phx_close",{}]
		> ["5","5","room:3","phx_join",{"quiet":true}]
		< ["5","5","room:3","phx_reply",{"response":{},"status":"ok"}]`, c)
}

func TestAHundredChannelsAreTheDefault(t *testing.T) {
	skipShort(t)
	c := connect(t, daemontest.Serve(t, rooms), "")
	for i := range 100 {
		talk(t, fmt.Sprintf(`
			> ["%[1]d","%[1]d","room:%[1]d","phx_join",{"quiet":true}]
			< ["%[1]d","%[1]d","room:%[1]d","phx_reply",{"response":{},"status":"ok"}]`, i), c)
	}
	talk(t, `
		> ["x","x","room:x","phx_join",{"quiet":true}]
		< ["x","x","room:x","phx_reply",{"response":{"reason":"too many channels joined"},"status":"error"}]`, c)
}

func TestEventsThatWaitAreLimited(t *testing.T) {
	skipShort(t)
	c := connect(t, daemontest.Serve(t, rooms), "")
	talk(t, joined+`> ["10","first","room:a","later",{"wait":400}]`, c)
	for i := range 1001 {
		c.Send(fmt.Sprintf(`["10","%d","room:a","echo",%d]`, i, i))
	}
	talk(t, `
		< ["10","1000","room:a","phx_reply",{"response":{"reason":"too many events waiting"},"status":"error"}]
		< ["10","first","room:a","phx_reply",{"response":{"wait":400},"status":"ok"}]`, c)
	for i := range 1000 {
		c.Expect(fmt.Sprintf(`["10","%[1]d","room:a","phx_reply",{"response":%[1]d,"status":"ok"}]`, i))
	}
}

// TestEventsThatWaitHaveATurnEach: together they take longer than a turn may.
func TestEventsThatWaitHaveATurnEach(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, strings.Replace(rooms, "quiet() {},", `quiet() {}, burn(socket, n) { while (n > 0) n--; return "burnt"; },`, 1))
	c := connect(t, s, "")
	const events = 100
	talk(t, joined+`> ["10","first","room:a","later",{"wait":200}]`, c)
	for i := range events {
		c.Send(fmt.Sprintf(`["10","%d","room:a","burn",20000]`, i))
	}
	c.Expect(`["10","first","room:a","phx_reply",{"response":{"wait":200},"status":"ok"}]`)
	for i := range events {
		c.Expect(fmt.Sprintf(`["10","%d","room:a","phx_reply",{"response":"burnt","status":"ok"}]`, i))
	}
}

// TestChannelsCloseCodes shows by which code the server ends a socket.
func TestChannelsCloseCodes(t *testing.T) {
	skipShort(t)
	tests := []struct {
		name, settings string
		act            func(s *daemontest.Server, c *wstest.Client)
		code           int
	}{
		{"a large frame", `max_payload = "1KB"`, func(_ *daemontest.Server, c *wstest.Client) {
			c.Send(`["10","11","room:a","quiet","` + strings.Repeat("x", 1024) + `"]`)
		}, 1009},
		{"large fragments", `max_payload = "1KB"`, func(_ *daemontest.Server, c *wstest.Client) {
			c.SendFrame(ws.NewFrame(ws.OpText, false, []byte(`["10","11","room:a","quiet","`+strings.Repeat("x", 900))))
			c.SendFrame(ws.NewFrame(ws.OpContinuation, true, []byte(strings.Repeat("x", 900)+`"]`)))
		}, 1009},
		{"idle", `idle_timeout = "300ms"`, func(*daemontest.Server, *wstest.Client) {}, 1002},
		{"slow", "backpressure_limit = \"100KB\"\n[session]\nturn = \"2s\"", func(s *daemontest.Server, c *wstest.Client) {
			c.Send(`["10","11","room:a","flood",{}]`)
			s.WaitLog("flooded") // before that nothing is read
		}, 1013},
	}
	app := strings.Replace(rooms, "quiet() {},", `quiet() {}, flood(socket) {
		const text = "x".repeat(1 << 16);
		for (let i = 0; i < 1000; i++) socket.push("flood", text);
		console.log("flooded");
	},`, 1)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := daemontest.Serve(t, withSettings(app, test.settings))
			c := connect(t, s, "")
			talk(t, joined, c)
			test.act(s, c)
			c.ExpectClose(test.code)
			s.WaitLog("left room:a closed")
			s.WaitContexts(0)
		})
	}
}

// TestAnyByteKeepsASocket shows that a ping counts.
func TestAnyByteKeepsASocket(t *testing.T) {
	c := connect(t, daemontest.Serve(t, withSettings(rooms, `idle_timeout = "400ms"`)), "")
	for range 5 {
		time.Sleep(150 * time.Millisecond)
		c.SendFrame(ws.NewPingFrame(nil))
	}
	talk(t, joined, c)
	c.ExpectClose(1002)
}

// TestALargePayloadPasses sends what is just allowed.
func TestALargePayloadPasses(t *testing.T) {
	skipShort(t)
	c := connect(t, daemontest.Serve(t, withSettings(rooms, "[session]", `turn = "5s"`)), "")
	talk(t, joined, c)
	text := strings.Repeat("x", 9_000_000)
	c.Send(`["10","11","room:a","echo","` + text + `"]`)
	if got, want := c.Next(), `["10","11","room:a","phx_reply",{"response":"`+text+`","status":"ok"}]`; got != want {
		t.Fatalf("got %.100q of %d bytes, want %d", got, len(got), len(want))
	}
	c.Send(`["10","11","room:a","echo","` + strings.Repeat("x", 10<<20) + `"]`)
	c.ExpectClose(1009)
}

// TestDisconnect closes the sockets of a name, from a handler and from a channel.
func TestDisconnect(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default {
	fetch(request) {
		Rowan.broadcast(new URL(request.url).searchParams.get("id"), "disconnect", {});
		return new Response("done");
	},
	connect: ({ id }) => ({ id }),
	channels: { "room:*": {
		on: { disconnect(socket, id) { Rowan.broadcast(id, "disconnect"); } },
		leave(socket, reason) { console.log("left", socket.id, reason); },
	} },
};
`)
	a, same, b := connect(t, s, "vsn=2.0.0&id=user:1"), connect(t, s, "vsn=2.0.0&id=user:1"), connect(t, s, "vsn=2.0.0&id=user:2")
	talk(t, joined, a)
	talk(t, joined, b)
	if got := get(t, s, "?id=user:1"); got != "200 done" {
		t.Fatal(got)
	}
	talk(t, `
		ax 1001
		bx 1001
		c> ["10","11","room:a","unknown",{}]
		c< ["10","11","room:a","phx_reply",{"response":{"reason":"unknown event"},"status":"error"}]
		c> ["10","12","room:a","disconnect","user:2"]
		cx 1001`, a, same, b)
	s.WaitLog("left user:1 closed")
	s.WaitLog("left user:2 closed")
	s.WaitContexts(0)
}

// TestDrain closes all sockets with 1012, those without channels too, in batches.
func TestDrain(t *testing.T) {
	s := daemontest.Serve(t, withSettings(rooms, "[shutdown]", "batch = 2", `interval = "300ms"`))
	var clients []*wstest.Client
	for i := range 5 {
		c := connect(t, s, "")
		if i > 0 {
			talk(t, joined, c)
		}
		clients = append(clients, c)
	}
	begin := time.Now()
	down := make(chan error)
	go func() { down <- s.Shutdown(context.Background()) }()
	type end struct {
		err   error
		after time.Duration
	}
	ends := make(chan end)
	for _, c := range clients {
		go func() {
			_, _, err := c.Read(wstest.Patience)
			ends <- end{err, time.Since(begin)}
		}()
	}
	for i := range clients {
		e := <-ends
		if closed, ok := e.err.(*wstest.CloseError); !ok || closed.Code != 1012 {
			t.Errorf("the end is %v, want 1012 and nothing before", e.err)
		}
		if batch := time.Duration(i/2) * 300 * time.Millisecond; e.after < batch {
			t.Errorf("socket %d is closed after %v, before its batch's %v", i, e.after, batch)
		}
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
	for range 4 {
		s.WaitLog("left room:a shutdown")
	}
}
