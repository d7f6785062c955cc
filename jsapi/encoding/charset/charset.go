// Package charset decodes the encodings of the WHATWG Encoding Standard (https://encoding.spec.whatwg.org/), byte for byte as the
// standard's decoders do: browsers agree on what becomes of broken text, and its fate decides what a filter can see.
//
// The tables are those of golang.org/x/text; its decoders are not used, since they differ in what they take for an error and
// cannot stop in the midst of a character.
//
// Left out: encoders, which scripts have for UTF-8 alone, and the encoding "replacement", for which there is no TextDecoder.
package charset

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// ErrInvalid says that bytes are not in the encoding.
var ErrInvalid = errors.New("the encoded data is not valid")

// Encoding is an encoding to decode.
type Encoding struct {
	// Name is the encoding's name in lower case, as TextDecoder has it.
	Name string

	unicode bool // one that a byte order mark can introduce
	// next reads what src begins with.
	next func(d *Decoder, src []byte) (c rune, n int)
}

// What a next function returns besides characters. It takes 0 bytes if it needs more of them to tell, or for the end to come.
const (
	invalid rune = -1 - iota // one error
	nothing                  // no character, such as for an escape sequence
)

// Lookup finds an encoding by one of its labels (https://encoding.spec.whatwg.org/#concept-encoding-get).
func Lookup(label string) (*Encoding, bool) {
	label = strings.Trim(label, "\t\n\f\r ")
	for i := range len(label) {
		if label[i] <= ' ' || label[i] >= utf8.RuneSelf {
			return nil, false // htmlindex trims more, and folds the case of more than ASCII
		}
	}
	found, err := htmlindex.Get(label)
	if err != nil {
		return nil, false
	}
	name, err := htmlindex.Name(found)
	if err != nil {
		return nil, false
	}
	return Named(name)
}

// Named finds an encoding by its Name.
func Named(name string) (*Encoding, bool) {
	e, ok := encodings[name]
	return e, ok
}

// Decoder decodes a text that comes in parts.
type Decoder struct {
	Encoding *Encoding
	// Fatal makes the first error the end, in place of U+FFFD.
	Fatal bool
	// KeepBOM keeps a byte order mark as the character U+FEFF.
	KeepBOM bool

	state
}

// state is what a part leaves for the next one.
type state struct {
	begun   bool // a byte order mark would be a character
	mode    byte // of ISO-2022-JP
	escaped bool // ISO-2022-JP: nothing has come since the last escape sequence
	pending [3]byte
	n       uint8 // how many of pending
}

// Decode decodes src to UTF-8. last says that nothing follows; the decoder is then as new.
func (d *Decoder) Decode(src []byte, last bool) (string, error) {
	if d.n > 0 {
		src = append(d.pending[:d.n:d.n], src...)
		d.n = 0
	}
	text, err := d.decode(src, last)
	if last || err != nil {
		d.state = state{}
	}
	return text, err
}

func (d *Decoder) decode(src []byte, last bool) (string, error) {
	if d.Encoding == encodings["utf-8"] && utf8.Valid(src) {
		return d.stripBOM(string(src)), nil
	}
	dst := make([]byte, 0, len(src)+len(src)/2+utf8.UTFMax)
	for len(src) > 0 {
		c, n := d.Encoding.next(d, src)
		if n == 0 && !last {
			d.n = uint8(copy(d.pending[:], src))
			break
		}
		if n == 0 {
			c, n = d.cutShort(src)
		}
		src = src[n:]
		switch {
		case c == invalid && d.Fatal:
			return "", ErrInvalid
		case c == invalid:
			dst = utf8.AppendRune(dst, utf8.RuneError)
		case c > utf8.MaxRune:
			dst = append(dst, big5Pairs[c-utf8.MaxRune-1]...)
		case c != nothing:
			dst = utf8.AppendRune(dst, c)
		}
	}
	return d.stripBOM(string(dst)), nil
}

// cutShort is what becomes of bytes after which more were due: one error, in most encodings.
func (d *Decoder) cutShort(src []byte) (c rune, n int) {
	if d.Encoding.Name == "iso-2022-jp" {
		d.escaped = false
		return invalid, 1
	}
	return invalid, len(src)
}

func (d *Decoder) stripBOM(text string) string {
	if d.begun || text == "" {
		return text
	}
	d.begun = true
	if d.Encoding.unicode && !d.KeepBOM {
		return strings.TrimPrefix(text, "\uFEFF")
	}
	return text
}

// State is what the decoder has to remember until the next part.
func (d *Decoder) State() []byte {
	flags := d.mode << 2
	if d.begun {
		flags |= 1
	}
	if d.escaped {
		flags |= 2
	}
	return append([]byte{flags}, d.pending[:d.n]...)
}

// SetState makes the decoder continue where another one, of the same encoding, had this State. Bytes that are none are those of a
// new decoder.
func (d *Decoder) SetState(b []byte) {
	d.state = state{}
	if len(b) == 0 || b[0]>>2 > modeTwoBytes || len(b)-1 > len(d.pending) {
		return
	}
	d.begun, d.escaped, d.mode = b[0]&1 != 0, b[0]&2 != 0, b[0]>>2
	d.n = uint8(copy(d.pending[:], b[1:]))
}
