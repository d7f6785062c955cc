package engine

import (
	"unsafe"

	lib "modernc.org/libquickjs"
)

// instantiate makes every built-in of a new realm. QuickJS makes many at their first use, which would then be in each
// context's own memory, or be lost for good when memory runs out at that moment. It walks the collector's list in Go, so
// that it misses none and leaves nothing but the built-ins in the heap.
func (t *Turn) instantiate() error {
	ctx := t.window.ctx
	live := listAddr(&t.window.runtime().Fgc_obj_list)
	for p := listAt(live).Fnext; p != live; p = listAt(p).Fnext { // what is made on the way is appended
		if gcType(p) != lib.EJS_GC_OBJ_TYPE_JS_OBJECT {
			continue
		}
		o := jsPtr(tagObject, p)
		for i := uintptr(0); i < propertyCount(p); i++ { // making one may move the others
			if s := shapePropertyOf(p, i); s.kind() == lib.MJS_PROP_AUTOINIT {
				v := lib.XJS_GetPropertyInternal(t.tls(), ctx, o, s.atom, o, 0)
				if v.Ftag == tagException {
					return t.takeException()
				}
				t.free(v)
			}
		}
	}
	return nil
}

// propertyCount is how many properties, deleted ones included, the shape of the object at p has.
func propertyCount(p uintptr) uintptr {
	return uintptr((*lib.TJSShape)(unsafe.Pointer(objectAt(p).Fshape)).Fprop_count)
}

// shapeProperty is JSShapeProperty: a property's name, and its flags beside a link.
type shapeProperty struct {
	linkFlags uint32 // the flags are the upper six bits
	atom      lib.TJSAtom
}

func (s *shapeProperty) kind() uint32 { return s.linkFlags >> 26 & lib.MJS_PROP_TMASK }

// shapePropertyOf is property i of the object at p in its shape: get_shape_prop of quickjs.c.
func shapePropertyOf(p, i uintptr) *shapeProperty {
	shape := objectAt(p).Fshape
	table := shape + unsafe.Sizeof(lib.TJSShape{})
	mask := uintptr((*lib.TJSShape)(unsafe.Pointer(shape)).Fprop_hash_mask)
	return (*shapeProperty)(unsafe.Pointer(table + 4*(mask+1) + i*unsafe.Sizeof(shapeProperty{})))
}
