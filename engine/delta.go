package engine

import (
	"bytes"
	"math/bits"
	"unsafe"
)

// A delta is what a window differs in from its image: for each 64-byte line that differs, four bytes
// (line number << 8 | mask), then the words of the line whose bit is set in the mask. A counter
// that has counted differs in three words.

const lineWords = lineSize / 8

// span is a part of a window that belongs to a context, with its bytes in the image. Lines beyond the image's
// end are zero there.
type span struct {
	from  uintptr // offset in the window
	image []byte
}

// diff appends to dst the delta between the lines of the window and the span's image, up to length n of the span.
func (s span) diff(dst []byte, base uintptr, n int) []byte {
	const block = 1024
	mem := bytesAt(base+s.from, n)
	have := min(n, len(s.image))
	for b := 0; b < have; b += block {
		end := min(b+block, have)
		if bytes.Equal(mem[b:end], s.image[b:end]) {
			continue
		}
		for l := b; l < end; l += lineSize {
			dst = diffLine(dst, (s.from+uintptr(l))/lineSize, lineAt(&mem[l]), lineAt(&s.image[l]))
		}
	}
	for l := have; l < n; l += lineSize {
		dst = diffLine(dst, (s.from+uintptr(l))/lineSize, lineAt(&mem[l]), &zeroLine)
	}
	return dst
}

type line = [lineWords]uint64

var zeroLine line

func lineAt(p *byte) *line { return (*line)(unsafe.Pointer(p)) }

func diffLine(dst []byte, number uintptr, got, want *line) []byte {
	if *got == *want {
		return dst
	}
	var mask uint32
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	for i := range lineWords {
		if got[i] != want[i] {
			mask |= 1 << i
			w := got[i]
			dst = append(dst, byte(w), byte(w>>8), byte(w>>16), byte(w>>24), byte(w>>32), byte(w>>40), byte(w>>48), byte(w>>56))
		}
	}
	h := uint32(number)<<8 | mask
	dst[at], dst[at+1], dst[at+2], dst[at+3] = byte(h), byte(h>>8), byte(h>>16), byte(h>>24)
	return dst
}

func deltaHeader(d []byte) (number uintptr, mask uint32) {
	h := uint32(d[0]) | uint32(d[1])<<8 | uint32(d[2])<<16 | uint32(d[3])<<24
	return uintptr(h >> 8), h & 0xff
}

// applyDelta writes d into a window that equals its image.
func applyDelta(base uintptr, d []byte) {
	for len(d) > 0 {
		number, mask := deltaHeader(d)
		d = d[4:]
		l := (*line)(unsafe.Pointer(base + number*lineSize))
		for ; mask != 0; mask &= mask - 1 {
			l[bits.TrailingZeros32(mask)] = uint64(d[0]) | uint64(d[1])<<8 | uint64(d[2])<<16 | uint64(d[3])<<24 |
				uint64(d[4])<<32 | uint64(d[5])<<40 | uint64(d[6])<<48 | uint64(d[7])<<56
			d = d[8:]
		}
	}
}

// deltaLines calls f for each line that d touches.
func deltaLines(d []byte, f func(number uintptr)) {
	for len(d) > 0 {
		number, mask := deltaHeader(d)
		f(number)
		d = d[4+8*bits.OnesCount32(mask):]
	}
}
