package front

import (
	"encoding/binary"

	"github.com/gobwas/ws"
)

// Frame is a message encoded once, to be sent to many connections. It is
// immutable and may be shared between goroutines. It is compressed once too, when
// the first connection wants it so.
type Frame struct {
	wire        []byte
	payloadSize int
	deflated    *deflatedForms // nil: its size is none that is compressed
}

// NewFrame encodes a message. It copies data. Text must be UTF-8.
func NewFrame(data []byte, text bool) *Frame {
	wire := make([]byte, 0, frameSize(len(data)))
	f := &Frame{wire: appendFrame(wire, dataOpCode(text), data), payloadSize: len(data)}
	if deflates(len(data)) {
		f.deflated = new(deflatedForms)
	}
	return f
}

// Len is the frame's size on the wire, in bytes, where it is not compressed.
func (f *Frame) Len() int { return len(f.wire) }

// Payload is the message. It must not be changed.
func (f *Frame) Payload() []byte { return f.wire[len(f.wire)-f.payloadSize:] }

// dataOpCode is the opcode of an unfragmented message.
func dataOpCode(text bool) ws.OpCode {
	if text {
		return ws.OpText
	}
	return ws.OpBinary
}

// frameSize is the length on the wire of a server's frame with n bytes of
// payload.
func frameSize(n int) int {
	switch {
	case n <= 125:
		return 2 + n
	case n <= 0xFFFF:
		return 4 + n
	default:
		return 10 + n
	}
}

// appendFrame appends a server's frame: final, without a mask. Beside its
// opcode op may have rsv1.
func appendFrame(dst []byte, op ws.OpCode, payload []byte) []byte {
	dst = append(dst, 0x80|byte(op))
	switch n := len(payload); {
	case n <= 125:
		dst = append(dst, byte(n))
	case n <= 0xFFFF:
		dst = binary.BigEndian.AppendUint16(append(dst, 126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 127), uint64(n))
	}
	return append(dst, payload...)
}

// parseHeader reads a frame header from the start of p. A size of 0 means that
// p ends before the header does. Package ws has this for an io.Reader alone.
// A length in more bytes than it needs is let pass, as browsers' peers do.
func parseHeader(p []byte) (h ws.Header, size int, err error) {
	if len(p) < 2 {
		return h, 0, nil
	}
	h.Fin = p[0]&0x80 != 0
	h.Rsv = p[0] & 0x70 >> 4
	h.OpCode = ws.OpCode(p[0] & 0x0F)
	h.Masked = p[1]&0x80 != 0

	lengthEnd := 2
	switch p[1] & 0x7F {
	case 126:
		lengthEnd = 4
	case 127:
		lengthEnd = 10
	}
	size = lengthEnd
	if h.Masked {
		size += len(h.Mask)
	}
	if len(p) < size {
		return h, 0, nil
	}

	switch lengthEnd {
	case 2:
		h.Length = int64(p[1] & 0x7F)
	case 4:
		h.Length = int64(binary.BigEndian.Uint16(p[2:]))
	case 10:
		length := binary.BigEndian.Uint64(p[2:])
		if length>>63 != 0 {
			return h, size, ws.ErrHeaderLengthMSB
		}
		h.Length = int64(length)
	}
	if h.Masked {
		copy(h.Mask[:], p[lengthEnd:])
	}
	return h, size, nil
}
