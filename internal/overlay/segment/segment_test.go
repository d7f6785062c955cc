package segment

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"
)

// heap is malloc and free for a test: it knows what is allocated.
type heap struct {
	t      *testing.T
	blocks map[uintptr][]byte
	pinner runtime.Pinner
	calls  int
}

func newHeap(t *testing.T) *heap {
	h := &heap{t: t, blocks: map[uintptr][]byte{}}
	t.Cleanup(h.pinner.Unpin)
	return h
}

func (h *heap) malloc(n uintptr) uintptr {
	b := make([]byte, n+16)
	h.pinner.Pin(&b[0])
	p := (uintptr(unsafe.Pointer(&b[0])) + 15) &^ 15
	h.blocks[p] = b
	h.calls++
	return p
}

func (h *heap) free(p uintptr) {
	if h.blocks[p] == nil {
		h.t.Errorf("free of %#x, which is not allocated", p)
	}
	delete(h.blocks, p)
	h.calls++
}

func (h *heap) bytes() (n int) {
	for _, b := range h.blocks {
		n += len(b) - 16
	}
	return n
}

// alloca is what libc makes of a segment.
func (h *heap) alloca(s *frameSegment, n uintptr) uintptr {
	p := s.take(n)
	if p == 0 {
		p = s.grow(n, h.malloc, h.free)
	}
	if p == 0 || p%16 != 0 {
		h.t.Fatalf("alloca(%d) = %#x", n, p)
	}
	return p
}

const chunk = frameChunkBytes

// Functions call each other at random, to any depth, some by panics that end many at once. Each fills what it takes; when
// it ends that is still there.
func TestRandomCalls(t *testing.T) {
	h, s := newHeap(t), &frameSegment{}
	rng := rand.New(rand.NewPCG(1, 2))
	sizes := []uintptr{0, 1, 16, 100, 1000, 1 << 16, chunk - 16, chunk, chunk + 1, 3 * chunk}
	var most, calls int
	var call func(depth int)
	call = func(depth int) {
		s.enter()
		defer s.leave()
		if calls++; len(s.marks) != depth+1 {
			t.Fatalf("%d functions under way at depth %d", len(s.marks), depth)
		}
		var taken [][]byte
		for range rng.IntN(4) {
			n := sizes[rng.IntN(len(sizes))]
			b := unsafe.Slice((*byte)(unsafe.Pointer(h.alloca(s, n))), n)
			for _, i := range []int{0, len(b) / 2, len(b) - 1} {
				if n > 0 {
					b[i] = byte(depth)
				}
			}
			taken = append(taken, b)
		}
		most = max(most, s.bytes)
		for rng.IntN(depth+2) < 12 && depth < 60 && calls < 20_000 {
			func() {
				defer func() { recover() }()
				call(depth + 1)
			}()
		}
		for _, b := range taken {
			for _, i := range []int{0, len(b) / 2, len(b) - 1} {
				if len(b) > 0 && b[i] != byte(depth) {
					t.Fatalf("at depth %d: somebody wrote %d into %d bytes", depth, b[i], len(b))
				}
			}
		}
		if rng.IntN(10) == 0 {
			panic("to whoever catches it")
		}
	}
	for range 20 {
		func() {
			defer func() { recover() }()
			call(0)
		}()
		if s.bytes != 0 || len(s.marks) != 0 {
			t.Fatalf("%d bytes and %d marks remain", s.bytes, len(s.marks))
		}
		if n := h.bytes(); n > 2*chunk {
			t.Fatalf("%d bytes are kept", n)
		}
	}
	if most < 20*chunk || calls < 1000 {
		t.Errorf("at most %d bytes in %d calls: too few to prove anything", most, calls)
	}
	s.close()
	if len(h.blocks) != 0 {
		t.Errorf("%d blocks remain after close", len(h.blocks))
	}
}

// nest calls f inside functions that take size bytes each.
func nest(h *heap, s *frameSegment, depth int, size uintptr, f func()) {
	if depth == 0 {
		f()
		return
	}
	s.enter()
	defer s.leave()
	h.alloca(s, size)
	nest(h, s, depth-1, size, f)
}

func TestBytes(t *testing.T) {
	h, s := newHeap(t), &frameSegment{}
	var grown []int
	s.grown = func() { grown = append(grown, s.bytes) }
	nest(h, s, 4, chunk/4, func() {
		if s.bytes != 0 || grown != nil {
			t.Errorf("the first chunk counts: %d, %v", s.bytes, grown)
		}
		nest(h, s, 1, 2*chunk, func() {
			nest(h, s, 1, 1, func() {
				if s.bytes != 3*chunk || len(grown) != 2 || grown[0] != 2*chunk || grown[1] != 3*chunk {
					t.Errorf("%d bytes, grown to %v", s.bytes, grown)
				}
			})
		})
	})
	if s.bytes != 0 {
		t.Errorf("%d bytes remain", s.bytes)
	}
}

// A loop of calls allocates nothing, wherever in a chunk it begins; and the next one nothing that the last one left.
func TestCallsAllocateNothing(t *testing.T) {
	h, s := newHeap(t), &frameSegment{}
	const size = chunk / 8
	for depth := range 40 {
		nest(h, s, depth, size, func() {
			nest(h, s, 8, size, func() {}) // makes the next chunk
			before := h.calls
			for range 100 {
				nest(h, s, 7, size, func() {})
			}
			if h.calls != before {
				t.Errorf("at depth %d: %d calls of malloc and free", depth, h.calls-before)
			}
		})
	}
}

// What grown panics with goes through: the chunk that made it grow is given back.
func TestGrownPanics(t *testing.T) {
	h, s := newHeap(t), &frameSegment{}
	s.grown = func() { panic("taken away") }
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		nest(h, s, 3, chunk, func() {})
	}()
	if s.bytes != 0 || len(s.marks) != 0 {
		t.Errorf("%d bytes and %d marks remain", s.bytes, len(s.marks))
	}
	s.grown = nil
	nest(h, s, 3, chunk, func() {})
}

func TestNoMemory(t *testing.T) {
	h, s := newHeap(t), &frameSegment{}
	none := func(uintptr) uintptr { return 0 }
	for range 2 {
		func() {
			s.enter()
			defer s.leave()
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			s.grow(3*chunk, none, h.free)
		}()
	}
	nest(h, s, 3, chunk, func() {})
}

// A segment may be closed in mid-call, and used again.
func TestClose(t *testing.T) {
	h, s := newHeap(t), &frameSegment{}
	s.close()
	s.enter()
	h.alloca(s, 100)
	h.alloca(s, 2*chunk)
	s.close()
	if len(h.blocks) != 0 {
		t.Errorf("%d blocks remain", len(h.blocks))
	}
	nest(h, s, 3, chunk, func() {})
}

func BenchmarkCall(b *testing.B) {
	s := &frameSegment{}
	block := make([]byte, 2*chunk)
	malloc := func(uintptr) uintptr { return uintptr(unsafe.Pointer(&block[0])) }
	for b.Loop() {
		s.enter()
		if s.take(64) == 0 {
			s.grow(64, malloc, func(uintptr) {})
		}
		s.leave()
	}
}
