package value

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// Nothing panics on any bytes, all readers accept the same ones, and what was
// decoded once no longer changes on the way.
func FuzzDecode(f *testing.F) {
	for _, tt := range encodings {
		b, err := hex.DecodeString(tt.hex)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{byte(TagArray), 2, byte(TagHole), byte(TagNull)})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, err := Decode(b)
		skipped, skipErr := Skip(b)
		if (err == nil) != (skipErr == nil) || !bytes.Equal(rest, skipped) {
			t.Fatalf("Decode: %v, %d left; Skip: %v, %d left", err, len(rest), skipErr, len(skipped))
		}
		if s := Describe(b); len(s) > 512 || !utf8.ValidString(s) {
			t.Fatalf("Describe: %d bytes, %q", len(s), s)
		}
		if text, err := JSON(nil, b); err == nil && !json.Valid(text) {
			t.Fatalf("JSON: %q", text)
		}
		args := MakeArgs(b, 2)
		_, _ = args.Any(1)
		_, _ = args.Int(0)
		_, _ = args.Bytes(0)
		if err != nil {
			return
		}
		if raw := args.Raw(0); !bytes.Equal(raw, b[:len(b)-len(rest)]) {
			t.Fatalf("Raw = %x", raw)
		}
		first, err := Append(nil, v)
		if err != nil {
			t.Fatalf("Append of %#v: %v", v, err)
		}
		again, rest, err := Decode(first)
		if err != nil || len(rest) != 0 || !same(again, v) {
			t.Fatalf("decoded %#v, then %#v (%v, %d left)", v, again, err, len(rest))
		}
		second, err := Append(nil, again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("encoded %x, then %x (%v)", first, second, err)
		}
	})
}

// Any units make a Go string that makes the same units; any Go string makes
// valid units, unchanged if it was UTF-8.
func FuzzString(f *testing.F) {
	for _, s := range []string{"", "abcdefgh", "é", "€", "😀", "\xed\xa0\xbd", "\xed\xa0\xbd\xed\xb8\x80", "a\xffb", "\x3d\xd8\x00\xde"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		wide := []byte(s[:len(s)&^1])
		text := utf16String(wide)
		if got := units(t, AppendString(nil, text)); !bytes.Equal(littleEndian(got), wide) {
			t.Fatalf("units %x became %x by %q", wide, littleEndian(got), text)
		}

		b := AppendString(nil, s)
		v, rest, err := Decode(b)
		out, ok := v.(string)
		if err != nil || len(rest) != 0 || !ok {
			t.Fatalf("%q decoded to %#v (%v)", s, v, err)
		}
		if again := AppendString(nil, out); !bytes.Equal(again, b) {
			t.Fatalf("%q: encoded %x, then %x", s, b, again)
		}
		if utf8.ValidString(s) && out != s {
			t.Fatalf("%q became %q", s, out)
		}
		// What the standard library makes of the units, surrogates replaced.
		if want := string(utf16.Decode(units(t, b))); strings.ToValidUTF8(replaceSurrogates(out), "?") != want {
			t.Fatalf("%q became %q, want %q", s, out, want)
		}
	})
}

func littleEndian(units []uint16) []byte {
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func replaceSurrogates(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := decodeWTF8(s)
		b.WriteRune(r) // U+FFFD for a surrogate
		s = s[size:]
	}
	return b.String()
}
