package engine

import (
	"math"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// What the engine knows of libquickjs's layout beyond its exported C interface stands in this file and in arena.go,
// freeze.go and realm.go. The differential test guards it at every upgrade.

type jsValue = lib.TJSValue

const (
	tagInt         = lib.EJS_TAG_INT
	tagBool        = lib.EJS_TAG_BOOL
	tagNull        = lib.EJS_TAG_NULL
	tagUndefined   = lib.EJS_TAG_UNDEFINED
	tagException   = lib.EJS_TAG_EXCEPTION
	tagFloat       = lib.EJS_TAG_FLOAT64
	tagShortBigInt = lib.EJS_TAG_SHORT_BIG_INT
	tagBigInt      = lib.EJS_TAG_BIG_INT
	tagString      = lib.EJS_TAG_STRING
	tagRope        = lib.EJS_TAG_STRING_ROPE
	tagSymbol      = lib.EJS_TAG_SYMBOL
	tagObject      = lib.EJS_TAG_OBJECT
	tagModule      = lib.EJS_TAG_MODULE
	tagBytecode    = lib.EJS_TAG_FUNCTION_BYTECODE
)

// Class numbers of JSObject.class_id, from the enumeration at the head of quickjs.c.
const (
	classObject = 1 + iota
	classArray
	classError
	classNumber
	classString
	classBoolean
	classSymbol
	classArguments
	classMappedArguments
	classDate
)

var (
	jsUndefined = jsValue{Ftag: tagUndefined}
	jsNull      = jsValue{Ftag: tagNull}
	jsException = jsValue{Ftag: tagException}
)

const jsValueSize = unsafe.Sizeof(jsValue{})

func jsInt(n int32) (v jsValue) {
	v.Fu.Fuint641 = uint64(uint32(n))
	return v
}

func jsBool(b bool) jsValue {
	v := jsValue{Ftag: tagBool}
	if b {
		v.Fu.Fuint641 = 1
	}
	return v
}

// jsNumber is JS_NewFloat64: an int32 where f is one.
func jsNumber(f float64) jsValue {
	if f >= math.MinInt32 && f <= math.MaxInt32 {
		if n := int32(f); math.Float64bits(float64(n)) == math.Float64bits(f) {
			return jsInt(n)
		}
	}
	v := jsValue{Ftag: tagFloat}
	v.Fu.Fuint641 = math.Float64bits(f)
	return v
}

func ptrOf(v jsValue) uintptr   { return uintptr(v.Fu.Fuint641) }
func intOf(v jsValue) int32     { return int32(v.Fu.Fuint641) }
func floatOf(v jsValue) float64 { return math.Float64frombits(v.Fu.Fuint641) }
func jsPtr(tag int, p uintptr) (v jsValue) {
	v.Fu.Fuint641, v.Ftag = uint64(p), int64(tag)
	return v
}

func valueAt(p uintptr) *jsValue          { return (*jsValue)(unsafe.Pointer(p)) }
func objectAt(p uintptr) *lib.TJSObject   { return (*lib.TJSObject)(unsafe.Pointer(p)) }
func runtimeAt(p uintptr) *lib.TJSRuntime { return (*lib.TJSRuntime)(unsafe.Pointer(p)) }
func contextAt(p uintptr) *lib.TJSContext { return (*lib.TJSContext)(unsafe.Pointer(p)) }
func listAt(p uintptr) *lib.Tlist_head    { return (*lib.Tlist_head)(unsafe.Pointer(p)) }
func refHeader(p uintptr) *lib.TJSMallocBlockHeader {
	return (*lib.TJSMallocBlockHeader)(unsafe.Pointer(p - 8))
}

// gcType is the kind of the collector's object at p, from the header that QuickJS keeps before each block.
func gcType(p uintptr) int { return int(*(*uint8)(unsafe.Pointer(p - 5)) & 0x7f) }

// cfunction gives access to the native function in a function object of class C_FUNCTION.
type cfunction struct {
	realm    uintptr
	function uintptr
	length   uint8
	proto    uint8
	magic    int16
}

func cfunctionOf(v jsValue) *cfunction {
	if v.Ftag != tagObject || objectAt(ptrOf(v)).Fclass_id != lib.EJS_CLASS_C_FUNCTION {
		return nil
	}
	return (*cfunction)(unsafe.Pointer(&objectAt(ptrOf(v)).Fu))
}

// objectData is the word or value in an object's union: a class's own record, or a boxed value.
func objectData(p uintptr) uintptr { return uintptr(unsafe.Pointer(&objectAt(p).Fu)) }

// funcPointer is a static Go function as C sees it. It points into the binary, never into Go's heap.
func funcPointer(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }

// jsString reads the characters of a flat string: either latin1 or utf16 bytes.
func jsString(p uintptr) (data []byte, wide bool) {
	head := *(*uint32)(unsafe.Pointer(p))
	n, wide := int(head&0x7fffffff), head>>31 != 0
	if wide {
		n *= 2
	}
	return bytesAt(p+12, n), wide
}

// cstring copies s to C memory outside of any window; free it with libc.Xfree.
func cstring(tls *libc.TLS, s string) uintptr {
	p := libc.Xmalloc(tls, lib.Tsize_t(len(s)+1))
	copy(bytesAt(p, len(s)), s)
	bytesAt(p, len(s)+1)[len(s)] = 0
	return p
}

// jobArgs is where a JSJobEntry's arguments begin.
const jobArgs = (unsafe.Sizeof(lib.TJSJobEntry{}) + 7) &^ 7

func jobAt(p uintptr) *lib.TJSJobEntry { return (*lib.TJSJobEntry)(unsafe.Pointer(p)) }

func listAddr(l *lib.Tlist_head) uintptr { return uintptr(unsafe.Pointer(l)) }

// propertyAt is the name of entry i in a list of JS_GetOwnPropertyNames.
func propertyAt(list, i uintptr) lib.TJSAtom {
	return (*lib.TJSPropertyEnum)(unsafe.Pointer(list + i*unsafe.Sizeof(lib.TJSPropertyEnum{}))).Fatom
}
