package front

import (
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// onEveryTransport runs a test on each way to a socket.
func onEveryTransport(t *testing.T, test func(t *testing.T, cfg serverConfig)) {
	for _, transport := range transports {
		t.Run(transport.name, func(t *testing.T) { test(t, serverConfig{wrap: transport.wrap, loop: transport.loop}) })
	}
}

func TestMessages(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 20_000)
	cases := []struct {
		name   string
		stream []byte
		want   []message
		pongs  []string
	}{
		{name: "text and binary", stream: frames(text, "a", bin, "b\xFF"), want: []message{{"a", true}, {"b\xFF", false}}},
		{name: "ping between fragments", stream: frames(start, "a", ping, "p1", ping, "p2", last, "b"), want: []message{{"ab", true}}, pongs: []string{"p1", "p2"}},
		{name: "large", stream: frames(text, big, bin, big), want: []message{{big, true}, {big, false}}},
		{name: "large fragments", stream: frames(start, big, ping, "p", last, big), want: []message{{big + big, true}}, pongs: []string{"p"}},
	}
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		for _, tc := range cases {
			for _, piece := range []int{1 << 20, 5} {
				if piece < len(tc.stream)/1000 {
					continue
				}
				t.Run(fmt.Sprintf("%s in pieces of %d", tc.name, piece), func(t *testing.T) {
					_, r, cl := pair(t, cfg)
					for rest := tc.stream; len(rest) > 0; {
						n := min(piece, len(rest))
						cl.write(rest[:n])
						rest = rest[n:]
					}
					for _, want := range tc.want {
						if got := r.message(t); got != want {
							t.Errorf("message %.40v, want %.40v", got, want)
						}
					}
					for _, want := range tc.pongs {
						cl.expect(ws.OpPong, want)
					}
					cl.write(frames(clos, closePayload(1000, "")))
					cl.expect(ws.OpClose, closePayload(1000, ""))
					cl.expectEnd()
					if got := r.close(t); got != (closing{1000, ""}) {
						t.Errorf("closed %v", got)
					}
				})
			}
		}
	})
}

// What is against the protocol or a limit is told to the peer and the handler. TestAutobahn has more of it.
func TestFailures(t *testing.T) {
	cases := []struct {
		name   string
		stream []byte
		code   int
	}{
		{"unmasked", appendFrame(nil, ws.OpText, []byte("x")), 1002},
		{"promise of 2^63", []byte{bin, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, 1002},
		{"promise of 2^40", []byte{bin, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4}, 1009},
		{"too big", frames(bin, strings.Repeat("x", 1001)), 1009},
		{"far too big", frames(bin, strings.Repeat("x", 1_000_000)), 1009},
		{"too big in sum", frames(start, strings.Repeat("x", 600), last, strings.Repeat("x", 600)), 1009},
		{"data after a failure", frames(last, "x", text, "a", ping, "p", clos, ""), 1002},
	}
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.MaxPayloadLength = 1000
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				c, r, cl := pair(t, cfg)
				go cl.Write(tc.stream) // the server may stop listening in the middle
				if got := cl.closeFrame(); got.code != tc.code || got.reason == "" {
					t.Errorf("close frame %v, want %d with a reason", got, tc.code)
				}
				cl.expectEnd()
				cl.Close()
				if got := r.close(t); got.code != tc.code || got.reason == "" {
					t.Errorf("closed %v, want %d", got, tc.code)
				}
				if len(r.messages) > 0 {
					t.Errorf("message %v", <-r.messages)
				}
				if got := c.ReadyState(); got != Closed {
					t.Errorf("state %v", got)
				}
			})
		}
	})
}

func TestPeerCloses(t *testing.T) {
	cases := []struct {
		payload string
		echo    string
		want    closing
	}{
		{"", "", closing{StatusNone, ""}},
		{closePayload(1000, ""), closePayload(1000, ""), closing{1000, ""}},
		{closePayload(1000, strings.Repeat("x", 123)), closePayload(1000, ""), closing{1000, strings.Repeat("x", 123)}},
		{closePayload(1001, "tab"), closePayload(1001, ""), closing{1001, "tab"}},
		{closePayload(1013, ""), closePayload(1013, ""), closing{1013, ""}},
		{closePayload(3000, "é"), closePayload(3000, ""), closing{3000, "é"}},
		{closePayload(4999, ""), closePayload(4999, ""), closing{4999, ""}},
	}
	for _, code := range []int{0, 1015} {
		reason := fmt.Sprintf("close frame with code %d", code)
		cases = append(cases, struct {
			payload string
			echo    string
			want    closing
		}{closePayload(code, ""), closePayload(1002, reason), closing{1002, reason}})
	}
	for _, tc := range cases {
		t.Run(fmt.Sprintf("%.4q", tc.payload), func(t *testing.T) {
			_, r, cl := pair(t, serverConfig{})
			cl.write(frames(clos, tc.payload))
			cl.expect(ws.OpClose, tc.echo)
			cl.expectEnd()
			cl.Close()
			if got := r.close(t); got != tc.want {
				t.Errorf("closed %v, want %v", got, tc.want)
			}
		})
	}
}

func TestConnectionLost(t *testing.T) {
	cases := []struct {
		name string
		lose func(cl *client)
	}{
		{"closed", func(cl *client) { cl.Close() }},
		{"half-closed", func(cl *client) { closeHalf(cl) }},
		{"half-closed in a frame", func(cl *client) { cl.write(frames(text, "abc")[:7]); closeHalf(cl) }},
		{"half-closed in a header", func(cl *client) { cl.write(frames(text, "abc")[:3]); closeHalf(cl) }},
		{"reset", func(cl *client) { setLinger(cl); cl.Close() }},
		{"reset in a message", func(cl *client) { cl.write(frames(start, "abc")); setLinger(cl); cl.Close() }},
	}
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				_, r, cl := pair(t, cfg)
				tc.lose(cl)
				if got := r.close(t); got.code != StatusAbnormal || got.reason == "" {
					t.Errorf("closed %v", got)
				}
			})
		}
	})
}

// A refused message is kept and offered again; meanwhile TCP holds the peer
// back.
func TestRefusedMessage(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		s := newServer(t, cfg)
		cl := dial(t, s.addr)
		c := s.accept(t)
		r := newRecorder()
		offered := make(chan string, 100)
		accept := make(chan bool, 100)
		r.onMessage = func(c *Conn, data []byte, _ bool) bool {
			offered <- string(data)
			return <-accept
		}
		begin(c, r)
		cl.write(frames(text, "one", ping, "p", text, "two"))

		for range 2 {
			if got := receive(t, offered, "message"); got != "one" {
				t.Fatalf("offered %q", got)
			}
			accept <- false
			time.Sleep(10 * time.Millisecond)
			if len(offered) > 0 {
				t.Fatal("offered without Resume")
			}
			c.Resume()
		}
		accept <- true // "one", offered the third time
		accept <- true
		if got := receive(t, offered, "message"); got != "one" {
			t.Fatalf("offered %q", got)
		}
		cl.expect(ws.OpPong, "p")
		if got := receive(t, offered, "message"); got != "two" {
			t.Fatalf("offered %q", got)
		}
	})
}

func TestRefusedMessageStopsReading(t *testing.T) {
	s := newServer(t, serverConfig{})
	cl := dial(t, s.addr)
	cl.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
	c := s.accept(t)
	r := newRecorder()
	r.onMessage = func(*Conn, []byte, bool) bool { return false }
	begin(c, r)
	// Far more than the kernel's buffers hold.
	stream := frames(bin, strings.Repeat("x", 60_000))
	var err error
	for range 1000 {
		if _, err = cl.Write(stream); err != nil {
			break
		}
	}
	if err == nil {
		t.Error("60 MB were taken though the handler takes nothing")
	}
	c.Terminate()
	if got := r.close(t); got.code != StatusAbnormal {
		t.Errorf("closed %v", got)
	}
}

// Resume before the refusal is known loses nothing.
func TestResumeBeforeRefusal(t *testing.T) {
	s := newServer(t, serverConfig{})
	cl := dial(t, s.addr)
	c := s.accept(t)
	r := newRecorder()
	calls := 0
	r.onMessage = func(c *Conn, data []byte, text bool) bool {
		calls++
		c.Resume()
		if calls < 100 {
			return false
		}
		r.messages <- message{string(data), text}
		return true
	}
	begin(c, r)
	cl.write(frames(text, "a"))
	r.message(t)
}

// A connection that waits for its handler can be closed, and finds the peer's
// answer.
func TestCloseWhileRefused(t *testing.T) {
	s := newServer(t, serverConfig{})
	cl := dial(t, s.addr)
	c := s.accept(t)
	r := newRecorder()
	refused := make(chan struct{}, 1)
	r.onMessage = func(*Conn, []byte, bool) bool {
		refused <- struct{}{}
		return false
	}
	begin(c, r)
	cl.write(frames(text, "a", text, "b"))
	receive(t, refused, "message")
	if err := c.Close(4001, "enough"); err != nil {
		t.Fatal(err)
	}
	cl.expect(ws.OpClose, closePayload(4001, "enough"))
	cl.write(frames(clos, closePayload(4001, "")))
	cl.expectEnd()
	if got := r.close(t); got != (closing{4001, "enough"}) {
		t.Errorf("closed %v", got)
	}
}

// A peer that pings without reading gets at most a bounded queue of pongs, and
// the latest one at the end.
func TestPingFlood(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		cfg.sendBuffer = 4096
		c, _, cl := pair(t, cfg)
		cl.Conn.(interface{ SetReadBuffer(int) error }).SetReadBuffer(4096)
		payload := strings.Repeat("x", 120)
		flood := []byte(strings.Repeat(string(frames(ping, payload)), 1000))
		for range 20 { // 2.5 MB of pings
			cl.write(flood)
		}
		cl.write(frames(ping, "latest"))
		eventually(t, "pongs queued", func() bool { return c.BufferedAmount() > 0 })
		for pongs := 0; ; pongs++ {
			if n := c.BufferedAmount(); n > pressureMin+2*len(payload)+readBufferSize {
				t.Fatalf("%d bytes queued", n)
			}
			op, got := cl.frame()
			if op != ws.OpPong {
				t.Fatalf("opcode %v", op)
			}
			if string(got) == "latest" {
				break
			}
			if string(got) != payload || pongs > 20_000 {
				t.Fatalf("pong %q after %d", got, pongs)
			}
		}
	})
}

func TestIdle(t *testing.T) {
	const timeout = 200 * time.Millisecond
	t.Run("silent client is pinged, then closed", func(t *testing.T) {
		_, r, cl := pair(t, serverConfig{upgrade: UpgradeOptions{Options: Options{IdleTimeout: timeout, CloseTimeout: timeout}}})
		began := time.Now()
		cl.expect(ws.OpPing, "")
		if d := time.Since(began); d < timeout/4 || d > timeout {
			t.Errorf("ping after %v", d)
		}
		cl.expect(ws.OpClose, closePayload(1001, "idle timeout"))
		if d := time.Since(began); d < timeout*3/4 {
			t.Errorf("closed after %v", d)
		}
		if got := r.close(t); got != (closing{1001, "idle timeout"}) {
			t.Errorf("closed %v", got)
		}
	})
	t.Run("pongs keep it open", func(t *testing.T) {
		c, _, cl := pair(t, serverConfig{upgrade: UpgradeOptions{Options: Options{IdleTimeout: timeout}}})
		for range 5 {
			cl.expect(ws.OpPing, "")
			cl.write(frames(pong, ""))
		}
		if got := c.ReadyState(); got != Open {
			t.Errorf("state %v", got)
		}
	})
	t.Run("without pings", func(t *testing.T) {
		_, r, cl := pair(t, serverConfig{upgrade: UpgradeOptions{Options: Options{IdleTimeout: timeout, DisablePings: true}}})
		cl.expect(ws.OpClose, closePayload(1001, "idle timeout"))
		cl.write(frames(clos, closePayload(1001, "")))
		cl.expectEnd()
		if got := r.close(t); got.code != 1001 {
			t.Errorf("closed %v", got)
		}
	})
	t.Run("bytes of a message count", func(t *testing.T) {
		_, r, cl := pair(t, serverConfig{upgrade: UpgradeOptions{Options: Options{IdleTimeout: timeout, DisablePings: true}}})
		for _, b := range frames(text, "slow") {
			cl.write([]byte{b})
			time.Sleep(timeout / 5)
		}
		if got := r.message(t); got.data != "slow" {
			t.Errorf("message %v", got)
		}
	})
	t.Run("never", func(t *testing.T) {
		c, _, _ := pair(t, serverConfig{upgrade: UpgradeOptions{Options: Options{IdleTimeout: -1}}})
		time.Sleep(timeout)
		if got := c.ReadyState(); got != Open {
			t.Errorf("state %v", got)
		}
	})
	t.Run("a refusing handler is not the client's fault", func(t *testing.T) {
		s := newServer(t, serverConfig{upgrade: UpgradeOptions{Options: Options{IdleTimeout: timeout, DisablePings: true}}})
		cl := dial(t, s.addr)
		c := s.accept(t)
		r := newRecorder()
		first := true
		r.onMessage = func(c *Conn, data []byte, text bool) bool {
			if first {
				first = false
				time.AfterFunc(timeout*3/2, c.Resume)
				return false
			}
			r.messages <- message{string(data), text}
			return true
		}
		begin(c, r)
		cl.write(frames(text, "a"))
		r.message(t)
		cl.write(frames(text, "b"))
		if got := r.message(t); got.data != "b" {
			t.Errorf("message %v", got)
		}
	})
}

// After a stall in which all deadlines passed, a client gets the chance to have
// been heard.
func TestIdleAfterStall(t *testing.T) {
	for _, disablePings := range []bool{false, true} {
		t.Run(fmt.Sprintf("DisablePings %v", disablePings), func(t *testing.T) {
			s := newServer(t, serverConfig{upgrade: UpgradeOptions{Options: Options{
				IdleTimeout:  time.Second,
				DisablePings: disablePings,
			}}})
			cl := dial(t, s.addr)
			c := s.accept(t)
			c.lastRead = time.Now().Add(-time.Hour) // the reader's, who is not started
			if err := c.readTimedOut(); err != nil || c.ReadyState() != Open {
				t.Fatalf("first: %v, state %v", err, c.ReadyState())
			}
			if !disablePings {
				cl.expect(ws.OpPing, "")
			}
			if err := c.readTimedOut(); err != nil || c.ReadyState() != Closing {
				t.Fatalf("second: %v, state %v", err, c.ReadyState())
			}
			cl.expect(ws.OpClose, closePayload(1001, "idle timeout"))
		})
	}
}

func closeHalf(cl *client) { cl.Conn.(interface{ CloseWrite() error }).CloseWrite() }

func setLinger(cl *client) { cl.Conn.(interface{ SetLinger(int) error }).SetLinger(0) }

// Reading errors keep their cause.
func TestEndReason(t *testing.T) {
	if got := endReason(io.EOF); got != "connection ended without a close frame" {
		t.Error(got)
	}
	if got := endReason(syscall.ECONNRESET); got != syscall.ECONNRESET.Error() {
		t.Error(got)
	}
}
