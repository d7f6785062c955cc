package engine

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"

	"rowan/engine/value"
)

// Class numbers of what can be sent, and of a few that cannot; see layout.go.
const (
	classBytecodeFunction = 13
	classArrayBuffer      = 19
	classSharedBuffer     = 20
	classUint8Clamped     = 21 // the typed arrays, in the order of value.ArrayType
	classDataView         = 33
	classBigInt           = 34
	classMap              = 35
	classSet              = 36
	classProxy            = 51
	classPromise          = 52
)

// unsendable names classes whose objects are not plain data.
var unsendable = [...]string{
	12: "a function", 13: "a function", 14: "a function", 15: "a function", 16: "a function", 55: "a function", 59: "a function", 53: "a function", 54: "a function",
	18: "a RegExp", classSharedBuffer: "a SharedArrayBuffer", 37: "a WeakMap", 38: "a WeakSet", 48: "a generator", 60: "an async generator",
	39: "an iterator", 40: "an iterator", 41: "an iterator", 42: "an iterator", 43: "an iterator", 44: "an iterator", 45: "an iterator", 46: "an iterator", 47: "an iterator",
	classProxy: "a Proxy", classPromise: "a Promise", 61: "a WeakRef", 62: "a FinalizationRegistry",
}

// buffer returns scratch memory for encoded values; recycle takes it back. An accessor may call host functions while a
// value is being encoded, so each encoding under way has memory of its own.
func (t *Turn) buffer() []byte {
	n := len(t.spare)
	if n == 0 {
		return nil
	}
	b := t.spare[n-1]
	t.spare = t.spare[:n-1]
	return b
}

func (t *Turn) recycle(b []byte) {
	const spareMax, bytesMax = 4, 2 << 20
	if cap(b) <= bytesMax && len(t.spare) < spareMax {
		t.spare = append(t.spare, b[:0])
	}
}

// appendValue is value.Append, out of the watchdog's reach: it may take long, and needs no window.
func (t *Turn) appendValue(dst []byte, v any, path value.Option) ([]byte, error) {
	entered := t.thread.enterHost()
	dst, err := value.Append(dst, v, path, value.Limit(t.valueMax()))
	if entered {
		t.thread.leaveHost()
	}
	return dst, err
}

// decodeValue is value.Decode, out of the watchdog's reach.
func (t *Turn) decodeValue(b []byte) (any, error) {
	entered := t.thread.enterHost()
	v, _, err := value.Decode(b)
	if entered {
		t.thread.leaveHost()
	}
	return v, err
}

// encodeWhole is encode for a value that is not a part of another one.
func (t *Turn) encodeWhole(dst []byte, v jsValue) ([]byte, error) {
	if v.Ftag != tagObject {
		return t.encode(dst, v)
	}
	seen := t.seen
	t.seen = seen[len(seen):]
	dst, err := t.encode(dst, v)
	t.seen = seen
	return dst, err
}

// encode appends v to dst in the format of package value. It reads the context's heap by plain copies into Go's memory
// and runs no script unless a property is an accessor; v must be held by somebody whatever such a script does.
func (t *Turn) encode(dst []byte, v jsValue) ([]byte, error) {
	if err := t.step(); err != nil {
		return dst, err
	}
	switch v.Ftag {
	case tagUndefined, lib.EJS_TAG_UNINITIALIZED:
		return append(dst, byte(value.TagUndefined)), nil
	case tagNull:
		return append(dst, byte(value.TagNull)), nil
	case tagBool:
		return value.AppendBool(dst, intOf(v) != 0), nil
	case tagInt:
		return value.AppendInt(dst, int64(intOf(v))), nil
	case tagFloat: // which integers are floats inside QuickJS depends on how they came about
		if n := jsNumber(floatOf(v)); n.Ftag == tagInt {
			return value.AppendInt(dst, int64(intOf(n))), nil
		}
		return value.AppendFloat(dst, floatOf(v)), nil
	case tagShortBigInt:
		n := int64(intOf(v))
		return appendLimbs(dst, []uint32{uint32(n)}), nil
	case tagBigInt:
		p := ptrOf(v)
		return appendLimbs(dst, unsafe.Slice((*uint32)(unsafe.Pointer(p+4)), *(*uint32)(unsafe.Pointer(p)))), nil
	case tagString:
		data, wide := jsString(ptrOf(v))
		if err := t.fits(dst, len(data)); err != nil {
			return dst, err
		}
		return appendChars(dst, data, wide), nil
	case tagRope:
		return t.encodeRope(dst, v)
	case tagObject:
		return t.encodeObject(dst, v)
	case tagSymbol:
		return dst, typeError("a symbol cannot be sent")
	}
	return dst, typeError("cannot be sent")
}

func typeError(reason string) error { return &value.PathError{Err: fmt.Errorf("%s", reason)} }

// fits checks that n more bytes stay within the limit on one value.
func (t *Turn) fits(dst []byte, n int) error {
	if len(dst)+n > t.valueMax() {
		return &value.PathError{Err: fmt.Errorf("%w: more than %s", value.ErrTooLarge, byteCount(int64(t.valueMax())))}
	}
	return nil
}

func (t *Turn) valueMax() int {
	if t.context == nil {
		return defaultValueBytes
	}
	return t.context.limits.ValueBytes
}

func appendChars(dst, data []byte, wide bool) []byte {
	if wide {
		dst = binary.AppendUvarint(append(dst, byte(value.TagUTF16)), uint64(len(data)/2))
	} else {
		dst = binary.AppendUvarint(append(dst, byte(value.TagLatin1)), uint64(len(data)))
	}
	return append(dst, data...)
}

// appendLimbs appends a bigint from two's complement limbs.
func appendLimbs(dst []byte, limbs []uint32) []byte {
	mag := make([]byte, 0, 4*len(limbs))
	negative := int32(limbs[len(limbs)-1]) < 0
	carry := uint64(1)
	for _, l := range limbs {
		if negative {
			sum := uint64(^l) + carry
			l, carry = uint32(sum), sum>>32
		}
		mag = binary.LittleEndian.AppendUint32(mag, l)
	}
	if negative && carry != 0 {
		mag = append(mag, 1)
	}
	for len(mag) > 0 && mag[len(mag)-1] == 0 {
		mag = mag[:len(mag)-1]
	}
	sign := byte(0)
	if negative {
		sign = 1
	}
	dst = binary.AppendUvarint(append(dst, byte(value.TagBigInt), sign), uint64(len(mag)))
	return append(dst, mag...)
}

// encodeRope appends a string that QuickJS keeps as a tree of its parts.
func (t *Turn) encodeRope(dst []byte, v jsValue) ([]byte, error) {
	rope := (*lib.TJSStringRope)(unsafe.Pointer(ptrOf(v)))
	n, wide := int(rope.Flen1), rope.Fis_wide_char != 0
	size := n
	if wide {
		size *= 2
	}
	if err := t.fits(dst, size); err != nil {
		return dst, err
	}
	tag := value.TagLatin1
	if wide {
		tag = value.TagUTF16
	}
	dst = binary.AppendUvarint(append(dst, byte(tag)), uint64(n))
	eachPart(v, func(data []byte, partWide bool) {
		if wide && !partWide {
			for _, c := range data {
				dst = append(dst, c, 0)
			}
		} else {
			dst = append(dst, data...)
		}
	})
	return dst, nil
}

// eachPart calls f for the characters of a rope's parts, in their order.
func eachPart(rope jsValue, f func(data []byte, wide bool)) {
	for stack := append(make([]jsValue, 0, 64), rope); len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v.Ftag == tagRope {
			r := (*lib.TJSStringRope)(unsafe.Pointer(ptrOf(v)))
			stack = append(stack, r.Fright, r.Fleft)
			continue
		}
		f(jsString(ptrOf(v)))
	}
}

func (t *Turn) encodeObject(dst []byte, v jsValue) ([]byte, error) {
	p := ptrOf(v)
	class := objectAt(p).Fclass_id
	if int(class) < len(unsendable) && unsendable[class] != "" {
		return dst, typeError(unsendable[class] + " cannot be sent")
	}
	if slices.Contains(t.seen, p) {
		return dst, &value.PathError{Err: value.ErrCycle}
	}
	if len(t.seen) >= value.MaxDepth {
		return dst, &value.PathError{Err: value.ErrTooDeep}
	}
	t.seen = append(t.seen, p)
	dst, err := t.encodeClass(dst, v, p, class)
	t.seen = t.seen[:len(t.seen)-1]
	return dst, err
}

func (t *Turn) encodeClass(dst []byte, v jsValue, p uintptr, class uint16) ([]byte, error) {
	switch {
	case class == classArray:
		return t.encodeArray(dst, v, p)
	case class == classDate:
		ms := valueAt(objectData(p))
		f := floatOf(*ms)
		if ms.Ftag == tagInt {
			f = float64(intOf(*ms))
		}
		return binary.LittleEndian.AppendUint64(append(dst, byte(value.TagDate)), math.Float64bits(f)), nil
	case class == classMap, class == classSet:
		return t.encodeCollection(dst, *word(objectData(p)), class == classMap)
	case class == classError:
		return t.encodeError(dst, v)
	case class == classArrayBuffer:
		data, err := bufferBytes(p)
		if err == nil {
			err = t.fits(dst, len(data))
		}
		if err != nil {
			return dst, err
		}
		return append(binary.AppendUvarint(append(dst, byte(value.TagArrayBuffer)), uint64(len(data))), data...), nil
	case class >= classUint8Clamped && class <= classDataView:
		return t.encodeView(dst, p, class)
	case class == classNumber, class == classString, class == classBoolean, class == classSymbol, class == classBigInt: // boxed primitives
		return t.encode(dst, *valueAt(objectData(p)))
	}
	return t.encodePlain(dst, v)
}

// fastArray is the bit of JSObject that says that u.array holds an array's elements.
const fastArray = 1 << 4

func (t *Turn) encodeArray(dst []byte, v jsValue, p uintptr) ([]byte, error) {
	n, err := t.arrayLength(v)
	if err != nil {
		return dst, err
	}
	if err := t.fits(dst, n); err != nil {
		return dst, err
	}
	dst = value.AppendArray(dst, n)
	for i := range n {
		// Looked at anew each time: an accessor on the way may have changed the array.
		a := (*fastElements)(unsafe.Pointer(objectData(p)))
		if objectAt(p).F__ccgo16&fastArray != 0 && i < int(a.count) {
			e := t.dup(*valueAt(a.values + uintptr(i)*jsValueSize))
			dst, err = t.encode(dst, e)
			t.free(e)
		} else {
			dst, err = t.encodeElement(dst, v, i)
		}
		if err != nil {
			return dst, within(value.PathIndex(i), err)
		}
	}
	return dst, nil
}

// fastElements is JSObject.u.array.
type fastElements struct {
	size   uint32
	_      uint32
	values uintptr
	count  uint32
}

func (t *Turn) encodeElement(dst []byte, v jsValue, i int) ([]byte, error) {
	tls, ctx := t.tls(), t.window.ctx
	atom := lib.XJS_NewAtomUInt32(tls, ctx, lib.Tuint32_t(i))
	defer lib.XJS_FreeAtom(tls, ctx, atom)
	switch lib.XJS_HasProperty(tls, ctx, v, atom) {
	case 0:
		return append(dst, byte(value.TagHole)), nil
	case 1:
		return t.encodeProperty(dst, v, atom)
	}
	return dst, t.takeException()
}

func (t *Turn) encodeProperty(dst []byte, v jsValue, atom lib.TJSAtom) ([]byte, error) {
	e := lib.XJS_GetPropertyInternal(t.tls(), t.window.ctx, v, atom, v, 0)
	if e.Ftag == tagException {
		return dst, t.takeException()
	}
	dst, err := t.encode(dst, e)
	t.free(e)
	return dst, err
}

func within(step string, err error) error {
	if p, ok := err.(*value.PathError); ok {
		p.Path = step + p.Path
	}
	return err
}

func (t *Turn) arrayLength(v jsValue) (int, error) {
	n, err := t.property(v, "length")
	if err != nil {
		return 0, err
	}
	if n.Ftag == tagInt {
		return int(intOf(n)), nil
	}
	return int(floatOf(n)), nil
}

// encodeCollection walks a Map's or a Set's records. No script can run in between but by an accessor inside a key
// or a value; a record that such a script deletes is marked empty and stays linked while it is being visited.
func (t *Turn) encodeCollection(dst []byte, state uintptr, isMap bool) ([]byte, error) {
	s := (*lib.TJSMapState)(unsafe.Pointer(state))
	n := int(s.Frecord_count)
	if err := t.fits(dst, n); err != nil {
		return dst, err
	}
	tag := value.TagSet
	if isMap {
		tag = value.TagMap
	}
	at := len(dst)
	dst = binary.AppendUvarint(append(dst, byte(tag)), uint64(n))
	head := listAddr(&s.Frecords)
	var err error
	i := 0
	for el := s.Frecords.Fnext; el != head; {
		r := (*lib.TJSMapRecord)(unsafe.Pointer(el - unsafe.Offsetof(lib.TJSMapRecord{}.Flink)))
		if r.F__ccgo4 != 0 { // empty
			el = r.Flink.Fnext
			continue
		}
		if i++; i > n {
			return dst[:at], typeError("changed while it was being sent")
		}
		r.Fref_count++
		key, val := t.dup(r.Fkey), t.dup(r.Fvalue)
		if dst, err = t.encode(dst, key); err != nil {
			err = within(".key("+value.PathIndex(i-1)+")", err)
		} else if isMap {
			if dst, err = t.encode(dst, val); err != nil {
				err = within(".value("+value.PathIndex(i-1)+")", err)
			}
		}
		t.free(key)
		t.free(val)
		el = r.Flink.Fnext
		if r.Fref_count--; r.Fref_count == 0 { // deleted meanwhile, see map_decref_record
			listAt(r.Flink.Fprev).Fnext, listAt(el).Fprev = el, r.Flink.Fprev
			lib.Xjs_free_rt(t.tls(), t.window.rt, uintptr(unsafe.Pointer(r)))
		}
		if err != nil {
			return dst, err
		}
	}
	if i != n {
		return dst[:at], typeError("changed while it was being sent")
	}
	return dst, nil
}

// bufferBytes returns the bytes of an ArrayBuffer's object.
func bufferBytes(p uintptr) ([]byte, error) {
	if objectAt(p).Fclass_id != classArrayBuffer {
		return nil, typeError("a view of a SharedArrayBuffer cannot be sent")
	}
	b := (*lib.TJSArrayBuffer)(unsafe.Pointer(*word(objectData(p))))
	if b.Fdetached != 0 {
		return nil, typeError("a detached ArrayBuffer cannot be sent")
	}
	return bytesAt(b.Fdata, int(b.Fbyte_length)), nil
}

// encodeView appends what a typed array or DataView shows of its buffer. It reads the view's own record, since scripts
// can define properties such as byteLength as they like.
func (t *Turn) encodeView(dst []byte, p uintptr, class uint16) ([]byte, error) {
	view := (*lib.TJSTypedArray)(unsafe.Pointer(*word(objectData(p))))
	data, err := bufferBytes(view.Fbuffer)
	if err != nil {
		return dst, err
	}
	kind := value.ArrayType(class - classUint8Clamped)
	from, n := int(view.Foffset), int(view.Flength)
	if view.Ftrack_rab != 0 {
		n = len(data) - from
		n -= n % kind.ElementSize()
	}
	if n < 0 || from+n > len(data) {
		return dst, typeError("a view beyond its buffer cannot be sent")
	}
	if err := t.fits(dst, n); err != nil {
		return dst, err
	}
	dst = binary.AppendUvarint(append(dst, byte(value.TagTypedArray), byte(kind)), uint64(n))
	return append(dst, data[from:from+n]...), nil
}

// encodePlain appends an object's own enumerable properties with string keys, in their order.
func (t *Turn) encodePlain(dst []byte, v jsValue) ([]byte, error) {
	tls, ctx := t.tls(), t.window.ctx
	out, err := t.thread.push(1)
	if err != nil {
		return dst, err
	}
	tab, count := out, out+8
	code := lib.XJS_GetOwnPropertyNames(tls, ctx, tab, count, v, lib.MJS_GPN_STRING_MASK|lib.MJS_GPN_ENUM_ONLY)
	list, n := *word(tab), *(*uint32)(unsafe.Pointer(count))
	t.thread.argc--
	if code < 0 {
		return dst, t.takeException()
	}
	defer lib.XJS_FreePropertyEnum(tls, ctx, list, lib.Tuint32_t(n))
	dst = value.AppendObject(dst, int(n))
	for _, e := range unsafe.Slice((*lib.TJSPropertyEnum)(unsafe.Pointer(list)), n) {
		key := lib.XJS_AtomToString(tls, ctx, e.Fatom)
		if key.Ftag == tagException {
			return dst, t.takeException()
		}
		at := len(dst)
		if dst, err = t.encode(dst, key); err == nil {
			end := len(dst)
			if dst, err = t.encodeProperty(dst, v, e.Fatom); err != nil {
				name, _, _ := value.Decode(dst[at:end])
				s, _ := name.(string)
				err = within(value.PathKey(s), err)
			}
		}
		t.free(key)
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// errorStrings are the properties of an error that are sent, in the order of the format.
var errorStrings = [...]string{"name", "message", "stack", "code"}

func (t *Turn) encodeError(dst []byte, v jsValue) ([]byte, error) {
	dst, err := t.errorTexts(dst, v)
	if err != nil {
		return dst, err
	}
	cause, err := t.property(v, "cause")
	if err != nil {
		return dst, err
	}
	if cause.Ftag == tagUndefined {
		return append(dst, 0), nil
	}
	dst, err = t.encode(append(dst, 1), cause)
	t.free(cause)
	return dst, within(".cause", err)
}

// errorTexts appends the tag and the texts of an error.
func (t *Turn) errorTexts(dst []byte, v jsValue) ([]byte, error) {
	dst = append(dst, byte(value.TagError))
	for _, name := range errorStrings {
		p, err := t.property(v, name)
		if err != nil {
			return dst, err
		}
		if p.Ftag != tagString && p.Ftag != tagRope {
			dst = value.AppendString(dst, "")
		} else {
			dst, err = t.encode(dst, p)
		}
		t.free(p)
		if err != nil {
			return dst, within("."+name, err)
		}
	}
	return dst, nil
}

// property reads a property by name; accessors run.
func (t *Turn) property(v jsValue, name string) (jsValue, error) {
	n := cstring(t.tls(), name)
	p := lib.XJS_GetPropertyStr(t.tls(), t.window.ctx, v, n)
	libc.Xfree(t.tls(), n)
	if p.Ftag == tagException {
		return jsUndefined, t.takeException()
	}
	return p, nil
}
