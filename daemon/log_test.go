package daemon_test

import (
	"fmt"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"rowan/daemon"
	"rowan/daemon/config"
	"rowan/internal/daemontest"
)

// What clients send and scripts log cannot steer the terminal of who reads the log, nor pass for lines of the server.
func TestLogCannotSteerTerminals(t *testing.T) {
	const evil = "\x1b]0;owned\x07\x1b[2J\u009b2J\r10:00:00\tERROR\n10:00:00\tERROR\tforged\x7f"
	for _, console := range []bool{true, false} {
		line, err := daemon.NewEncoder(console).Clone().EncodeEntry(zapcore.Entry{Message: evil}, []zap.Field{zap.String("line", evil)})
		if err != nil {
			t.Fatal(err)
		}
		if text := line.String(); strings.ContainsAny(text, "\x1b\x07\r\u009b\x7f") || strings.Contains(text, "\n10:") || !strings.Contains(text, "owned") {
			t.Errorf("console %v: %q", console, text)
		}
	}
}

// TestAttackByLog: neither a script that logs without end nor clients that make an app throw again and again fill the log, and others are heard
// meanwhile.
func TestAttackByLog(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: { message(ws, text) {
	if (text === "flood") for (let i = 0; i < 200; i++) console.log("x".repeat(1000));
	else if (text === "long") console.log("y".repeat(1e6));
	else if (text === "said") console.log("heard");
	else JSON.parse(text);
	ws.send("done");
} } };
`, daemontest.Admin, daemontest.Configure(func(c *config.Config) { c.Log.BytesPerSecond = 100_000 }))
	flooding, throwing, other := s.Dial(), s.Dial(), s.Dial()
	for range 10 {
		flooding.Send("flood") // 2 MB in all
		flooding.Expect("done")
	}
	for i := range 3000 {
		throwing.Send(fmt.Sprintf("{%d", i))
	}
	throwing.Send("said")
	throwing.Expect("done")
	other.Send("said")
	other.Expect("done")
	other.Send("long")
	other.Expect("done")
	if s.WaitLog("heard"); !s.Logged("not_logged") {
		t.Error("the log does not say that lines are missing")
	}
	s.WaitLog("yyy… and 65539 bytes more")
	logged := 0
	for ; s.Logged("websocket message failed"); logged++ {
		s.WaitLog("websocket message failed")
	}
	if logged < 50 || logged > 1000 {
		t.Errorf("%d of 3000 errors were logged", logged)
	}
	if n := scrape(t, s, "log_lines_dropped_total")[""]; n < 3000 {
		t.Errorf("%v lines were left out", n)
	}
}
