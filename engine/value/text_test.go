package value

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// units is what JavaScript sees of an encoded string.
func units(t *testing.T, b []byte) []uint16 {
	t.Helper()
	r := newReader(b)
	h, err := r.text("the value")
	if err != nil || len(r.b) != 0 {
		t.Fatalf("%x: %v, %d bytes left", b, err, len(r.b))
	}
	var u []uint16
	if h.tag == TagLatin1 {
		for _, c := range h.data {
			u = append(u, uint16(c))
		}
		return u
	}
	for i := 0; i < len(h.data); i += 2 {
		u = append(u, uint16(h.data[i])|uint16(h.data[i+1])<<8)
	}
	return u
}

func TestStrings(t *testing.T) {
	const high, low = "\xed\xa0\xbd", "\xed\xb8\x80" // D83D, DE00
	tests := []struct {
		name, in string
		tag      Tag
		units    []uint16
		out      string // if it is not in
	}{
		{"empty", "", TagLatin1, nil, ""},
		{"ASCII of 7", "abcdefg", TagLatin1, utf16.Encode([]rune("abcdefg")), ""},
		{"ASCII of 8", "abcdefgh", TagLatin1, utf16.Encode([]rune("abcdefgh")), ""},
		{"ASCII of 9", "abcdefghi", TagLatin1, utf16.Encode([]rune("abcdefghi")), ""},
		{"NUL", "a\x00b", TagLatin1, []uint16{'a', 0, 'b'}, ""},
		{"Latin-1 at 8", "abcdefgh\u00e9", TagLatin1, utf16.Encode([]rune("abcdefghé")), ""},
		{"all Latin-1", "\u007f\u0080\u00bf\u00c0\u00ff", TagLatin1, []uint16{0x7F, 0x80, 0xBF, 0xC0, 0xFF}, ""},
		{"first wide", "\u0100", TagUTF16, []uint16{0x100}, ""},
		{"mixed", "aé€😀z", TagUTF16, []uint16{'a', 0xE9, 0x20AC, 0xD83D, 0xDE00, 'z'}, ""},
		{"last code point", "\U0010ffff", TagUTF16, []uint16{0xDBFF, 0xDFFF}, ""},
		{"high alone", "a" + high + "b", TagUTF16, []uint16{'a', 0xD83D, 'b'}, ""},
		{"low alone", low, TagUTF16, []uint16{0xDE00}, ""},
		{"low before high", low + high, TagUTF16, []uint16{0xDE00, 0xD83D}, ""},
		{"halves of a pair", high + low, TagUTF16, []uint16{0xD83D, 0xDE00}, "😀"},
		{"high before a pair", high + "😀", TagUTF16, []uint16{0xD83D, 0xD83D, 0xDE00}, ""},
		{"first and last surrogate", "\xed\xa0\x80\xed\xbf\xbf", TagUTF16, []uint16{0xD800, 0xDFFF}, "\U000103ff"},
		{"replacement itself", "\ufffd", TagUTF16, []uint16{0xFFFD}, ""},
		{"invalid byte", "a\xffb", TagUTF16, []uint16{'a', 0xFFFD, 'b'}, "a\ufffdb"},
		{"overlong", "\xc0\x80", TagUTF16, []uint16{0xFFFD, 0xFFFD}, "\ufffd\ufffd"},
		{"cut surrogate", "\xed\xa0", TagUTF16, []uint16{0xFFFD, 0xFFFD}, "\ufffd\ufffd"},
		{"surrogate with a bad end", "\xed\xa0x", TagUTF16, []uint16{0xFFFD, 0xFFFD, 'x'}, "\ufffd\ufffdx"},
		{"beyond Unicode", "\xf4\x90\x80\x80", TagUTF16, []uint16{0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}, strings.Repeat("\ufffd", 4)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := AppendString(nil, tt.in)
			if Kind(b) != tt.tag {
				t.Errorf("tag %d, want %d", Kind(b), tt.tag)
			}
			if got := units(t, b); !slices.Equal(got, tt.units) {
				t.Errorf("units %x, want %x", got, tt.units)
			}
			want := tt.out
			if want == "" {
				want = tt.in
			}
			if v, _, err := Decode(b); err != nil || v != want {
				t.Errorf("decoded %q, %v, want %q", v, err, want)
			}
		})
	}
}

func TestAppendLatin1(t *testing.T) {
	b := make([]byte, 256)
	var want []rune
	for i := range b {
		b[i] = byte(i)
		want = append(want, rune(i))
	}
	v, rest, err := Decode(AppendLatin1(nil, b))
	if v != string(want) || len(rest) != 0 || err != nil {
		t.Errorf("got %q and %d more bytes, %v", v, len(rest), err)
	}
}

func TestWellFormed(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"plain":                      "plain",
		"ø 水 😀":                      "ø 水 😀",
		"\xED\xA0\x80":               "\uFFFD",
		"\xED\xBF\xBF":               "\uFFFD",
		"\xED\x9F\xBF":               "\uD7FF",
		"a\xED\xB0\x80b\xED\xA0\xBD": "a\uFFFDb\uFFFD",
		"\xED\xB8\x80\xED\xA0\xBD水":  "\uFFFD\uFFFD水",
	} {
		if got := string(WellFormed([]byte(in))); got != want {
			t.Errorf("WellFormed(%q) = %q, want %q", in, got, want)
		}
	}
}
