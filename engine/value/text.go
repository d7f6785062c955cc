package value

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// AppendString appends s, which is WTF-8, in the narrower of the two string
// forms. It knows no limit: the caller has looked at the length.
func AppendString(dst []byte, s string) []byte {
	return appendText(dst, s, measure(s))
}

// AppendLatin1 appends the string whose code units are the bytes of b, as the Web's ByteString.
func AppendLatin1(dst, b []byte) []byte {
	return append(appendCount(dst, TagLatin1, len(b)), b...)
}

// textShape is how a Go string looks in JavaScript.
type textShape struct {
	units int  // length in UTF-16 code units
	wide  bool // some unit lies beyond Latin-1
}

// bytes is the encoded size without tag and length.
func (t textShape) bytes() int {
	if t.wide {
		return 2 * t.units
	}
	return t.units
}

func measure(s string) textShape {
	var t textShape
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			run := asciiPrefix(bytesOf(s[i:]))
			i += run
			t.units += run
			continue
		}
		r, size := decodeWTF8(s[i:])
		i += size
		t.units++
		if r > 0xFF {
			t.wide = true
		}
		if r > 0xFFFF {
			t.units++
		}
	}
	return t
}

func appendText(dst []byte, s string, t textShape) []byte {
	if t.wide {
		return appendUTF16(appendCount(dst, TagUTF16, t.units), s, t.units)
	}
	dst = appendCount(dst, TagLatin1, t.units)
	if t.units == len(s) {
		return append(dst, s...) // ASCII
	}
	return appendLatin1(dst, s, t.units)
}

// appendLatin1 appends s, which has so many units, none beyond Latin-1.
func appendLatin1(dst []byte, s string, units int) []byte {
	dst = slices.Grow(dst, units)
	for i := 0; i < len(s); {
		run := asciiPrefix(bytesOf(s[i:]))
		dst = append(dst, s[i:i+run]...)
		if i += run; i < len(s) {
			dst = append(dst, s[i]<<6|s[i+1]&0x3F)
			i += 2
		}
	}
	return dst
}

// appendUTF16 appends s, which has so many units.
func appendUTF16(dst []byte, s string, units int) []byte {
	dst = slices.Grow(dst, 2*units)
	out := dst[len(dst) : len(dst)+2*units]
	dst = dst[:len(dst)+2*units]
	in := bytesOf(s)
	for i := 0; i < len(s); {
		for len(in)-i >= 4 && binary.LittleEndian.Uint32(in[i:])&asciiMask4 == 0 {
			binary.LittleEndian.PutUint64(out, widen(binary.LittleEndian.Uint32(in[i:])))
			out = out[8:]
			i += 4
		}
		if i == len(s) {
			break
		}
		r, size := decodeWTF8(s[i:])
		i += size
		if r > 0xFFFF {
			high, low := utf16.EncodeRune(r)
			binary.LittleEndian.PutUint16(out, uint16(high))
			out = out[2:]
			r = low
		}
		binary.LittleEndian.PutUint16(out, uint16(r))
		out = out[2:]
	}
	return dst
}

func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// What must be 0 in four or eight bytes, or four units, for all to be ASCII.
const (
	asciiMask4      = 0x80808080
	asciiMask8      = 0x8080808080808080
	asciiMask4Units = 0xFF80FF80FF80FF80
)

// asciiPrefix is how many bytes b begins with that are ASCII.
func asciiPrefix(b []byte) int {
	i := 0
	for len(b)-i >= 8 && binary.LittleEndian.Uint64(b[i:])&asciiMask8 == 0 {
		i += 8
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// widen makes four units of four bytes: dcba becomes 0d0c0b0a.
func widen(bytes uint32) uint64 {
	x := uint64(bytes)
	x = (x | x<<16) & 0x0000FFFF0000FFFF
	return (x | x<<8) & 0x00FF00FF00FF00FF
}

// narrow makes four bytes of four ASCII units.
func narrow(units uint64) uint32 {
	x := (units | units>>8) & 0x0000FFFF0000FFFF
	return uint32(x | x>>16)
}

// decodeWTF8 is utf8.DecodeRuneInString, but for surrogates in three-byte form.
func decodeWTF8(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 && len(s) >= 3 &&
		s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, size
}

// appendWTF8 is utf8.AppendRune, but for surrogates.
func appendWTF8(dst []byte, r rune) []byte {
	if utf16.IsSurrogate(r) {
		return append(dst, 0xED, byte(r>>6)&0x3F|0x80, byte(r)&0x3F|0x80)
	}
	return utf8.AppendRune(dst, r)
}

// WellFormed makes UTF-8 of a string's WTF-8, in place: a surrogate without a partner becomes U+FFFD, which takes as many bytes (the
// Encoding Standard, "scalar value string"). It returns b.
func WellFormed(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	for i := 0; i+3 <= len(b); i++ {
		if b[i] == 0xED && b[i+1] >= 0xA0 { // ED A0 80 to ED BF BF
			copy(b[i:], "\uFFFD")
		}
	}
	return b
}

// latin1String makes a Go string of Latin-1 bytes.
func latin1String(b []byte) string {
	ascii := asciiPrefix(b)
	if ascii == len(b) {
		return string(b)
	}
	size := len(b)
	for _, c := range b[ascii:] {
		size += int(c >> 7)
	}
	out := append(make([]byte, 0, size), b[:ascii]...)
	for _, c := range b[ascii:] {
		if c < utf8.RuneSelf {
			out = append(out, c)
		} else {
			out = append(out, 0xC0|c>>6, c&0x3F|0x80)
		}
	}
	return unsafe.String(unsafe.SliceData(out), len(out))
}

// utf16String makes a Go string of UTF-16 LE bytes. Pairs of surrogates are
// joined, others keep their three-byte form.
func utf16String(b []byte) string {
	out := make([]byte, 0, utf16Size(b))
	for len(b) > 0 {
		for len(b) >= 8 && binary.LittleEndian.Uint64(b)&asciiMask4Units == 0 {
			out = binary.LittleEndian.AppendUint32(out, narrow(binary.LittleEndian.Uint64(b)))
			b = b[8:]
		}
		if len(b) == 0 {
			break
		}
		r, n := decodeUTF16(b)
		out = appendWTF8(out, r)
		b = b[n:]
	}
	return unsafe.String(unsafe.SliceData(out), len(out))
}

// utf16Size is the size in WTF-8 of UTF-16 LE bytes, a little less if surrogates
// have no partner.
func utf16Size(b []byte) int {
	size := 0
	for len(b) > 0 {
		if len(b) >= 8 && binary.LittleEndian.Uint64(b)&asciiMask4Units == 0 {
			size += 4
			b = b[8:]
			continue
		}
		switch u := binary.LittleEndian.Uint16(b); {
		case u < utf8.RuneSelf:
			size++
		case u < 0x800 || utf16.IsSurrogate(rune(u)):
			size += 2 // of a pair's four
		default:
			size += 3
		}
		b = b[2:]
	}
	return size
}

// decodeUTF16 reads the code point at the start of b, which holds whole units
// and at least one: a pair of surrogates, or a unit as it stands.
func decodeUTF16(b []byte) (r rune, size int) {
	r = rune(binary.LittleEndian.Uint16(b))
	if utf16.IsSurrogate(r) && len(b) >= 4 {
		if p := utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(b[2:]))); p != utf8.RuneError {
			return p, 4
		}
	}
	return r, 2
}
