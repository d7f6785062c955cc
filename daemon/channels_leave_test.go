package daemon_test

import (
	"context"
	"testing"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// leaving is an app whose channels tell the others when they are left, and why.
const leaving = `
-- app.ts --
export default { channels: { "room:*": {
	async join(socket, payload) {
		if (payload.close) socket.close();
		if (payload.crash) socket.crash("no reason");
		if (payload.refuse) throw new Rowan.Refusal({});
		if (payload.throw) throw new Error("no join");
		if (payload.wait) await Rowan.sleep(payload.wait);
	},
	on: {
		close: (socket) => socket.close(),
		crash: (socket) => socket.crash(),
		throw() { throw new Error("thrown"); },
		wait: (socket, ms) => Rowan.sleep(ms),
		echo: (socket, payload) => payload,
	},
	leave(socket, reason) {
		socket.broadcastFrom("gone", { reason });
		console.log("left", socket.topic, reason);
		if (socket.topic === "room:thrower") throw new Error("leave failed");
	},
} } };
`

// TestLeave shows the reasons that leave hears, by what it tells the others.
func TestLeave(t *testing.T) {
	tests := []struct {
		name   string
		end    func(t *testing.T, c *wstest.Client)
		reason string
		log    string
	}{
		{"left", func(t *testing.T, c *wstest.Client) {
			talk(t, `> ["10","11","room:a","phx_leave",{}]
				< ["10","11","room:a","phx_reply",{"response":{},"status":"ok"}]
				< ["10","10","room:a","phx_close",{}]`, c)
		}, "left", ""},
		{"left while an event waits", func(t *testing.T, c *wstest.Client) {
			talk(t, `> ["10","11","room:a","wait",50]
				> ["10","12","room:a","echo",1]
				> ["10","13","room:a","phx_leave",{}]
				< ["10","12","room:a","phx_reply",{"response":1,"status":"ok"}]
				< ["10","13","room:a","phx_reply",{"response":{},"status":"ok"}]
				< ["10","10","room:a","phx_close",{}]`, c)
		}, "left", ""},
		{"killed", func(t *testing.T, c *wstest.Client) { c.Kill() }, "closed", ""},
		{"closed", func(t *testing.T, c *wstest.Client) { c.Close(1000, "") }, "closed", ""},
		{"closed while an event runs", func(t *testing.T, c *wstest.Client) {
			c.Send(`["10","11","room:a","wait",60000]`)
			c.Close(1000, "")
		}, "closed", ""},
		{"malformed", func(t *testing.T, c *wstest.Client) { talk(t, "> {\nx 1011", c) }, "closed", ""},
		{"joined anew", func(t *testing.T, c *wstest.Client) {
			talk(t, `> ["11","11","room:a","phx_join",{}]
				< ["11","11","room:a","phx_reply",{"response":{},"status":"ok"}]
				< ["10","10","room:a","phx_close",{}]`, c)
		}, "rejoined", ""},
		{"closed by the script", func(t *testing.T, c *wstest.Client) {
			talk(t, `> ["10","11","room:a","close",{}]
				< ["10","10","room:a","phx_close",{}]`, c)
		}, "shutdown", ""},
		{"crashed by the script", func(t *testing.T, c *wstest.Client) {
			talk(t, `> ["10","11","room:a","crash",{}]
				< ["10","10","room:a","phx_error",{"reason":"channel_crash"}]`, c)
		}, "crashed", ""},
		{"thrown", func(t *testing.T, c *wstest.Client) {
			talk(t, `> ["10","11","room:a","throw",{}]
				< ["10","10","room:a","phx_error",{"reason":"channel_crash"}]`, c)
		}, "crashed", "Error: thrown"},
	}
	s := daemontest.Serve(t, leaving)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			other, c := connect(t, s, ""), connect(t, s, "")
			talk(t, joined, other)
			talk(t, joined, c)
			test.end(t, c)
			other.Expect(`[null,null,"room:a","gone",{"reason":"` + test.reason + `"}]`)
			s.WaitLog("left room:a " + test.reason)
			if test.log != "" {
				s.WaitLog(test.log)
			}
			c.Kill()
			other.Kill()
			s.WaitContexts(0)
		})
	}
}

// TestLeaveThatThrows is logged and harms nothing.
func TestLeaveThatThrows(t *testing.T) {
	s := daemontest.Serve(t, leaving)
	c := connect(t, s, "")
	talk(t, joined+`
		> ["7","7","room:thrower","phx_join",{}]
		< ["7","7","room:thrower","phx_reply",{"response":{},"status":"ok"}]
		> ["7","8","room:thrower","phx_leave",{}]
		< ["7","8","room:thrower","phx_reply",{"response":{},"status":"ok"}]
		< ["7","7","room:thrower","phx_close",{}]
		> ["10","11","room:a","echo",1]
		< ["10","11","room:a","phx_reply",{"response":1,"status":"ok"}]`, c)
	s.WaitLog("Error: leave failed", "line:app.ts:")
}

// TestJoinsThatEndTheirChannel shows what the client gets, and that leave is called where join has come to its end.
func TestJoinsThatEndTheirChannel(t *testing.T) {
	s := daemontest.Serve(t, leaving)
	c := connect(t, s, "")
	talk(t, `
		> ["1","1","room:refused","phx_join",{"refuse":true}]
		< ["1","1","room:refused","phx_reply",{"response":{},"status":"error"}]
		> ["2","2","room:thrown","phx_join",{"throw":true}]
		< ["2","2","room:thrown","phx_reply",{"response":{"reason":"join crashed"},"status":"error"}]
		> ["3","3","room:crashed","phx_join",{"crash":true}]
		< ["3","3","room:crashed","phx_reply",{"response":{"reason":"join crashed"},"status":"error"}]
		> ["4","4","room:closed","phx_join",{"close":true}]
		< ["4","4","room:closed","phx_reply",{"response":{},"status":"ok"}]
		< ["4","4","room:closed","phx_close",{}]
		> ["5","5","room:last","echo",{}]
		< [null,"5","room:last","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`, c)
	s.WaitLog("Error: no join")
	s.WaitLog("left room:closed shutdown")
	s.WaitLog("left room:crashed crashed")
	for _, topic := range []string{"refused", "thrown"} {
		if s.Logged("left room:" + topic) {
			t.Errorf("leave is called for room:%s", topic)
		}
	}
}

// TestShutdownIsHeard calls leave in every channel, before the server ends.
func TestShutdownIsHeard(t *testing.T) {
	s := daemontest.Serve(t, leaving)
	c := connect(t, s, "")
	talk(t, joined+`
		> ["7","7","room:b","phx_join",{}]
		< ["7","7","room:b","phx_reply",{"response":{},"status":"ok"}]
		> ["10","11","room:a","wait",60000]`, c)
	if err := s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	c.ExpectClose(1012)
	s.WaitLog("left room:a shutdown")
	s.WaitLog("left room:b shutdown")
}
