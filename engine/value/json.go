package value

import (
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	errBigIntJSON    = errors.New("a bigint has no JSON text")
	errUndefinedJSON = errors.New("undefined has no JSON text")
)

// JSON appends the value at the start of b as the text that JSON.stringify
// makes of it: undefined and holes are null in arrays and left out of objects;
// NaN, the infinities and invalid Dates are null; other Dates are ISO strings;
// Map, Set, Error, ArrayBuffer and DataView are {}; typed arrays are objects
// with their indexes for keys. Surrogates without a partner are escaped, so the
// text is valid UTF-8.
//
// # Errors
//
// A [*PathError] if the value is or contains a bigint, or is undefined, which
// have no JSON text, or ErrMalformed. dst is then returned as it was.
func JSON(dst, b []byte) ([]byte, error) {
	w := jsonWriter{reader: newReader(b), out: dst}
	h, err := w.next()
	if err == nil && h.tag == TagUndefined {
		err = errUndefinedJSON
	}
	if err == nil {
		err = w.value(h)
	}
	if err != nil {
		return dst, atRoot("", err)
	}
	return w.out, nil
}

type jsonWriter struct {
	reader
	out []byte
}

func (w *jsonWriter) value(h head) error {
	switch h.tag {
	case TagUndefined, TagNull, TagHole:
		w.out = append(w.out, "null"...)
	case TagFalse:
		w.out = append(w.out, "false"...)
	case TagTrue:
		w.out = append(w.out, "true"...)
	case TagInt:
		w.out = strconv.AppendInt(w.out, int64(h.n), 10)
	case TagFloat:
		w.out = appendJSONNumber(w.out, h.float())
	case TagBigInt:
		return errBigIntJSON
	case TagLatin1, TagUTF16:
		w.out = appendQuoted(w.out, h)
	case TagDate:
		w.out = appendJSONDate(w.out, h.float())
	case TagTypedArray:
		return w.typedArray(ArrayType(h.sub), h.data)
	case TagArray:
		return w.array(h.n)
	case TagObject:
		return w.object(h.n)
	default:
		w.out = append(w.out, "{}"...)
		return w.skip(h)
	}
	return nil
}

func (w *jsonWriter) array(n int) error {
	w.out = append(w.out, '[')
	for i := range n {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		h, err := w.element()
		if err == nil {
			err = w.value(h)
		}
		if err != nil {
			return within(PathIndex(i), err)
		}
	}
	w.out = append(w.out, ']')
	w.close()
	return nil
}

func (w *jsonWriter) object(n int) error {
	w.out = append(w.out, '{')
	empty := true
	for range n {
		key, err := w.fieldKey()
		if err != nil {
			return err
		}
		h, err := w.next()
		if err == nil && h.tag == TagUndefined {
			continue
		}
		if err == nil {
			if !empty {
				w.out = append(w.out, ',')
			}
			empty = false
			w.out = append(appendQuoted(w.out, key), ':')
			err = w.value(h)
		}
		if err != nil {
			return within(PathKey(key.string()), err)
		}
	}
	w.out = append(w.out, '}')
	w.close()
	return nil
}

func (w *jsonWriter) typedArray(t ArrayType, data []byte) error {
	n := len(data) / t.ElementSize()
	if t == DataView {
		n = 0
	}
	if n > 0 && (t == BigInt64Array || t == BigUint64Array) {
		return within(PathIndex(0), errBigIntJSON)
	}
	w.out = append(w.out, '{')
	for i := range n {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.out = append(w.out, '"')
		w.out = strconv.AppendInt(w.out, int64(i), 10)
		w.out = append(w.out, `":`...)
		w.out = appendJSONNumber(w.out, t.number(data, i))
	}
	w.out = append(w.out, '}')
	return nil
}

func appendJSONNumber(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	return AppendNumber(dst, f)
}

func appendJSONDate(dst []byte, ms float64) []byte {
	if math.IsNaN(ms) {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = appendISO(dst, timeOf(ms))
	return append(dst, '"')
}

// appendISO appends t, which is in UTC, as Date.prototype.toISOString does.
func appendISO(dst []byte, t time.Time) []byte {
	year := t.Year()
	if 0 <= year && year <= 9999 {
		return t.AppendFormat(dst, "2006-01-02T15:04:05.000Z")
	}
	sign := byte('+')
	if year < 0 {
		sign, year = '-', -year
	}
	dst = append(dst, sign)
	dst = appendZeros(dst, 6-len(strconv.Itoa(year)))
	dst = strconv.AppendInt(dst, int64(year), 10)
	return t.AppendFormat(dst, "-01-02T15:04:05.000Z")
}

// appendQuoted appends a string in quotes, with the escapes of JSON.stringify.
func appendQuoted(dst []byte, text head) []byte {
	dst = append(dst, '"')
	if text.tag == TagUTF16 {
		dst = appendEscapedUTF16(dst, text.data)
	} else {
		dst = appendEscapedLatin1(dst, text.data)
	}
	return append(dst, '"')
}

func appendEscapedLatin1(dst, b []byte) []byte {
	plain := 0 // where the run of bytes that stand for themselves began
	for i, c := range b {
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, b[plain:i]...)
		dst = appendEscaped(dst, rune(c))
		plain = i + 1
	}
	return append(dst, b[plain:]...)
}

func appendEscapedUTF16(dst, b []byte) []byte {
	for len(b) > 0 {
		if c := binary.LittleEndian.Uint16(b); c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			dst = append(dst, byte(c))
			b = b[2:]
			continue
		}
		r, size := decodeUTF16(b)
		dst = appendEscaped(dst, r)
		b = b[size:]
	}
	return dst
}

func appendEscaped(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, `\b`...)
	case '\t':
		return append(dst, `\t`...)
	case '\n':
		return append(dst, `\n`...)
	case '\f':
		return append(dst, `\f`...)
	case '\r':
		return append(dst, `\r`...)
	}
	if r < ' ' || utf16.IsSurrogate(r) {
		return append(dst, '\\', 'u', hex[r>>12&0xF], hex[r>>8&0xF], hex[r>>4&0xF], hex[r&0xF])
	}
	return utf8.AppendRune(dst, r)
}
