package engine

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// A delta is what a window differs in from its image: for each 64-byte line that differs
//
//	gap    byte    how many lines lie between it and the one before; 255 and three bytes if that is more
//	mask   byte    which of its words differ
//	codes          half a byte for each of them, low half first: how it is written
//	words          what the codes say
//
// Words of QuickJS's heap are small numbers, tags, and pointers into the window more often than not, so most take one to
// four bytes. A counter that has counted differs in some bytes, a chat room in little more than its texts.

const lineWords = lineSize / 8

type line = [lineWords]uint64

var zeroLine line

func lineAt(p *byte) *line { return (*line)(unsafe.Pointer(p)) }

// The codes of a word. Zero must be 0, since an odd number of codes is filled up with it.
const (
	codeZero    = iota
	codeInt8    // the word, sign extended
	codeAdd8    // what it is more than the image's
	codeUpper8  // what its upper half is more than the image's: a block's reference count
	codeInt16   // sign extended
	codePointer // into the window, in units of 8 bytes
	codeInt32   // sign extended
	codeUint32
	codeOne32 // the lower half, the upper one being 1: a block's header
	codeUint48
	codeRaw
)

// wordCode says how a word is made of what is written: extended by its sign or cut to mask, shifted, and added to something.
type wordCode struct {
	size  uint8
	shift uint8
	add   uint8 // index of what is added, see applyDelta
	mask  uint64
}

const (
	addNothing = iota
	addImage
	addBase
	addOne32
	addends
)

var wordCodeOf = [16]wordCode{
	codeZero:    {0, 0, addNothing, 0},
	codeInt8:    {1, 0, addNothing, ^uint64(0)},
	codeAdd8:    {1, 0, addImage, ^uint64(0)},
	codeUpper8:  {1, 32, addImage, ^uint64(0)},
	codeInt16:   {2, 0, addNothing, ^uint64(0)},
	codePointer: {3, 3, addBase, 1<<24 - 1},
	codeInt32:   {4, 0, addNothing, ^uint64(0)},
	codeUint32:  {4, 0, addNothing, 1<<32 - 1},
	codeOne32:   {4, 0, addOne32, 1<<32 - 1},
	codeUint48:  {6, 0, addNothing, 1<<48 - 1},
	codeRaw:     {8, 0, addNothing, ^uint64(0)},
}

// encodeWord chooses the shortest code for a word, of which the image has want.
func encodeWord(base, got, want uint64) (code uint8, written uint64) {
	upper := int64(got) >> 32
	switch {
	case upper == 0 || upper == -1:
		switch n := int64(got); {
		case n == 0:
			return codeZero, 0
		case n == int64(int8(n)):
			return codeInt8, got
		case want != 0 && near(int64(got-want)):
			return codeAdd8, got - want
		case n == int64(int16(n)):
			return codeInt16, got
		case n == int64(int32(n)):
			return codeInt32, got
		case upper == 0:
			return codeUint32, got
		}
	case got-base < windowStride && got%8 == 0:
		return codePointer, (got - base) / 8
	}
	if want != 0 {
		switch more := int64(got - want); {
		case near(more):
			return codeAdd8, uint64(more)
		case uint32(more) == 0 && near(more>>32):
			return codeUpper8, uint64(more >> 32)
		}
	}
	switch {
	case upper == 1:
		return codeOne32, uint64(uint32(got))
	case got>>48 == 0:
		return codeUint48, got
	}
	return codeRaw, got
}

func near(n int64) bool { return n == int64(int8(n)) }

// deltaWriter appends lines, in the order of their numbers.
type deltaWriter struct {
	base uint64  // of the window
	next uintptr // the line after the last one written
	undo bool    // set the lines to what the image has, on the way
}

const (
	gapLong  = 255
	lineMost = 4 + 1 + lineWords/2 + lineSize // what a line takes at most
)

// line appends the line of this number if it differs from what the image has.
func (d *deltaWriter) line(dst []byte, number uintptr, got, want *line) []byte {
	if *got == *want {
		return dst
	}
	at := len(dst)
	if cap(dst)-at < lineMost+8 { // room for what is written beyond a word
		dst = append(dst, make([]byte, lineMost+8)...)[:at]
	}
	b := (*[lineMost + 8]byte)(dst[at : at+lineMost+8])
	i := 2
	if gap := number - d.next; gap < gapLong {
		b[0] = byte(gap)
	} else {
		b[0], b[1], b[2], b[3] = gapLong, byte(gap), byte(gap>>8), byte(gap>>16)
		i = 5
	}
	d.next = number + 1
	var differ uint32
	for k := range lineWords {
		if got[k] != want[k] {
			differ |= 1 << k
		}
	}
	b[i-1] = byte(differ)
	codesAt := i
	i += (bits.OnesCount32(differ) + 1) / 2
	var codes, shift uint32
	for m := differ; m != 0; m &= m - 1 {
		k := bits.TrailingZeros32(m) & (lineWords - 1)
		code, written := encodeWord(d.base, got[k], want[k])
		binary.LittleEndian.PutUint64(b[i:], written)
		i += int(wordCodeOf[code&15].size)
		codes |= uint32(code) << shift
		shift += 4
	}
	for ; shift > 0; codesAt++ {
		b[codesAt] = byte(codes)
		codes >>= 8
		shift -= min(shift, 8)
	}
	if d.undo {
		*got = *want
	}
	return dst[:at+i]
}

// span is a part of a window that belongs to a context, with its bytes in the image. Lines beyond the image's
// end are zero there.
type span struct {
	from  uintptr // offset in the window
	image []byte
}

// diff appends to dst the delta between the lines of the window and the span's image, up to length n of the span.
func (s span) diff(dst []byte, d *deltaWriter, n int) []byte {
	const block = 1024
	mem := bytesAt(uintptr(d.base)+s.from, n)
	have := min(n, len(s.image))
	for b := 0; b < have; b += block {
		end := min(b+block, have)
		if bytes.Equal(mem[b:end], s.image[b:end]) {
			continue
		}
		for l := b; l < end; l += lineSize {
			dst = d.line(dst, (s.from+uintptr(l))/lineSize, lineAt(&mem[l]), lineAt(&s.image[l]))
		}
	}
	for l := have; l < n; l += lineSize {
		dst = d.line(dst, (s.from+uintptr(l))/lineSize, lineAt(&mem[l]), &zeroLine)
	}
	return dst
}

// applyDelta writes a delta into a window that equals its image.
func applyDelta(base uintptr, d []byte) {
	add := [addends]uint64{addBase: uint64(base), addOne32: 1 << 32}
	l := base // the line
	for i := 0; i < len(d); {
		gap := uintptr(d[i])
		if gap == gapLong {
			gap = uintptr(d[i+1]) | uintptr(d[i+2])<<8 | uintptr(d[i+3])<<16
			i += 3
		}
		l += gap * lineSize
		differ := uint32(d[i+1])
		i += 2
		codes := littleEndian(d, i)
		i += (bits.OnesCount32(differ) + 1) / 2
		for ; differ != 0; differ &= differ - 1 {
			word := (*uint64)(unsafe.Pointer(l + uintptr(bits.TrailingZeros32(differ))*8))
			c := &wordCodeOf[codes&15]
			codes >>= 4
			add[addImage] = *word
			unused := 64 - 8*c.size
			written := uint64(int64(littleEndian(d, i)<<unused)>>unused) & c.mask
			*word = written<<c.shift + add[c.add%addends]
			i += int(c.size)
		}
		l += lineSize
	}
}

// littleEndian reads the eight bytes of b from i on, or the fewer that there are.
func littleEndian(b []byte, i int) uint64 {
	if i+8 <= len(b) {
		return binary.LittleEndian.Uint64(b[i:])
	}
	var n uint64
	for k, c := range b[i:] {
		n |= uint64(c) << (8 * k)
	}
	return n
}
