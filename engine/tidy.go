package engine

import (
	"bytes"
	"unsafe"

	lib "modernc.org/libquickjs"
)

// QuickJS keeps blocks of up to 512 bytes in slabs, each of which fills a page of the arena. What is left in a freed
// block, and the order in which free blocks are linked, mean nothing, but would count as differences. Before a
// window is compared with its image, each slab that changed is tidied: free blocks are zeroed and linked in the
// order of their addresses.

const (
	slabHeader  = unsafe.Sizeof(lib.TJSMallocArena{})
	slabClasses = 31
	freeNil     = 0xffff // FREE_NIL
)

// slabBlock is js_malloc_block_sizes of quickjs.c.
var slabBlock = [slabClasses]uintptr{
	16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 144, 160, 176, 192, 208, 224, 240, 256,
	288, 320, 352, 384, 416, 448, 480, 512,
}

// slabAt returns the slab that fills the page at p, or nil when the page holds something else.
func (w *Window) slabAt(page uint32) *lib.TJSMallocArena {
	if table(w.base)[page] != 1<<8|runKind {
		return nil
	}
	p := w.base + uintptr(page)*pageSize
	s := (*lib.TJSMallocArena)(unsafe.Pointer(p))
	if s.Fblock_size_idx >= slabClasses || uintptr(s.Fn_blocks) != (pageSize-slabHeader)/slabBlock[s.Fblock_size_idx] || s.Fn_used_blocks > s.Fn_blocks {
		return nil
	}
	link := p + unsafe.Offsetof(s.Flink)
	if !w.holds(s.Flink.Fnext) || !w.holds(s.Flink.Fprev) || listAt(s.Flink.Fnext).Fprev != link || listAt(s.Flink.Fprev).Fnext != link {
		return nil
	}
	return s
}

// holds reports whether p is an aligned address in the window's part in use.
func (w *Window) holds(p uintptr) bool {
	return p&7 == 0 && p >= w.base && p < w.base+uintptr(stateAt(w.base).top)*pageSize
}

// tidySlab brings a slab's free blocks into their canonical form.
func tidySlab(s *lib.TJSMallocArena) {
	if s.Fn_used_blocks == s.Fn_blocks {
		return
	}
	size := slabBlock[s.Fblock_size_idx]
	blocks := uintptr(unsafe.Pointer(s)) + slabHeader
	var free [(pageSize/16 + 63) / 64]uint64
	n := 0
	for i := s.Ffirst_free_block; i < s.Fn_blocks && n < int(s.Fn_blocks); n++ {
		free[i/64] |= 1 << (i % 64)
		i = *(*uint16)(unsafe.Pointer(blocks + uintptr(i)*size))
	}
	if n != int(s.Fn_blocks-s.Fn_used_blocks) {
		return // a script forged this page; it is its own
	}
	next := uint16(freeNil)
	for i := int(s.Fn_blocks) - 1; i >= 0; i-- {
		if free[i/64]&(1<<(i%64)) == 0 {
			continue
		}
		p := blocks + uintptr(i)*size
		clear(bytesAt(p, int(size)))
		h := (*lib.TJSMallocBlockHeader)(unsafe.Pointer(p))
		h.Fu.Fblock_idx, h.Fblock_size_idx = next, s.Fblock_size_idx
		next = uint16(i)
	}
	s.Ffirst_free_block = next
}

// tidyAll tidies every slab of the window.
func (w *Window) tidyAll() {
	for page := uint32(2); page < stateAt(w.base).top; page++ {
		if s := w.slabAt(page); s != nil {
			tidySlab(s)
		}
	}
}

// forgetFrames clears what generators and async functions remember of their last caller: its frame lies outside of the
// window, at an address that is another one in each process.
func (w *Window) forgetFrames() {
	for _, head := range [...]uintptr{listAddr(&w.runtime().Fgc_obj_list), listAddr(&stateAt(w.base).frozen)} {
		for p := listAt(head).Fnext; p != head; p = listAt(p).Fnext {
			if gcType(p) == lib.EJS_GC_OBJ_TYPE_ASYNC_FUNCTION {
				(*lib.TJSAsyncFunctionState)(unsafe.Pointer(p)).Fframe.Fprev_frame = 0
			}
		}
	}
}

// changed returns the pages below top that differ from the image, tidied. The result is valid until the next call.
func (w *Window) changed(top uint32) []uint32 {
	pages := w.pageList[:0]
	for _, r := range w.written() {
		for page := r.first; page < r.top; page++ {
			if !bytes.Equal(bytesAt(w.base+uintptr(page)*pageSize, pageSize), w.imagePage(page)) {
				pages = append(pages, page)
			}
		}
	}
	for page := w.imageTop; page < top; page++ {
		pages = append(pages, page)
	}
	for _, page := range pages { // all of them, before one is set back: a slab is known by its neighbours
		if s := w.slabAt(page); s != nil {
			tidySlab(s)
		}
	}
	w.pageList = pages
	return pages
}

// imagePage is a page of the image.
func (w *Window) imagePage(page uint32) []byte {
	at := int(page)*pageSize - stateOffset
	return w.image.image[at : at+pageSize]
}
