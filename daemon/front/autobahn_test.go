package front

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// How a case's bytes are cut into writes, besides a number of bytes.
const (
	atOnce  = 0
	byFrame = -1
)

// autobahnCase is what a client sends to a server that answers each message with itself, and what the client gets. The frames are
// followed by a close frame with 1000, unless the case has one or the server is to close.
type autobahnCase struct {
	name   string   // the number in the Autobahn test suite
	frames [][]byte // from the client
	chop   int
	want   []reply
	code   int  // of the server's close frame; 0: 1000, the answer to the client's
	closes bool // the frames have a close frame
}

// reply is a frame from the server.
type reply struct {
	op   ws.OpCode
	data string
}

func texts(data ...string) (r []reply) {
	for _, d := range data {
		r = append(r, reply{ws.OpText, d})
	}
	return r
}

func pongs(data ...string) (r []reply) {
	for _, d := range data {
		r = append(r, reply{ws.OpPong, d})
	}
	return r
}

// each makes client frames, given as first byte and payload in turn.
func each(parts ...any) (list [][]byte) {
	for i := 0; i < len(parts); i += 2 {
		list = append(list, frames(parts[i], parts[i+1]))
	}
	return list
}

// fragments is a message in frames of n bytes.
func fragments(first byte, data string, n int) (list [][]byte) {
	op := first &^ fin
	for len(data) > n {
		list = append(list, frames(op, data[:n]))
		data, op = data[n:], 0
	}
	return append(list, frames(fin|op, data))
}

// TestAutobahn has the cases of sections 1 to 7 of the Autobahn test suite, which asks for what RFC 6455 says.
func TestAutobahn(t *testing.T) {
	cases := slices.Concat(framingCases(), pingCases(), reservedCases(), fragmentCases(), utf8Cases(), closeCases())
	onEveryTransport(t, func(t *testing.T, cfg serverConfig) {
		s := newServer(t, cfg)
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) { tc.run(t, s) })
		}
	})
}

func (tc *autobahnCase) run(t *testing.T, s *server) {
	cl := dial(t, s.addr)
	c, r := s.accept(t), newRecorder()
	r.onMessage = func(c *Conn, data []byte, text bool) bool { c.Send(data, text); return true }
	begin(c, r)

	send := tc.frames
	code := tc.code
	if code == 0 {
		code = StatusNormal
		if !tc.closes {
			send = slices.Concat(send, each(clos, closePayload(StatusNormal, "")))
		}
	}
	for _, p := range chopped(send, tc.chop) {
		if _, err := cl.Write(p); err != nil {
			break // the server has closed already
		}
	}
	for _, want := range tc.want {
		cl.expect(want.op, want.data)
	}
	op, payload := cl.frame()
	got := closing{code: StatusNone}
	if len(payload) > 0 {
		got.code, got.reason, _ = parseClosePayload(payload)
	}
	if op != ws.OpClose || got.code != code {
		t.Fatalf("got %v %v, want close %d", op, got, code)
	}
	cl.expectEnd()
	cl.Close()
	if got := r.close(t); got.code != code {
		t.Errorf("the handler is told of %v, want %d", got, code)
	}
}

func chopped(list [][]byte, chop int) (pieces [][]byte) {
	if chop == byFrame {
		return list
	}
	p := slices.Concat(list...)
	if chop == atOnce {
		return [][]byte{p}
	}
	return slices.Collect(slices.Chunk(p, chop))
}

// Section 1: messages of the lengths at which the header changes.
func framingCases() (cases []autobahnCase) {
	for i, first := range []byte{text, bin} {
		n := 0
		add := func(size, chop int) {
			n++
			data := strings.Repeat("*", size)
			cases = append(cases, autobahnCase{
				name:   fmt.Sprintf("1.%d.%d", i+1, n),
				frames: each(first, data), chop: chop,
				want: []reply{{ws.OpCode(first &^ fin), data}},
			})
		}
		for _, size := range []int{0, 125, 126, 127, 128, 65535, 65536} {
			add(size, atOnce)
		}
		add(65536, 997)
	}
	return cases
}

// Section 2: pings and pongs.
func pingCases() []autobahnCase {
	binary := "\x00\xFF\xFE\xFD\xFC\xFB\x00\xFF"
	long := strings.Repeat("\xFE", 125)
	var many []any
	var answers []string
	for i := range 10 {
		data := fmt.Sprintf("ping %d", i)
		many, answers = append(many, ping, data), append(answers, data)
	}
	return []autobahnCase{
		{name: "2.1", frames: each(ping, ""), want: pongs("")},
		{name: "2.2", frames: each(ping, "hello"), want: pongs("hello")},
		{name: "2.3", frames: each(ping, binary), want: pongs(binary)},
		{name: "2.4", frames: each(ping, long), want: pongs(long)},
		{name: "2.5", frames: each(ping, long+"\xFE"), code: StatusProtocolError},
		{name: "2.6", frames: each(ping, long), chop: 1, want: pongs(long)},
		{name: "2.7", frames: each(pong, "")},
		{name: "2.8", frames: each(pong, "nobody asked")},
		{name: "2.9", frames: each(pong, "nobody asked", ping, "hello"), want: pongs("hello")},
		{name: "2.10", frames: each(many...), chop: byFrame, want: pongs(answers...)},
		{name: "2.11", frames: each(many...), chop: 1, want: pongs(answers...)},
	}
}

// Sections 3 and 4: bits and opcodes that have no meaning.
func reservedCases() []autobahnCase {
	const small = "small"
	around := func(f []byte) [][]byte { return [][]byte{frames(text, small), f, frames(ping, "")} }
	rsv := func(first byte, bits byte) []byte { return frameBits(first|bits<<4, small) }
	op := func(code byte, data string) []byte { return frameBits(fin|code, data) }
	bad := []autobahnCase{
		{name: "3.1", frames: [][]byte{rsv(text, 1)}},
		{name: "3.2", frames: around(rsv(text, 2)), want: texts(small)},
		{name: "3.3", frames: around(rsv(text, 3)), chop: byFrame, want: texts(small)},
		{name: "3.4", frames: around(rsv(text, 4)), chop: 1, want: texts(small)},
		{name: "3.5", frames: [][]byte{rsv(bin, 5)}},
		{name: "3.6", frames: [][]byte{rsv(ping, 6)}},
		{name: "3.7", frames: [][]byte{rsv(clos, 7)}},
	}
	for i, first := range []byte{3, 11} {
		name := func(n int) string { return fmt.Sprintf("4.%d.%d", i+1, n) }
		bad = append(bad,
			autobahnCase{name: name(1), frames: [][]byte{op(first, "")}},
			autobahnCase{name: name(2), frames: [][]byte{op(first+1, "reserved")}},
			autobahnCase{name: name(3), frames: around(op(first+2, "")), want: texts(small)},
			autobahnCase{name: name(4), frames: around(op(first+3, "reserved")), want: texts(small)},
			autobahnCase{name: name(5), frames: around(op(first+4, "reserved")), chop: 1, want: texts(small)},
		)
	}
	for i := range bad {
		bad[i].code = StatusProtocolError
	}
	return bad
}

// Section 5: fragments.
func fragmentCases() (cases []autobahnCase) {
	chops := []int{atOnce, byFrame, 1}
	n := 0
	add := func(tc autobahnCase, chops ...int) {
		for _, chop := range chops {
			n++
			tc.name, tc.chop = fmt.Sprintf("5.%d", n), chop
			cases = append(cases, tc)
		}
	}
	broken := func(want []reply, parts ...any) autobahnCase {
		return autobahnCase{frames: each(parts...), want: want, code: StatusProtocolError}
	}
	two, between := each(start, "one ", last, "two"), each(start, "one ", ping, "p", last, "two")
	add(broken(nil, byte(ws.OpPing), "one ", last, "two"), atOnce)
	add(broken(nil, byte(ws.OpPong), "one ", last, "two"), atOnce)
	add(autobahnCase{frames: two, want: texts("one two")}, chops...)
	add(autobahnCase{frames: between, want: append(pongs("p"), texts("one two")...)}, chops...)
	add(broken(nil, last, "of nothing", text, "hello"), chops...)
	add(broken(nil, more, "of nothing", text, "hello"), chops...)
	add(broken(texts("one two"), start, "one ", last, "two", more, "of nothing", text, "hello"), atOnce)
	add(broken(nil, more, "of nothing", start, "one ", last, "two", more, "of nothing", start, "one ", last, "two"), atOnce)
	add(broken(nil, last, "of nothing", start, "one ", last, "two", last, "of nothing", start, "one ", last, "two"), atOnce)
	add(broken(nil, start, "one", text, "two"), atOnce)
	five := autobahnCase{
		frames: each(start, "1", more, "2", ping, "p1", more, "3", more, "4", ping, "p2", last, "5"),
		want:   append(pongs("p1", "p2"), texts("12345")...),
	}
	add(five, byFrame, atOnce)
	return cases
}

// Section 6: UTF-8.
func utf8Cases() (cases []autobahnCase) {
	good, bad := "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε\xED\xA0\x80edited"
	name := func(group, n int) string { return fmt.Sprintf("6.%d.%d", group, n) }
	valid := func(group, n int, data string, list [][]byte) {
		cases = append(cases, autobahnCase{name: name(group, n), frames: list, want: texts(data)})
	}
	invalid := func(group, n int, list [][]byte, chop int) {
		cases = append(cases, autobahnCase{name: name(group, n), frames: list, chop: chop, code: StatusInvalidData})
	}
	valid(1, 1, "", each(text, ""))
	valid(1, 2, "", each(start, "", more, "", last, ""))
	valid(1, 3, "middle", each(start, "", more, "middle", last, ""))
	valid(2, 1, good, each(text, good))
	valid(2, 2, good, fragments(text, good, len("Hello-µ@ßöä")))
	valid(2, 3, good, fragments(text, good, 1))
	valid(2, 4, "κόσμε", fragments(text, "κόσμε", 1))
	invalid(3, 1, each(text, bad), atOnce)
	invalid(3, 2, fragments(text, bad, 1), atOnce)
	// What nothing can mend is told before the message is whole.
	beyond := "κόσμε\xF4\x90\x80\x80"
	invalid(4, 1, each(start, "κόσμε", more, "\xF4\x90\x80\x80"), byFrame)
	invalid(4, 2, each(start, "κόσμε\xF4", more, "\x90"), byFrame)
	whole := frames(text, beyond+"edited")
	invalid(4, 3, [][]byte{whole[:len(whole)-len("edited")]}, atOnce)
	invalid(4, 4, [][]byte{whole[:len(whole)-len("\x80\x80edited")]}, 1)

	for i, group := range utf8Sequences() {
		for n, data := range group {
			number := name(5+i, n+1)
			tc := autobahnCase{name: number, frames: each(text, data), want: texts(data)}
			if !utf8.ValidString(data) {
				tc.want, tc.code = nil, StatusInvalidData
			}
			split := tc
			split.name, split.frames = number+" in fragments", fragments(text, data, 1)
			cases = append(cases, tc, split)
		}
	}
	return cases
}

// utf8Sequences are the groups from 6.5 on.
func utf8Sequences() [][]string {
	continuations, nonCharacters, starts := "", []string(nil), make([]string, 5)
	for b := 0x80; b < 0xC0; b++ {
		continuations += string([]byte{byte(b)})
	}
	for plane := rune(0); plane < 17; plane++ {
		nonCharacters = append(nonCharacters, string(plane<<16|0xFFFE), string(plane<<16|0xFFFF))
	}
	for i, run := range [][2]int{{0xC0, 0xE0}, {0xE0, 0xF0}, {0xF0, 0xF8}, {0xF8, 0xFC}, {0xFC, 0xFE}} {
		for b := run[0]; b < run[1]; b++ {
			starts[i] += string([]byte{byte(b), ' '})
		}
	}
	word := "κ\u1F79σμε"
	var prefixes, runs []string
	for i := 1; i <= len(word); i++ {
		prefixes = append(prefixes, word[:i])
	}
	for n := 2; n <= 6; n++ {
		runs = append(runs, continuations[:n])
	}
	cut := []string{"\xC0", "\xE0\x80", "\xF0\x80\x80", "\xF8\x80\x80\x80", "\xFC\x80\x80\x80\x80",
		"\xDF", "\xEF\xBF", "\xF7\xBF\xBF", "\xFB\xBF\xBF\xBF", "\xFD\xBF\xBF\xBF\xBF"}
	return [][]string{
		0:      {"hello$world", "hello¢world", "hello€world", "hello𤭢world", word},
		6 - 5:  prefixes,
		7 - 5:  {"\x00", "\u0080", "\u0800", "\U00010000"},
		8 - 5:  {"\xF8\x88\x80\x80\x80", "\xFC\x84\x80\x80\x80\x80"},
		9 - 5:  {"\x7F", "\u07FF", "\uFFFF", "\U0010FFFF"},
		10 - 5: {"\xF7\xBF\xBF\xBF", "\xFB\xBF\xBF\xBF\xBF", "\xFD\xBF\xBF\xBF\xBF\xBF"},
		11 - 5: {"\uD7FF", "\uE000", "\uFFFD", "\U0010FFFF", "\xF4\x90\x80\x80"},
		12 - 5: slices.Concat([]string{"\x80", "\xBF"}, runs, []string{continuations}),
		13 - 5: starts,
		14 - 5: cut,
		15 - 5: {strings.Join(cut, "")},
		16 - 5: {"\xFE", "\xFF", "\xFE\xFE\xFF\xFF"},
		17 - 5: {"\xC0\xAF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xF8\x80\x80\x80\xAF", "\xFC\x80\x80\x80\x80\xAF"},
		18 - 5: {"\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xF8\x87\xBF\xBF\xBF", "\xFC\x83\xBF\xBF\xBF\xBF"},
		19 - 5: {"\xC0\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xF8\x80\x80\x80\x80", "\xFC\x80\x80\x80\x80\x80"},
		20 - 5: {"\xED\xA0\x80", "\xED\xAD\xBF", "\xED\xAE\x80", "\xED\xAF\xBF", "\xED\xB0\x80", "\xED\xBE\x80", "\xED\xBF\xBF"},
		21 - 5: {"\xED\xA0\x80\xED\xB0\x80", "\xED\xA0\x80\xED\xBF\xBF", "\xED\xAD\xBF\xED\xB0\x80", "\xED\xAD\xBF\xED\xBF\xBF",
			"\xED\xAE\x80\xED\xB0\x80", "\xED\xAE\x80\xED\xBF\xBF", "\xED\xAF\xBF\xED\xB0\x80", "\xED\xAF\xBF\xED\xBF\xBF"},
		22 - 5: nonCharacters,
		23 - 5: {"\uFFF9", "\uFFFA", "\uFFFB", "\uFFFC", "\uFFFD", "\uFFFE", "\uFFFF"},
	}
}

// Section 7: the end.
func closeCases() []autobahnCase {
	big := strings.Repeat("BAsd7&jh23", 26_215)
	normal := closePayload(StatusNormal, "")
	cases := []autobahnCase{
		{name: "7.1.1", frames: each(text, "hello", clos, normal), want: texts("hello")},
		{name: "7.1.2", frames: each(clos, normal, clos, normal)},
		{name: "7.1.3", frames: each(clos, normal, ping, "")},
		{name: "7.1.4", frames: each(clos, normal, text, "hello")},
		{name: "7.1.5", frames: each(start, "one ", clos, normal, last, "two")},
		{name: "7.1.6", frames: each(text, big, clos, normal, ping, ""), want: texts(big)},
		{name: "7.3.1", frames: each(clos, ""), code: StatusNone},
		{name: "7.3.2", frames: each(clos, "a"), code: StatusProtocolError},
		{name: "7.3.3", frames: each(clos, normal)},
		{name: "7.3.4", frames: each(clos, closePayload(StatusNormal, "hello"))},
		{name: "7.3.5", frames: each(clos, closePayload(StatusNormal, strings.Repeat("*", 123)))},
		{name: "7.3.6", frames: each(clos, closePayload(StatusNormal, strings.Repeat("*", 124))), code: StatusProtocolError},
		{name: "7.5.1", frames: each(clos, closePayload(StatusNormal, "κόσμε\xED\xA0\x80")), code: StatusInvalidData},
	}
	for i := range cases {
		cases[i].closes = true
	}
	for i, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		cases = append(cases, autobahnCase{name: fmt.Sprintf("7.7.%d", i+1), frames: each(clos, closePayload(code, "")), code: code})
	}
	for i, code := range []int{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999} {
		cases = append(cases, autobahnCase{name: fmt.Sprintf("7.9.%d", i+1), frames: each(clos, closePayload(code, "")), code: StatusProtocolError})
	}
	for i, code := range []int{5000, 65535} {
		cases = append(cases, autobahnCase{name: fmt.Sprintf("7.13.%d", i+1), frames: each(clos, closePayload(code, "")), code: StatusProtocolError})
	}
	return cases
}
