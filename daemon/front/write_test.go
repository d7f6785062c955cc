package front

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// slowPair is a connection whose kernel buffers are small and whose peer has
// not read anything yet.
func slowPair(t *testing.T, cfg serverConfig) (*Conn, *recorder, *client) {
	t.Helper()
	cfg.sendBuffer = 16 << 10
	c, r, cl := pair(t, cfg)
	cl.Conn.(interface{ SetReadBuffer(int) error }).SetReadBuffer(32 << 10)
	return c, r, cl
}

// fill sends until a send is not taken as usual, and returns how many were
// taken (the last one queued under backpressure included) and what it was.
func fill(t *testing.T, c *Conn, data []byte) (taken, result int) {
	t.Helper()
	for range 1_000_000 {
		result = c.Send(data, false)
		if result != 0 {
			taken++
		}
		if result != len(data) {
			return taken, result
		}
	}
	t.Fatal("no backpressure")
	return 0, 0
}

// fillUp sends until the queue is full.
func fillUp(t *testing.T, c *Conn) {
	t.Helper()
	data := bytes.Repeat([]byte("x"), 10_000)
	for range 1_000_000 {
		if c.Send(data, false) == 0 {
			return
		}
	}
	t.Fatal("the queue is never full")
}

func TestSend(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 100_000)
	cases := []struct {
		name string
		send func(c *Conn) int
		op   ws.OpCode
		data string
		want int
	}{
		{"text", func(c *Conn) int { return c.Send([]byte("abc"), true) }, ws.OpText, "abc", 3},
		{"binary", func(c *Conn) int { return c.Send([]byte("abc"), false) }, ws.OpBinary, "abc", 3},
		{"empty", func(c *Conn) int { return c.Send(nil, true) }, ws.OpText, "", 1},
		{"frame", func(c *Conn) int { return c.SendFrame(NewFrame([]byte("abc"), true)) }, ws.OpText, "abc", 3},
		{"empty frame", func(c *Conn) int { return c.SendFrame(NewFrame(nil, false)) }, ws.OpBinary, "", 1},
		{"ping", func(c *Conn) int { return c.Ping([]byte("abc")) }, ws.OpPing, "abc", 3},
		{"125 bytes", func(c *Conn) int { return c.Send([]byte(big[:125]), false) }, ws.OpBinary, big[:125], 125},
		{"126 bytes", func(c *Conn) int { return c.Send([]byte(big[:126]), false) }, ws.OpBinary, big[:126], 126},
		{"64 KiB less one", func(c *Conn) int { return c.Send([]byte(big[:65535]), false) }, ws.OpBinary, big[:65535], 65535},
	}
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		c, _, cl := pair(t, cfg)
		for _, tc := range cases {
			if got := tc.send(c); got != tc.want {
				t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
			}
			cl.expect(tc.op, tc.data)
		}
		// A message beyond BackpressureLimit is taken when nothing waits.
		eventually(t, "empty queue", func() bool { return c.BufferedAmount() == 0 })
		if got := c.Send([]byte(big), true); got == 0 {
			t.Error("large message dropped")
		}
		cl.expect(ws.OpText, big)
		if got := c.Ping([]byte(big[:126])); got != 0 {
			t.Errorf("long ping: %d", got)
		}
	})
}

// Everything written under backpressure arrives, in order and whole.
func TestBackpressure(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		c, r, cl := slowPair(t, cfg)
		taken := 0
		shared := bytes.Repeat([]byte{0xEE}, 20_000)
		result := 0
		for result >= 0 {
			data := bytes.Repeat([]byte{byte(taken)}, 100+taken%5000)
			binary.BigEndian.PutUint32(data, uint32(taken))
			if taken%10 == 9 {
				data = append(data[:4], shared...)
				result = c.SendFrame(NewFrame(data, false))
			} else {
				result = c.Send(data, false)
			}
			if result == 0 {
				t.Fatal("dropped before backpressure")
			}
			taken++
		}
		// Where a goroutine writes, a long queue counts although the kernel may
		// still take it.
		if cfg.wrap == nil && (result != -1 || c.BufferedAmount() == 0 || len(r.drains) > 0) {
			t.Fatalf("result %d, %d bytes queued, %d times drained", result, c.BufferedAmount(), len(r.drains))
		}
		for i := range taken {
			op, got := cl.frame()
			if op != ws.OpBinary || binary.BigEndian.Uint32(got) != uint32(i) {
				t.Fatalf("message %d: opcode %v, number %x", i, op, got[:4])
			}
		}
		receive(t, r.drains, "Drain")
		eventually(t, "empty queue", func() bool { return c.BufferedAmount() == 0 })
		if got := c.Send([]byte("after"), true); got != 5 {
			t.Errorf("after Drain: %d", got)
		}
		cl.expect(ws.OpText, "after")
		if len(r.drains) > 0 {
			t.Error("drained twice")
		}
	})
}

func TestBackpressureLimit(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		const limit = 200_000
		cfg.upgrade.Options.BackpressureLimit = limit
		cfg.upgrade.Options.Stats = new(Stats)
		c, r, cl := slowPair(t, cfg)
		data := bytes.Repeat([]byte("x"), 1000)
		taken, result := 0, 1
		for result != 0 {
			if result = c.Send(data, false); result != 0 {
				taken++
			}
			if got := c.BufferedAmount(); got > limit {
				t.Fatalf("%d bytes queued under a limit of %d", got, limit)
			}
		}
		if got := cfg.upgrade.Options.Stats.Counts().Dropped; got != 1 {
			t.Errorf("%d counted as dropped", got)
		}
		if got := c.ReadyState(); got != Open {
			t.Errorf("state %v", got)
		}
		for range taken {
			cl.expect(ws.OpBinary, string(data))
		}
		receive(t, r.drains, "Drain")
		c.Send([]byte("next"), true)
		cl.expect(ws.OpText, "next") // and nothing of what was dropped
	})
}

func TestCloseOnBackpressureLimit(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.BackpressureLimit = 100_000
		cfg.upgrade.Options.CloseOnBackpressureLimit = true
		c, r, cl := slowPair(t, cfg)
		data := bytes.Repeat([]byte("x"), 1000)
		for range 1_000_000 {
			if c.Send(data, false) == 0 {
				break
			}
		}
		if got := c.ReadyState(); got != Closing {
			t.Fatalf("state %v", got)
		}
		if got := cl.closeFrame(); got != (closing{1013, "send queue full"}) {
			t.Errorf("close frame %v", got)
		}
		cl.write(frames(clos, closePayload(1013, "")))
		if got := r.close(t); got.code != 1013 {
			t.Errorf("closed %v", got)
		}
		// Where a goroutine writes, the queue may have emptied on the way.
		if cfg.wrap == nil && len(r.drains) > 0 {
			t.Error("drained while closing")
		}
	})
}

// What Drain sends leaves together, and may itself meet backpressure.
func TestSendFromDrain(t *testing.T) {
	c, r, cl := slowPair(t, serverConfig{})
	data := bytes.Repeat([]byte("x"), 10_000)
	counts := make(chan int, 3) // messages sent by each Drain
	rounds := 0
	r.onDrain = func(c *Conn) {
		sent := 0
		if rounds++; rounds <= 2 {
			for result := 1; result > 0; sent++ {
				result = c.Send(data, false)
			}
		}
		counts <- sent
	}
	taken, _ := fill(t, c, data)
	for range taken {
		cl.expect(ws.OpBinary, string(data))
	}
	for round := range 3 {
		sent := receive(t, counts, "Drain")
		if (sent == 0) != (round == 2) {
			t.Errorf("Drain %d sent %d messages", round, sent)
		}
		for range sent {
			cl.expect(ws.OpBinary, string(data))
		}
	}
}

// Backpressure from before Start drains after it.
func TestDrainAfterStart(t *testing.T) {
	s := newServer(t, serverConfig{sendBuffer: 16 << 10})
	cl := dial(t, s.addr)
	c := s.accept(t)
	data := bytes.Repeat([]byte("x"), 10_000)
	taken, result := fill(t, c, data)
	if result != -1 {
		t.Fatalf("result %d", result)
	}
	for range taken {
		cl.expect(ws.OpBinary, string(data))
	}
	eventually(t, "empty queue", func() bool { return c.BufferedAmount() == 0 })
	r := newRecorder()
	begin(c, r)
	receive(t, r.drains, "Drain")
}

func TestCork(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.BackpressureLimit = 10_000
		c, _, cl := pair(t, cfg)
		c.Cork()
		c.Cork()
		for i := range 100 {
			if got := c.Send(fmt.Appendf(nil, "message %d", i), true); got <= 0 {
				t.Fatalf("send %d: %d", i, got)
			}
		}
		c.Uncork()
		if got := c.BufferedAmount(); got < 1000 {
			t.Errorf("%d bytes held back after the inner Uncork", got)
		}
		cl.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if n, err := cl.Read(make([]byte, 10)); err == nil {
			t.Errorf("%d bytes came while corked", n)
		}
		c.Uncork()
		for i := range 100 {
			cl.expect(ws.OpText, fmt.Sprintf("message %d", i))
		}

		// A cork is no reason to hold back without end, nor to drop.
		c.Cork()
		defer c.Uncork()
		data := strings.Repeat("x", 9000)
		if cfg.wrap != nil { // writes are left to a goroutine: the queue may really be full
			data = data[:1000]
		}
		for range 20 {
			c.Send([]byte(data), false)
		}
		cl.expect(ws.OpBinary, data)
	})
}

func TestCorkedClose(t *testing.T) {
	c, r, cl := pair(t, serverConfig{})
	c.Cork()
	c.Send([]byte("a"), true)
	c.Close(1000, "done")
	c.Send([]byte("b"), true)
	c.Uncork()
	cl.expect(ws.OpText, "a")
	cl.expect(ws.OpClose, closePayload(1000, "done"))
	cl.write(frames(clos, closePayload(1000, "")))
	r.close(t)
}

// A peer that closes while the connection is corked gets everything.
func TestPeerClosesWhileCorked(t *testing.T) {
	c, r, cl := pair(t, serverConfig{})
	c.Cork()
	c.Send([]byte("a"), true)
	cl.write(frames(clos, closePayload(1000, "")))
	cl.expect(ws.OpText, "a")
	cl.expect(ws.OpClose, closePayload(1000, ""))
	r.close(t)
	c.Uncork()
}

func TestUncorkPanics(t *testing.T) {
	c, _, _ := pair(t, serverConfig{})
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	c.Uncork()
}

// Many goroutines may send: each one's messages arrive in its order.
func TestSendFromMany(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.BackpressureLimit = 64 << 20
		const senders, each = 8, 500
		c, _, cl := pair(t, cfg)
		var wg sync.WaitGroup
		for s := range senders {
			wg.Go(func() {
				for i := range each {
					data := fmt.Appendf(nil, "%d %d", s, i)
					switch i % 3 {
					case 0:
						c.SendFrame(NewFrame(data, true))
					case 1:
						c.Cork()
						c.Send(data, true)
						c.Uncork()
					default:
						c.Send(data, true)
					}
				}
			})
		}
		var next [senders]int
		for range senders * each {
			_, got := cl.frame()
			var s, i int
			if _, err := fmt.Sscan(string(got), &s, &i); err != nil || next[s] != i {
				t.Fatalf("%q, want message %d", got, next[s])
			}
			next[s]++
		}
		wg.Wait()
	})
}

func TestWriteTimeout(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.WriteTimeout = 100 * time.Millisecond
		c, r, _ := slowPair(t, cfg)
		fillUp(t, c)
		got := r.close(t)
		if got.code != StatusAbnormal || got.reason != "no write progress for 100ms" {
			t.Errorf("closed %v", got)
		}
		if got := c.Send([]byte("x"), true); got != 0 {
			t.Errorf("send after the end: %d", got)
		}
		if got := c.BufferedAmount(); got != 0 {
			t.Errorf("%d bytes queued after the end", got)
		}
	})
}

// A slow peer that makes progress is not cut, however long it takes.
func TestWriteTimeoutIsForProgress(t *testing.T) {
	const timeout = 400 * time.Millisecond
	c, r, cl := slowPair(t, serverConfig{upgrade: UpgradeOptions{Options: Options{WriteTimeout: timeout}}})
	fillUp(t, c)
	piece := make([]byte, 8<<10)
	cl.SetReadDeadline(time.Now().Add(patience))
	for end := time.Now().Add(3 * timeout); time.Now().Before(end); time.Sleep(timeout / 20) {
		cl.Read(piece)
	}
	if len(r.closed) > 0 {
		t.Errorf("closed %v", <-r.closed)
	}
}

// A drop while another goroutine writes is followed by Drain all the same.
func TestDropBesideSender(t *testing.T) {
	// Nothing fits while something waits.
	cfg := serverConfig{upgrade: UpgradeOptions{Options: Options{BackpressureLimit: 1}}}
	c, r, cl := pair(t, cfg)
	go io.Copy(io.Discard, cl.Conn)
	data := make([]byte, 1000)
	dropped := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 1_000_000 {
				if c.Send(data, false) == 0 {
					dropped <- struct{}{}
					return
				}
				if len(dropped) > 0 {
					return
				}
			}
		})
	}
	receive(t, dropped, "drop")
	receive(t, r.drains, "Drain")
	wg.Wait()
}

// Without a reader, sending finds out that the peer is gone.
func TestSendToLostPeer(t *testing.T) {
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		s := newServer(t, cfg)
		cl := dial(t, s.addr)
		c := s.accept(t)
		setLinger(cl)
		cl.Close()
		eventually(t, "a send of 0", func() bool { return c.Send([]byte("x"), true) == 0 })
		if got := c.ReadyState(); got != Closed {
			t.Errorf("state %v", got)
		}
		r := newRecorder()
		begin(c, r)
		if got := r.close(t); got.code != StatusAbnormal || !strings.Contains(got.reason, "write") {
			t.Errorf("closed %v", got)
		}
	})
}

// The time limit of a write that waited is not one for later writes.
func TestSendAfterWriteTimeout(t *testing.T) {
	const timeout = 300 * time.Millisecond
	c, r, cl := slowPair(t, serverConfig{upgrade: UpgradeOptions{Options: Options{WriteTimeout: timeout}}})
	data := bytes.Repeat([]byte("x"), 10_000)
	taken, _ := fill(t, c, data)
	for range taken {
		cl.expect(ws.OpBinary, string(data))
	}
	receive(t, r.drains, "Drain")
	time.Sleep(timeout * 4 / 3)
	if got := c.Send([]byte("later"), true); got != 5 {
		t.Errorf("send: %d", got)
	}
	cl.expect(ws.OpText, "later")
}
