package engine

import (
	"unsafe"

	lib "modernc.org/libquickjs"
)

// freeze takes all objects that exist so far off the collector's list: a collection in a context then neither walks
// the realm nor writes to it. Each is pinned by one more reference, since a frozen object whose count fell to zero
// would be freed while its neighbours on the frozen list point at it. Shapes are not pinned: a shape with two holders is
// cloned at every change.
//
// It runs after the API groups and before the bundle, whose objects must stay collectable.
func (t *Turn) freeze() {
	w := t.window
	lib.XJS_RunGC(t.tls(), w.rt)
	live, frozen := listAddr(&w.runtime().Fgc_obj_list), listAddr(&stateAt(w.base).frozen)
	for p := listAt(live).Fnext; p != live; p = listAt(p).Fnext {
		switch gcType(p) {
		case lib.EJS_GC_OBJ_TYPE_JS_OBJECT, lib.EJS_GC_OBJ_TYPE_FUNCTION_BYTECODE, lib.EJS_GC_OBJ_TYPE_MODULE:
			refHeader(p).Fref_count++
		}
	}
	first, last := listAt(live).Fnext, listAt(live).Fprev
	if first == live {
		return
	}
	end := listAt(frozen).Fprev
	listAt(end).Fnext, listAt(first).Fprev = first, end
	listAt(last).Fnext, listAt(frozen).Fprev = frozen, last
	listAt(live).Fnext, listAt(live).Fprev = live, live
}

// spareSlabs gives each small class of blocks a nearly empty slab at the head of its list, so that what a context
// allocates lies together, in memory that the image has too.
func (t *Turn) spareSlabs() {
	w, tls := t.window, t.tls()
	m := &w.runtime().Fmalloc_ctx
	for class := range spareClasses {
		if w.freeBlocks(class) >= spareBlocks(class) {
			continue
		}
		size := lib.Tsize_t(slabBlock[class] - 8)
		var taken []uintptr
		for {
			p := lib.Xjs_malloc_rt(tls, w.rt, size)
			if p == 0 {
				break
			}
			page := uint32((p - w.base) / pageSize)
			if s := w.slabAt(page); s != nil && s.Fn_used_blocks == 1 {
				break // this block stays taken: an empty slab would be freed
			}
			taken = append(taken, p)
		}
		spare := m.Ffree_arena_list[class].Fnext
		for _, p := range taken {
			lib.Xjs_free_rt(tls, w.rt, p)
		}
		head := listAddr(&m.Ffree_arena_list[class])
		if spare == head || m.Ffree_arena_list[class].Fnext == spare {
			continue
		}
		n := listAt(spare)
		listAt(n.Fprev).Fnext, listAt(n.Fnext).Fprev = n.Fnext, n.Fprev
		first := listAt(head).Fnext
		n.Fprev, n.Fnext = head, first
		listAt(first).Fprev, listAt(head).Fnext = spare, spare
	}
}

// freeBlocks is how many blocks of a class are free in the slab that is next in turn.
func (w *Window) freeBlocks(class int) int {
	list := &w.runtime().Fmalloc_ctx.Ffree_arena_list[class]
	if list.Fnext == listAddr(list) {
		return 0
	}
	s := (*lib.TJSMallocArena)(unsafe.Pointer(list.Fnext)) // free_link is its first field
	return int(s.Fn_blocks - s.Fn_used_blocks)
}

// spareBlocks is how many blocks a slab has free at least, so that no other is needed: half of it.
func spareBlocks(class int) int { return int((pageSize - slabHeader) / slabBlock[class] / 2) }

// spareClasses is how many of the smallest classes get a spare slab: blocks of up to 128 bytes.
const spareClasses = 15
