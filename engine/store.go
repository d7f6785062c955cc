package engine

import "unsafe"

// store keeps the deltas of parked contexts outside of Go's heap: a million of them are a few hundred chunks,
// nothing for Go's collector to walk. A store belongs to a window, and so to one goroutine at a time. Deltas beyond
// storeMax, of contexts that rarely park, are ordinary Go slices; those of largeDelta and more are memory from the operating
// system, so that it has them back at once.
type store struct {
	free   [storeClasses]uintptr // lists of free blocks by class, linked through their first word
	chunks []uintptr
	next   uintptr // what is left of the last chunk
	left   int
	bytes  int // in use

	large map[uintptr]int // the sizes of deltas that have memory of their own, by address
}

const (
	storeStep    = 16
	storeFine    = 512 // below it classes are storeStep apart, beyond it an eighth of a power of two
	storeMax     = 16 << 10
	storeChunk   = 256 << 10
	largeDelta   = 1 << 20
	storeClasses = storeFine/storeStep + 8*5 + 1
)

// storeClass returns the class of n bytes and the size of its blocks.
func storeClass(n int) (class, size int) {
	if n <= storeFine {
		class = (n + storeStep - 1) / storeStep
		return class, class * storeStep
	}
	class, low := storeFine/storeStep, storeFine
	for n > 2*low {
		class, low = class+8, 2*low
	}
	k := (n - low + low/8 - 1) / (low / 8)
	return class + k, low + k*low/8
}

// keep returns a copy of d that lives until drop.
func (s *store) keep(d []byte) []byte {
	if len(d) == 0 {
		return nil
	}
	if len(d) > storeMax {
		s.bytes += len(d)
		return append(make([]byte, 0, len(d)), d...)
	}
	class, size := storeClass(len(d))
	p := s.free[class]
	switch {
	case p != 0:
		s.free[class] = *word(p)
	default:
		if s.left < size && !s.grow() {
			s.bytes += len(d)
			return append(make([]byte, 0, storeMax+len(d)), d...) // no memory map to be had: Go's heap
		}
		p = s.next
		s.next += uintptr(size)
		s.left -= size
	}
	s.bytes += size
	return append(unsafe.Slice((*byte)(unsafe.Pointer(p)), size)[:0], d...)
}

func (s *store) grow() bool {
	p, err := mapMemory(0, storeChunk)
	if err != nil {
		return false
	}
	s.chunks = append(s.chunks, p)
	s.next, s.left = p, storeChunk
	return true
}

// reserve returns memory for a large delta of n bytes, to be filled, that lives until drop.
func (s *store) reserve(n int) []byte {
	s.bytes += n
	size := (n + pageSize - 1) &^ (pageSize - 1)
	p, err := mapMemory(0, size)
	if err != nil {
		return make([]byte, 0, n)
	}
	if s.large == nil {
		s.large = map[uintptr]int{}
	}
	s.large[p] = size
	return bytesAt(p, size)[:0]
}

// replace drops old and keeps d, in old's place where it fits.
func (s *store) replace(old, d []byte) []byte {
	if cap(old) > 0 && cap(old) <= storeMax && len(d) > 0 && len(d) <= cap(old) {
		if _, size := storeClass(len(d)); size == cap(old) {
			return append(old[:0], d...)
		}
	}
	s.drop(old)
	return s.keep(d)
}

// drop frees a delta that keep returned.
func (s *store) drop(d []byte) {
	switch n := cap(d); {
	case n == 0:
	case n > storeMax:
		s.bytes -= len(d)
		p := uintptr(unsafe.Pointer(unsafe.SliceData(d)))
		if size, ok := s.large[p]; ok {
			delete(s.large, p)
			unmapMemory(p, size)
		}
	default:
		class, size := storeClass(n)
		s.bytes -= size
		p := uintptr(unsafe.Pointer(unsafe.SliceData(d)))
		*word(p), s.free[class] = s.free[class], p
	}
}

// close gives all memory back; no delta of this store may be used afterwards.
func (s *store) close() {
	for _, p := range s.chunks {
		unmapMemory(p, storeChunk)
	}
	for p, size := range s.large {
		unmapMemory(p, size)
	}
	*s = store{}
}
