package engine

import (
	"bytes"
	"math/bits"
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

// tidySlab brings a slab's free blocks into their canonical form. Bytes of the page from end on are as in the image, where
// free blocks have that form already: with the first free block there begins what is left of the image's list. It
// returns the end of what may differ afterwards.
func tidySlab(s *lib.TJSMallocArena, end int) int {
	if s.Fn_used_blocks == s.Fn_blocks {
		return end
	}
	size := int(slabBlock[s.Fblock_size_idx])
	blocks := uintptr(unsafe.Pointer(s)) + slabHeader
	looked := uint16(min(int(s.Fn_blocks), max(0, end-int(slabHeader)+size-1)/size)) // blocks that begin before end
	var free [pageSize / 16 / 64]uint64
	n, i := uint16(0), s.Ffirst_free_block
	for ; i < looked && n < looked; n++ {
		free[i/64] |= 1 << (i % 64)
		i = *(*uint16)(unsafe.Pointer(blocks + uintptr(i)*uintptr(size)))
	}
	next := i
	switch {
	case i < looked, i >= s.Fn_blocks && n != s.Fn_blocks-s.Fn_used_blocks:
		return end // a script forged this page; it is its own
	case i >= s.Fn_blocks:
		next = freeNil
	}
	for k := len(free) - 1; k >= 0; k-- {
		for m := free[k]; m != 0; {
			bit := bits.Len64(m) - 1
			m &^= 1 << bit
			i := 64*k + bit
			at := int(slabHeader) + i*size
			end = max(end, (at+size+lineSize-1)&^(lineSize-1))
			clear(bytesAt(blocks+uintptr(i*size), size))
			h := (*lib.TJSMallocBlockHeader)(unsafe.Pointer(blocks + uintptr(i*size)))
			h.Fu.Fblock_idx, h.Fblock_size_idx = next, s.Fblock_size_idx
			next = uint16(i)
		}
	}
	s.Ffirst_free_block = next
	return min(end, pageSize)
}

// tidyAll tidies every slab of the window.
func (w *Window) tidyAll() {
	for page := uint32(2); page < stateAt(w.base).top; page++ {
		if s := w.slabAt(page); s != nil {
			tidySlab(s, pageSize)
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

// changedPage is a page that differs from the image, up to its byte number end.
type changedPage struct{ page, end uint32 }

// changed returns the pages below top that differ from the image, tidied. The result is valid until the next call.
func (w *Window) changed(top uint32) []changedPage {
	pages := w.pageList[:0]
	for _, r := range w.written() {
		for page := r.first; page < r.top; page++ {
			if end := differUpTo(bytesAt(w.base+uintptr(page)*pageSize, pageSize), w.imagePage(page)); end > 0 {
				pages = append(pages, changedPage{page, uint32(end)})
			}
		}
	}
	for page := w.imageTop; page < top; page++ {
		pages = append(pages, changedPage{page, pageSize})
	}
	for i, p := range pages { // all of them, before one is set back: a slab is known by its neighbours
		if s := w.slabAt(p.page); s != nil {
			pages[i].end = uint32(tidySlab(s, int(p.end)))
		}
	}
	w.pageList = pages
	return pages
}

// differUpTo returns how many bytes of two pages there are up to the last line in which they differ.
func differUpTo(a, b []byte) int {
	const block = 512
	end := pageSize
	for end > 0 && bytes.Equal(a[end-block:end], b[end-block:end]) {
		end -= block
	}
	for end > 0 && *lineAt(&a[end-lineSize]) == *lineAt(&b[end-lineSize]) {
		end -= lineSize
	}
	return end
}

// imagePage is a page of the image.
func (w *Window) imagePage(page uint32) []byte {
	at := int(page)*pageSize - stateOffset
	return w.image.image[at : at+pageSize]
}
