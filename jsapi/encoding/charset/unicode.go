package charset

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// UTF8 is "UTF-8 decode without BOM" (https://encoding.spec.whatwg.org/#utf-8-decode-without-bom) of a string's bytes: what is
// not UTF-8 becomes U+FFFD.
func UTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	d := Decoder{Encoding: encodings["utf-8"], KeepBOM: true}
	text, _ := d.Decode([]byte(s), true) // no error unless it were fatal
	return text
}

// nextUTF8 is the UTF-8 decoder (https://encoding.spec.whatwg.org/#utf-8-decoder): one error for as many bytes as could have
// begun a character.
func nextUTF8(_ *Decoder, src []byte) (rune, int) {
	if !utf8.FullRune(src) {
		return 0, 0
	}
	c, n := utf8.DecodeRune(src)
	if c != utf8.RuneError || n > 1 {
		return c, n
	}
	lower, upper, more := byte(0x80), byte(0xBF), 0 // what the second byte may be, and how many could have followed
	switch b := src[0]; {
	case b < 0xC2 || b > 0xF4:
	case b < 0xE0:
		more = 1
	case b < 0xF0:
		more = 2
	default:
		more = 3
	}
	switch src[0] {
	case 0xE0:
		lower = 0xA0
	case 0xED:
		upper = 0x9F
	case 0xF0:
		lower = 0x90
	case 0xF4:
		upper = 0x8F
	}
	for n <= more && n < len(src) && lower <= src[n] && src[n] <= upper {
		lower, upper = 0x80, 0xBF
		n++
	}
	return invalid, n
}

func nextUTF16LE(_ *Decoder, src []byte) (rune, int) { return nextUTF16(binary.LittleEndian, src) }

func nextUTF16BE(_ *Decoder, src []byte) (rune, int) { return nextUTF16(binary.BigEndian, src) }

// nextUTF16 is the shared UTF-16 decoder (https://encoding.spec.whatwg.org/#shared-utf-16-decoder).
func nextUTF16(order binary.ByteOrder, src []byte) (rune, int) {
	if len(src) < 2 {
		return 0, 0
	}
	c := rune(order.Uint16(src))
	switch {
	case !utf16.IsSurrogate(c):
		return c, 2
	case c >= 0xDC00:
		return invalid, 2
	case len(src) < 4:
		return 0, 0
	}
	if pair := utf16.DecodeRune(c, rune(order.Uint16(src[2:]))); pair != utf8.RuneError {
		return pair, 4
	}
	return invalid, 2
}
