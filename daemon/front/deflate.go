package front

import (
	"bytes"
	"sync"
	"sync/atomic"

	"github.com/gobwas/ws"
	"github.com/klauspost/compress/flate"
)

// rsv1 beside an opcode says that the message is compressed (RFC 7692, section 6).
const rsv1 ws.OpCode = 0x40

// deflateMin and deflateMax are the sizes of messages, in bytes, between which they are compressed. A short one gains too little: of JSON
// with 128 bytes 100 are left, of 256 bytes 145. A long one would hold up whoever sends it: a megabyte takes some 10 ms.
const (
	deflateMin = 256
	deflateMax = 1 << 20
)

// deflateTail is what the compressor ends a message with and the wire leaves out (RFC 7692, section 7.2.1).
const deflateTail = "\x00\x00\xff\xff"

// deflate returns data compressed, for a client that can look back 1<<window bytes; nil if that makes it no shorter. The caller frees
// what it gets.
//
// The compressor has no state between calls, neither for a connection nor in a pool, but for what package flate needs
// while it runs: 16 KB of stack and 100 KB of pooled scratch space for each call under way.
func deflate(data []byte, window uint8) *buffer {
	size := len(data)
	piece := size // it looks back 32 KiB at most …
	if window < windowBitsMax {
		piece = 1 << window // … and never beyond what it is given at once
	}
	out := getBuffer(size)
	w := bufferWriter{out}
	for len(data) > 0 {
		n := min(len(data), piece)
		if flate.StatelessDeflate(w, data[:n], false, nil) != nil {
			out.free()
			return nil
		}
		data = data[n:]
	}
	out.data = bytes.TrimSuffix(out.data, []byte(deflateTail))
	if len(out.data) >= size {
		out.free()
		return nil
	}
	return out
}

// bufferWriter appends to a buffer, which has room for what a message was before it was compressed.
type bufferWriter struct{ *buffer }

func (w bufferWriter) Write(p []byte) (int, error) {
	if len(p) > w.room() {
		return 0, bytes.ErrTooLarge
	}
	w.data = append(w.data, p...)
	return len(p), nil
}

// deflates reports whether messages of n bytes are compressed where the client can read that.
func deflates(n int) bool { return n >= deflateMin && n <= deflateMax }

// deflatedForms are the compressed forms of a Frame, each made when the first connection wants it, once.
type deflatedForms struct {
	mu    sync.Mutex                                                // of who makes one
	wires [windowBitsMax - windowBitsMin + 1]atomic.Pointer[[]byte] // by the client's window
}

// wireFor is the frame as a connection gets it whose client can look back 1<<window bytes; 0: it cannot read what is compressed.
func (f *Frame) wireFor(window uint8) []byte {
	if window == 0 || f.deflated == nil {
		return f.wire
	}
	if f.payloadSize <= 1<<window {
		window = windowBitsMax
	}
	made := &f.deflated.wires[window-windowBitsMin]
	if wire := made.Load(); wire != nil {
		return *wire
	}
	f.deflated.mu.Lock()
	defer f.deflated.mu.Unlock()
	if wire := made.Load(); wire != nil {
		return *wire
	}
	wire := f.wire
	if b := deflate(f.Payload(), window); b != nil {
		op := ws.OpCode(f.wire[0]&0x0F) | rsv1
		wire = appendFrame(make([]byte, 0, frameSize(len(b.data))), op, b.data)
		b.free()
	}
	made.Store(&wire)
	return wire
}
