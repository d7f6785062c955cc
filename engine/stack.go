package engine

import (
	"fmt"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// The frames of calls lie in C memory outside of any window, and native functions that call each other take Go's stack.
// QuickJS bounds the number of nested calls, not their size, and of some calls not even the number. The functions in
// this file stand before its own and bound both. Some builds count the bytes of frames too, see frames.go.

const (
	// frameBytes is what the frames on a thread's C stack may take together.
	frameBytes = 24 << 20

	// boundSlots is how many arguments the calls of bound functions under way may have together: each copies its own.
	boundSlots = 1 << 20

	// wrapMax is how many proxies and bound functions may lie around each other. Some native functions follow such a chain
	// recursively.
	wrapMax = 1000
)

// admitFrames takes functions of up to the given number of slots into a runtime: it lowers the depth of its calls, so
// that their frames cannot take more than frameBytes.
func admitFrames(rt uintptr, slots int) {
	depth := lib.Tuintptr_t(frameBytes / (max(slots, 1) * int(jsValueSize)))
	if r := runtimeAt(rt); depth < r.Fstack_size {
		r.Fstack_size = depth
	}
}

func frameError(slots int) string {
	return fmt.Sprintf("a function has %d parameters, variables and stack entries, more than %d", slots, frameSlots)
}

// evalInternal compiles for eval and Function. Functions whose frames would be too large are refused before they
// can run. Only long sources can have such functions.
func evalInternal(tls *libc.TLS, ctx uintptr, this jsValue, input uintptr, n lib.Tsize_t, name uintptr, flags, scope int32) jsValue {
	const shortSource = 1024 // bytes; a slot takes more than one
	original := asFunc[evalFunc](native.eval)
	if n < shortSource || flags&lib.MJS_EVAL_FLAG_COMPILE_ONLY != 0 {
		return original(tls, ctx, this, input, n, name, flags, scope)
	}
	f := original(tls, ctx, this, input, n, name, flags|lib.MJS_EVAL_FLAG_COMPILE_ONLY, scope)
	if f.Ftag == tagException {
		return f
	}
	slots := largestFrame(f)
	if slots > frameSlots {
		lib.XFreeValue(tls, ctx, f)
		return throwRange(tls, ctx, frameError(slots))
	}
	admitFrames(contextAt(ctx).Frt, slots)
	if flags&lib.MJS_EVAL_TYPE_MASK == lib.MJS_EVAL_TYPE_DIRECT { // it needs its caller's variables: once more
		lib.XFreeValue(tls, ctx, f)
		return original(tls, ctx, this, input, n, name, flags, scope)
	}
	return lib.XJS_EvalFunction(tls, ctx, f)
}

// boundCall calls a bound function.
func boundCall(tls *libc.TLS, ctx uintptr, f, this jsValue, argc int32, argv uintptr, flags int32) jsValue {
	th := windowOfContext(ctx).turn.thread
	n := int(argc + boundAt(ptrOf(f)).Fargc)
	if th.boundSlots+n > boundSlots {
		return overflow(tls, ctx)
	}
	th.boundSlots += n
	v := asFunc[callFunc](native.boundCall)(tls, ctx, f, this, argc, argv, flags)
	th.boundSlots -= n
	return v
}

func functionBind(tls *libc.TLS, ctx uintptr, this jsValue, argc int32, argv uintptr) jsValue {
	if wrappers(this) >= wrapMax {
		return tooWrapped(tls, ctx)
	}
	return asFunc[genericFunc](native.bind)(tls, ctx, this, argc, argv)
}

func proxyConstructor(tls *libc.TLS, ctx uintptr, newTarget jsValue, argc int32, argv uintptr) jsValue {
	if wrappers(*valueAt(argv)) >= wrapMax { // QuickJS passes as many arguments as there are parameters: two
		return tooWrapped(tls, ctx)
	}
	return asFunc[genericFunc](native.proxy)(tls, ctx, newTarget, argc, argv)
}

func proxyRevocable(tls *libc.TLS, ctx uintptr, this jsValue, argc int32, argv uintptr) jsValue {
	if wrappers(*valueAt(argv)) >= wrapMax {
		return tooWrapped(tls, ctx)
	}
	return asFunc[genericFunc](native.revocable)(tls, ctx, this, argc, argv)
}

func tooWrapped(tls *libc.TLS, ctx uintptr) jsValue {
	return throwRange(tls, ctx, fmt.Sprintf("more than %d proxies and bound functions around each other", wrapMax))
}

// wrappers counts the proxies and bound functions around what v stands for.
func wrappers(v jsValue) int {
	for n := 0; ; n++ {
		if v.Ftag != tagObject {
			return n
		}
		switch p := ptrOf(v); objectAt(p).Fclass_id {
		case lib.EJS_CLASS_BOUND_FUNCTION:
			v = boundAt(p).Ffunc_obj
		case lib.EJS_CLASS_PROXY:
			v = (*lib.TJSProxyData)(unsafe.Pointer(*word(objectData(p)))).Ftarget
		default:
			return n
		}
	}
}

func boundAt(p uintptr) *lib.TJSBoundFunction {
	return (*lib.TJSBoundFunction)(unsafe.Pointer(*word(objectData(p))))
}

func classAt(rt uintptr, class uintptr) *lib.TJSClass {
	return (*lib.TJSClass)(unsafe.Pointer(runtimeAt(rt).Fclass_array + class*unsafe.Sizeof(lib.TJSClass{})))
}

// Iterator helpers call each other natively, without the check that every other call makes.
func helperNext(tls *libc.TLS, ctx uintptr, this jsValue, argc int32, argv, done uintptr, magic int32) jsValue {
	if stackFull(tls, ctx) {
		return overflow(tls, ctx)
	}
	const magicReturn = 1
	if magic == magicReturn && closeHelper(tls, ctx, this) {
		*(*int32)(unsafe.Pointer(done)) = 1
		return jsUndefined
	}
	return asFunc[iteratorFunc](native.helperNext)(tls, ctx, this, argc, argv, done, magic)
}

func wrapNext(tls *libc.TLS, ctx uintptr, this jsValue, argc int32, argv, done uintptr, magic int32) jsValue {
	if stackFull(tls, ctx) {
		return overflow(tls, ctx)
	}
	return asFunc[iteratorFunc](native.wrapNext)(tls, ctx, this, argc, argv, done, magic)
}

func concatNext(tls *libc.TLS, ctx uintptr, this jsValue, argc int32, argv, done uintptr, magic int32) jsValue {
	if stackFull(tls, ctx) {
		return overflow(tls, ctx)
	}
	return asFunc[iteratorFunc](native.concatNext)(tls, ctx, this, argc, argv, done, magic)
}

func overflow(tls *libc.TLS, ctx uintptr) jsValue {
	return throwRange(tls, ctx, "stack overflow")
}

// throwRange throws a RangeError. text must have no percent sign.
func throwRange(tls *libc.TLS, ctx uintptr, text string) jsValue {
	p := cstring(tls, text)
	v := lib.XJS_ThrowRangeError(tls, ctx, p, 0)
	libc.Xfree(tls, p)
	return v
}

// closeHelper mends the return method of an iterator helper whose underlying iterator has none, such as an array's:
// QuickJS calls the missing method. It reports whether the helper is closed with that.
func closeHelper(tls *libc.TLS, ctx uintptr, this jsValue) bool {
	const classHelper, doneBit = 41, 1 << 9
	if this.Ftag != tagObject || objectAt(ptrOf(this)).Fclass_id != classHelper {
		return false
	}
	h := (*lib.TJSIteratorHelperData)(unsafe.Pointer(*word(objectData(ptrOf(this)))))
	name := cstring(tls, "return")
	method := lib.XJS_GetPropertyStr(tls, ctx, h.Fobj, name)
	libc.Xfree(tls, name)
	if method.Ftag != tagUndefined && method.Ftag != tagNull {
		if method.Ftag == tagException {
			lib.XFreeValue(tls, ctx, lib.XJS_GetException(tls, ctx))
		}
		lib.XFreeValue(tls, ctx, method)
		return false
	}
	h.F__ccgo72 |= doneBit
	return true
}

// stackFull is QuickJS's own check, for natives that call each other without it.
func stackFull(tls *libc.TLS, ctx uintptr) bool {
	return tls.StackSlots() >= int(runtimeAt(contextAt(ctx).Frt).Fstack_size)
}
