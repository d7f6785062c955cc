package front

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// descriptors is how many files the process has open.
func descriptors(t testing.TB) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// capricious is a handler that refuses messages, answers others, and closes, as the script says.
type capricious struct {
	script  []byte
	willing bool
	eager   bool
	calls   int
	closed  []closing
}

func (h *capricious) Message(c *Conn, data []byte, text bool) bool {
	h.calls++
	if h.willing || len(h.script) == 0 {
		return true
	}
	if h.eager { // it has said that it would take this one
		h.eager = false
		return true
	}
	switch mood := h.script[h.calls%len(h.script)] % 16; mood {
	case 0, 1, 2:
		return false
	case 3:
		h.eager = true
		c.Resume()
		return false
	case 4:
		c.Close(StatusGoingAway, "enough")
	case 5:
		c.Terminate()
	default:
		c.Send(data, text)
	}
	return true
}

func (h *capricious) Drain(c *Conn) { c.Send([]byte("drained"), true) }

func (h *capricious) Close(_ *Conn, code int, reason string) {
	h.closed = append(h.closed, closing{code, reason})
}

// FuzzLoop sends a stream to a connection on a loop, in pieces as the script says, between what else may happen to it. However that
// goes, the connection ends once and leaves nothing behind.
func FuzzLoop(f *testing.F) {
	f.Add(frames(text, "hello", bin, "\x00", clos, closePayload(1000, "")), []byte{8, 200})
	f.Add(frames(start, "a", ping, "p", last, "\xC3\xA9", clos, ""), []byte{0, 9, 6, 6, 0, 3, 255})
	f.Add(frames(text, "a", text, "b", text, "c", clos, closePayload(1001, "")), []byte{0, 0xF8, 6, 0, 6, 0, 6})
	f.Add(frames(ping, "a", last, "nothing", text, "late"), []byte{0xF8, 4, 4})
	f.Add(frames(text, "a", text, "b"), []byte{3})
	f.Add([]byte{bin, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, []byte{1, 0})
	f.Add(frames(bin, strings.Repeat("x", 4000), text, strings.Repeat("y", 200)), []byte{0xF8, 0xF9, 7, 0xFA})

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { listener.Close() })
	l, err := NewLoop()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(l.Close)
	var before int
	f.Fuzz(func(t *testing.T, stream, script []byte) {
		if before == 0 { // the network poller has its own by now
			before = descriptors(t)
		}
		stats := new(Stats)
		h := &capricious{script: script}
		peer, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		accepted, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		early := len(stream) % 7 * len(stream) / 10 // what came with the handshake
		c := newConn(accepted, append([]byte(nil), stream[:early]...), "", Options{
			MaxPayloadLength: 4096, BackpressureLimit: 4096, CloseTimeout: 20 * time.Millisecond, Stats: stats,
		})
		rest := stream[early:]
		c.StartOn(l, h)
		for _, b := range script {
			n := min(int(b>>3)*8+1, len(rest))
			switch b & 7 {
			case 4:
				c.Ping(nil)
			case 5:
				c.SendFrame(NewFrame([]byte("shared"), true))
			case 6:
				c.Resume()
			case 7:
				c.Cork()
				c.Send([]byte("corked"), true)
				c.Uncork()
			default:
				peer.Write(rest[:n])
				rest = rest[n:]
			}
			l.Poll(0)
		}
		peer.Write(rest)
		l.Poll(0)
		switch h.willing = true; len(script) % 4 {
		case 0:
			c.Close(StatusNormal, "") // which the peer does not answer
		case 1:
			c.Terminate()
		case 2:
			peer.(*net.TCPConn).SetLinger(0)
			peer.Close()
		default:
			peer.Close()
		}
		c.Resume()
		for end := time.Now().Add(patience); l.Conns() > 0 && time.Now().Before(end); {
			l.Poll(time.Millisecond)
		}
		peer.Close()
		l.Poll(0)
		if len(h.closed) != 1 || c.ReadyState() != Closed {
			t.Fatalf("Close was called with %v; state %v", h.closed, c.ReadyState())
		}
		if got := stats.Counts(); got.Open != 0 || got.Closed[slotCode(closeSlot(h.closed[0].code))] != 1 {
			t.Fatalf("%v is counted as %+v", h.closed, got)
		}
		if len(l.due) > 0 || len(l.todo) > 0 {
			t.Fatalf("left: %d deadlines, %d to look at", len(l.due), len(l.todo))
		}
		for fd, s := range l.bySock {
			if s != nil {
				t.Fatalf("left: the socket of descriptor %d", fd)
			}
		}
		if n := descriptors(t); n > before {
			t.Fatalf("%d descriptors, %d before", n, before)
		}
	})
}

// TestLoopChurn opens, uses and ends connections in every way. Nothing of them stays.
func TestLoopChurn(t *testing.T) {
	total := 4000
	if testing.Short() {
		total = 500
	}
	const clients = 8
	stats := new(Stats)
	s := newServer(t, serverConfig{loop: true, upgrade: UpgradeOptions{Options: Options{Stats: stats, CloseTimeout: time.Second}}})
	served := make(chan struct{})
	go func() {
		defer close(served)
		for range total {
			c := <-s.conns
			c.StartOn(s.loop, churner{})
		}
	}()
	gone := func() bool { return s.loop.Conns() == 0 && stats.Counts().Open == 0 }
	round := func(n int) {
		var wg sync.WaitGroup
		for worker := range clients {
			wg.Go(func() {
				for i := worker; i < n; i += clients {
					if err := visit(s.addr, i); err != nil {
						t.Errorf("visit %d: %v", i, err)
					}
				}
			})
		}
		wg.Wait()
	}
	round(total / 10)
	eventually(t, "all connections are gone", gone)
	time.Sleep(100 * time.Millisecond) // what net/http has for them ends
	fds, goroutines := descriptors(t), runtime.NumGoroutine()
	round(total - total/10)
	<-served
	eventually(t, "no more connections, descriptors and goroutines than before", func() bool {
		return gone() && descriptors(t) <= fds && runtime.NumGoroutine() <= goroutines
	})
	if got := stats.Counts(); got.Opened != int64(total) {
		t.Errorf("%d opened", got.Opened)
	}
}

// churner answers a message with itself, and ends the connection when it is told to.
type churner struct{}

func (churner) Message(c *Conn, data []byte, text bool) bool {
	switch string(data) {
	case "close":
		c.Close(4000, "as you like")
	case "terminate":
		c.Terminate()
	default:
		c.Send(data, text)
	}
	return true
}
func (churner) Drain(*Conn)              {}
func (churner) Close(*Conn, int, string) {}

// visit is the short life of a client, of the kind that i says.
func visit(addr string, i int) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	dialer := ws.Dialer{}
	br, _, err := dialer.Upgrade(conn, &url.URL{Scheme: "ws", Host: addr, Path: "/"})
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	if br != nil {
		ws.PutReader(br)
	}
	conn.Write(frames(text, "hello"))
	if h, err := ws.ReadHeader(conn); err != nil || h.Length != 5 {
		return fmt.Errorf("echo: %v, %v", h, err)
	}
	conn.Read(make([]byte, 5))
	switch i % 7 {
	case 0:
		conn.Write(frames(clos, closePayload(1000, "")))
	case 1:
		conn.Write(frames(text, "close"))
	case 2:
		conn.Write(frames(text, "terminate"))
	case 3:
		conn.(*net.TCPConn).SetLinger(0)
		return nil
	case 4:
		return nil
	case 5:
		conn.Write(frames(start, "half a message")[:9])
		return nil
	case 6:
		conn.Write(frames(last, "against the protocol"))
	}
	for { // until the server has ended it, with a close frame or without
		h, err := ws.ReadHeader(conn)
		if err != nil {
			return nil
		}
		if h.OpCode == ws.OpClose {
			conn.Write(frames(clos, ""))
			return nil
		}
	}
}

// A connection that the system does not watch ends at once, rather than to hear nothing for ever.
func TestSystemWatchesNoMore(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	peer, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	l, err := NewLoop()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	epoll := l.poller.epoll
	l.poller.epoll = -1
	h := &capricious{}
	c := newConn(accepted, frames(text, "early"), "", Options{Stats: new(Stats)})
	c.StartOn(l, h)
	for range 3 {
		l.Poll(0)
	}
	l.poller.epoll = epoll
	if len(h.closed) != 1 || h.closed[0].code != StatusAbnormal || !strings.Contains(h.closed[0].reason, "epoll_ctl") {
		t.Errorf("Close was called with %v", h.closed)
	}
	if n := l.Conns(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}
