package daemon_test

import (
	"testing"
	"time"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
)

// A slow turn is logged with the line where the script was, whatever that does with its stacks; many are not all logged.
func TestSlowTurns(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
function work(ms: number) {
	for (const end = Date.now() + ms; Date.now() < end;);
}
export default {
	websocket: {
		message(ws, text) {
			if (text === "hide") Error.prepareStackTrace = () => { for (;;); };
			work(Number(text) || 60);
			ws.send(text);
		},
	},
};
`, daemontest.Configure(func(c *config.Config) {
		c.Session.Turn, c.Log.SlowTurn = config.Duration(time.Second), config.Duration(25*time.Millisecond)
	}))
	c := s.Dial()
	say := func(text string) {
		c.Send(text)
		c.Expect(text)
	}
	say("1")
	if s.Logged("slow turn") {
		t.Log("a turn of 1 ms was slow on this machine")
	}
	say("60")
	s.WaitLog("slow turn: ", "session#", "app.ts:2:")
	for range 20 {
		say("30")
	}
	lines := 0
	for s.Logged("slow turn: ") {
		s.WaitLog("slow turn: ")
		lines++
	}
	if lines < 5 || lines > 14 {
		t.Errorf("%d of 20 slow turns were logged", lines)
	}
	for end := time.Now().Add(5 * time.Second); !s.Logged("slow turn: ", "not_logged:"); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("what was not logged is not counted")
		}
		say("30")
	}
	say("hide")
}
