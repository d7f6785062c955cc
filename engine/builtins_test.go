package engine

import (
	"testing"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// Nothing of the realm is left to be made at its first use, neither what scripts reach nor what only the engine does.
func TestBuiltinsAreMade(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, "", Spec{})
	objects := 0
	for _, head := range [...]uintptr{listAddr(&w.runtime().Fgc_obj_list), listAddr(&stateAt(w.base).frozen)} {
		for p := listAt(head).Fnext; p != head; p = listAt(p).Fnext {
			if gcType(p) != lib.EJS_GC_OBJ_TYPE_JS_OBJECT {
				continue
			}
			objects++
			for i := range propertyCount(p) {
				s := shapePropertyOf(p, i)
				if s.kind() != lib.MJS_PROP_AUTOINIT || objectAt(p).Fclass_id == classBytecodeFunction { // a script's function has its prototype when it is asked for
					continue
				}
				name := lib.XJS_AtomToCStringLen(th.tls, w.ctx, 0, s.atom)
				t.Errorf("%s of an object of class %d is not made", libc.GoString(name), objectAt(p).Fclass_id)
				lib.XJS_FreeCString(th.tls, w.ctx, name)
			}
		}
	}
	if objects < 500 {
		t.Errorf("only %d objects", objects)
	}
}
