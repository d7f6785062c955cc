package front

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/gobwas/ws"
	"github.com/klauspost/compress/flate"
)

// inflateTail ends what a client has compressed: what the wire leaves out (RFC 7692, section 7.2.2), then an empty last block, so that
// a message that is cut off can be told from one that is whole.
const inflateTail = deflateTail + "\x01\x00\x00\xff\xff"

// A message that is no larger is inflated where it was read, as far as that goes, in bytes of what came and of what it becomes. What
// goes beyond takes its turn among those of all connections, inflateStep at a time, so that compressed data, of which little makes
// much work, holds up nobody else.
const (
	inflateInline = 8 << 10
	inflateStep   = 128 << 10
)

// restartCost is what a new stream within a message counts as, in bytes of what comes out.
const restartCost = 256

// inflateSlots are how many large messages are inflated at a time. The others wait.
var inflateSlots = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))

// errInflateStopped ends the work for a connection that wants it no more.
var errInflateStopped = errors.New("front: message given up")

// inflation is a compressed message that becomes a plain one. It is for one goroutine at a time.
type inflation struct {
	text  bool
	limit int // most bytes of the plain message

	in       *buffer // what came, and inflateTail
	inflater *inflater
	out      *buffer
	checked  int // bytes of out known to be UTF-8
}

// inflater is a decompressor and what it reads from. It holds 40 KB, so that one is taken from the pool for the work alone.
type inflater struct {
	src bytes.Reader
	r   io.ReadCloser
}

var inflaterPool = sync.Pool{New: func() any {
	f := new(inflater)
	f.r = flate.NewReader(&f.src)
	return f
}}

// newInflation begins with a message that d has just decoded.
func newInflation(d *decoder, ev event) *inflation {
	m := &inflation{text: ev.op == ws.OpText, limit: d.limit, in: d.take(ev.data, len(inflateTail))}
	m.in.data = append(m.in.data, inflateTail...)
	m.inflater = inflaterPool.Get().(*inflater)
	m.inflater.src.Reset(m.in.data)
	m.restart()
	return m
}

// restart begins with a stream of blocks.
func (m *inflation) restart() { m.inflater.r.(flate.Resetter).Reset(&m.inflater.src, nil) }

// small reports whether the message may be inflated where it was read.
func (m *inflation) small() bool { return len(m.in.data) <= inflateInline }

// step goes on until n more bytes have come out, or the message is done. The error is a *closeError.
func (m *inflation) step(n int) (done bool, err error) {
	for n > 0 && !done {
		m.grow()
		b := m.out
		var k int
		k, err = m.inflater.r.Read(b.data[len(b.data):min(cap(b.data), len(b.data)+n)])
		b.data = b.data[:len(b.data)+k]
		n -= k
		switch {
		case len(b.data) > m.limit:
			return false, tooBig(m.limit)
		case err == io.EOF:
			// A client may end a stream and begin another one within a message (RFC 7692, section 7.2.3.4).
			if done = m.inflater.src.Len() <= len(inflateTail); !done {
				m.restart()
				n -= restartCost
			}
		case err != nil:
			return false, &closeError{StatusInvalidData, "message that cannot be inflated"}
		}
	}
	if m.text {
		valid := validPrefix(m.out.data[m.checked:])
		if m.checked += valid; valid < 0 || done && m.checked < len(m.out.data) {
			return false, errNotUTF8
		}
	}
	return done, nil
}

// grow makes room in out, twice what is there: memory follows what has come out. One byte beyond the limit shows that it was passed.
func (m *inflation) grow() {
	size := 4 * len(m.in.data)
	if old := m.out; old != nil {
		if old.room() > 0 {
			return
		}
		size = 2 * len(old.data)
	}
	b := getBuffer(min(size, m.limit+1))
	if old := m.out; old != nil {
		b.data = append(b.data, old.data...)
		old.free()
	}
	m.out = b
}

// finish does all that is left, in turn with other connections. stop says that nobody wants it any more: then the error is
// errInflateStopped.
func (m *inflation) finish(stop func() bool) error {
	for {
		inflateSlots <- struct{}{}
		if stop() {
			<-inflateSlots
			return errInflateStopped
		}
		done, err := m.step(inflateStep)
		<-inflateSlots
		if done || err != nil {
			return err
		}
	}
}

// data is the plain message, once it is done. It is valid until free.
func (m *inflation) data() []byte { return m.out.data }

// free gives all buffers back. Nothing may be used after.
func (m *inflation) free() {
	m.in.free()
	if m.out != nil {
		m.out.free()
	}
	m.inflater.src.Reset(nil)
	inflaterPool.Put(m.inflater)
}

// inflateLimit is the most bytes of a compressed message under a limit for the plain one: what no compressor should
// need to exceed for data that cannot be compressed.
func inflateLimit(limit int) int { return limit + limit/8 + 64 }

func tooBig(limit int) error {
	return &closeError{StatusTooBig, fmt.Sprintf("message of more than %d bytes", limit)}
}
