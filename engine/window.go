package engine

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// WindowBytes is the address space that a window takes unless its template says otherwise. It bounds what a context
// can hold, its own limit aside; memory is used only where it is touched.
const WindowBytes = 64 << 20

// Window is an arena at a fixed address with one template's image in it. The contexts forked in a window belong to
// it for life, since their pointers hold only there; one of them at a time, the occupant, is resident.
//
// A window and its contexts are used by one goroutine at a time.
type Window struct {
	tpl   *Template
	base  uintptr
	size  int
	index int
	id    windowID
	rt    uintptr
	ctx   uintptr

	image, pages span // the image: what is in use, and its part of the page table
	imageTop     uint32
	imageHeap    uint64 // malloc_size of the image

	occupant *Context
	latest   *Context // the last occupant, which may be parked by now
	changes  int      // how many turns, up to the last, were another context's than the turn before
	counts   Counts
	contexts int  // living ones
	soiled   bool // differs from the image though there is no occupant
	turn     *Turn
	scratch  []byte
	deltas   store

	writes  writes // what was written since the last rearm
	parks   int    // since then
	ranges  []pageRange
	whole   [1]pageRange
	user    *Thread     // that wrote to the window last
	faults  int64       // of user at the last scan
	scanned atomic.Bool // ranges hold as long as user has no further fault

	pageList []changedPage // scratch of changed
}

// Windows are found from inside QuickJS by their index, which stands in the arena.
const (
	maxWindows   = 4096
	windowStride = 128 << 20
	windowRegion = 0x1000_0000_0000
)

var (
	windows   [maxWindows]atomic.Pointer[Window]
	windowsMu sync.Mutex

	windowSerial windowID // of the last one opened; guarded by windowsMu
)

// windowID stands for a window where there is to be no pointer: its index, and a number that tells it from those that
// had the index before. Zero is no window.
type windowID uint64

// find returns the window, or nil if it is closed.
func (id windowID) find() *Window {
	if w := windows[id%maxWindows].Load(); w != nil && w.id == id {
		return w
	}
	return nil
}

func windowOfState(base uintptr) *Window { return windows[arenaAt(base).window].Load() }

func windowOfRuntime(rt uintptr) *Window {
	return windowOfState(runtimeAt(rt).Fmalloc_ctx.Fmalloc_state.Fopaque)
}

func windowOfContext(ctx uintptr) *Window { return windowOfRuntime(contextAt(ctx).Frt) }

// windowOf finds the window in which p lies.
func windowOf(p uintptr) *Window {
	if i := (p - windowRegion) / windowStride; i < maxWindows {
		if w := windows[i].Load(); w != nil && p-w.base < uintptr(w.size) {
			return w
		}
	}
	for i := range windows { // a window that did not get its address
		if w := windows[i].Load(); w != nil && p-w.base < uintptr(w.size) {
			return w
		}
	}
	return nil
}

// mapWindow finds a free index for a window of the template and maps memory for it.
func mapWindow(tpl *Template, size int) (*Window, error) {
	size = (size + pageSize - 1) &^ (pageSize - 1)
	if size < 1<<20 || size > windowStride {
		return nil, fmt.Errorf("engine: window of %d bytes: must be between 1 MB and %d MB", size, windowStride>>20)
	}
	windowsMu.Lock()
	defer windowsMu.Unlock()
	for i := range windows {
		if windows[i].Load() != nil {
			continue
		}
		base, err := mapMemory(windowRegion+uintptr(i)*windowStride, size)
		if err != nil {
			return nil, fmt.Errorf("engine: map a window of %d MB: %w", size>>20, err)
		}
		windowSerial++
		w := &Window{tpl: tpl, base: base, size: size, index: i, id: windowSerial*maxWindows + windowID(i)}
		tpl.windows++
		w.writes.open(base, size)
		initArena(base, size, i)
		windows[i].Store(w)
		return w, nil
	}
	return nil, errors.New("engine: more than 4096 windows in this process")
}

// Close gives the window's memory back. Its contexts are gone with it.
func (w *Window) Close() {
	windowsMu.Lock()
	defer windowsMu.Unlock()
	if !windows[w.index].CompareAndSwap(w, nil) {
		return // closed before
	}
	unmapMemory(w.base, w.size)
	w.deltas.close()
	if w.tpl.windows--; w.tpl.windows == 0 {
		w.tpl.code.close()
	}
}

// Template returns what the window's contexts are forks of.
func (w *Window) Template() *Template { return w.tpl }

// Contexts returns how many living contexts belong to the window.
func (w *Window) Contexts() int { return w.contexts }

// Image returns the size of the image in bytes.
func (w *Window) Image() int { return len(w.image.image) + len(w.pages.image) }

// ParkedBytes returns what the deltas of parked contexts take.
func (w *Window) ParkedBytes() int { return w.deltas.used }

func (w *Window) runtime() *lib.TJSRuntime { return runtimeAt(w.rt) }

// heap is the arena's memory in use, the image included.
func (w *Window) heap() uint64 { return uint64(w.runtime().Fmalloc_ctx.Fmalloc_state.Fmalloc_size) }

// start creates the runtime and its realm in an empty arena.
func (w *Window) start(tls *libc.TLS) error {
	fns := libc.Xcalloc(tls, 1, lib.Tsize_t(unsafe.Sizeof(lib.TJSMallocFunctions{})))
	defer libc.Xfree(tls, fns)
	*(*lib.TJSMallocFunctions)(unsafe.Pointer(fns)) = lib.TJSMallocFunctions{
		Fjs_malloc:             funcPointer(arenaMalloc),
		Fjs_free:               funcPointer(arenaFree),
		Fjs_realloc:            funcPointer(arenaRealloc),
		Fjs_malloc_usable_size: funcPointer(arenaUsable),
	}
	if w.rt = lib.XJS_NewRuntime2(tls, fns, w.base); w.rt == 0 {
		return errors.New("engine: no room for a runtime in the window")
	}
	lib.XJS_SetMaxStackSize(tls, w.rt, lib.Tsize_t(w.tpl.spec.StackSlots))
	lib.XJS_SetGCThreshold(tls, w.rt, ^lib.Tsize_t(0)) // garbage is collected at polls, see Turn.collect
	lib.XJS_SetInterruptHandler(tls, w.rt, funcPointer(onInterrupt), 0)
	lib.XJS_SetHostPromiseRejectionTracker(tls, w.rt, funcPointer(onRejection), 0)
	if w.ctx = lib.XJS_NewContext(tls, w.rt); w.ctx == 0 {
		return errors.New("engine: no room for a realm in the window")
	}
	arenaAt(w.base).ctx = w.ctx
	return nil
}

// seal makes the window's present bytes the image.
func (w *Window) seal() {
	s := stateAt(w.base)
	w.forgetFrames()
	w.tidyAll()
	w.imageTop = s.top
	w.imageHeap = w.heap()
	n := int(s.top)*pageSize - stateOffset
	w.image = span{from: stateOffset, image: append([]byte(nil), bytesAt(w.base+stateOffset, n)...)}
	t := w.tableOffset()
	w.pages = span{from: t, image: append([]byte(nil), bytesAt(w.base+t, tableLines(s.top))...)}
	w.soiled = false
	w.rearm()
}

func (w *Window) tableOffset() uintptr { return uintptr(arenaAt(w.base).pages) * pageSize }

// tableLines is the length in bytes of the page table's part for pages below top, in whole lines.
func tableLines(top uint32) int { return int(top*4+lineSize-1) &^ (lineSize - 1) }

// delta appends what the window differs in from its image, and makes it equal to the image if undo is set.
func (w *Window) delta(dst []byte, undo bool) []byte {
	top := max(stateAt(w.base).top, w.imageTop)
	d := deltaWriter{base: uint64(w.base), undo: undo}
	for _, page := range w.changed(top) {
		dst = w.diffPage(dst, &d, page)
	}
	return w.pages.diff(dst, &d, tableLines(top))
}

// diffPage appends a page's lines.
func (w *Window) diffPage(dst []byte, d *deltaWriter, p changedPage) []byte {
	mem, number := bytesAt(w.base+uintptr(p.page)*pageSize, pageSize), uintptr(p.page)*(pageSize/lineSize)
	if p.page >= w.imageTop {
		for l := 0; l < pageSize; l += lineSize {
			dst = d.line(dst, number+uintptr(l/lineSize), lineAt(&mem[l]), &zeroLine)
		}
		return dst
	}
	img := w.imagePage(p.page)
	for l := 0; l < int(p.end); l += lineSize {
		dst = d.line(dst, number+uintptr(l/lineSize), lineAt(&mem[l]), lineAt(&img[l]))
	}
	return dst
}

// park keeps what distinguishes the occupant and leaves the window equal to its image.
func (w *Window) park() {
	c := w.occupant
	if c == nil {
		w.clean()
		return
	}
	if grown := stateAt(w.base).top; grown > w.imageTop+reclaimPages {
		reclaim(w.base, w.imageTop) // free blocks are no state
	}
	if stateAt(w.base).top > w.imageTop+largeDelta/pageSize {
		c.delta = w.largeDelta(c.delta)
	} else {
		w.scratch = w.delta(w.scratch[:0], true)
		c.delta = w.deltas.replace(c.delta, w.scratch)
	}
	c.own.Store(c.delta.size)
	w.occupant = nil
	w.counts.Parks++
	trim(w.base)
	w.parked()
}

// parked counts how often the window was brought back to its image.
func (w *Window) parked() {
	if w.parks++; w.parks >= rearmParks {
		w.rearm()
	}
}

// reclaimPages is how far a heap must have outgrown the image for its free blocks to count.
const reclaimPages = 64

// largeDelta is delta for a large heap: it writes the delta page by page straight into memory of its own, so that it is
// not in memory twice, and gives the pages beyond the image back to the system.
func (w *Window) largeDelta(old deltaRef) deltaRef {
	w.deltas.drop(old)
	top := stateAt(w.base).top
	pages := w.changed(top)
	measure, n := deltaWriter{base: uint64(w.base)}, 0
	for _, page := range pages {
		w.scratch = w.diffPage(w.scratch[:0], &measure, page)
		n += len(w.scratch)
	}
	w.scratch = w.pages.diff(w.scratch[:0], &measure, tableLines(top))
	if n += len(w.scratch); n < largeDelta { // most of the heap is zero
		w.scratch = w.delta(w.scratch[:0], true)
		return w.deltas.keep(w.scratch)
	}
	kept := w.deltas.reserve(n)
	d := w.deltas.bytes(kept)[:0]
	write := deltaWriter{base: uint64(w.base), undo: true}
	for _, page := range pages {
		write.undo = page.page < w.imageTop
		w.scratch = w.diffPage(w.scratch[:0], &write, page)
		d = append(d, w.scratch...)
	}
	write.undo = true
	w.scratch = w.pages.diff(w.scratch[:0], &write, tableLines(top))
	copy(d[len(d):n], w.scratch)
	zeroPages(w.base, w.base+uintptr(w.imageTop)*pageSize, uintptr(top-w.imageTop)*pageSize)
	return kept
}

// clean brings the whole window back to its image, whatever is in it.
func (w *Window) clean() {
	if !w.soiled {
		return
	}
	if s := stateAt(w.base); s.top > w.imageTop {
		zeroPages(w.base, w.base+uintptr(w.imageTop)*pageSize, uintptr(s.top-w.imageTop)*pageSize)
		clear(table(w.base)[w.imageTop:s.top])
		s.top = w.imageTop
	}
	w.restore()
	w.soiled = false
	trim(w.base)
	w.parked()
}

// restore copies what was written from the image. Nothing is kept of it, so no line is looked at.
func (w *Window) restore() {
	for _, r := range w.written() {
		for page := r.first; page < r.top; page++ {
			mem, img := bytesAt(w.base+uintptr(page)*pageSize, pageSize), w.imagePage(page)
			if !bytes.Equal(mem, img) {
				copy(mem, img)
			}
		}
	}
	copy(bytesAt(w.base+w.pages.from, len(w.pages.image)), w.pages.image)
}

// wipe lays the image anew without trusting anything in the window: after a kill or a fault in the engine.
func (w *Window) wipe() {
	initScratch(w.base, w.size, w.index, w.ctx)
	end := w.tableOffset() + uintptr(arenaAt(w.base).pages)*4
	for _, r := range [...][2]uintptr{{uintptr(w.imageTop) * pageSize, w.tableOffset()}, {w.tableOffset() + uintptr(len(w.pages.image)), end &^ (lineSize - 1)}} {
		if r[1] > r[0] && !discardAligned(w.base+r[0], r[1]-r[0]) {
			clear(bytesAt(w.base+r[0], int(r[1]-r[0])))
		}
	}
	copy(bytesAt(w.base+w.image.from, len(w.image.image)), w.image.image)
	copy(bytesAt(w.base+w.pages.from, len(w.pages.image)), w.pages.image)
	w.occupant, w.soiled = nil, false
	w.rearm()
}

// discardAligned zeroes a range by giving its whole pages back and clearing the rest.
func discardAligned(p, n uintptr) bool {
	first, last := (p+pageSize-1)&^(pageSize-1), (p+n)&^(pageSize-1)
	if last <= first || !discard(first, last-first) {
		return false
	}
	clear(bytesAt(p, int(first-p)))
	clear(bytesAt(last, int(p+n-last)))
	return true
}

// enter makes c the occupant.
func (w *Window) enter(c *Context) {
	if w.latest == c {
		w.changes = 0
	} else {
		w.latest = c
		w.changes++
	}
	if w.occupant == c {
		return
	}
	w.park()
	if c.delta.size > 0 {
		w.counts.Resumes++
	}
	applyDelta(w.base, w.deltas.bytes(c.delta))
	w.occupant = c
	if c.delta.size >= largeDelta { // not in memory twice
		w.deltas.drop(c.delta)
		c.delta = deltaRef{}
	}
}
