package engine

import "modernc.org/libc"

// Where frames lie, see stack.go, depends on the build. In libc as it is each is a malloc, under a lock of the process. In builds
// with the overlay of internal/overlay, which releases are, they lie in a segment of the thread's TLS, and the chunks of
// it that a turn has taken count like its context's heap.

// segmentTLS is what libc's TLS has more in those builds.
type segmentTLS interface {
	// FrameBytes is what the frames under way take beyond the segment's first chunk.
	FrameBytes() int
	// OnFrames sets a function that is called whenever FrameBytes has grown.
	OnFrames(f func())
}

// Frames says where the frames of JavaScript calls lie in this build: "segment", where calls take no lock, or "heap".
func Frames() string {
	if _, ok := any((*libc.TLS)(nil)).(segmentTLS); ok {
		return "segment"
	}
	return "heap"
}

// newStack gives the thread a new C stack.
func (th *Thread) newStack() {
	th.tls = libc.NewTLS()
	if s, ok := any(th.tls).(segmentTLS); ok {
		th.segment = s
		s.OnFrames(th.turn.framesGrown)
	}
}

// frameBytes is what the turn's frames count for.
func (t *Turn) frameBytes() uint64 {
	if s := t.thread.segment; s != nil {
		return uint64(s.FrameBytes())
	}
	return 0
}

// heapRoom is what malloc_size may be, at the turn's limit, with the frames under way.
func (t *Turn) heapRoom() uint64 {
	limit := arenaAt(t.window.base).limit
	return limit - min(limit, t.frameBytes())
}

// framesGrown sees to it that a turn polls which is beyond its limit with the frames that it has taken, or that an
// allocation will bring there. The poll is made before the next call.
func (t *Turn) framesGrown() {
	w := t.window
	if w == nil || w.turn != t {
		return // the realm is being made
	}
	a, room := arenaAt(w.base), t.heapRoom()
	a.soft = min(a.soft, room)
	if w.heap() > room {
		a.over = 1
		contextAt(w.ctx).Finterrupt_counter = 0
	}
}
