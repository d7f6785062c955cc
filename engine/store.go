package engine

import (
	"sort"
	"unsafe"
)

// store keeps the deltas of parked contexts where Go's collector has nothing to walk: a million of them are a few thousand
// spans outside of its heap, and a context knows its own by an address. A span holds blocks of one size. Contexts grow,
// often many of them at the same pace, and leave blocks behind that are too small for them; so a span that has become
// empty serves any size, or goes back to the operating system. A store belongs to a window, and so to one goroutine at
// a time.
//
// Deltas beyond storeMax, of contexts that rarely park, lie apart: in Go's heap, or, from largeDelta on, in memory of
// their own from the operating system, so that it has them back at once.
type store struct {
	roomy [len(storeSizes)]*storeSpan // by size, the spans with a block to give, as a list
	empty []*storeSpan                // of no size
	bare  []*storeSpan                // without memory
	spans map[uintptr]*storeSpan      // by address
	maps  []uintptr                   // each of storeMap bytes
	used  int                         // bytes

	apart map[uintptr]apartDelta // those outside of spans, by address
}

// deltaRef is where a delta lies in its store. Zero is an empty delta.
type deltaRef struct {
	at   uintptr
	size uint32
}

// apartDelta is the memory of a delta outside of spans.
type apartDelta struct {
	memory []byte
	mapped bool // from the operating system
}

// storeSpan is spanBytes of memory, divided into blocks of one size.
type storeSpan struct {
	at         uintptr
	class      int     // index of the size
	used       int     // blocks
	fresh      int     // blocks that have never been used
	free       uintptr // list of those that have, linked through their first word
	prev, next *storeSpan
}

const (
	storeStep  = 16
	storeMax   = spanBytes / 4
	spanBytes  = 64 << 10
	storeMap   = 4 << 20
	emptyMax   = 8 // beyond it empty spans give their memory back
	largeDelta = 1 << 20
)

// storeSizes are the sizes of blocks: storeStep apart up to 512 bytes, then an eighth of a power of two, and from 4,096
// bytes on what a span divides into without a rest.
var storeSizes = func() (sizes [32 + 3*8 + 12]int) {
	all := sizes[:0]
	for n := storeStep; n <= 512; n += storeStep {
		all = append(all, n)
	}
	for low := 512; low < 4096; low *= 2 {
		for k := 1; k <= 8; k++ {
			all = append(all, low+k*low/8)
		}
	}
	for _, blocks := range [...]int{15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4} {
		all = append(all, spanBytes/blocks&^(storeStep-1))
	}
	return sizes
}()

// storeClass returns the class of n bytes and the size of its blocks.
func storeClass(n int) (class, size int) {
	class = (n - 1) / storeStep
	if n > 512 {
		class = sort.SearchInts(storeSizes[:], n)
	}
	return class, storeSizes[class]
}

// keep returns a copy of d that lives until drop.
func (s *store) keep(d []byte) deltaRef {
	if len(d) == 0 {
		return deltaRef{}
	}
	if len(d) > storeMax {
		return s.setApart(append([]byte(nil), d...), len(d), false)
	}
	class, size := storeClass(len(d))
	span := s.roomy[class]
	if span == nil {
		if span = s.emptySpan(); span == nil {
			return s.setApart(append([]byte(nil), d...), len(d), false) // no memory map to be had: Go's heap
		}
		span.class, span.fresh, span.free = class, spanBytes/size, 0
		s.link(span)
	}
	p := span.take(size)
	if span.full() {
		s.unlink(span)
	}
	s.used += size
	copy(bytesAt(p, len(d)), d)
	return deltaRef{p, uint32(len(d))}
}

// setApart notes a delta of n bytes that has memory of its own.
func (s *store) setApart(memory []byte, n int, mapped bool) deltaRef {
	if s.apart == nil {
		s.apart = map[uintptr]apartDelta{}
	}
	at := uintptr(unsafe.Pointer(unsafe.SliceData(memory)))
	s.apart[at] = apartDelta{memory, mapped}
	s.used += n
	return deltaRef{at, uint32(n)}
}

func (sp *storeSpan) full() bool { return sp.fresh == 0 && sp.free == 0 }

// take takes a block of a span that is not full.
func (sp *storeSpan) take(size int) uintptr {
	sp.used++
	if p := sp.free; p != 0 {
		sp.free = *word(p)
		return p
	}
	sp.fresh--
	return sp.at + uintptr(sp.fresh*size)
}

// give gives a span's block back, and the span with its last one.
func (s *store) give(span *storeSpan, p uintptr) {
	if span.full() {
		s.link(span)
	}
	*word(p), span.free = span.free, p
	if span.used--; span.used == 0 {
		s.unlink(span)
		if len(s.empty) < emptyMax {
			s.empty = append(s.empty, span)
		} else {
			discard(span.at, spanBytes)
			s.bare = append(s.bare, span)
		}
	}
}

// link and unlink keep the lists of spans that have a block to give.
func (s *store) link(span *storeSpan) {
	first := &s.roomy[span.class]
	span.prev, span.next = nil, *first
	if span.next != nil {
		span.next.prev = span
	}
	*first = span
}

func (s *store) unlink(span *storeSpan) {
	if span.prev != nil {
		span.prev.next = span.next
	} else {
		s.roomy[span.class] = span.next
	}
	if span.next != nil {
		span.next.prev = span.prev
	}
}

// emptySpan returns a span without blocks, or nil if there is no memory.
func (s *store) emptySpan() *storeSpan {
	from := &s.empty
	if len(s.empty) == 0 {
		if from = &s.bare; len(s.bare) == 0 && !s.grow() {
			return nil
		}
	}
	last := len(*from) - 1
	span := (*from)[last]
	*from = (*from)[:last]
	return span
}

func (s *store) grow() bool {
	p, err := mapMemory(0, storeMap)
	if err != nil {
		return false
	}
	if s.spans == nil {
		s.spans = map[uintptr]*storeSpan{}
	}
	s.maps = append(s.maps, p)
	end := p + storeMap
	for at := (end - spanBytes) &^ (spanBytes - 1); at >= p; at -= spanBytes {
		span := &storeSpan{at: at}
		s.spans[at] = span
		s.bare = append(s.bare, span)
	}
	return true
}

// reserve returns memory for a large delta of n bytes, to be filled, that lives until drop.
func (s *store) reserve(n int) deltaRef {
	size := (n + pageSize - 1) &^ (pageSize - 1)
	p, err := mapMemory(0, size)
	if err != nil {
		return s.setApart(make([]byte, n), n, false)
	}
	return s.setApart(bytesAt(p, size), n, true)
}

// replace drops old and keeps d, in old's place where it fits.
func (s *store) replace(old deltaRef, d []byte) deltaRef {
	if span := s.spanOf(old); span != nil && len(d) > 0 && len(d) <= storeMax {
		if class, _ := storeClass(len(d)); class == span.class {
			copy(bytesAt(old.at, len(d)), d)
			return deltaRef{old.at, uint32(len(d))}
		}
	}
	s.drop(old)
	return s.keep(d)
}

// drop frees what keep or reserve returned.
func (s *store) drop(b deltaRef) {
	if b.size == 0 {
		return
	}
	if span := s.spanOf(b); span != nil {
		s.used -= storeSizes[span.class]
		s.give(span, b.at)
		return
	}
	s.used -= int(b.size)
	if a := s.apart[b.at]; a.mapped {
		unmapMemory(b.at, len(a.memory))
	}
	delete(s.apart, b.at)
}

// bytes returns a delta, which is valid until drop.
func (s *store) bytes(b deltaRef) []byte {
	if a, ok := s.apart[b.at]; ok {
		return a.memory[:b.size]
	}
	return bytesAt(b.at, int(b.size))
}

// spanOf returns the span that a delta lies in, if it lies in one.
func (s *store) spanOf(b deltaRef) *storeSpan { return s.spans[b.at&^(spanBytes-1)] }

// close gives all memory back; no delta of this store may be used afterwards.
func (s *store) close() {
	for _, p := range s.maps {
		unmapMemory(p, storeMap)
	}
	for p, a := range s.apart {
		if a.mapped {
			unmapMemory(p, len(a.memory))
		}
	}
	*s = store{}
}
