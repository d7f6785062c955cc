package daemon_test

import (
	"fmt"
	"testing"

	"rowan/internal/daemontest"
)

// crashing is an app whose channels count their events, and fail in each way.
const crashing = `
-- rowan.toml --
[session]
turn = "300ms"
-- app.ts --
let sum = 0; // of all channels of the socket

function fail(how) {
	switch (how) {
		case "never": Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); break;
		case "loop": for (;;);
		case "memory": for (const kept = []; ; ) kept.push(new Array(1000).fill(1.5));
		case "depth": (function again() { return again() + 1; })(); break;
	}
}

export default { channels: { "room:*": {
	join(socket, payload) {
		if (payload.broadcast) socket.broadcast("joining", {});
		fail(payload.fail);
		return { sum };
	},
	on: {
		add: (socket, n) => sum += n,
		fail: (socket, how) => fail(how),
		wait: (socket, ms) => new Promise((done) => setTimeout(done, ms)),
		async failAwaited(socket, how) { await new Promise((done) => setTimeout(done, 10)); fail(how); },
		async failLater(socket, how) { await 1; setTimeout(() => fail(how)); },
	},
	leave(socket, reason) { console.log("left", socket.topic, reason); },
} } };
`

const twoJoined = `
	> ["1","1","room:1","phx_join",{}]
	< ["1","1","room:1","phx_reply",{"response":{"sum":0},"status":"ok"}]
	> ["2","2","room:2","phx_join",{}]
	< ["2","2","room:2","phx_reply",{"response":{"sum":0},"status":"ok"}]
	> ["2","3","room:2","add",5]
	< ["2","3","room:2","phx_reply",{"response":5,"status":"ok"}]
`

// TestALimitCrashesTheChannelAlone ends turns by a limit that leaves the context as it was.
func TestALimitCrashesTheChannelAlone(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, crashing)
	for _, how := range []string{"loop", "depth", "memory"} {
		t.Run(how, func(t *testing.T) {
			c := connect(t, s, "")
			talk(t, twoJoined+`
				> ["1","4","room:1","fail","`+how+`"]
				< ["1","1","room:1","phx_error",{"reason":"channel_crash"}]
				> ["2","5","room:2","add",1]
				< ["2","5","room:2","phx_reply",{"response":6,"status":"ok"}]
				> ["6","6","room:1","phx_join",{}]
				< ["6","6","room:1","phx_reply",{"response":{"sum":6},"status":"ok"}]`, c)
			s.WaitLog("error", "room:1")
			s.WaitLog("left room:1 crashed")
			c.Close(1000, "")
			s.WaitContexts(0)
		})
		t.Run(how+" in join", func(t *testing.T) {
			c := connect(t, s, "")
			talk(t, twoJoined+`
				> ["4","4","room:3","phx_join",{"fail":"`+how+`"}]
				< ["4","4","room:3","phx_reply",{"response":{"reason":"join crashed"},"status":"error"}]
				> ["2","5","room:2","add",1]
				< ["2","5","room:2","phx_reply",{"response":6,"status":"ok"}]`, c)
			s.WaitLog("error", "room:3")
			c.Close(1000, "")
			s.WaitContexts(0)
		})
	}
}

// TestALimitAfterAWait ends a handler that had to wait for the promise of the event before.
func TestALimitAfterAWait(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, crashing)
	c := connect(t, s, "")
	talk(t, twoJoined+`
		> ["1","4","room:1","wait",50]
		> ["1","5","room:1","fail","loop"]
		> ["1","6","room:1","add",1]
		< ["1","1","room:1","phx_error",{"reason":"channel_crash"}]
		< [null,"6","room:1","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]
		> ["2","7","room:2","add",1]
		< ["2","7","room:2","phx_reply",{"response":6,"status":"ok"}]`, c)
	s.WaitLog("channel room:1 crashed: turn ended")
	s.WaitLog("left room:1 crashed")
}

// TestALimitInATimersTurn cuts off a handler that waits, in a turn of which nobody knows whose it is.
func TestALimitInATimersTurn(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, crashing)
	c := connect(t, s, "")
	talk(t, twoJoined+`
		> ["1","4","room:1","failAwaited","loop"]
		< ["1","1","room:1","phx_error",{"reason":"channel_crash"}]
		> ["2","5","room:2","add",1]
		< ["2","5","room:2","phx_reply",{"response":6,"status":"ok"}]`, c)
	s.WaitLog("channel room:1 crashed: turn ended")

	// With two that wait, or none, it is logged.
	talk(t, `
		> ["6","6","room:1","phx_join",{}]
		< ["6","6","room:1","phx_reply",{"response":{"sum":6},"status":"ok"}]
		> ["2","7","room:2","wait",600]
		> ["6","8","room:1","wait",600]
		> [null,"9","room:3","phx_leave",{}]
		< [null,"9","room:3","phx_reply",{"response":{},"status":"ok"}]
		> ["10","10","room:3","phx_join",{}]
		< ["10","10","room:3","phx_reply",{"response":{"sum":6},"status":"ok"}]
		> ["10","11","room:3","failLater","loop"]`, c)
	s.WaitLog("uncaught: turn ended")
	talk(t, `
		> ["10","12","room:3","add",1]
		< ["10","12","room:3","phx_reply",{"response":7,"status":"ok"}]
		> ["2","13","room:2","add",1]
		< ["2","13","room:2","phx_reply",{"response":8,"status":"ok"}]`, c)
}

// TestALostContextCrashesItsChannels: the socket stays up, and the client rejoins in a fresh context.
func TestALostContextCrashesItsChannels(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, crashing)
	other := connect(t, s, "")
	talk(t, twoJoined, other)
	for i, dialogue := range []string{
		`> ["1","4","room:1","fail","never"]`,
		`> ["1","4","room:1","failLater","never"]`,
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			c := connect(t, s, "")
			talk(t, twoJoined+dialogue, c)
			got := map[string]bool{c.Next(): true, c.Next(): true}
			for _, ref := range []string{"1", "2"} {
				if want := fmt.Sprintf(`["%[1]s","%[1]s","room:%[1]s","phx_error",{"reason":"channel_crash"}]`, ref); !got[want] {
					t.Fatalf("got %v, want %s", got, want)
				}
			}
			talk(t, `
				> ["1","5","room:1","add",1]
				< [null,"5","room:1","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]
				> [null,"6","phoenix","heartbeat",{}]
				< [null,"6","phoenix","phx_reply",{"response":{},"status":"ok"}]
				> ["7","7","room:1","phx_join",{}]
				< ["7","7","room:1","phx_reply",{"response":{"sum":0},"status":"ok"}]
				> ["7","8","room:1","add",1]
				< ["7","8","room:1","phx_reply",{"response":1,"status":"ok"}]`, c)
			s.WaitLog("error", "context lost")
			c.Close(1000, "")
			s.WaitContexts(1)
		})
	}
	talk(t, `
		> ["2","9","room:2","add",1]
		< ["2","9","room:2","phx_reply",{"response":6,"status":"ok"}]`, other)
}

// TestALostContextInJoin: the join is answered, the channels before it crash.
func TestALostContextInJoin(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, crashing)
	c := connect(t, s, "")
	talk(t, twoJoined+`> ["4","4","room:3","phx_join",{"fail":"never"}]`, c)
	want := map[string]bool{
		`["1","1","room:1","phx_error",{"reason":"channel_crash"}]`:                              true,
		`["2","2","room:2","phx_error",{"reason":"channel_crash"}]`:                              true,
		`["4","4","room:3","phx_reply",{"response":{"reason":"join crashed"},"status":"error"}]`: true,
	}
	for range len(want) {
		got := c.Next()
		if !want[got] {
			t.Fatalf("got %s", got)
		}
		delete(want, got)
	}
	s.WaitLog("error", "context lost")
	talk(t, `
		> ["5","5","room:3","phx_join",{}]
		< ["5","5","room:3","phx_reply",{"response":{"sum":0},"status":"ok"}]`, c)
}
