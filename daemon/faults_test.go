package daemon_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/daemon"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// echoApp answers with what it gets, and does what may disturb others when it is told to.
const echoApp = `
-- rowan.toml --
[session]
turn = "2s"
-- app.ts --
const chunk = "x".repeat(100_000);
export default { websocket: {
	closeOnBackpressureLimit: true,
	message(ws, m) {
		if (m === "flood") { for (let i = 0; i < 100; i++) ws.send(chunk); console.log("flooded"); return; }
		if (m === "long") { for (const end = Date.now() + 1800; Date.now() < end;); }
		if (m === "never") Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);
		ws.send(m);
	},
} };
`

// oneWorker has all sessions on one worker, and its numbers at hand.
func oneWorker(o *daemon.Options) {
	daemontest.Admin(o)
	o.Config.Workers = 1
}

// neighbour is a session that sends and gets an answer, one after another, until it is stopped.
type neighbour struct {
	stop    chan struct{}
	stopped sync.WaitGroup
	count   int
	worst   time.Duration
	err     error
}

// startNeighbour starts one, which is stopped with its test at the latest. Before it there is a session that does nothing, so that both
// windows of a worker are open, and the next session shares that one's: a turn that polls nothing holds its window.
func startNeighbour(t *testing.T, s *daemontest.Server) *neighbour {
	idle := s.Dial()
	idle.Send("hello")
	idle.Expect("hello")
	n, c := &neighbour{stop: make(chan struct{})}, s.Dial()
	c.Send("hello")
	c.Expect("hello")
	n.run(c)
	t.Cleanup(func() { n.end() })
	return n
}

// run sends and gets an answer, one after another.
func (n *neighbour) run(c *wstest.Client) {
	n.stopped.Go(func() {
		for {
			select {
			case <-n.stop:
				return
			case <-time.After(time.Millisecond):
			}
			begin := time.Now()
			c.Send("tick")
			if data, _, err := c.Read(wstest.Patience); err != nil || string(data) != "tick" {
				n.err = fmt.Errorf("after %d answers: %q, %w", n.count, data, err)
				return
			}
			n.count++
			n.worst = max(n.worst, time.Since(begin))
		}
	})
}

func (n *neighbour) end() {
	select {
	case <-n.stop:
	default:
		close(n.stop)
	}
	n.stopped.Wait()
}

// check ends it. All its answers must have come, each within the time that is given.
func (n *neighbour) check(t *testing.T, within time.Duration) {
	t.Helper()
	n.end()
	if n.err != nil || n.count == 0 || n.worst > within {
		t.Errorf("a neighbour had %d answers, the slowest after %v: %v", n.count, n.worst, n.err)
	}
}

// dialRaw opens a session whose frames are written byte by byte.
func dialRaw(t *testing.T, s *daemontest.Server) net.Conn {
	t.Helper()
	return dialRawAt(t, s, "/")
}

// dialRawAt is dialRaw for a session at a path.
func dialRawAt(t *testing.T, s *daemontest.Server, path string) net.Conn {
	t.Helper()
	addr := s.Addr().String()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path, addr)
	conn.SetReadDeadline(time.Now().Add(wstest.Patience))
	for end := ""; end != "\r\n\r\n"; {
		var b [1]byte
		if _, err := io.ReadFull(conn, b[:]); err != nil {
			t.Fatal(err)
		}
		end = (end + string(b[:]))[max(0, len(end)-3):]
	}
	return conn
}

// closeCode reads up to the server's close frame; 1006 if it ends the connection without one.
func closeCode(conn net.Conn) int {
	conn.SetReadDeadline(time.Now().Add(wstest.Patience))
	r := bufio.NewReader(conn)
	for {
		//lint:ignore SA1019 the peer is the server under test
		f, err := ws.ReadFrame(r)
		switch {
		case err != nil:
			return 1006
		case f.Header.OpCode == ws.OpClose:
			code, _ := ws.ParseCloseFrameDataUnsafe(f.Payload)
			return int(code)
		}
	}
}

// masked is a client's frame with a mask of zeros.
func masked(first byte, payload string) string {
	return string([]byte{first, 0x80 | byte(len(payload)), 0, 0, 0, 0}) + payload
}

// TestFaultyClients has clients that break the rules, on the worker of one that does not. Each hears why its connection ends, and the
// numbers tell of it.
func TestFaultyClients(t *testing.T) {
	s := daemontest.Serve(t, echoApp, oneWorker)
	n := startNeighbour(t, s)
	for _, test := range []struct {
		name  string
		bytes string
		code  int
	}{
		{"unmasked", "\x81\x02hi", 1002},
		{"reserved bit", masked(0x91, "hi"), 1002},
		{"opcode without meaning", masked(0x83, "hi"), 1002},
		{"promise of 2^63 bytes", "\x82\xFF\x80\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04", 1002},
		{"promise of 2^62 bytes", "\x82\xFF\x40\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04", 1009},
		{"close code that may not be sent", masked(0x88, "\x03\xED"), 1002},
		{"half a close code", masked(0x88, "\x03"), 1002},
		{"invalid UTF-8 over fragments", masked(0x01, "a\xE2") + masked(0x80, "\x28\xA1"), 1007},
		{"no close frame in a message", masked(0x01, "a"), 1006},
		{"does not read", masked(0x81, "flood"), 1013},
	} {
		t.Run(test.name, func(t *testing.T) {
			label := fmt.Sprintf(`code="%d"`, test.code)
			before := scrape(t, s, "socket_closes_total")[label]
			conn := dialRaw(t, s)
			io.WriteString(conn, test.bytes)
			switch test.code {
			case 1006:
				conn.Close()
			case 1013: // it has to read all that is before the close frame
				s.WaitLog("flooded")
				fallthrough
			default:
				if got := closeCode(conn); got != test.code {
					t.Errorf("closed with %d, want %d", got, test.code)
				}
				conn.Close()
			}
			for end := time.Now().Add(wstest.Patience); scrape(t, s, "socket_closes_total")[label] != before+1; time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("the numbers do not tell of the end: %v", scrape(t, s, "socket_closes_total"))
				}
			}
		})
	}
	t.Run("garbage in place of a request", func(t *testing.T) {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "\x16\x03\x01\x00\xFF\x00garbage\r\n\r\n")
		conn.SetReadDeadline(time.Now().Add(wstest.Patience))
		if answer, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400") {
			t.Errorf("answer %.40q, %v", answer, err)
		}
	})
	t.Run("a byte at a time", func(t *testing.T) {
		conn := dialRaw(t, s)
		for _, b := range []byte(masked(0x81, "slow")) {
			conn.Write([]byte{b})
			time.Sleep(20 * time.Millisecond)
		}
		//lint:ignore SA1019 the peer is the server under test
		if f, err := ws.ReadFrame(conn); err != nil || string(f.Payload) != "slow" {
			t.Errorf("answer %q, %v", f.Payload, err)
		}
	})
	n.check(t, time.Second)
}

// TestLongTurnsLeaveSocketsServed has a worker's turns take long, in a loop that polls and in one that does not, while another
// session and a new one are served by the stand-in.
func TestLongTurnsLeaveSocketsServed(t *testing.T) {
	for _, busy := range []string{"long", "never"} {
		t.Run(busy, func(t *testing.T) {
			s := daemontest.Serve(t, echoApp, oneWorker)
			n, c := startNeighbour(t, s), s.Dial()
			begin := time.Now()
			c.Send(busy)
			time.Sleep(50 * time.Millisecond)
			turns := s.Stats().Turns
			other := s.Dial()
			other.Send("hello")
			other.Expect("hello")
			other.Close(1000, "")
			if took := time.Since(begin); took > time.Second {
				t.Errorf("a session during the long turn took %v", took)
			}
			time.Sleep(200 * time.Millisecond)
			if ran := s.Stats().Turns - turns; ran < 5 {
				t.Errorf("%d turns beside the long one", ran)
			}
			if busy == "long" {
				c.Expect(busy)
			} else {
				c.ExpectClose(1011)
				s.WaitLog("session ended")
			}
			n.check(t, time.Second)
			if stats := s.Stats(); stats.Slices+stats.Stalls == 0 {
				t.Error("no turn made room")
			}
		})
	}
}

// TestShutdownDuringLongTurn ends a server while the stand-in waits for sockets in place of a turn that polls nothing.
func TestShutdownDuringLongTurn(t *testing.T) {
	s := daemontest.Serve(t, echoApp, oneWorker)
	c, other := s.Dial(), s.Dial()
	other.Send("hello")
	other.Expect("hello")
	c.Send("never")
	time.Sleep(50 * time.Millisecond)
	ended := make(chan error, 1)
	go func() { ended <- other.End() }()
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err, _ := (<-ended).(*wstest.CloseError); err == nil || err.Code != 1001 {
		t.Errorf("the other session ended with %v", err)
	}
	s.WaitLog("session ended")
}

// TestManyEndAtOnce opens many sessions and ends them all at the same moment, again and again. What they held is free again.
func TestManyEndAtOnce(t *testing.T) {
	many, rounds := 1500, 4
	if testing.Short() {
		many, rounds = 200, 2
	}
	s := daemontest.Serve(t, echoApp)
	n := startNeighbour(t, s)
	held := func() (heap uint64, goroutines int) {
		s.WaitContexts(2) // the neighbour's, and the one that came with it
		var m runtime.MemStats
		for range 3 { // what pools hold goes with the second collection
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, runtime.NumGoroutine()
	}
	var heap uint64
	var goroutines int
	for round := range rounds {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			conns := make([]net.Conn, many)
			for i := range conns {
				conns[i] = dialRaw(t, s)
			}
			for _, conn := range conns {
				io.WriteString(conn, masked(0x81, "hello"))
			}
			for i, conn := range conns {
				var answer [7]byte
				if _, err := io.ReadFull(conn, answer[:]); err != nil || string(answer[2:]) != "hello" {
					t.Fatalf("session %d: %q, %v", i, answer, err)
				}
			}
			for _, conn := range conns {
				conn.Close()
			}
		})
		nowHeap, nowGoroutines := held()
		if round == 0 {
			heap, goroutines = nowHeap, nowGoroutines
			continue
		}
		if nowHeap > heap+heap/10+1<<20 || nowGoroutines > goroutines+10 {
			t.Errorf("round %d: %d bytes of heap and %d goroutines, after the first: %d and %d", round, nowHeap, nowGoroutines, heap, goroutines)
		}
	}
	n.check(t, 2*time.Second)
}
