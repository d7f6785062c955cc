package engine

import (
	"errors"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// The arena: everything QuickJS allocates lies in one window, so that a copy of the window's bytes is a
// copy of the context. QuickJS asks for two kinds of memory: slabs of at most a page, which it divides
// itself into blocks of up to 512 bytes, and larger blocks.
//
//	window: [ header page | tracked header | pages … | page table ]
//
// Requests up to maxClass come from classes carved out of pages; a slab and everything larger takes
// whole pages. The page table, one word a page at the window's end, says what each page is. Freed memory is
// zeroed at once: what a context no longer uses must not make it differ from its image.

const (
	pageSize  = 4096
	lineSize  = 64
	tableFree = 0          // a free page: all of its bytes are zero
	tableRest = ^uint32(0) // a page inside a run, not its first
	maxClass  = 2048
	runKind   = 0xff
)

// classes are the block sizes below a slab; each is carved from single pages, so that a rare size costs an image no more.
var classes = [...]uint32{640, 768, 896, 1024, 1280, maxClass}

// classOf maps a request in units of 128 bytes to its class.
var classOf = func() (m [maxClass/128 + 1]uint8) {
	c := 0
	for i := range m {
		for uint32(i*128) > classes[c] {
			c++
		}
		m[i] = uint8(c)
	}
	return m
}()

// arena is what stands at a window's first byte. The first page is scratch: it is no part of a context. What
// follows in state is.
type arena struct {
	window  uintptr // index of the *Window in windows
	ctx     uintptr // the realm's JSContext, whose interrupt counter is zeroed beyond soft
	pages   uint32  // in all, page table excluded
	peak    uint32  // no page from here on was touched since the last trim
	soft    uint64  // malloc_size beyond which the turn is to poll at once
	limit   uint64  // malloc_size beyond which a large request is refused
	hard    uint64  // malloc_size beyond which no request is granted
	large   uint64  // from this size on a request is large
	over    uint32  // set once soft was crossed
	refused uint32  // set once a large request was refused
	failAt  int64   // tests: the allocation that fails; counts down
}

type arenaState struct {
	top    uint32 // pages in use: all at and beyond it are free
	first  uint32 // no page before it is free
	free   [len(classes)]uintptr
	frozen lib.Tlist_head // objects taken off the collector's list

	collectAt uint64 // malloc_size beyond which a poll collects garbage

	// The table of values that Go holds.
	held     uintptr // *[heldCap]JSValue
	heldLen  int32
	heldCap  int32
	heldFree int32 // index+1 of the first free slot, linked through the slots
}

const stateOffset = pageSize // the tracked header begins here

func arenaAt(base uintptr) *arena      { return (*arena)(unsafe.Pointer(base)) }
func stateAt(base uintptr) *arenaState { return (*arenaState)(unsafe.Pointer(base + stateOffset)) }
func word(p uintptr) *uintptr          { return (*uintptr)(unsafe.Pointer(p)) }

func bytesAt(p uintptr, n int) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(p)), n) }

// table returns the window's page table.
func table(base uintptr) []uint32 {
	n := arenaAt(base).pages
	return unsafe.Slice((*uint32)(unsafe.Pointer(base+uintptr(n)*pageSize)), n)
}

// initArena lays an empty arena into size bytes of zeroed memory at base.
func initArena(base uintptr, size int, index int) {
	s := stateAt(base)
	initScratch(base, size, index, 0)
	s.top, s.first = 2, 2
	t := table(base)
	t[0], t[1] = 1<<8|runKind, 1<<8|runKind
	s.frozen.Fnext, s.frozen.Fprev = base+stateOffset+unsafe.Offsetof(s.frozen), base+stateOffset+unsafe.Offsetof(s.frozen)
}

// initScratch sets what stands in a window's first page.
func initScratch(base uintptr, size int, index int, ctx uintptr) {
	tableBytes := size / pageSize * 4
	tablePages := (tableBytes + pageSize - 1) / pageSize
	*arenaAt(base) = arena{
		window: uintptr(index),
		ctx:    ctx,
		pages:  uint32(size/pageSize - tablePages),
		soft:   ^uint64(0),
		limit:  ^uint64(0),
		large:  ^uint64(0),
		hard:   ^uint64(0),
	}
}

// runPages is the length of the run whose first page has this entry; 0 where the page belongs to a class, whose number,
// less one, is then in the low byte, below the page's place in its chunk.
func runPages(entry uint32) uint32 {
	if entry&0xff == runKind {
		return entry >> 8
	}
	return 0
}

// takePages finds n free pages in a row, first fit, and marks them as a run (kind runKind), or a single one as divided into
// blocks of the class kind.
// It returns 0 when the window is full.
func takePages(base uintptr, n uint32, kind uint8) uintptr {
	a, s, t := arenaAt(base), stateAt(base), table(base)
	p := s.first
	for run := uint32(0); run < n; p++ {
		switch {
		case p >= a.pages:
			return 0
		case p >= s.top || t[p] == tableFree:
			run++
		default:
			run = 0
		}
	}
	start := p - n
	s.top = max(s.top, p)
	a.peak = max(a.peak, s.top)
	if start == s.first || n == 1 {
		s.first = p
	}
	if kind == runKind {
		for i := start + 1; i < p; i++ {
			t[i] = tableRest
		}
		t[start] = n<<8 | runKind
	} else {
		t[start] = uint32(kind) + 1
	}
	return base + uintptr(start)*pageSize
}

// givePages frees n pages from page p on and zeroes them.
func givePages(base uintptr, p, n uint32) {
	s, t := stateAt(base), table(base)
	for i := p; i < p+n; i++ {
		t[i] = tableFree
	}
	s.first = min(s.first, p)
	zeroPages(base, base+uintptr(p)*pageSize, uintptr(n)*pageSize)
	if p+n == s.top {
		for s.top > 2 && t[s.top-1] == tableFree {
			s.top--
		}
	}
}

// discardBytes is the size from which freed pages go back to the operating system, which returns them zeroed.
const discardBytes = 128 << 10

// zeroPages zeroes whole pages of the window at base.
func zeroPages(base, p, n uintptr) {
	if n >= discardBytes && discardPages(base, p, n) {
		return
	}
	clear(bytesAt(p, int(n)))
}

// allow judges a request for a block of size bytes, more of them than the block has now, that brings the heap beyond
// soft, to after bytes. The interrupt counter is zeroed, so that the next poll, which is due at once in a script, collects
// garbage or ends the turn. Up to there a heap that fills bit by bit goes on beyond the limit, because QuickJS survives the
// refusal of a small block badly. A large request is refused: QuickJS throws, and the script may catch that. What fills
// the reserve without a poll costs the context.
func (a *arena) allow(after, size, more uint64) bool {
	a.over = 1
	if a.ctx != 0 {
		contextAt(a.ctx).Finterrupt_counter = 0
	}
	switch {
	case after+a.frameBytes() <= a.limit:
	case more >= a.large, size >= largeBytes && after > a.hard:
		a.refused = 1
		return false
	case after > a.hard:
		a.exhausted()
		return false
	}
	return true
}

// frameBytes is what the frames of the turn under way count for.
func (a *arena) frameBytes() uint64 {
	if w := windows[a.window].Load(); w != nil && w.turn != nil {
		return w.turn.frameBytes()
	}
	return 0
}

var errExhausted = errors.New("engine: an allocation failed")

// exhausted tears the turn down, rather than let QuickJS go on without a small block.
func (a *arena) exhausted() {
	if w := windows[a.window].Load(); w != nil && w.turn != nil {
		panic(errExhausted)
	}
}

// discardPages is discard for pages of the window at base, which change without being written to.
func discardPages(base, p, n uintptr) bool {
	if w := windowOfState(base); w != nil {
		w.forgetScan()
	}
	return discard(p, n)
}

// trim gives the pages that the heap no longer reaches back to the operating system, if it shrank by much.
func trim(base uintptr) {
	const much = 1 << 20 / pageSize
	a, s := arenaAt(base), stateAt(base)
	if a.peak > s.top+much && discardPages(base, base+uintptr(s.top)*pageSize, uintptr(a.peak-s.top)*pageSize) {
		a.peak = s.top
	}
}

func arenaMalloc(_ *libc.TLS, state uintptr, n lib.Tsize_t) uintptr {
	return allocate((*lib.TJSMallocState)(unsafe.Pointer(state)), n, 0)
}

// allocate makes a block for n bytes, to replace one of old bytes.
func allocate(ms *lib.TJSMallocState, n lib.Tsize_t, old uint32) uintptr {
	base := ms.Fopaque
	a := arenaAt(base)
	if n > lib.Tsize_t(a.pages)*pageSize {
		a.refused = 1
		return 0
	}
	size := blockSize(uint32(n))
	if after := uint64(ms.Fmalloc_size) + uint64(size); after > a.soft && !a.allow(after, uint64(size), uint64(size-old)) {
		return 0
	}
	if a.failAt != 0 {
		if a.failAt--; a.failAt == 0 {
			a.exhausted()
		}
	}
	block := takeBlock(base, uint32(n), size)
	if block == 0 && reclaim(base, 0) {
		block = takeBlock(base, uint32(n), size)
	}
	if block == 0 {
		if a.refused = 1; size < largeBytes {
			a.exhausted()
		}
		return 0
	}
	ms.Fmalloc_count++
	ms.Fmalloc_size += lib.Tsize_t(size)
	return block
}

// takeBlock takes a block for a request of n bytes, size with what is added to it; 0 when the window is full.
func takeBlock(base uintptr, n, size uint32) uintptr {
	if n > maxClass {
		return takePages(base, size/pageSize, runKind)
	}
	s, c := stateAt(base), classOf[(n+127)/128]
	block := s.free[c]
	if block == 0 {
		block = carve(base, c)
	}
	if block != 0 {
		s.free[c] = *word(block)
		*word(block) = 0
	}
	return block
}

// carve divides a page into blocks of class c and returns the first; they are linked in address order.
func carve(base uintptr, c uint8) uintptr {
	page := takePages(base, 1, c)
	if page == 0 {
		return 0
	}
	size := uintptr(classes[c])
	for i := range pageSize/size - 1 {
		*word(page + i*size) = page + (i+1)*size
	}
	return page
}

// reclaim gives back the divided pages, from page from on, of which every block is free. It reports whether there were any.
func reclaim(base uintptr, from uint32) bool {
	s, t := stateAt(base), table(base)
	free := make([]uint32, s.top) // blocks by page
	for c, size := range classes {
		for p := s.free[c]; p != 0; p = *word(p) {
			free[(p-base)/pageSize]++
		}
		last := &s.free[c]
		for p := s.free[c]; p != 0; p = *word(p) {
			if page := uint32((p - base) / pageSize); page < from || free[page] != pageSize/size {
				*last, last = p, word(p)
			}
		}
		*last = 0
	}
	found := false
	for page := max(from, 2); page < uint32(len(free)); page++ {
		if free[page] == 0 {
			continue
		}
		if free[page] == pageSize/classes[t[page]-1] {
			givePages(base, page, 1)
			found = true
		}
	}
	return found
}

// blockSize is what a request of n bytes takes.
func blockSize(n uint32) uint32 {
	if n <= maxClass {
		return classes[classOf[(n+127)/128]]
	}
	return (n + pageSize - 1) &^ (pageSize - 1)
}

// usable is the size of the block at p, and 0 for memory outside the window: code, which is kept apart.
func usable(base, p uintptr) uint32 {
	page := (p - base) / pageSize
	if page >= uintptr(arenaAt(base).pages) {
		return 0
	}
	entry := table(base)[page]
	if n := runPages(entry); n != 0 {
		return n * pageSize
	}
	return classes[entry-1]
}

func arenaFree(_ *libc.TLS, state, p uintptr) {
	if p == 0 {
		return
	}
	ms := (*lib.TJSMallocState)(unsafe.Pointer(state))
	base := ms.Fopaque
	size := usable(base, p)
	if size == 0 {
		return
	}
	ms.Fmalloc_count--
	ms.Fmalloc_size -= lib.Tsize_t(size)
	page := uint32((p - base) / pageSize)
	if entry := table(base)[page]; runPages(entry) != 0 {
		givePages(base, page, size/pageSize)
		return
	}
	s, c := stateAt(base), classOf[size/128]
	clear(bytesAt(p, int(size)))
	*word(p), s.free[c] = s.free[c], p
}

func arenaRealloc(tls *libc.TLS, state, p uintptr, n lib.Tsize_t) uintptr {
	switch {
	case p == 0:
		return arenaMalloc(tls, state, n)
	case n == 0:
		arenaFree(tls, state, p)
		return 0
	}
	ms := (*lib.TJSMallocState)(unsafe.Pointer(state))
	base := ms.Fopaque
	a, old := arenaAt(base), usable(base, p)
	if n > lib.Tsize_t(a.pages)*pageSize {
		a.refused = 1
		return 0
	}
	size := blockSize(uint32(n))
	if size == old {
		return p
	}
	switch {
	case size > old && old > maxClass && growRun(base, ms, p, old, size):
		return p
	case size < old && size > maxClass: // shrink a run in place
		page := uint32((p - base) / pageSize)
		table(base)[page] = (size/pageSize)<<8 | runKind
		givePages(base, page+size/pageSize, (old-size)/pageSize)
		ms.Fmalloc_size -= lib.Tsize_t(old - size)
		return p
	case size < old && (old-size < old/4 || uint64(ms.Fmalloc_size)+uint64(size) > a.soft):
		return p // not worth a copy, or not the time for one
	}
	q := allocate(ms, n, min(old, size))
	if q != 0 {
		copy(bytesAt(q, int(min(old, size))), bytesAt(p, int(min(old, size))))
		arenaFree(tls, state, p)
	}
	return q
}

// growRun extends a run into the free pages behind it, where there are enough.
func growRun(base uintptr, ms *lib.TJSMallocState, p uintptr, old, size uint32) bool {
	a, s, t := arenaAt(base), stateAt(base), table(base)
	page, more := uint32((p-base)/pageSize)+old/pageSize, (size-old)/pageSize
	if page+more > a.pages {
		return false
	}
	for i := page; i < page+more; i++ {
		if t[i] != tableFree {
			return false
		}
	}
	if after := uint64(ms.Fmalloc_size) + uint64(size-old); after > a.soft && !a.allow(after, uint64(size), uint64(size-old)) {
		return false // the fresh allocation that follows is refused by the same rule
	}
	for i := page; i < page+more; i++ {
		t[i] = tableRest
	}
	t[page-old/pageSize] = (size/pageSize)<<8 | runKind
	s.top = max(s.top, page+more)
	a.peak = max(a.peak, s.top)
	if s.first >= page && s.first < page+more {
		s.first = page + more
	}
	ms.Fmalloc_size += lib.Tsize_t(size - old)
	return true
}

func arenaUsable(_ *libc.TLS, p uintptr) lib.Tsize_t {
	w := windowOf(p)
	if w == nil {
		return 0
	}
	return lib.Tsize_t(usable(w.base, p))
}
