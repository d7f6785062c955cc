package front

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// decoded is what a decoder makes of a stream.
type decoded struct {
	events []string // opcode and data
	code   int      // of the error; 0: none
}

func (d decoded) String() string { return fmt.Sprintf("%.100q code %d", d.events, d.code) }

// decode feeds p in pieces of n bytes, directly where the decoder wants it so.
func decode(t testing.TB, p []byte, limit, n int, direct bool) decoded {
	t.Helper()
	d := decoder{limit: limit}
	defer d.release()
	largest := getBuffer(limit)
	defer largest.free()
	var out decoded
	drain := func(piece []byte) bool {
		for {
			ev, rest, err := d.next(piece)
			if d.message != nil && cap(d.message.data) > cap(largest.data) {
				t.Fatalf("buffer of %d bytes under a limit of %d", cap(d.message.data), limit)
			}
			if err != nil {
				failure, ok := errors.AsType[*closeError](err)
				if !ok {
					t.Fatalf("error %v of type %T", err, err)
				}
				out.code = failure.code
				return false
			}
			if ev.op == 0 {
				if len(rest) > 0 {
					t.Fatalf("%d bytes not consumed", len(rest))
				}
				return true
			}
			out.events = append(out.events, string(rune('0'+ev.op))+string(ev.data))
			piece = rest
		}
	}
	p = slices.Clone(p) // the decoder unmasks in place
	for len(p) > 0 {
		if into := d.directRead(); direct && into != nil {
			k := copy(into, p)
			p = p[k:]
			if err := d.directDone(k); err != nil {
				out.code = err.(*closeError).code
				break
			}
			if !drain(nil) {
				break
			}
			continue
		}
		k := min(n, len(p))
		if !drain(p[:k]) {
			break
		}
		p = p[k:]
	}
	return out
}

func TestDecoder(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 10_000)
	cases := []struct {
		name   string
		stream []byte
		limit  int
		want   decoded
	}{
		{"nothing", nil, 0, decoded{}},
		{"text", frames(text, "hello"), 0, decoded{events: []string{"1hello"}}},
		{"binary", frames(bin, "\x00\xFF"), 0, decoded{events: []string{"2\x00\xFF"}}},
		{"empty", frames(text, "", bin, ""), 0, decoded{events: []string{"1", "2"}}},
		{"lengths of every form", frames(bin, big[:125], bin, big[:126], bin, big[:65535], bin, big[:65536]), 0,
			decoded{events: []string{"2" + big[:125], "2" + big[:126], "2" + big[:65535], "2" + big[:65536]}}},
		{"fragments", frames(start, "a", more, "b", more, "", last, "c"), 0, decoded{events: []string{"1abc"}}},
		{"empty fragments", frames(start, "", more, "", last, ""), 0, decoded{events: []string{"1"}}},
		{"large fragments", frames(start, big, more, big, last, big), 0, decoded{events: []string{"1" + big + big + big}}},
		{"control between fragments", frames(start, "a", ping, "p", last, "b", pong, "q"), 0,
			decoded{events: []string{"9p", "1ab", ":q"}}},
		{"close", frames(clos, closePayload(1000, "bye")), 0, decoded{events: []string{"8\x03\xe8bye"}}},
		{"character over fragments", frames(start, "\xF0\x9F", last, "\x98\x80"), 0, decoded{events: []string{"1\U0001F600"}}},
		{"largest control", frames(ping, big[:125]), 0, decoded{events: []string{"9" + big[:125]}}},
		{"at the limit", frames(bin, "12345678"), 8, decoded{events: []string{"212345678"}}},
		{"control beyond the limit", frames(ping, "12345"), 4, decoded{events: []string{"912345"}}},
		{"length in too many bytes", []byte{text, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 'x'}, 0,
			decoded{events: []string{"1x"}}},

		{"too big", frames(bin, "123456789"), 8, decoded{code: StatusTooBig}},
		{"too big in sum", frames(start, "1234", more, "5678", last, "9"), 8, decoded{code: StatusTooBig}},
		{"promise of 2^62", []byte{bin, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, 0, decoded{code: StatusTooBig}},
		{"promise of 2^63", []byte{bin, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, 0, decoded{code: StatusProtocolError}},
		{"promise of 2^63-1 after a fragment", append(frames(start, "1"), last, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4), 0,
			decoded{code: StatusTooBig}},
		{"unmasked", appendFrame(nil, ws.OpText, []byte("x")), 0, decoded{code: StatusProtocolError}},
		{"rsv1", frameBits(text|0x40, "x"), 0, decoded{code: StatusProtocolError}},
		{"rsv2", frameBits(text|0x20, "x"), 0, decoded{code: StatusProtocolError}},
		{"rsv3", frameBits(ping|0x10, "x"), 0, decoded{code: StatusProtocolError}},
		{"opcode 3", frameBits(fin|3, "x"), 0, decoded{code: StatusProtocolError}},
		{"opcode 7", frameBits(fin|7, ""), 0, decoded{code: StatusProtocolError}},
		{"opcode 11", frameBits(fin|11, ""), 0, decoded{code: StatusProtocolError}},
		{"opcode 15", frameBits(fin|15, ""), 0, decoded{code: StatusProtocolError}},
		{"long control", frames(ping, big[:126]), 0, decoded{code: StatusProtocolError}},
		{"fragmented control", frames(byte(ws.OpPing), "x"), 0, decoded{code: StatusProtocolError}},
		{"continuation of nothing", frames(last, "x"), 0, decoded{code: StatusProtocolError}},
		{"continuation after the end", frames(start, "a", last, "b", last, "c"), 0, decoded{events: []string{"1ab"}, code: StatusProtocolError}},
		{"text within a message", frames(start, "a", text, "b"), 0, decoded{code: StatusProtocolError}},
		{"bad UTF-8", frames(text, "a\xFF"), 0, decoded{code: StatusInvalidData}},
		{"surrogate", frames(text, "\xED\xA0\x80"), 0, decoded{code: StatusInvalidData}},
		{"overlong", frames(text, "\xC0\xAF"), 0, decoded{code: StatusInvalidData}},
		{"cut character", frames(text, "a\xE2\x82"), 0, decoded{code: StatusInvalidData}},
		{"cut character in fragments", frames(start, "a\xE2", last, "\x82"), 0, decoded{code: StatusInvalidData}},
		{"bad UTF-8 in a first fragment", frames(start, "\xF4\x90"), 0, decoded{code: StatusInvalidData}},
		{"bad UTF-8 before the end of a frame", frames(text, "\xFF"+big)[:10_000], 0, decoded{code: StatusInvalidData}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			limit := tc.limit
			if limit == 0 {
				limit = 1 << 20
			}
			for _, n := range []int{1, 2, 3, 7, 64, 4096, 1 << 20} {
				for _, direct := range []bool{false, true} {
					got := decode(t, tc.stream, limit, n, direct)
					if tc.name == "bad UTF-8 before the end of a frame" && n == 1<<20 {
						continue // whole frames alone come in one piece
					}
					if !reflect.DeepEqual(got, tc.want) {
						t.Errorf("pieces of %d, direct %v: %v, want %v", n, direct, got, tc.want)
					}
				}
			}
		})
	}
}

// A promised length costs no memory before the bytes come.
func TestDecoderAllocatesForWhatCame(t *testing.T) {
	d := decoder{limit: 1 << 30}
	defer d.release()
	promise := []byte{bin, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4}
	if ev, _, err := d.next(promise); err != nil || ev.op != 0 {
		t.Fatal(ev, err)
	}
	if n := len(d.directRead()); n != directReadRoom {
		t.Errorf("room for %d bytes, want %d", n, directReadRoom)
	}
}

func TestValidPrefix(t *testing.T) {
	for _, tc := range []struct {
		p    string
		want int
	}{
		{"", 0}, {"abc", 3}, {"é", 2}, {"a\xC3", 1}, {"a\xE2\x82", 1}, {"\xF0\x9F\x98", 0}, {"\U0001F600", 4},
		{"\x80", -1}, {"a\xFF", -1}, {"\x80\x80\x80\x80\x80", -1}, {"\xC3\xC3", -1}, {"\xED\xA0", -1}, {"\xF4\x90", -1},
	} {
		if got := validPrefix([]byte(tc.p)); got != tc.want {
			t.Errorf("validPrefix(%q) = %d, want %d", tc.p, got, tc.want)
		}
	}
}

// reference decodes with wsutil. ok is false where it refuses the stream.
func reference(p []byte) (events []string, ok bool) {
	r := wsutil.Reader{
		Source:          bytes.NewReader(p),
		State:           ws.StateServerSide,
		CheckUTF8:       true,
		SkipHeaderCheck: false,
	}
	r.OnIntermediate = func(h ws.Header, body io.Reader) error {
		data, err := io.ReadAll(body)
		events = append(events, string(rune('0'+h.OpCode))+string(data))
		return err
	}
	for {
		h, err := r.NextFrame()
		if err == io.EOF {
			return events, true
		}
		if err != nil {
			return nil, false
		}
		data, err := io.ReadAll(&r)
		if err != nil {
			return nil, false
		}
		events = append(events, string(rune('0'+h.OpCode))+string(data))
	}
}

// framed makes a stream of sound frames from arbitrary bytes: a first byte, a
// length, a payload, and so on. Wild bytes alone rarely get past a header.
func framed(p []byte) []byte {
	var stream []byte
	for len(p) >= 2 {
		first, n := p[0]&0x8F, min(int(p[1]), len(p)-2)
		stream = append(stream, frameBits(first, string(p[2:2+n]))...)
		p = p[2+n:]
	}
	return stream
}

func FuzzDecoder(f *testing.F) {
	f.Add(frames(text, "hello", bin, "\x00"), uint16(3))
	f.Add(frames(start, "a", ping, "p", last, "\xC3\xA9"), uint16(1))
	f.Add(frames(start, "", more, "", last, "x", clos, closePayload(1001, "")), uint16(100))
	f.Add([]byte{bin, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, uint16(5))
	f.Add([]byte{start, 2, 'a', 0xC3, ping, 1, 'p', last, 1, 0xA9, bin, 0}, uint16(9))
	f.Add(append(frames(start, "1"), last, 0xFE, 0xFF, 0xFF, 1, 2, 3, 4, 5), uint16(2))
	f.Fuzz(func(t *testing.T, p []byte, n uint16) {
		const limit = 4096
		if n%3 == 0 {
			p = framed(p)
		}
		size := int(n)%len(append(p, 0)) + 1
		got := decode(t, p, limit, size, n%2 == 0)
		if whole := decode(t, p, limit, len(p)+1, false); !reflect.DeepEqual(got, whole) {
			t.Fatalf("pieces of %d: %v, in one: %v", size, got, whole)
		}
		want, ok := reference(p)
		if ok && got.code == 0 && !slices.Equal(got.events, want) {
			t.Fatalf("%q, wsutil: %q", got.events, want)
		}
	})
}
