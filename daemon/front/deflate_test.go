package front

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// deflateOffer is what browsers offer.
const deflateOffer = "permessage-deflate; client_max_window_bits"

func TestNegotiate(t *testing.T) {
	const plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	for _, tc := range []struct {
		offers string // lines of the header
		want   string
		window uint8
	}{
		{"permessage-deflate", plain, 15},
		{deflateOffer, plain, 15},
		{"permessage-deflate; client_max_window_bits=9", plain, 15},
		{"permessage-deflate; server_no_context_takeover", plain, 15},
		{"permessage-deflate; client_no_context_takeover; server_no_context_takeover", plain, 15},
		{"permessage-deflate; server_max_window_bits=15", plain + "; server_max_window_bits=15", 15},
		{"permessage-deflate; server_max_window_bits=8", plain + "; server_max_window_bits=8", 8},
		{`permessage-deflate; server_max_window_bits="10"`, plain + "; server_max_window_bits=10", 10},
		{"permessage-deflate; server_max_window_bits=10, permessage-deflate", plain + "; server_max_window_bits=10", 10},
		{"x-webkit-deflate-frame, permessage-deflate", plain, 15},
		{"foo; bar=1\npermessage-deflate", plain, 15},
		{"permessage-deflate; unknown, permessage-deflate", plain, 15},
		{"foo", "", 0},
		{"permessage-deflate; unknown", "", 0},
		{"permessage-deflate; server_max_window_bits", "", 0},
		{"permessage-deflate; server_max_window_bits=7", "", 0},
		{"permessage-deflate; server_max_window_bits=16", "", 0},
		{"permessage-deflate; client_max_window_bits=16", "", 0},
		{"permessage-deflate; client_max_window_bits=x", "", 0},
		{"permessage-deflate; server_no_context_takeover=1", "", 0},
		{"permessage-deflate; server_no_context_takeover; server_no_context_takeover", "", 0},
		{"permessage-deflate; server_max_window_bits=9; server_max_window_bits=10", "", 0},
	} {
		t.Run(tc.offers, func(t *testing.T) {
			for _, enabled := range []bool{true, false} {
				s := newServer(t, serverConfig{upgrade: UpgradeOptions{Options: Options{PerMessageDeflate: enabled}}})
				cl := dialRaw(t, s.addr)
				var lines []string
				for offer := range strings.SplitSeq(tc.offers, "\n") {
					lines = append(lines, "Sec-WebSocket-Extensions: "+offer)
				}
				cl.write(handshake(s.addr, lines...))
				response, err := http.ReadResponse(cl.br, nil)
				if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
					t.Fatal(response, err)
				}
				want, window := tc.want, tc.window
				if !enabled {
					want, window = "", 0
				}
				c := s.accept(t)
				got := strings.ReplaceAll(strings.Join(response.Header["Sec-Websocket-Extensions"], " | "), ";", "; ")
				if got = strings.ReplaceAll(got, "  ", " "); got != want || c.window != window || c.Compresses() != (window != 0) {
					t.Errorf("enabled %v: %q, window %d; want %q, %d", enabled, got, c.window, want, window)
				}
			}
		})
	}
}

// TestNegotiateMalformed checks that a header that is none fails the handshake (RFC 6455, section 9.1).
func TestNegotiateMalformed(t *testing.T) {
	s := newServer(t, serverConfig{upgrade: UpgradeOptions{Options: Options{PerMessageDeflate: true}}})
	cl := dialRaw(t, s.addr)
	cl.write(handshake(s.addr, "Sec-WebSocket-Extensions: permessage-deflate; ="))
	response, err := http.ReadResponse(cl.br, nil)
	if err != nil || response.StatusCode != http.StatusBadRequest {
		t.Fatal(response, err)
	}
	refused := receive(t, s.errs, "refusal")
	if _, ok := errors.AsType[*HandshakeError](refused); !ok {
		t.Errorf("error %v", refused)
	}
}

// deflatePair is pair with the extension, by an offer.
func deflatePair(t testing.TB, cfg serverConfig, offer string, r *recorder) (*Conn, *client) {
	t.Helper()
	cfg.upgrade.Options.PerMessageDeflate = true
	s := newServer(t, cfg)
	cl := dialRaw(t, s.addr)
	cl.deflate = true
	cl.upgrade(s.addr, "Sec-WebSocket-Extensions: "+offer)
	c := s.accept(t)
	if !c.Compresses() {
		t.Fatalf("%q was declined", offer)
	}
	begin(c, r)
	return c, cl
}

// onTransports runs a test on each transport.
func onTransports(t *testing.T, f func(t *testing.T, cfg serverConfig)) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) { f(t, serverConfig{wrap: tr.wrap, loop: tr.loop}) })
	}
}

// compress is a message as a client sends it, by the standard library.
func compress(data string) string {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.BestCompression)
	io.WriteString(w, data)
	w.Flush()
	return strings.TrimSuffix(out.String(), deflateTail)
}

// inflate undoes it, and deflate.
func inflate(p []byte) ([]byte, error) {
	return io.ReadAll(flate.NewReader(io.MultiReader(bytes.NewReader(p), strings.NewReader(inflateTail))))
}

// sample is text as applications send it, of n bytes, 1 MiB at most.
func sample(n int) string { return samples()[:n] }

var samples = sync.OnceValue(func() string {
	r := rand.New(rand.NewSource(1))
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, `{"id":%d,"user":"user-%d","text":"message %x","at":%d}`, i, r.Intn(20), r.Int63(), r.Intn(1e9))
	}
	return b.String()
})

func noise(n int) string {
	p := make([]byte, n)
	rand.New(rand.NewSource(2)).Read(p)
	return string(p)
}

const compressed = 0x40

func TestInflate(t *testing.T) {
	const limit = 300_000
	long := sample(limit)
	bomb := compress(strings.Repeat("\x00", 4<<20))
	rune3 := strings.Repeat("\u20ac", 100)
	hello := compress("hello")
	euro := compress(rune3)
	cases := []struct {
		name   string
		stream []byte
		want   []string
		code   int // 0: none
	}{
		{"text", frames(text|compressed, hello), []string{"hello"}, 0},
		{"RFC 7692, 7.2.3.1", frames(text|compressed, "\xf2\x48\xcd\xc9\xc9\x07\x00"), []string{"Hello"}, 0},
		{"its fragments", frames(start|compressed, "\xf2\x48\xcd", last, "\xc9\xc9\x07\x00"), []string{"Hello"}, 0},
		{"7.2.3.3: no compression", frames(text|compressed, "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"), []string{"Hello"}, 0},
		{"7.2.3.4: a last block", frames(text|compressed, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), []string{"Hello"}, 0},
		{"7.2.3.4, as some end it", frames(text|compressed, "\xf3\x48\xcd\xc9\xc9\x07\x00"), []string{"Hello"}, 0},
		{"two streams", frames(text|compressed, "\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), []string{"HelloHello"}, 0},
		{"7.2.3.5: two blocks", frames(text|compressed, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"), []string{"Hello"}, 0},
		{"7.2.3.6: nothing", frames(text|compressed, "\x00"), []string{""}, 0},
		{"nothing at all", frames(text|compressed, "", text, "x"), []string{"", "x"}, 0},
		{"binary", frames(bin|compressed, compress("\x00\xff")), []string{"\x00\xff"}, 0},
		{"plain beside compressed", frames(text, "a", text|compressed, hello, text, "b"), []string{"a", "hello", "b"}, 0},
		{"control between fragments", frames(start|compressed, hello[:2], ping, "", more, hello[2:3], last, hello[3:]), []string{"hello"}, 0},
		{"character over fragments", frames(start|compressed, euro[:5], last, euro[5:]), []string{rune3}, 0},
		{"at the limit", frames(text|compressed, compress(long)), []string{long}, 0},
		{"at the limit, without getting shorter", frames(bin|compressed, compress(noise(limit))), []string{noise(limit)}, 0},
		{"large between small", frames(text|compressed, hello, text|compressed, compress(long), text|compressed, hello, text, "x"), []string{"hello", long, "hello", "x"}, 0},
		{"many", bytes.Repeat(frames(text|compressed, compress(sample(2000))), 200), repeat(sample(2000), 200), 0},

		{"beyond the limit", frames(text|compressed, compress(long+"x")), nil, StatusTooBig},
		{"a bomb", frames(bin|compressed, bomb), nil, StatusTooBig},
		{"a bomb behind a message", frames(text|compressed, hello, bin|compressed, bomb, text, "never"), []string{"hello"}, StatusTooBig},
		{"too long as it comes", frames(start|compressed, noise(200_000), more, noise(200_000)), nil, StatusTooBig},
		{"no deflate data", frames(text|compressed, "\xff\xff\xff"), nil, StatusInvalidData},
		{"cut off", frames(text|compressed, compress(sample(1000))[:100]), nil, StatusInvalidData},
		{"far too far back", frames(text|compressed, "\x03\x7e\x00"), nil, StatusInvalidData},
		{"large and cut off", frames(text|compressed, compress(long)[:50_000]), nil, StatusInvalidData},
		{"not UTF-8", frames(text|compressed, compress("a\xff")), nil, StatusInvalidData},
		{"half a character", frames(text|compressed, compress("a\xe2\x82")), nil, StatusInvalidData},
		{"not UTF-8 far behind", frames(text|compressed, compress(long[1:]+"\xff")), nil, StatusInvalidData},
		{"rsv1 in a later fragment", frames(start|compressed, hello[:2], last|compressed, hello[2:]), nil, StatusProtocolError},
		{"rsv1 in a later fragment alone", frames(start, "a", last|compressed, "b"), nil, StatusProtocolError},
		{"rsv1 in a ping", frames(ping|compressed, ""), nil, StatusProtocolError},
		{"rsv1 in a close frame", frames(clos|compressed, ""), nil, StatusProtocolError},
		{"rsv2", frames(text|compressed|0x20, hello), nil, StatusProtocolError},
	}
	onTransports(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.MaxPayloadLength = limit
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				r := newRecorder()
				_, cl := deflatePair(t, cfg, deflateOffer, r)
				go cl.Write(tc.stream) // a bomb is not read to its end
				for i, want := range tc.want {
					if got := r.message(t); got.data != want {
						t.Fatalf("message %d: %d bytes %.40q, want %d bytes %.40q", i, len(got.data), got.data, len(want), want)
					}
				}
				if tc.code == 0 {
					cl.write(frames(clos, closePayload(1000, "")))
					tc.code = 1000
				}
				if got := cl.closeFrame(); got.code != tc.code {
					t.Errorf("closed with %v, want %d", got, tc.code)
				}
				cl.Close()
				if got := r.close(t); got.code != tc.code {
					t.Errorf("Close with %v, want %d", got, tc.code)
				}
				if len(r.messages) > 0 {
					t.Errorf("%d more messages", len(r.messages))
				}
			})
		}
	})
}

func repeat(s string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s
	}
	return out
}

// TestInflateRefused checks that an inflated message can be refused, and is offered again.
func TestInflateRefused(t *testing.T) {
	onTransports(t, func(t *testing.T, cfg serverConfig) {
		for _, size := range []int{1000, 200_000} {
			r := newRecorder()
			refusals := make(chan struct{}, 100)
			refuse := 3
			r.onMessage = func(c *Conn, data []byte, text bool) bool {
				if refuse > 0 {
					refuse--
					refusals <- struct{}{}
					return false
				}
				r.messages <- message{string(data), text}
				return true
			}
			c, cl := deflatePair(t, cfg, deflateOffer, r)
			cl.write(frames(text|compressed, compress(sample(size)), text, "next"))
			for range 3 {
				receive(t, refusals, "refusal")
				c.Resume()
			}
			if got := r.message(t); got.data != sample(size) {
				t.Errorf("%d bytes: %.40q", len(got.data), got.data)
			}
			if got := r.message(t); got.data != "next" {
				t.Errorf("then %.40q", got.data)
			}
		}
	})
}

// TestInflateEnd checks that a connection that ends while a message of its client is inflated ends as ever, and that nobody else waits
// for it.
func TestInflateEnd(t *testing.T) {
	onTransports(t, func(t *testing.T, cfg serverConfig) {
		for range cap(inflateSlots) {
			inflateSlots <- struct{}{}
		}
		release := sync.OnceFunc(func() {
			for range cap(inflateSlots) {
				<-inflateSlots
			}
		})
		defer release()
		cfg.upgrade.Options.PerMessageDeflate = true
		cfg.upgrade.Options.CloseTimeout = 50 * time.Millisecond
		s := newServer(t, cfg)
		connect := func(r *recorder) (*Conn, *client) {
			cl := dialRaw(t, s.addr)
			cl.deflate = true
			cl.upgrade(s.addr, "Sec-WebSocket-Extensions: "+deflateOffer)
			c := s.accept(t)
			begin(c, r)
			return c, cl
		}
		var waiting []*recorder
		for i := range 3 {
			r := newRecorder()
			c, cl := connect(r)
			cl.write(frames(text|compressed, compress(sample(200_000)), text, "behind"))
			eventually(t, "the message is inflated", func() bool { return c.stats.bytesIn.Load() > 0 })
			time.Sleep(20 * time.Millisecond)
			switch i {
			case 0:
				c.Terminate()
			case 1:
				c.Close(1000, "")
			}
			waiting = append(waiting, r)
		}
		r := newRecorder()
		_, cl := connect(r)
		cl.write(frames(text|compressed, compress("hello")))
		if got := r.message(t); got.data != "hello" {
			t.Errorf("got %q", got.data)
		}
		time.Sleep(100 * time.Millisecond)
		release()
		if got := waiting[2].message(t); got.data != sample(200_000) {
			t.Errorf("%d bytes: %.40q", len(got.data), got.data)
		}
		if got := waiting[2].message(t); got.data != "behind" {
			t.Errorf("then %.40q", got.data)
		}
		for _, r := range waiting[:2] {
			r.close(t)
			if len(r.messages) > 0 {
				t.Errorf("%d messages", len(r.messages))
			}
		}
	})
}

// TestInflateMemory checks that memory follows what a bomb has become, and ends at the limit.
func TestInflateMemory(t *testing.T) {
	bomb := compress(strings.Repeat("\x00", 8<<20))
	d := decoder{limit: 1 << 20, deflate: true}
	defer d.release()
	ev, _, err := d.next(frames(bin|compressed, bomb))
	if err != nil || !ev.compressed {
		t.Fatal(ev, err)
	}
	m := newInflation(&d, ev)
	defer m.free()
	for {
		done, err := m.step(inflateStep)
		if failure, ok := errors.AsType[*closeError](err); ok && failure.code == StatusTooBig {
			break
		}
		if done || err != nil {
			t.Fatal(done, err)
		}
		if n := len(m.out.data); cap(m.out.data) > max(2*n, 4*len(m.in.data)) {
			t.Fatalf("%d bytes for %d", cap(m.out.data), n)
		}
	}
	if got := cap(m.out.data); got > d.limit+1 {
		t.Errorf("%d bytes under a limit of %d", got, d.limit)
	}
}

func TestDeflate(t *testing.T) {
	large := sample(1 << 20)
	onTransports(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.BackpressureLimit = 4 << 20
		for _, bits := range []int{windowBitsMin, 12, windowBitsMax} {
			t.Run(fmt.Sprint("window ", bits), func(t *testing.T) {
				c, cl := deflatePair(t, cfg, fmt.Sprintf("permessage-deflate; server_max_window_bits=%d", bits), newRecorder())
				for _, tc := range []struct {
					name       string
					data       string
					compressed bool
				}{
					{"nothing", "", false},
					{"below the threshold", sample(deflateMin - 1), false},
					{"threshold", sample(deflateMin), true},
					{"small", sample(1000), true},
					{"large", large[:100_000], true},
					{"largest", large, true},
					{"too large", large + "x", false},
					{"a run", strings.Repeat("x", 100_000), true},
					{"noise", noise(10_000), false},
				} {
					for name, send := range map[string]func() int{
						"Send":      func() int { return c.Send([]byte(tc.data), false) },
						"SendFrame": func() int { return c.SendFrame(NewFrame([]byte(tc.data), false)) },
					} {
						if got := send(); got != max(1, len(tc.data)) && got != -1 {
							t.Fatalf("%s of %s: %d", name, tc.name, got)
						}
						h, payload := cl.rawFrame()
						if (h.Rsv == 4) != tc.compressed || h.OpCode != ws.OpBinary {
							t.Fatalf("%s of %s: header %+v", name, tc.name, h)
						}
						if tc.compressed {
							if len(payload) >= len(tc.data) {
								t.Errorf("%s of %s: %d bytes became %d", name, tc.name, len(tc.data), len(payload))
							}
							checkWindow(t, payload, tc.data, bits)
						} else if string(payload) != tc.data {
							t.Errorf("%s of %s: %d bytes", name, tc.name, len(payload))
						}
					}
				}
				c.Ping([]byte(strings.Repeat("x", 125)))
				if h, _ := cl.rawFrame(); h.Rsv != 0 || h.OpCode != ws.OpPing {
					t.Errorf("ping: %+v", h)
				}
			})
		}
	})
}

// checkWindow inflates what was sent and checks that nothing refers back beyond the window: where that is small, the message consists of
// pieces that are no longer and refer to none before them.
func checkWindow(t *testing.T, payload []byte, want string, bits int) {
	t.Helper()
	got, err := inflate(payload)
	if err != nil || string(got) != want {
		t.Fatalf("inflated to %d bytes %.40q, %v; want %d bytes", len(got), got, err, len(want))
	}
	if bits == windowBitsMax || len(want) <= 1<<bits {
		return
	}
	// Each piece ends with an empty block: alone, it is a stream.
	r := flate.NewReader(nil)
	for i, piece := range bytes.SplitAfter(payload, []byte(deflateTail)) {
		piece = append(bytes.TrimSuffix(piece, []byte(deflateTail)), inflateTail...)
		r.(flate.Resetter).Reset(bytes.NewReader(piece), nil)
		if n, err := io.Copy(io.Discard, r); err != nil || n > 1<<bits {
			t.Fatalf("piece %d: %d bytes, %v", i, n, err)
		}
	}
}

// TestFrameDeflatedOnce checks that a frame is compressed once for all who share it.
func TestFrameDeflatedOnce(t *testing.T) {
	f := NewFrame([]byte(sample(5000)), true)
	var wait sync.WaitGroup
	forms := make([][]byte, 100)
	for i := range forms {
		wait.Go(func() { forms[i] = f.wireFor(windowBitsMax) })
	}
	wait.Wait()
	for i, wire := range forms {
		if &wire[0] != &forms[0][0] {
			t.Fatalf("connection %d has a form of its own", i)
		}
	}
	if &f.wireFor(0)[0] != &f.wire[0] {
		t.Error("without the extension the frame is not the plain one")
	}
	if n := testing.AllocsPerRun(100, func() { f.wireFor(windowBitsMax) }); n > 0 {
		t.Errorf("%v allocations a member", n)
	}
	if a, b := f.wireFor(10), f.wireFor(13); &a[0] == &forms[0][0] || &b[0] != &forms[0][0] {
		t.Error("a form of its own goes to windows that are smaller than the message, and to no others")
	}
}

// TestDeflateBackpressure checks that the queue's limit counts what is on the wire.
func TestDeflateBackpressure(t *testing.T) {
	onTransports(t, func(t *testing.T, cfg serverConfig) {
		cfg.sendBuffer = 4 << 10
		cfg.upgrade.Options.BackpressureLimit = 64 << 10
		c, cl := deflatePair(t, cfg, deflateOffer, newRecorder())
		c.Cork()
		zeros := make([]byte, 60<<10)
		for i := range 20 {
			if got := c.Send(zeros, false); got != len(zeros) {
				t.Fatalf("message %d: %d", i, got)
			}
		}
		if got := c.BufferedAmount(); got > 20*200 {
			t.Errorf("%d bytes wait", got)
		}
		c.Uncork()
		for range 20 {
			cl.expect(ws.OpBinary, string(zeros))
		}
	})
}

// TestDeflateMemory checks that a connection that has sent and received compressed messages keeps nothing.
func TestDeflateMemory(t *testing.T) {
	const n = 200
	live := func() int {
		var m runtime.MemStats
		for range 3 { // pools are emptied by the second
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	perConn := func(offer string) int {
		s := newServer(t, serverConfig{loop: true, upgrade: UpgradeOptions{Options: Options{PerMessageDeflate: true}}})
		request := frames(text, sample(3000))
		if offer != "" {
			request = frames(text|compressed, compress(sample(3000)))
		}
		var clients []*client
		before := live()
		for range n {
			cl := dialRaw(t, s.addr)
			cl.deflate = true
			cl.br.Reset(cl.Conn)
			lines := []string{}
			if offer != "" {
				lines = append(lines, "Sec-WebSocket-Extensions: "+offer)
			}
			cl.upgrade(s.addr, lines...)
			begin(s.accept(t), echoes{})
			cl.write(request)
			cl.expect(ws.OpText, sample(3000))
			clients = append(clients, cl)
		}
		used := (live() - before) / n
		for _, cl := range clients {
			cl.Close()
		}
		return used
	}
	perConn("") // what is made once
	plain, deflated := perConn(""), perConn(deflateOffer)
	t.Logf("%d B of heap for a connection and its client, %d B with compression", plain, deflated)
	if deflated > plain+500 {
		t.Errorf("a connection takes %d B of heap, with compression %d B", plain, deflated)
	}
}

// echoes sends back what it gets.
type echoes struct{}

func (echoes) Message(c *Conn, data []byte, text bool) bool { c.Send(data, text); return true }
func (echoes) Drain(*Conn)                                  {}
func (echoes) Close(*Conn, int, string)                     {}

// FuzzInflate checks that compressed input of any kind is inflated as the standard library does it, or refused, within the limit.
func FuzzInflate(f *testing.F) {
	const limit = 64 << 10
	for _, seed := range []string{"", "\x00", compress("hello"), compress(sample(5000)), compress(strings.Repeat("a", 100_000)), "\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
		"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", compress("\xff"), compress("\u20ac")[:3], "\x03\x00\x03\x00\x03\x00"} {
		f.Add([]byte(seed), true, uint16(2))
		f.Add([]byte(seed), false, uint16(0))
	}
	f.Fuzz(func(t *testing.T, data []byte, isText bool, cut uint16) {
		if len(data) > limit {
			return
		}
		op := bin
		if isText {
			op = text
		}
		at := int(cut) % (len(data) + 1)
		stream := frames(int(op&^fin|compressed), string(data[:at]), last, string(data[at:]))
		d := decoder{limit: limit, deflate: true}
		defer d.release()
		ev, _, err := d.next(stream)
		if err != nil || ev.op != ws.OpCode(op&0x0F) {
			t.Fatal(ev.op, err)
		}
		if !ev.compressed {
			if len(data) > 0 {
				t.Fatal("not compressed")
			}
			return
		}
		m := newInflation(&d, ev)
		defer m.free()
		err = m.finish(func() bool { return false })
		if m.out != nil && cap(m.out.data) > max(limit+1, bufferSizes[len(bufferSizes)-1]) {
			t.Fatalf("buffer of %d bytes", cap(m.out.data))
		}
		want, wantErr := inflateAll(data, limit)
		failure, failed := errors.AsType[*closeError](err)
		switch {
		case err != nil && !failed:
			t.Fatal(err)
		case isText && wantErr == nil && !validText(want):
			if !failed || failure.code != StatusInvalidData {
				t.Fatalf("text that is not UTF-8: %v", err)
			}
		case failed != (wantErr != nil):
			t.Fatalf("%v, want %v", err, wantErr)
		case !failed && !bytes.Equal(m.data(), want):
			t.Fatalf("%q, want %q", m.data(), want)
		}
	})
}

// inflateAll is what a message is to become, by the standard library.
func inflateAll(data []byte, limit int) (out []byte, err error) {
	src := bytes.NewReader(append(bytes.Clone(data), inflateTail...))
	for {
		part, err := io.ReadAll(io.LimitReader(flate.NewReader(src), int64(limit+1-len(out))))
		out = append(out, part...)
		if err != nil {
			return nil, err
		}
		if len(out) > limit {
			return nil, errors.New("too big")
		}
		if src.Len() <= len(inflateTail) {
			return out, nil
		}
	}
}

func validText(p []byte) bool { return validPrefix(p) == len(p) }
