package daemon_test

import (
	"testing"

	"github.com/gobwas/ws"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// What ends a context before its client is a socket ends that client alone.
func TestConnectEnds(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default {
  connect(params) {
    switch (params.do) {
      case "throw": throw new Error("oh no");
      case "forget": return undefined;
      case "loop": for (;;);
      case "stuck": Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); break;
      case "exit": Rowan.exit("enough"); break;
      case "later": setTimeout(() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1), 1); break;
    }
    return true;
  },
  channels: { "room:*": {} },
};
`)
	dial := func(do string) (*wstest.Client, error) {
		return wstest.TryDial(t, s.URL()+"socket/websocket?vsn=2.0.0&do="+do, ws.Dialer{})
	}
	for do, logged := range map[string]string{
		"throw": "oh no", "forget": "is a \x60return\x60 missing", "loop": "connect failed: turn ended: it ran longer than", "stuck": "connect failed",
	} {
		if _, err := dial(do); err == nil || err.Error() != "unexpected HTTP response status: 500" {
			t.Errorf("%s: %v", do, err)
		}
		s.WaitLog(logged)
	}
	// The turn that exits has no answer.
	if _, err := dial("exit"); err == nil {
		t.Error("a client of a context that exits is admitted")
	}
	s.WaitLog("connect failed")
	// A context that is lost between connect and the first join is replaced.
	c, err := dial("later")
	if err != nil {
		t.Fatal(err)
	}
	s.WaitLog("the channels of a socket crashed")
	c.Send(`["1","1","room:1","phx_join",{}]`)
	c.Expect(`["1","1","room:1","phx_reply",{"response":{},"status":"ok"}]`)
	c.Close(1000, "")
	s.WaitContexts(0)
}
