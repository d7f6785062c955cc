package front

import (
	"sync"

	"github.com/gobwas/ws"
)

// gatherMax is how many bytes of small segments are copied together, so that
// they leave in one write.
const gatherMax = 16 << 10

// gatherUnit is the size from which a segment is written from where it lies.
const gatherUnit = 4 << 10

// writeMax is the most bytes of one write, which makes the queue's length
// follow what the peer takes.
const writeMax = 64 << 10

// segmentsKept is the most segments whose slice goes back to the pool.
const segmentsKept = 64

// queue holds the bytes that wait to be written, in order. An empty one is nil
// in its connection: quiet connections have none. The connection's mutex guards
// it, except for the slice that front returned, which belongs to whoever
// writes.
type queue struct {
	segments []segment
	size     int     // bytes
	gathered *buffer // where small segments are copied together

	// pongHeld reports that one of the segments is a pong queued under
	// backpressure.
	pongHeld bool
}

// segment is a run of whole frames, less what has been written of them.
type segment struct {
	data     []byte
	buf      *buffer // what data lies in; nil for a shared Frame
	heldPong bool
}

var queuePool = sync.Pool{New: func() any { return new(queue) }}

// empty reports whether nothing waits. The nil queue is empty.
func (q *queue) empty() bool { return q == nil || q.size == 0 }

// bytes is how much waits.
func (q *queue) bytes() int {
	if q == nil {
		return 0
	}
	return q.size
}

// push encodes a frame at the end, beside the one before if there is room.
func (q *queue) push(op ws.OpCode, payload []byte) {
	size := frameSize(len(payload))
	if n := len(q.segments); n > 0 {
		if last := &q.segments[n-1]; last.buf != nil && !last.heldPong && last.buf.room() >= size {
			last.extend(op, payload)
			q.size += size
			return
		}
	}
	// A queue that grows gets larger buffers, up to what one
	// write gathers.
	s := segment{buf: getBuffer(max(size, min(q.size, gatherMax)))}
	s.extend(op, payload)
	q.segments = append(q.segments, s)
	q.size += size
}

// pushShared puts an encoded frame at the end without copying it.
func (q *queue) pushShared(wire []byte) {
	q.segments = append(q.segments, segment{data: wire})
	q.size += len(wire)
}

// pushHeldPong puts a pong at the end and marks it, so that it can be seen to
// leave.
func (q *queue) pushHeldPong(payload []byte) {
	s := segment{buf: getBuffer(frameSize(len(payload))), heldPong: true}
	s.extend(ws.OpPong, payload)
	q.segments = append(q.segments, s)
	q.size += len(s.data)
	q.pongHeld = true
}

// extend encodes a frame behind those of s. It touches no byte that may be
// being written.
func (s *segment) extend(op ws.OpCode, payload []byte) {
	before := len(s.buf.data)
	s.buf.data = appendFrame(s.buf.data, op, payload)
	added := len(s.buf.data) - before
	s.data = s.buf.data[len(s.buf.data)-added-len(s.data):]
}

// front returns bytes to write next, at most writeMax of them. They stay
// valid until consume.
func (q *queue) front() []byte {
	first := q.segments[0].data
	if len(q.segments) == 1 || len(first) >= gatherUnit {
		return first[:min(len(first), writeMax)]
	}
	if want := min(q.size, gatherMax); q.gathered == nil || cap(q.gathered.data) < want {
		if q.gathered != nil {
			q.gathered.free()
		}
		q.gathered = getBuffer(want)
	}
	out := q.gathered.data[:0]
	for i := range q.segments {
		data := q.segments[i].data
		if len(out)+len(data) > cap(out) {
			break
		}
		out = append(out, data...)
	}
	return out
}

// consume drops the first n bytes, which have been written.
func (q *queue) consume(n int) {
	q.size -= n
	done := 0
	for ; n > 0; done++ {
		s := &q.segments[done]
		if n < len(s.data) {
			s.data = s.data[n:]
			break
		}
		n -= len(s.data)
		q.drop(s)
	}
	if done > 0 {
		rest := copy(q.segments, q.segments[done:])
		clear(q.segments[rest:])
		q.segments = q.segments[:rest]
	}
}

func (q *queue) drop(s *segment) {
	if s.buf != nil {
		s.buf.free()
	}
	if s.heldPong {
		q.pongHeld = false
	}
}

// free drops what is left and gives the queue back. It must not be used after.
func (q *queue) free() {
	for i := range q.segments {
		q.drop(&q.segments[i])
	}
	if q.gathered != nil {
		q.gathered.free()
	}
	clear(q.segments)
	segments := q.segments[:0]
	if cap(segments) > segmentsKept {
		segments = nil
	}
	*q = queue{segments: segments}
	queuePool.Put(q)
}
