package front

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// A message that was refused is taken, and the closing handshake comes right behind it: the connection ends while it is offered
// again. Nothing of it may stay behind with its loop.
func TestEndBehindRefusedMessage(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		const timeout = 50 * time.Millisecond
		cfg.upgrade.Options.CloseTimeout = timeout
		s := newServer(t, cfg)
		cl := dial(t, s.addr)
		c := s.accept(t)
		r := newRecorder()
		refused := make(chan struct{}, 1)
		first := true
		r.onMessage = func(_ *Conn, data []byte, text bool) bool {
			if first {
				first = false
				refused <- struct{}{}
				return false
			}
			r.messages <- message{string(data), text}
			return true
		}
		begin(c, r)
		cl.write(frames(text, "a", clos, closePayload(1000, "")))
		receive(t, refused, "message")
		c.Resume()
		r.message(t)
		cl.expect(ws.OpClose, closePayload(1000, ""))
		r.close(t)

		time.Sleep(2 * timeout) // its deadlines pass
		next := dial(t, s.addr)
		c = s.accept(t)
		r = newRecorder()
		begin(c, r)
		next.write(frames(text, "b"))
		r.message(t)
		if s.loop != nil {
			next.write(frames(clos, ""))
			r.close(t)
			if n := s.loop.Conns(); n != 0 {
				t.Errorf("%d connections", n)
			}
		}
	})
}

// A peer that sends its close frame and then ends its sending half still gets what was queued before the answer.
func TestPeerClosesAndEndsItsHalf(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		c, r, cl := slowPair(t, cfg)
		data := []byte(strings.Repeat("x", 10_000))
		taken, _ := fill(t, c, data)
		cl.write(frames(clos, closePayload(1000, "")))
		closeHalf(cl)
		eventually(t, "closing", func() bool { return c.ReadyState() != Open })
		time.Sleep(20 * time.Millisecond) // the end of its half is seen
		for range taken {
			cl.expect(ws.OpBinary, string(data))
		}
		cl.expect(ws.OpClose, closePayload(1000, ""))
		cl.expectEnd()
		r.close(t)
	})
}

// The address is asked for while the connection moves to its loop.
func TestRemoteAddrWhileStarting(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		s := newServer(t, cfg)
		cl := dial(t, s.addr)
		c := s.accept(t)
		asked := make(chan string)
		go func() { asked <- c.RemoteAddr().String() }()
		begin(c, newRecorder())
		if got := receive(t, asked, "address"); got != cl.LocalAddr().String() {
			t.Errorf("address %v", got)
		}
	})
}

// A deadline in the past would have a loop look at it again and again. After a ping the next thing that idleness causes is the end.
func TestNextDeadlineIsToCome(t *testing.T) {
	l, err := NewLoop()
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("no loops on this system")
	}
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, serverConfig{upgrade: UpgradeOptions{Options: Options{IdleTimeout: time.Hour}}})
	dial(t, s.addr)
	c, r := s.accept(t), newRecorder()
	c.StartOn(l, r)
	c.pinged, c.lastRead = true, time.Now().Add(-40*time.Minute) // the loop's, which nobody polls
	if err := c.readTimedOut(); err != nil {
		t.Fatal(err)
	}
	if in := time.Until(c.loop.readBy); in < time.Minute {
		t.Errorf("the next deadline is in %v", in)
	}
	c.Terminate()
	l.Poll(0)
	r.close(t)
	l.Close()
}

// TestLoopCloseEndsConnections closes a loop with connections that nobody polls any more: one that has talked, one whose message was
// refused, and one that the loop has not seen yet.
func TestLoopCloseEndsConnections(t *testing.T) {
	l, err := NewLoop()
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("no loops on this system")
	}
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, serverConfig{})
	var left []*recorder
	for i := range 3 {
		cl := dial(t, s.addr)
		c, r := s.accept(t), newRecorder()
		heard := false
		r.onMessage = func(*Conn, []byte, bool) bool { heard = true; return i != 1 }
		left = append(left, r)
		c.StartOn(l, r)
		if i == 2 {
			break
		}
		cl.write(frames(text, "hello"))
		eventually(t, "the message comes", func() bool { l.Poll(0); return heard })
	}
	l.Close()
	for i, r := range left {
		if got := r.close(t); got.code != StatusAbnormal {
			t.Errorf("connection %d: closed with %+v", i, got)
		}
	}
	if n := l.Conns(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
	dial(t, s.addr)
	c, r := s.accept(t), newRecorder()
	c.StartOn(l, r) // which has a goroutine then
	c.Terminate()
	r.close(t)
}
