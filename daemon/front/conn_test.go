package front

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

func TestClose(t *testing.T) {
	cases := []struct {
		name    string
		code    int
		reason  string
		payload string
	}{
		{"normal", 1000, "", closePayload(1000, "")},
		{"going away", StatusGoingAway, "going away", closePayload(1001, "going away")},
		{"failed in open", StatusInternalError, "open failed", closePayload(1011, "open failed")},
		{"application", 4999, "é", closePayload(4999, "é")},
		{"no code", StatusNone, "unseen", ""},
		{"long reason", 3000, strings.Repeat("x", 122) + "é", closePayload(3000, strings.Repeat("x", 122))},
		{"reason not UTF-8", 3000, "a\xFFb", closePayload(3000, "a\uFFFDb")},
	}
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				c, r, cl := pair(t, cfg)
				c.Send([]byte("before"), true)
				if err := c.Close(tc.code, tc.reason); err != nil {
					t.Fatal(err)
				}
				if err := c.Close(1000, "again"); err != nil {
					t.Error(err)
				}
				if got := c.Send([]byte("late"), true); got != 0 {
					t.Errorf("send after Close: %d", got)
				}
				if got := c.ReadyState(); got != Closing {
					t.Errorf("state %v", got)
				}
				cl.expect(ws.OpText, "before")
				cl.expect(ws.OpClose, tc.payload)
				cl.write(frames(text, "crossed", ping, "crossed", clos, tc.payload))
				cl.expectEnd()
				if got := r.close(t); got != (closing{tc.code, tc.reason}) {
					t.Errorf("closed %v", got)
				}
				if got := c.ReadyState(); got != Closed {
					t.Errorf("state %v", got)
				}
				if len(r.messages) > 0 {
					t.Error("message after Close")
				}
			})
		}
	})
}

func TestCloseRefusesCodes(t *testing.T) {
	c, _, _ := pair(t, serverConfig{})
	for _, code := range []int{-1, 0, 1, 999, 1004, 1006, 1015, 1016, 2999, 5000, 1 << 20} {
		err := c.Close(code, "")
		if err == nil || !strings.Contains(err.Error(), "cannot be sent") {
			t.Errorf("Close(%d): %v", code, err)
		}
	}
	if got := c.ReadyState(); got != Open {
		t.Errorf("state %v", got)
	}
}

// A peer that never answers, or never reads, is cut.
func TestCloseTimeout(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.CloseTimeout = 100 * time.Millisecond
		t.Run("no answer", func(t *testing.T) {
			c, r, cl := pair(t, cfg)
			c.Close(1000, "bye")
			cl.expect(ws.OpClose, closePayload(1000, "bye"))
			if got := r.close(t); got != (closing{1000, "bye"}) {
				t.Errorf("closed %v", got)
			}
		})
		t.Run("endless data", func(t *testing.T) {
			s := newServer(t, cfg)
			cl := dial(t, s.addr)
			c := s.accept(t)
			r := newRecorder()
			r.onMessage = func(*Conn, []byte, bool) bool { return true }
			begin(c, r)
			done := make(chan struct{})
			go func() {
				defer close(done)
				for stream := frames(bin, strings.Repeat("x", 1000)); ; {
					if _, err := cl.Write(stream); err != nil {
						return
					}
				}
			}()
			c.Close(1000, "")
			r.close(t)
			<-done
		})
		t.Run("no reading", func(t *testing.T) {
			c, r, _ := slowPair(t, cfg)
			fillUp(t, c)
			c.Close(1000, "bye")
			if got := r.close(t); got != (closing{1000, "bye"}) {
				t.Errorf("closed %v", got)
			}
		})
		t.Run("peer closes but does not read", func(t *testing.T) {
			c, r, cl := slowPair(t, cfg)
			fillUp(t, c)
			cl.write(frames(clos, closePayload(1001, "")))
			if got := r.close(t); got != (closing{1001, ""}) {
				t.Errorf("closed %v", got)
			}
		})
		t.Run("failure that is not heard", func(t *testing.T) {
			c, r, cl := slowPair(t, cfg)
			fillUp(t, c)
			cl.write(frames(last, "x"))
			if got := r.close(t); got.code != StatusProtocolError {
				t.Errorf("closed %v", got)
			}
		})
	})
}

// A peer that breaks the protocol while the connection is closing still hears
// the first cause.
func TestFailureWhileClosing(t *testing.T) {
	c, r, cl := pair(t, serverConfig{})
	c.Close(1001, "bye")
	cl.write(frames(last, "x", bin, strings.Repeat("x", 100_000)))
	cl.expect(ws.OpClose, closePayload(1001, "bye"))
	cl.expectEnd()
	cl.Close()
	if got := r.close(t); got != (closing{1001, "bye"}) {
		t.Errorf("closed %v", got)
	}
}

// What is queued when the peer closes still arrives, before the answer.
func TestPeerClosesUnderBackpressure(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		c, r, cl := slowPair(t, cfg)
		data := bytes.Repeat([]byte("x"), 10_000)
		taken, _ := fill(t, c, data)
		cl.write(frames(clos, closePayload(1000, "")))
		for range taken {
			cl.expect(ws.OpBinary, string(data))
		}
		cl.expect(ws.OpClose, closePayload(1000, ""))
		cl.expectEnd()
		r.close(t)
	})
}

func TestCloseBeforeStart(t *testing.T) {
	s := newServer(t, serverConfig{})
	cl := dial(t, s.addr)
	c := s.accept(t)
	c.Send([]byte("hello"), true)
	c.Close(StatusInternalError, "open failed")
	cl.expect(ws.OpText, "hello")
	cl.expect(ws.OpClose, closePayload(1011, "open failed"))
	r := newRecorder()
	begin(c, r)
	cl.write(frames(clos, closePayload(1011, "")))
	if got := r.close(t); got != (closing{1011, "open failed"}) {
		t.Errorf("closed %v", got)
	}
}

func TestTerminate(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		terminate := func(c *Conn) {
			c.Terminate()
			c.Terminate()
			if got := c.ReadyState(); got != Closed {
				t.Errorf("state %v", got)
			}
			if got := c.Send(nil, true) + c.Ping(nil) + c.SendFrame(NewFrame(nil, true)) + c.BufferedAmount(); got != 0 {
				t.Errorf("after Terminate: %d", got)
			}
			if err := c.Close(1000, ""); err != nil {
				t.Error(err)
			}
		}
		t.Run("reading", func(t *testing.T) {
			c, r, cl := pair(t, cfg)
			terminate(c)
			if got := r.close(t); got != (closing{StatusAbnormal, "terminated"}) {
				t.Errorf("closed %v", got)
			}
			if _, _, err := cl.tryFrame(); err == nil {
				t.Error("a frame came")
			}
		})
		t.Run("under backpressure", func(t *testing.T) {
			c, r, _ := slowPair(t, cfg)
			fillUp(t, c)
			terminate(c)
			r.close(t)
		})
		t.Run("never started", func(t *testing.T) {
			s := newServer(t, cfg)
			dial(t, s.addr)
			terminate(s.accept(t))
		})
		t.Run("then started", func(t *testing.T) {
			s := newServer(t, cfg)
			dial(t, s.addr)
			c := s.accept(t)
			terminate(c)
			r := newRecorder()
			begin(c, r)
			if got := r.close(t); got.code != StatusAbnormal {
				t.Errorf("closed %v", got)
			}
		})
		t.Run("from the handler", func(t *testing.T) {
			s := newServer(t, cfg)
			cl := dial(t, s.addr)
			r := newRecorder()
			r.onMessage = func(c *Conn, _ []byte, _ bool) bool {
				terminate(c)
				return false
			}
			begin(s.accept(t), r)
			cl.write(frames(text, "a", text, "b"))
			r.close(t)
		})
	})
}

// Sending, corking, closing and ending from everywhere at once ends well.
func TestEndUnderLoad(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.CloseTimeout = 200 * time.Millisecond
		ends := []func(c *Conn, cl *client){
			func(c *Conn, _ *client) { c.Close(1001, "") },
			func(c *Conn, _ *client) { c.Terminate() },
			func(_ *Conn, cl *client) { cl.Close() },
			func(_ *Conn, cl *client) { cl.Write(frames(clos, closePayload(1000, ""))) },
			func(_ *Conn, cl *client) { cl.Write(frames(last, "x")) },
		}
		for i, end := range ends {
			s := newServer(t, cfg)
			cl := dial(t, s.addr)
			c := s.accept(t)
			r := newRecorder()
			offers := 0
			r.onMessage = func(c *Conn, data []byte, text bool) bool {
				c.Send(data, text)
				offers++
				return offers%3 > 0
			}
			r.onDrain = func(c *Conn) { c.Send([]byte("drained"), true) }
			begin(c, r)
			stop := make(chan struct{})
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					shared := NewFrame(bytes.Repeat([]byte("x"), 5000), false)
					for {
						select {
						case <-stop:
							return
						default:
						}
						c.Cork()
						c.SendFrame(shared)
						c.Uncork()
						c.Ping([]byte("p"))
						c.Resume()
						c.BufferedAmount()
						time.Sleep(100 * time.Microsecond)
					}
				})
			}
			wg.Go(func() {
				for stream := frames(text, "ab", ping, "p", text, "abc"); ; {
					if _, err := cl.Write(stream); err != nil {
						return
					}
					time.Sleep(100 * time.Microsecond)
				}
			})
			wg.Go(func() { io.CopyN(io.Discard, cl, 1<<20) })
			time.Sleep(20 * time.Millisecond)
			end(c, cl)
			r.close(t)
			close(stop)
			cl.Close()
			wg.Wait()
			if got := c.BufferedAmount(); got != 0 {
				t.Errorf("end %d: %d bytes left in the queue", i, got)
			}
		}
	})
}

func TestStartTwicePanics(t *testing.T) {
	c, r, _ := pair(t, serverConfig{})
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	begin(c, r)
}

func TestRemoteAddr(t *testing.T) {
	c, _, cl := pair(t, serverConfig{})
	if got := c.RemoteAddr().String(); got != cl.LocalAddr().String() {
		t.Errorf("remote address %v, want %v", got, cl.LocalAddr())
	}
}

// The same over TLS, where every write goes through a goroutine.
func TestTLS(t *testing.T) {
	conns := make(chan *Conn, 1)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := Upgrade(w, r, UpgradeOptions{Options: Options{IdleTimeout: 600 * time.Millisecond}})
		if err != nil {
			t.Error(err)
			return
		}
		conns <- c
	}))
	defer s.Close()
	config := s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.NextProtos = []string{"http/1.1"}
	raw, err := tls.Dial("tcp", s.Listener.Addr().String(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	cl := newClient(t, raw)
	cl.upgrade(s.Listener.Addr().String())
	c := receive(t, conns, "connection")
	r := newRecorder()
	r.onMessage = func(c *Conn, data []byte, text bool) bool {
		c.Send(data, text)
		return true
	}
	begin(c, r)

	big := strings.Repeat("0123456789abcdef", 20_000)
	cl.write(frames(text, "a", bin, big))
	cl.expect(ws.OpText, "a")
	cl.expect(ws.OpBinary, big)
	for range 2 { // reading goes on after a passed deadline
		cl.expect(ws.OpPing, "")
		cl.write(frames(pong, ""))
	}
	cl.write(frames(last, "x"))
	if got := cl.closeFrame(); got.code != StatusProtocolError {
		t.Errorf("close frame %v", got)
	}
	cl.expectEnd()
	raw.Close()
	r.close(t)
}

func TestStats(t *testing.T) {
	stats := new(Stats)
	cfg := serverConfig{upgrade: UpgradeOptions{Options: Options{Stats: stats}}}
	s := newServer(t, cfg)
	ends := []int{1000, 1000, 3001, 4000, 4999}
	var in int
	for i, code := range ends {
		cl := dial(t, s.addr)
		c := s.accept(t)
		if got := stats.Counts().Open; got != 1 {
			t.Errorf("%d open", got)
		}
		r := newRecorder()
		begin(c, r)
		c.Send([]byte("abc"), true)
		c.SendFrame(NewFrame([]byte("abc"), true))
		c.Ping(nil)
		stream := frames(start, "a", last, "b", ping, "p", clos, closePayload(code, ""))
		in += len(stream)
		cl.write(stream)
		cl.closeFrame()
		r.close(t)
		if got := stats.Counts().Opened; got != int64(i+1) {
			t.Errorf("%d opened", got)
		}
	}
	n := int64(len(ends))
	want := Counts{
		Opened:      n,
		FramesIn:    4 * n,
		MessagesIn:  n,
		BytesIn:     int64(in),
		FramesOut:   5 * n, // two messages, ping, pong, close
		MessagesOut: 2 * n,
		BytesOut:    (5 + 5 + 2 + 3 + 4) * n,
		Closed:      map[int]int64{1000: 2, 3000: 1, 4000: 2},
	}
	if got := stats.Counts(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestStatsOfLostConnections(t *testing.T) {
	stats := new(Stats)
	s := newServer(t, serverConfig{upgrade: UpgradeOptions{Options: Options{Stats: stats}}})
	dial(t, s.addr)
	s.accept(t).Terminate()
	if got := stats.Counts(); got.Open != 0 || got.Closed[StatusAbnormal] != 1 {
		t.Errorf("%+v", got)
	}
}
