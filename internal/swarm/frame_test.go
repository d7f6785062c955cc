package swarm

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// taken is a link that keeps what is sent.
type taken struct {
	sent   []byte
	closed bool
}

func (l *taken) send(frame []byte) error { l.sent = append(l.sent, frame...); return nil }
func (l *taken) close()                  { l.closed = true }

// compile makes a server's frame.
func compile(op ws.OpCode, fin bool, payload string) []byte {
	return ws.MustCompileFrame(ws.NewFrame(op, fin, []byte(payload)))
}

func TestDecoder(t *testing.T) {
	long := strings.Repeat("long", 30_000)
	stream := slices.Concat(
		compile(ws.OpText, true, "one"),
		compile(ws.OpText, true, ""),
		compile(ws.OpPong, true, "unasked"),
		compile(ws.OpText, false, "tw"),
		compile(ws.OpPing, true, "there?"),
		compile(ws.OpContinuation, false, ""),
		compile(ws.OpContinuation, true, "o"),
		compile(ws.OpBinary, true, long),
		compile(ws.OpText, true, strings.Repeat("x", 200)),
	)
	want := []string{"one", "", "two", long, strings.Repeat("x", 200)}
	for _, step := range []int{1, 2, 3, 7, 100, len(stream)} {
		var got []string
		s := &Swarm{Message: func(_ *Client, data []byte) { got = append(got, string(data)) }}
		l := &taken{}
		c := &Client{swarm: s, link: l}
		for part := range slices.Chunk(stream, step) {
			s.receive(c, part)
		}
		if s.failed != nil || !slices.Equal(got, want) {
			t.Errorf("in steps of %d: %d messages, %v", step, len(got), s.failed)
		}
		if c.state.rest != nil || c.state.fragments != nil {
			t.Errorf("in steps of %d: an idle client keeps a buffer", step)
		}
		if !bytes.Equal(l.sent, frame(ws.NewPongFrame([]byte("there?")))) {
			t.Errorf("in steps of %d: the ping is answered with %q", step, l.sent)
		}
	}
}

// TestDecoderStops checks that nothing is told of a client after its end.
func TestDecoderStops(t *testing.T) {
	messages := 0
	s := &Swarm{Message: func(c *Client, _ []byte) { messages++; c.swarm.end(c, ErrEnded) }}
	l := &taken{}
	c := &Client{swarm: s, link: l}
	s.receive(c, slices.Concat(compile(ws.OpText, true, "one"), compile(ws.OpText, true, "two"), []byte{0x81}))
	if messages != 1 || !l.closed || c.state.rest != nil {
		t.Errorf("%d messages, closed: %v, kept: %q", messages, l.closed, c.state.rest)
	}
}

func TestDecoderRefuses(t *testing.T) {
	for name, stream := range map[string][]byte{
		"reserved bit":               {0xC1, 0},
		"unknown opcode":             {0x83, 0},
		"continuation of nothing":    compile(ws.OpContinuation, true, "x"),
		"message within a message":   slices.Concat(compile(ws.OpText, false, "x"), compile(ws.OpText, true, "y")),
		"fragmented control frame":   compile(ws.OpPing, false, "x"),
		"control frame of 126 bytes": compile(ws.OpPing, true, strings.Repeat("x", 126)),
		"length of 2^63":             {0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0},
		"masked":                     Text("x"),
	} {
		s := &Swarm{}
		s.receive(&Client{swarm: s, link: &taken{}}, stream)
		if s.failed == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestStencil(t *testing.T) {
	none := strings.Repeat("0", Digits)
	for _, payload := range []string{none, "abc" + none + "def" + none, "x" + none + strings.Repeat("y", 70_000)} {
		for _, text := range []bool{true, false} {
			at := []int{strings.Index(payload, none)}
			if second := strings.LastIndex(payload, none); second > at[0] {
				at = append(at, second)
			}
			s := NewStencil(text, []byte(payload), at...)
			for _, n := range []uint64{0, 1, 0xfedcba9876543210, 1<<64 - 1} {
				//lint:ignore SA1019 it is our own frame
				f, err := ws.ReadFrame(bytes.NewReader(s.Frame(n)))
				if err != nil {
					t.Fatal(err)
				}
				if !f.Header.Masked || (f.Header.OpCode == ws.OpText) != text {
					t.Errorf("header %+v", f.Header)
				}
				f = ws.UnmaskFrame(f)
				for _, i := range at {
					if got, ok := ParseNumber(f.Payload[i : i+Digits]); got != n || !ok {
						t.Errorf("the number is %q, want %x", f.Payload[i:i+Digits], n)
					}
					copy(f.Payload[i:], none)
				}
				if string(f.Payload) != payload {
					t.Errorf("the message is %.100q, want %.100q", f.Payload, payload)
				}
			}
		}
	}
}

func TestParseNumberRefuses(t *testing.T) {
	for _, text := range []string{"", "0", "000000000000000g", "000000000000000A", "00000000000000000"} {
		if n, ok := ParseNumber([]byte(text)); ok {
			t.Errorf("%q is %d", text, n)
		}
	}
}

func TestParseFrom(t *testing.T) {
	from, err := ParseFrom("127.0.0.1, 127.0.0.254-127.0.1.1,::1")
	var got []string
	for _, a := range from {
		got = append(got, a.String())
	}
	if want := []string{"127.0.0.1", "127.0.0.254", "127.0.0.255", "127.0.1.0", "127.0.1.1", "::1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "localhost", "127.0.0.2-127.0.0.1", "127.0.0.1-::2", "10.0.0.0-10.255.0.0", "127.0.0.1-"} {
		if from, err := ParseFrom(text); err == nil {
			t.Errorf("%q is %d addresses", text, len(from))
		}
	}
}

func TestLoopbackFrom(t *testing.T) {
	for n, want := range map[int]int{1: 0, 20_000: 0, 20_001: 2, 40_000: 2, 100_000: 5} {
		if got := LoopbackFrom(n); len(got) != want {
			t.Errorf("%d clients come from %v", n, got)
		}
	}
}
