package front

import "sync"

// bufferSizes are the capacities of pooled buffers, in bytes. Larger ones are
// left to the garbage collector.
var bufferSizes = [...]int{512, 4 << 10, 16 << 10, 64 << 10}

var bufferPools [len(bufferSizes)]sync.Pool

// buffer is a byte slice that goes back to a pool. It has one owner at a time.
type buffer struct {
	data []byte
	pool *sync.Pool // nil: too large to keep
}

// getBuffer returns an empty buffer for at least n bytes.
func getBuffer(n int) *buffer {
	for i, size := range bufferSizes {
		if n > size {
			continue
		}
		pool := &bufferPools[i]
		if b, ok := pool.Get().(*buffer); ok {
			return b
		}
		return &buffer{data: make([]byte, 0, size), pool: pool}
	}
	return &buffer{data: make([]byte, 0, n)}
}

// free gives the buffer back. Neither it nor a slice of it may be used after.
func (b *buffer) free() {
	if b.pool == nil {
		return
	}
	b.data = b.data[:0]
	b.pool.Put(b)
}

// room is how many bytes can be appended without allocating.
func (b *buffer) room() int { return cap(b.data) - len(b.data) }
