package value

import (
	"bytes"
	"math"
)

// Args is a view of the arguments of a call: n encoded values, one after
// another. It is small, passed by value, and valid as long as the bytes below
// it are. Indexes begin at 0, messages count from 1.
//
// An argument beyond the last is undefined, as in JavaScript. The methods that
// want a kind fail with an [*ArgError] if they get another one, or with
// ErrMalformed. Getting argument i reads over the ones before it.
type Args struct {
	b []byte
	n int
}

// MakeArgs makes a view of the n values that b begins with. It looks at none of them.
func MakeArgs(b []byte, n int) Args { return Args{b: b, n: n} }

// Copy is a view of a copy of the arguments, for whoever needs them after the bytes below have gone.
func (a Args) Copy() Args {
	kept := make([]byte, 0, len(a.b))
	for i := range a.n {
		kept = append(kept, a.Raw(i)...)
	}
	return Args{b: kept, n: a.n}
}

// Len is the number of arguments.
func (a Args) Len() int { return a.n }

// Raw is argument i as it is encoded, not copied; nil if there is none.
func (a Args) Raw(i int) []byte {
	b, err := a.from(i)
	if err != nil || b == nil {
		return nil
	}
	rest, err := Skip(b)
	if err != nil {
		return nil
	}
	n := len(b) - len(rest)
	return b[:n:n]
}

// From is a view of the arguments from i on, with argument i as its first.
func (a Args) From(i int) Args {
	if i >= a.n {
		return Args{}
	}
	b, err := a.from(i)
	if err != nil {
		b = nil // whoever reads the arguments finds them malformed
	}
	return Args{b: b, n: a.n - i}
}

// Any is argument i as [Decode] makes it.
func (a Args) Any(i int) (any, error) {
	b, err := a.from(i)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return Undefined, nil
	}
	v, _, err := Decode(b)
	return v, err
}

// String is argument i, which must be a string.
func (a Args) String(i int) (string, error) { return argument(a, i, "string", asString) }

// StringOr is like String, with def in place of undefined.
func (a Args) StringOr(i int, def string) (string, error) {
	return argumentOr(a, i, def, "string", asString)
}

// Int is argument i, which must be a whole number within ±2^53, or a bigint
// that an int holds.
func (a Args) Int(i int) (int, error) { return argument(a, i, "integer", asInt) }

// IntOr is like Int, with def in place of undefined.
func (a Args) IntOr(i, def int) (int, error) { return argumentOr(a, i, def, "integer", asInt) }

// Float is argument i, which must be a number.
func (a Args) Float(i int) (float64, error) { return argument(a, i, "number", asFloat) }

// FloatOr is like Float, with def in place of undefined.
func (a Args) FloatOr(i int, def float64) (float64, error) {
	return argumentOr(a, i, def, "number", asFloat)
}

// Bool is argument i, which must be true or false.
func (a Args) Bool(i int) (bool, error) { return argument(a, i, "boolean", asBool) }

// BoolOr is like Bool, with def in place of undefined.
func (a Args) BoolOr(i int, def bool) (bool, error) {
	return argumentOr(a, i, def, "boolean", asBool)
}

// UTF8 is argument i, which must be a string, as UTF-8: a surrogate without a partner is U+FFFD. It may share the memory of the arguments, and is valid and
// constant as long as they are.
func (a Args) UTF8(i int) ([]byte, error) { return argument(a, i, "string", asUTF8) }

// Bytes is a copy of the bytes of argument i, which must be an ArrayBuffer or
// a view of one: any typed array, or a DataView.
func (a Args) Bytes(i int) ([]byte, error) {
	return argument(a, i, "ArrayBuffer or typed array", asBytes)
}

// View is like Bytes without the copy: it shares the memory of the arguments, and is valid and constant as long as they are.
func (a Args) View(i int) ([]byte, error) {
	return argument(a, i, "ArrayBuffer or typed array", asView)
}

// Object is argument i, which must be a plain object.
func (a Args) Object(i int) (Object, error) {
	r, h, err := a.head(i)
	if err != nil {
		return nil, err
	}
	if h.tag != TagObject {
		return nil, wrongKind(i, h, "object")
	}
	return r.object(h.n)
}

// from is the bytes from argument i on, nil if there is none.
func (a Args) from(i int) ([]byte, error) {
	if i < 0 || i >= a.n {
		return nil, nil
	}
	b := a.b
	for range i {
		var err error
		if b, err = Skip(b); err != nil {
			return nil, err
		}
	}
	if len(b) == 0 {
		return nil, ErrMalformed
	}
	return b, nil
}

// head reads the head of argument i.
func (a Args) head(i int) (reader, head, error) {
	b, err := a.from(i)
	if b == nil {
		return reader{}, head{tag: TagUndefined}, err
	}
	r := newReader(b)
	h, err := r.next()
	return r, h, err
}

// A conversion says false if the value is of another kind.
type conversion[T any] func(h head) (T, bool)

func argument[T any](a Args, i int, want string, as conversion[T]) (T, error) {
	var none T
	_, h, err := a.head(i)
	if err != nil {
		return none, err
	}
	v, ok := as(h)
	if !ok {
		return none, wrongKind(i, h, want)
	}
	return v, nil
}

func argumentOr[T any](a Args, i int, def T, want string, as conversion[T]) (T, error) {
	if _, h, err := a.head(i); err == nil && h.tag == TagUndefined {
		return def, nil
	}
	return argument(a, i, want, as)
}

func wrongKind(i int, h head, want string) error {
	return &ArgError{Index: i, Want: want, Got: got(h, want)}
}

// got is what an error calls an argument: the number itself where only some
// numbers will do.
func got(h head, want string) string {
	switch {
	case want == "integer" && h.tag == TagFloat:
		return string(AppendNumber(nil, h.float()))
	case want == "integer" && h.tag == TagBigInt:
		return "a bigint too large"
	case h.tag == TagTypedArray:
		return ArrayType(h.sub).String()
	}
	return h.tag.String()
}

func asString(h head) (string, bool) {
	if !h.tag.IsString() {
		return "", false
	}
	return h.string(), true
}

func asUTF8(h head) ([]byte, bool) {
	switch {
	case !h.tag.IsString():
		return nil, false
	case h.tag == TagLatin1 && asciiPrefix(h.data) == len(h.data):
		return h.data, true
	}
	return WellFormed([]byte(h.string())), true
}

func asInt(h head) (int, bool) {
	switch h.tag {
	case TagInt:
		return h.n, true
	case TagFloat:
		f := h.float()
		if f != math.Trunc(f) || math.Abs(f) > min(exactMax, math.MaxInt) {
			return 0, false
		}
		return int(f), true
	case TagBigInt:
		if len(h.data) > 8 {
			return 0, false
		}
		var v int64
		for i, c := range h.data {
			v |= int64(c) << (8 * i)
		}
		if h.sub != 0 {
			v = -v
		}
		fits := (v < 0) == (h.sub != 0) && v == int64(int(v))
		return int(v), fits
	}
	return 0, false
}

func asFloat(h head) (float64, bool) {
	switch h.tag {
	case TagInt:
		return float64(h.n), true
	case TagFloat:
		return h.float(), true
	}
	return 0, false
}

func asBool(h head) (isTrue, ok bool) {
	return h.tag == TagTrue, h.tag == TagTrue || h.tag == TagFalse
}

func asBytes(h head) ([]byte, bool) {
	if h.tag != TagArrayBuffer && h.tag != TagTypedArray {
		return nil, false
	}
	return bytes.Clone(h.data), true
}

func asView(h head) ([]byte, bool) {
	return h.data, h.tag == TagArrayBuffer || h.tag == TagTypedArray
}
