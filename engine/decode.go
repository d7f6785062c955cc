package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"

	"rowan/engine/value"
)

var errNotScalar = errors.New("not a scalar")

// scalar makes values that need no encoding on the way.
func (t *Turn) scalar(v any) (jsValue, error) {
	switch v := v.(type) {
	case nil:
		return jsNull, nil
	case value.UndefinedType:
		return jsUndefined, nil
	case bool:
		return jsBool(v), nil
	case int:
		if v == int(int32(v)) {
			return jsInt(int32(v)), nil
		}
	case int32:
		return jsInt(v), nil
	case float64:
		return jsNumber(v), nil
	case string:
		return t.newString(v)
	}
	return jsUndefined, errNotScalar
}

// newString makes a string of WTF-8 text.
func (t *Turn) newString(s string) (jsValue, error) {
	if len(s) > t.valueMax() {
		return jsUndefined, t.fits(nil, len(s))
	}
	if !utf8.ValidString(s) { // lone surrogates, or no text at all
		b, err := value.Append(nil, s)
		if err != nil {
			return jsUndefined, err
		}
		v, _, err := t.decode(b)
		return v, err
	}
	p := t.thread.borrow(len(s) + 1)
	b := bytesAt(p, len(s)+1)
	copy(b, s)
	b[len(s)] = 0
	v := lib.XJS_NewStringLen(t.tls(), t.window.ctx, p, lib.Tsize_t(len(s)))
	t.thread.giveBack(p)
	return t.made(v)
}

// made turns an exception at the making of a value into an error.
func (t *Turn) made(v jsValue) (jsValue, error) {
	if v.Ftag == tagException {
		return jsUndefined, t.takeException()
	}
	return v, nil
}

var errMalformed = fmt.Errorf("engine: %w", value.ErrMalformed)

// decode makes the value that b begins with and returns the rest of b. The bytes are checked first, so that
// nothing malformed reaches the heap.
func (t *Turn) decode(b []byte) (jsValue, []byte, error) {
	rest, err := value.Skip(b)
	if err != nil {
		return jsUndefined, b, err
	}
	d := decoder{t: t, b: b[:len(b)-len(rest)]}
	v, err := d.value()
	return v, rest, err
}

// decoder makes values of bytes that value.Skip has checked.
type decoder struct {
	t *Turn
	b []byte
}

func (d *decoder) uvarint() int {
	n, size := binary.Uvarint(d.b)
	d.b = d.b[max(size, 0):]
	return int(n)
}

func (d *decoder) take(n int) []byte {
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) value() (jsValue, error) {
	t := d.t
	if err := t.step(); err != nil {
		return jsUndefined, err
	}
	tls, ctx := t.tls(), t.window.ctx
	switch tag := value.Tag(d.take(1)[0]); tag {
	case value.TagUndefined, value.TagHole:
		return jsUndefined, nil
	case value.TagNull:
		return jsNull, nil
	case value.TagFalse, value.TagTrue:
		return jsBool(tag == value.TagTrue), nil
	case value.TagInt:
		n := uint32(d.uvarint())
		return jsInt(int32(n>>1) ^ -int32(n&1)), nil
	case value.TagFloat:
		return jsNumber(d.float()), nil
	case value.TagLatin1, value.TagUTF16:
		return d.string(tag)
	case value.TagBigInt:
		return d.bigInt()
	case value.TagArrayBuffer:
		return d.buffer(d.take(d.uvarint()))
	case value.TagTypedArray:
		kind := d.take(1)[0]
		return d.view(kind, d.take(d.uvarint()))
	case value.TagDate:
		return t.made(lib.XJS_NewDate(tls, ctx, d.float()))
	case value.TagArray:
		return d.array()
	case value.TagObject:
		return d.object()
	case value.TagMap, value.TagSet:
		n := d.uvarint()
		helper := helperSet
		if tag == value.TagMap {
			n, helper = 2*n, helperMap
		}
		list, err := d.elements(n)
		if err != nil {
			return jsUndefined, err
		}
		return d.help(helper, list)
	case value.TagError:
		return d.error()
	}
	return jsUndefined, errMalformed
}

func (d *decoder) float() float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(d.take(8)))
}

// string makes a string. QuickJS takes UTF-8, in which it lets a surrogate be three bytes.
func (d *decoder) string(tag value.Tag) (jsValue, error) {
	p, n := d.utf8(tag)
	v := lib.XJS_NewStringLen(d.t.tls(), d.t.window.ctx, p, lib.Tsize_t(n))
	d.t.thread.giveBack(p)
	return d.t.made(v)
}

// utf8 converts the string that follows to C memory, which is borrowed.
func (d *decoder) utf8(tag value.Tag) (p uintptr, n int) {
	th := d.t.thread
	if tag == value.TagLatin1 {
		data := d.take(d.uvarint())
		p = th.borrow(2*len(data) + 1)
		out := bytesAt(p, 2*len(data)+1)
		for _, c := range data {
			if c < 0x80 {
				out[n] = c
				n++
			} else {
				out[n], out[n+1] = 0xc0|c>>6, 0x80|c&0x3f
				n += 2
			}
		}
		out[n] = 0
		return p, n
	}
	data := d.take(2 * d.uvarint())
	p = th.borrow(len(data)/2*3 + 1)
	out := bytesAt(p, len(data)/2*3+1)
	for i := 0; i < len(data); i += 2 {
		c := rune(binary.LittleEndian.Uint16(data[i:]))
		if c>>10 == 0xd800>>10 && i+3 < len(data) {
			if low := rune(binary.LittleEndian.Uint16(data[i+2:])); low>>10 == 0xdc00>>10 {
				c = (c-0xd800)<<10 | (low - 0xdc00) + 0x10000
				i += 2
			}
		}
		switch {
		case c < 0x80:
			out[n] = byte(c)
			n++
		case c < 0x800:
			out[n], out[n+1] = 0xc0|byte(c>>6), 0x80|byte(c&0x3f)
			n += 2
		case c < 0x10000:
			out[n], out[n+1], out[n+2] = 0xe0|byte(c>>12), 0x80|byte(c>>6&0x3f), 0x80|byte(c&0x3f)
			n += 3
		default:
			out[n], out[n+1], out[n+2], out[n+3] = 0xf0|byte(c>>18), 0x80|byte(c>>12&0x3f), 0x80|byte(c>>6&0x3f), 0x80|byte(c&0x3f)
			n += 4
		}
	}
	out[n] = 0
	return p, n
}

func (d *decoder) bigInt() (jsValue, error) {
	sign := d.take(1)[0]
	mag := d.take(d.uvarint())
	hex := make([]byte, 0, 2*len(mag)+2)
	hex = append(hex, "0x0"...)
	for i := len(mag) - 1; i >= 0; i-- {
		hex = append(hex, "0123456789abcdef"[mag[i]>>4], "0123456789abcdef"[mag[i]&15])
	}
	s, err := d.t.newString(string(hex))
	if err != nil {
		return jsUndefined, err
	}
	return d.help(helperBigInt, s, jsBool(sign != 0))
}

func (d *decoder) buffer(data []byte) (jsValue, error) {
	tls := d.t.tls()
	p := d.t.thread.borrow(len(data) + 1)
	copy(bytesAt(p, len(data)), data)
	v := lib.XJS_NewArrayBufferCopy(tls, d.t.window.ctx, p, lib.Tsize_t(len(data)))
	d.t.thread.giveBack(p)
	return d.t.made(v)
}

func (d *decoder) view(kind byte, data []byte) (jsValue, error) {
	buffer, err := d.buffer(data)
	if err != nil {
		return jsUndefined, err
	}
	if value.ArrayType(kind) == value.DataView {
		return d.help(helperDataView, buffer)
	}
	argv, err := d.t.thread.push(3)
	if err != nil {
		return jsUndefined, err
	}
	args := slotsAt(argv, 3)
	args[0], args[1], args[2] = buffer, jsUndefined, jsUndefined
	v := lib.XJS_NewTypedArray(d.t.tls(), d.t.window.ctx, 3, argv, lib.TJSTypedArrayEnum(kind))
	d.t.thread.argc -= 3
	d.t.free(buffer)
	return d.t.made(v)
}

// elements makes an array of the n values that follow; holes stay holes.
func (d *decoder) elements(n int) (jsValue, error) {
	t := d.t
	tls, ctx := t.tls(), t.window.ctx
	a := lib.XJS_NewArray(tls, ctx)
	if a.Ftag == tagException {
		return t.made(a)
	}
	for i := range n {
		if value.Tag(d.b[0]) == value.TagHole {
			d.take(1)
			continue
		}
		v, err := d.value()
		if err == nil && lib.XJS_DefinePropertyValueUint32(tls, ctx, a, lib.Tuint32_t(i), v, lib.MJS_PROP_C_W_E) < 0 {
			err = t.takeException()
		}
		if err != nil {
			t.free(a)
			return jsUndefined, err
		}
	}
	return a, nil
}

func (d *decoder) array() (jsValue, error) {
	n := d.uvarint()
	a, err := d.elements(n)
	if err != nil || n == 0 {
		return a, err
	}
	length, err := d.t.arrayLength(a)
	if err == nil && length != n { // holes at the end
		name := cstring(d.t.tls(), "length")
		lib.XJS_SetPropertyStr(d.t.tls(), d.t.window.ctx, a, name, jsInt(int32(n)))
		libc.Xfree(d.t.tls(), name)
	}
	return a, err
}

func (d *decoder) object() (jsValue, error) {
	t := d.t
	tls, ctx := t.tls(), t.window.ctx
	o := lib.XJS_NewObject(tls, ctx)
	if o.Ftag == tagException {
		return t.made(o)
	}
	for range d.uvarint() {
		p, n := d.utf8(value.Tag(d.take(1)[0]))
		atom := lib.XJS_NewAtomLen(tls, ctx, p, lib.Tsize_t(n))
		t.thread.giveBack(p)
		var err error
		if atom == 0 {
			err = t.takeException()
		} else {
			var v jsValue
			if v, err = d.value(); err == nil && lib.XJS_DefinePropertyValue(tls, ctx, o, atom, v, lib.MJS_PROP_C_W_E) < 0 {
				err = t.takeException()
			}
			lib.XJS_FreeAtom(tls, ctx, atom)
		}
		if err != nil {
			t.free(o)
			return jsUndefined, err
		}
	}
	return o, nil
}

func (d *decoder) error() (jsValue, error) {
	var args [6]jsValue
	for i := range errorStrings {
		v, err := d.value()
		if err != nil {
			for _, a := range args[:i] {
				d.t.free(a)
			}
			return jsUndefined, err
		}
		args[i] = v
	}
	flags := d.take(1)[0]
	args[4], args[5] = jsBool(flags&1 != 0), jsUndefined
	if flags&1 != 0 {
		cause, err := d.value()
		if err != nil {
			for _, a := range args[:4] {
				d.t.free(a)
			}
			return jsUndefined, err
		}
		args[5] = cause
	}
	return d.help(helperError, args[:]...)
}

// help calls one of the realm's helpers, see realm.js, and frees the arguments.
func (d *decoder) help(helper Func, args ...jsValue) (jsValue, error) {
	t := d.t
	v, err := t.callValues(t.held(helper), args...)
	for _, a := range args {
		t.free(a)
	}
	return v, err
}

// held returns the value behind a Func.
func (t *Turn) held(f Func) jsValue { return t.window.held(f) }

func (w *Window) held(f Func) jsValue {
	s := stateAt(w.base)
	if f < 0 || int32(f) >= s.heldLen {
		return jsUndefined
	}
	return *valueAt(s.held + uintptr(f)*jsValueSize)
}

// hold puts v, of which it takes a reference, into the table of held values.
func (t *Turn) hold(v jsValue) (Func, error) {
	w, s := t.window, stateAt(t.window.base)
	if s.heldFree == 0 && s.heldLen == s.heldCap {
		n := max(2*s.heldCap, 16)
		p := lib.Xjs_realloc_rt(t.tls(), w.rt, s.held, lib.Tsize_t(n)*lib.Tsize_t(jsValueSize))
		if p == 0 {
			t.free(v)
			return 0, errors.New("engine: no room to hold another value")
		}
		s.held, s.heldCap = p, n
	}
	i := s.heldFree - 1
	if i >= 0 {
		s.heldFree = intOf(*valueAt(s.held + uintptr(i)*jsValueSize))
	} else {
		i = s.heldLen
		s.heldLen++
	}
	*valueAt(s.held + uintptr(i)*jsValueSize) = v
	return Func(i), nil
}

// Release gives up a value held by Hold or returned as a Promise.
func (t *Turn) Release(f Func) {
	s := stateAt(t.window.base)
	if f < 0 || int32(f) >= s.heldLen {
		return
	}
	v := t.held(f)
	*valueAt(s.held + uintptr(f)*jsValueSize) = jsInt(s.heldFree)
	s.heldFree = int32(f) + 1
	t.free(v)
}
