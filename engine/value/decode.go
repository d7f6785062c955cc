package value

import (
	"bytes"
)

// Decode makes a Go value of the encoded one at the start of b, and returns
// what follows it. The package documentation lists the types it makes.
//
// # Errors
//
// ErrMalformed, with the offset, if b does not begin with a whole value;
// ErrTooDeep as well if containers nest deeper than MaxDepth. v and rest are
// then nil.
func Decode(b []byte) (v any, rest []byte, err error) {
	r := newReader(b)
	if v, err = r.build(r.next()); err != nil {
		return nil, nil, err
	}
	return v, r.b, nil
}

// Skip returns what follows the value at the start of b, and allocates nothing.
// It fails where [Decode] fails.
func Skip(b []byte) (rest []byte, err error) {
	if n := smallSize(b); n > 0 {
		return b[n:], nil
	}
	r := newReader(b)
	if err = r.skipHead(r.next()); err != nil {
		return nil, err
	}
	return r.b, nil
}

// smallSize is the size of the value at the start of b if that is plain to see, as for a handler's name; else 0.
func smallSize(b []byte) int {
	switch Kind(b) {
	case TagUndefined, TagNull, TagFalse, TagTrue:
		return 1
	case TagLatin1:
		if len(b) > 1 && b[1] < 0x80 && len(b) >= 2+int(b[1]) {
			return 2 + int(b[1])
		}
	}
	return 0
}

// build makes the Go value of a head that was just read, and of what it contains.
func (r *reader) build(h head, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	switch h.tag {
	case TagNull:
		return nil, nil
	case TagFalse, TagTrue:
		return h.tag == TagTrue, nil
	case TagInt:
		return h.n, nil
	case TagFloat:
		return h.float(), nil
	case TagBigInt:
		return h.bigInt(), nil
	case TagLatin1, TagUTF16:
		return h.string(), nil
	case TagArrayBuffer:
		return bytes.Clone(h.data), nil
	case TagTypedArray:
		if t := ArrayType(h.sub); t != Uint8Array {
			return TypedArray{Type: t, Data: bytes.Clone(h.data)}, nil
		}
		return bytes.Clone(h.data), nil
	case TagDate:
		return timeOf(h.float()), nil
	case TagMap:
		return boxed(r.jsMap(h.n))
	case TagSet:
		return boxed(r.set(h.n))
	case TagArray:
		return boxed(r.array(h.n))
	case TagObject:
		return boxed(r.object(h.n))
	case TagError:
		return boxed(r.jsError())
	}
	return Undefined, nil // or a hole
}

// boxed keeps a nil pointer or slice that comes with an error out of an interface.
func boxed[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (r *reader) array(n int) ([]any, error) {
	elems := make([]any, n)
	for i := range elems {
		var err error
		if elems[i], err = r.build(r.element()); err != nil {
			return nil, err
		}
	}
	r.close()
	return elems, nil
}

func (r *reader) object(n int) (Object, error) {
	o := make(Object, n)
	for i := range o {
		key, err := r.fieldKey()
		if err != nil {
			return nil, err
		}
		o[i].Key = key.string()
		if o[i].Value, err = r.build(r.next()); err != nil {
			return nil, err
		}
	}
	r.close()
	return o, nil
}

func (r *reader) jsMap(n int) (*Map, error) {
	m := &Map{Entries: make([]Entry, n)}
	for i := range m.Entries {
		var err error
		if m.Entries[i].Key, err = r.build(r.entryKey()); err != nil {
			return nil, err
		}
		if m.Entries[i].Value, err = r.build(r.next()); err != nil {
			return nil, err
		}
	}
	r.close()
	return m, nil
}

func (r *reader) set(n int) (*Set, error) {
	s := &Set{Values: make([]any, n)}
	for i := range s.Values {
		var err error
		if s.Values[i], err = r.build(r.member()); err != nil {
			return nil, err
		}
	}
	r.close()
	return s, nil
}

func (r *reader) jsError() (*Error, error) {
	f, hasCause, err := r.errorFields()
	if err != nil {
		return nil, err
	}
	e := &Error{Name: f[0].string(), Message: f[1].string(), Stack: f[2].string(), Code: f[3].string()}
	if hasCause {
		if e.Cause, err = r.build(r.next()); err != nil {
			return nil, err
		}
	}
	r.close()
	return e, nil
}
