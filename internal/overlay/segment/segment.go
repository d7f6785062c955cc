// Package segment is a stack for the memory that C's alloca takes: the frames of QuickJS's calls. The tool beside it builds
// this file into modernc.org/libc, as a part of its TLS; here it is tested.
//
// The memory comes in chunks. A call of alloca moves a pointer, and the end of the function that made it moves the pointer
// back. Only a chunk that comes or goes costs a call of malloc or free, which take a lock.
package segment

// A frameSegment belongs to one TLS, hence to one goroutine. The zero value is ready.
type frameSegment struct {
	sp, end uintptr      // what is free of the chunk in use
	depth   int          // how many of the chunks are in use
	chunks  []frameChunk // those in use, and at most one to spare
	marks   []frameMark  // one for each function under way
	bytes   int          // of the chunks in use, but for the first
	free    func(p uintptr)
	grown   func() // called, if set, when bytes has grown
}

type frameChunk struct{ p, size uintptr }

// A frameMark is where a function began.
type frameMark struct {
	sp    uintptr
	depth int
}

// frameChunkBytes is the size of a chunk, unless one call of alloca asks for more. The first chunk stays until the TLS is
// closed; it has room for a thousand calls of ordinary functions.
const frameChunkBytes = 256 << 10

// enter begins a function.
func (s *frameSegment) enter() { s.marks = append(s.marks, frameMark{s.sp, s.depth}) }

// take takes n bytes, aligned to 16, for the function under way. It is 0 when the chunk has not as much; then grow.
func (s *frameSegment) take(n uintptr) uintptr {
	n = (n + 15) &^ 15
	p := s.sp
	if n > s.end-p {
		return 0
	}
	s.sp = p + n
	return p
}

// grow takes n bytes from the next chunk.
func (s *frameSegment) grow(n uintptr, malloc func(n uintptr) uintptr, free func(p uintptr)) uintptr {
	n = (n + 15) &^ 15
	s.free = free
	if s.depth == 0 {
		s.push(frameChunkBytes, malloc)
		if n <= frameChunkBytes {
			return s.take(n)
		}
	}
	s.push(n, malloc)
	p := s.take(n)
	if s.grown != nil {
		s.grown() // last, since it may panic
	}
	return p
}

// push goes to the next chunk, which has n bytes or more.
func (s *frameSegment) push(n uintptr, malloc func(n uintptr) uintptr) {
	if s.depth == len(s.chunks) || s.chunks[s.depth].size < n {
		s.trim(s.depth)
		size := max(n, frameChunkBytes)
		p := malloc(size)
		if p == 0 {
			panic("out of memory for frames")
		}
		s.chunks = append(s.chunks, frameChunk{p, size})
	}
	c := s.chunks[s.depth]
	if s.depth > 0 {
		s.bytes += int(c.size)
	}
	s.depth++
	s.sp, s.end = c.p, c.p+c.size
}

// leave ends a function: what it took is free again.
func (s *frameSegment) leave() {
	n := len(s.marks) - 1
	m := s.marks[n]
	s.marks = s.marks[:n]
	if m.depth != s.depth {
		if m.depth == 0 {
			m = frameMark{s.chunks[0].p, 1} // it began before there was a chunk
		}
		s.pop(m.depth)
	}
	s.sp = m.sp
}

// pop goes back to the given number of chunks. The one that was left last is kept, so that a loop of calls across the
// border does not come by here with malloc and free each time, unless it is a large one.
func (s *frameSegment) pop(depth int) {
	if depth == s.depth {
		return
	}
	for _, c := range s.chunks[depth:s.depth] {
		s.bytes -= int(c.size)
	}
	s.depth = depth
	s.end = s.chunks[depth-1].p + s.chunks[depth-1].size
	if s.chunks[depth].size == frameChunkBytes {
		depth++
	}
	s.trim(depth)
}

// trim frees the chunks from the given one on.
func (s *frameSegment) trim(from int) {
	for _, c := range s.chunks[from:] {
		s.free(c.p)
	}
	s.chunks = s.chunks[:from]
}

// close frees all chunks, whatever functions are under way.
func (s *frameSegment) close() {
	s.trim(0)
	*s = frameSegment{}
}
