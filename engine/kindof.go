package engine

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// kindOf is given to every group, since scripts can make an object of any class look like one of another: kindOf(object) is the
// name of the object's class, such as "Map", "Uint8Array" or "Proxy"; "Object" for instances of scripts' own classes too. An array
// that has no holes and no properties but its elements is "Dense", other arrays are "Array". A typed array or a DataView that follows
// the length of its buffer has a name that ends in "*". It throws for what is no object.
func kindOf(tls *libc.TLS, ctx uintptr, _ jsValue, argc int32, argv uintptr) jsValue {
	if argc < 1 || valueAt(argv).Ftag != tagObject {
		return throw(tls, ctx, "not an object")
	}
	p := ptrOf(*valueAt(argv))
	class := objectAt(p).Fclass_id
	switch {
	case class == classProxy: // whose name is "Object" in QuickJS
		return newString(tls, ctx, "Proxy")
	case class == classArray && denseArray(p):
		return newString(tls, ctx, "Dense")
	case class >= classUint8Clamped && class <= classDataView:
		if view := (*lib.TJSTypedArray)(unsafe.Pointer(*word(objectData(p)))); view.Ftrack_rab != 0 {
			return newString(tls, ctx, className(tls, ctx, class)+"*")
		}
	}
	return lib.XJS_AtomToString(tls, ctx, classAt(contextAt(ctx).Frt, uintptr(class)).Fclass_name)
}

// denseArray reports whether an array's elements are all that it has: its one property is length.
func denseArray(p uintptr) bool {
	shape := (*lib.TJSShape)(unsafe.Pointer(objectAt(p).Fshape))
	return objectAt(p).F__ccgo16&fastArray != 0 && shape.Fprop_count == 1
}

func className(tls *libc.TLS, ctx uintptr, class uint16) string {
	s := lib.XJS_AtomToCStringLen(tls, ctx, 0, classAt(contextAt(ctx).Frt, uintptr(class)).Fclass_name)
	defer lib.XJS_FreeCString(tls, ctx, s)
	return libc.GoString(s)
}
