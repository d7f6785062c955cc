package engine

import (
	"unsafe"

	lib "modernc.org/libquickjs"
)

// instantiate makes every built-in of the realm now. QuickJS makes many at their first use, which would then be in each
// context's own memory, or be lost for good when memory runs out at that moment. It walks the objects in Go, so that
// nothing but the built-ins is left in the heap.
func (t *Turn) instantiate() {
	ctx := contextAt(t.window.ctx)
	seen := map[uintptr]bool{}
	stack := []uintptr{ptrOf(ctx.Fglobal_obj)}
	push := func(v jsValue) {
		if v.Ftag == tagObject {
			stack = append(stack, ptrOf(v))
		}
	}
	for class := range uintptr(t.window.runtime().Fclass_count) {
		push(*valueAt(ctx.Fclass_proto + class*jsValueSize))
	}
	for _, v := range [...]jsValue{ctx.Ffunction_proto, ctx.Fiterator_ctor, ctx.Fasync_iterator_proto, ctx.Fregexp_ctor, ctx.Fpromise_ctor} {
		push(v)
	}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if p == 0 || seen[p] {
			continue
		}
		seen[p] = true
		t.instantiateOwn(p)
		shape := (*lib.TJSShape)(unsafe.Pointer(objectAt(p).Fshape))
		stack = append(stack, shape.Fproto)
		for i := range uintptr(shape.Fprop_count) {
			switch prop := propertyOf(p, i); shapePropertyOf(p, i).kind() {
			case lib.MJS_PROP_NORMAL:
				push(*valueAt(prop))
			case lib.MJS_PROP_GETSET:
				stack = append(stack, *word(prop), *word(prop + 8))
			}
		}
	}
}

// instantiateOwn makes the properties of one object that are not there yet. Making one may move the others, so it looks
// anew after each.
func (t *Turn) instantiateOwn(p uintptr) {
	tls, ctx, o := t.tls(), t.window.ctx, jsPtr(tagObject, p)
	for i := uintptr(0); i < uintptr((*lib.TJSShape)(unsafe.Pointer(objectAt(p).Fshape)).Fprop_count); i++ {
		if s := shapePropertyOf(p, i); s.kind() == lib.MJS_PROP_AUTOINIT {
			lib.XFreeValue(tls, ctx, lib.XJS_GetPropertyInternal(tls, ctx, o, s.atom, o, 0))
		}
	}
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

// propertyOf is where the value of property i of the object at p is.
func propertyOf(p, i uintptr) uintptr {
	return objectAt(p).Fprop + i*unsafe.Sizeof(lib.TJSProperty{})
}
