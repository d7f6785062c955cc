package daemon_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// TestCloseCodes shows by which code the server ends a session, and what the app hears of it.
func TestCloseCodes(t *testing.T) {
	tests := []struct {
		name     string
		settings string // of the app's websocket
		open     string // its body
		act      func(c *wstest.Client)
		code     int
		reason   string
		log      []string // what is logged as an error
		unheard  bool     // the close handler is not called: no context is left
	}{
		{
			name: "message too big", settings: "maxPayloadLength: 10",
			act:  func(c *wstest.Client) { c.Send("12345678901") },
			code: 1009,
		},
		{
			name: "fragments too big together", settings: "maxPayloadLength: 10",
			act: func(c *wstest.Client) {
				c.SendFrame(ws.NewFrame(ws.OpText, false, []byte("123456")))
				c.SendFrame(ws.NewFrame(ws.OpContinuation, true, []byte("789012")))
			},
			code: 1009,
		},
		{
			name: "not UTF-8",
			act:  func(c *wstest.Client) { c.Send("a\xffb") },
			code: 1007,
		},
		{
			name: "a reserved frame",
			act:  func(c *wstest.Client) { c.SendFrame(ws.NewFrame(3, true, nil)) },
			code: 1002,
		},
		{
			name: "idle", settings: "idleTimeout: 1, sendPings: false",
			act:  func(*wstest.Client) {},
			code: 1001, reason: "idle timeout",
		},
		{
			name: "send queue full", settings: "closeOnBackpressureLimit: true, backpressureLimit: 1000",
			open: `for (const chunk = new Uint8Array(1 << 18); ws.readyState === 1; ) ws.send(chunk);`,
			act:  func(*wstest.Client) { time.Sleep(50 * time.Millisecond) },
			code: 1013, reason: "send queue full",
		},
		{
			name: "open throws", open: `throw new Error("not today");`,
			act:  func(*wstest.Client) {},
			code: 1011, reason: "open failed",
			log: []string{"websocket open failed: Error: not today", "line:app.ts:4:"},
		},
		{
			name: "open rejects", open: `return new Promise((_, no) => setTimeout(() => no(new TypeError("later")), 10));`,
			act:  func(*wstest.Client) {},
			code: 1011, reason: "open failed",
			log: []string{"websocket open failed: TypeError: later", "line:app.ts:4:"},
		},
		{
			name: "context lost",
			act:  func(c *wstest.Client) { c.Send("never") },
			code: 1011, reason: "context lost",
			log:     []string{"session ended: context lost"},
			unheard: true,
		},
		{
			name: "close", act: func(c *wstest.Client) { c.Send("close") },
			code: 4001, reason: "so be it",
		},
		{
			name: "close without a code", act: func(c *wstest.Client) { c.Send("bye") },
			code: 1000,
		},
		{
			name: "terminate", act: func(c *wstest.Client) { c.Send("terminate") },
			code: 1006,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			app := strings.NewReplacer("SETTINGS", test.settings, "OPEN", test.open).Replace(`
-- rowan.toml --
[session]
turn = "500ms"
-- app.ts --
export default { websocket: {
	SETTINGS,
	open(ws) {
		OPEN
	},
	message(ws, m) {
		if (m === "never") Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);
		if (m === "close") ws.close(4001, "so be it");
		if (m === "bye") ws.close();
		if (m === "terminate") ws.terminate();
	},
	close(ws, code, reason) { console.log("closed", code, reason, ws.readyState, ws.send("too late")); },
} };
`)
			s := daemontest.Serve(t, strings.Replace(app, "\t,\n", "\n", 1))
			c := s.Dial()
			test.act(c)
			if reason := c.ExpectClose(test.code); test.reason != "" && reason != test.reason {
				t.Errorf("reason %q, want %q", reason, test.reason)
			}
			if test.log != nil {
				s.WaitLog(test.log...)
			}
			if !test.unheard {
				s.WaitLog("closed", strconv.Itoa(test.code), "3 0", "line:app.ts:")
			}
			s.WaitContexts(0)
		})
	}
}

// TestClientsCloseIsHeard shows what the close handler gets.
func TestClientsCloseIsHeard(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: {
	close(ws, code, reason) { console.log(`+"`closed ${code} [${reason}]`"+`); },
} };
`)
	tests := []struct {
		end func(c *wstest.Client)
		log string
	}{
		{func(c *wstest.Client) { c.Close(1000, "done") }, "closed 1000 [done]"},
		{func(c *wstest.Client) { c.Close(4999, "") }, "closed 4999 []"},
		{func(c *wstest.Client) { c.SendFrame(ws.NewCloseFrame(nil)) }, "closed 1005 []"},
		{func(c *wstest.Client) { c.Kill() }, "closed 1006 ["},
	}
	for _, test := range tests {
		test.end(s.Dial())
		s.WaitLog(test.log)
	}
}

func TestInvalidCloseCodesAreErrors(t *testing.T) {
	c := daemontest.Serve(t, `
-- app.ts --
export default { websocket: {
	message(ws, code) {
		try {
			ws.close(Number(code));
			ws.send("closed");
		} catch (error) {
			ws.send(String(error));
		}
	},
} };
`).Dial()
	for _, code := range []string{"999", "1004", "1006", "1015", "2000", "5000"} {
		c.Send(code)
		if got := c.Next(); !strings.Contains(got, "code "+code+" cannot be sent") {
			t.Errorf("close(%s): %s", code, got)
		}
	}
}

// TestHandlersThatFail shows that what a handler throws is logged with the app's line, and that the session lives.
func TestHandlersThatFail(t *testing.T) {
	s := daemontest.Serve(t, `
-- rowan.toml --
[session]
memory = "1MB"
-- app.ts --
import { fail } from "./lib/fail.ts";
let n = 0;
export default { websocket: {
	async message(ws, m) {
		n++;
		if (m === "throw") fail("thrown");
		if (m === "later") {
			await new Promise((done) => setTimeout(done, 1));
			fail("much later");
		}
		if (m === "nobody") Promise.reject(new RangeError("unheard"));
		if (m === "timer") setTimeout(() => fail("in a timer"));
		if (m === "text") throw "just a string";
		if (m === "loop") for (;;);
		if (m === "microtasks") (function next() { Promise.resolve().then(next); })();
		if (m === "heap") for (const kept = []; ; ) kept.push(new Uint8Array(1000));
		ws.send(String(n));
	},
} };
-- lib/fail.ts --
interface Unused { n: number }

export function fail(text: string): never {
	throw new Error(text);
}
`)
	tests := []struct {
		message string
		log     []string
		answers bool
	}{
		{"throw", []string{"error", "Error: thrown", "line:lib/fail.ts:4:", "app.ts:6:"}, false},
		{"later", []string{"Error: much later", "line:lib/fail.ts:4:"}, false},
		{"nobody", []string{"error", "RangeError: unheard", "line:app.ts:11:"}, true},
		{"timer", []string{"error uncaught: Error: in a timer", "line:lib/fail.ts:4:", "app.ts:12:"}, true},
		{"text", []string{"error", "just a string"}, false},
		{"loop", []string{"error websocket message failed: turn ended: it ran longer than its budget of 50ms", "line:app.ts:14:"}, false},
		{"microtasks", []string{"error", "turn ended"}, true},
		{"heap", []string{"error websocket message failed: turn ended: heap limit of 1.0 MB exceeded", "line:app.ts:16:"}, false},
	}
	c, neighbour := s.Dial(), s.Dial()
	for i, test := range tests {
		c.Send(test.message)
		if test.answers {
			c.Expect(strconv.Itoa(2*i + 1))
		}
		s.WaitLog(append(test.log, "context:session#")...)
		c.Send("")
		c.Expect(strconv.Itoa(2*i + 2))
	}
	neighbour.Send("")
	neighbour.Expect("1")
}

// TestALostContextHarmsNoOther has sessions in all windows of both workers, and takes one of them away.
func TestALostContextHarmsNoOther(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
let n = 0;
export default { websocket: { message(ws, m) {
	if (m === "never") Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);
	ws.send(String(++n));
} } };
`)
	others := make([]*wstest.Client, 20)
	for i := range others {
		others[i] = s.Dial()
		others[i].Send("")
		others[i].Expect("1")
	}
	lost := s.Dial()
	lost.Send("never")
	for _, c := range others {
		c.Send("")
	}
	for _, c := range others {
		c.Expect("2")
	}
	lost.ExpectClose(1011)
	s.WaitLog("context lost")
	for _, c := range others {
		c.Send("")
		c.Expect("3")
	}
	s.WaitContexts(len(others))
}

// TestBackpressure has a client that does not read while the app sends, and then reads all of it.
func TestBackpressure(t *testing.T) {
	s := daemontest.Serve(t, `
-- rowan.toml --
[session]
turn = "500ms"
-- app.ts --
const chunk = new Uint8Array(1 << 18);
let sent = 0, queued = 0;
export default { websocket: {
	backpressureLimit: 1 << 20,
	message(ws) {
		sent = queued = 0;
		for (let result; (result = ws.send(chunk)) !== 0; sent++) if (result === -1) queued++;
		const buffered = ws.getBufferedAmount();
		console.log("full", queued > 0, buffered > 1 << 19, buffered <= 1 << 20);
	},
	drain(ws) {
		ws.send("drained " + sent + " " + ws.getBufferedAmount());
	},
} };
`)
	c := s.Dial()
	for range 2 {
		c.Send("go")
		s.WaitLog("full true true true")
		// The queue may also have emptied for a moment while the app was sending.
		got, drained := 0, ""
		for drained != "drained "+strconv.Itoa(got>>18)+" 0" {
			data, isText, err := c.Read(wstest.Patience)
			if err != nil {
				t.Fatalf("got %d bytes and %q: %v", got, drained, err)
			}
			if isText {
				drained = string(data)
			} else {
				got += len(data)
			}
		}
	}
}

func TestPings(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: {
	idleTimeout: 1,
	message(ws) { ws.send(String(ws.ping("are you there?"))); },
} };
`)
	c := s.Dial()
	c.Send("")
	c.Expect("14")
	// The client says nothing of its own, but answers pings.
	c.ExpectNothing(1500 * time.Millisecond)
	c.Send("")
	c.Expect("14")
}

// TestShutdown ends a server with sessions that answer the closing handshake and one that does not.
func TestShutdown(t *testing.T) {
	app := `
-- app.ts --
export default { websocket: {
	open(ws) { ws.send("hello"); },
	close(ws, code, reason) { console.log("closed", code, reason); },
} };
`
	t.Run("polite clients", func(t *testing.T) {
		s := daemontest.Serve(t, app)
		const clients = 20
		ended := make(chan error, clients)
		for range clients {
			c := s.Dial()
			c.Expect("hello")
			go func() { ended <- c.End() }()
		}
		start := time.Now()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("shutdown took %v", took)
		}
		for range clients {
			if err, want := <-ended, (wstest.CloseError{Code: 1001, Reason: "server is shutting down"}); err.Error() != want.Error() {
				t.Errorf("%v, want %v", err, &want)
			}
			s.WaitLog("closed 1001 server is shutting down")
		}
	})
	t.Run("a client that does not answer", func(t *testing.T) {
		s := daemontest.Serve(t, app)
		c := s.Dial()
		c.Expect("hello")
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		s.Shutdown(ctx)
		if took := time.Since(start); took < 100*time.Millisecond || took > 5*time.Second {
			t.Errorf("shutdown took %v, want a little more than 100ms", took)
		}
		s.WaitLog("closed 1001")
	})
	t.Run("a connection without a request", func(t *testing.T) {
		s := daemontest.Serve(t, app)
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		start := time.Now()
		if err := s.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("shutdown took %v", took)
		}
	})
	t.Run("an endless loop", func(t *testing.T) {
		s := daemontest.Serve(t, strings.Replace(app, "open(ws) {", `message() { console.log("looping"); for (;;); }, open(ws) {`, 1))
		c := s.Dial()
		c.Expect("hello")
		c.Send("")
		s.WaitLog("looping")
		ended := make(chan error)
		go func() { ended <- c.End() }()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		<-ended
		s.WaitLog("turn ended")
		s.WaitLog("closed 1001")
	})
}
