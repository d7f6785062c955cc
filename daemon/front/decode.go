package front

import (
	"unicode/utf8"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// directReadMin is the rest of a payload from which reading it straight into the
// message is worth more than passing through the read buffer.
const directReadMin = readBufferSize

// directReadRoom is the room that such a read gets at least. A promised length
// alone never makes the message's buffer larger; what has come doubles it.
const directReadRoom = 16 << 10

// decoder turns the bytes of a client into messages and control frames. It
// takes them in pieces of any size, so it needs no goroutine of its own. It
// belongs to whoever reads the socket.
//
// After an error the stream has no meaning any more and the decoder must not
// be used again.
type decoder struct {
	limit   int  // most bytes of a message
	deflate bool // messages may be compressed
	frames  int  // headers read, for whoever counts

	// The frame being read. Without inPayload, partial holds the part of its
	// header that has come.
	header     ws.Header
	inPayload  bool
	received   int64 // payload bytes that have come
	partial    [ws.MaxHeaderSize]byte
	partialLen int
	control    []byte // payload of a control frame that came in pieces

	// The message being assembled. It is nil while no payload needed copying.
	message    *buffer
	fragmented bool
	text       bool
	compressed wsflate.MessageState
	checked    int // bytes of message known to be UTF-8

	delivered *buffer // what the last event's data points to
}

// event is a whole message (OpText, OpBinary) or a control frame. Its data is
// valid until the decoder is used again. What is compressed has neither been
// inflated nor looked at. The zero event is none.
type event struct {
	op         ws.OpCode
	data       []byte
	compressed bool
}

// next consumes p up to the end of the first event and returns the rest. With
// no event (op is 0) all of p has been consumed. It unmasks in place: p is
// changed, and the event may point into it. The error is a *closeError.
func (d *decoder) next(p []byte) (ev event, rest []byte, err error) {
	if d.delivered != nil {
		d.delivered.free()
		d.delivered = nil
	}
	for {
		if !d.inPayload {
			n, err := d.readHeader(p)
			p = p[n:]
			if err != nil || !d.inPayload {
				return event{}, p, err
			}
		}
		if d.header.OpCode.IsControl() {
			ev, n := d.readControl(p)
			return ev, p[n:], nil
		}
		ev, n, err := d.readData(p)
		p = p[n:]
		if err != nil || ev.op != 0 || d.inPayload {
			return ev, p, err
		}
	}
}

// directRead returns where the socket may put the next bytes without a copy,
// or nil when they should come through next. Bytes put there are
// announced by directDone.
func (d *decoder) directRead() []byte {
	left := d.left()
	if !d.inPayload || d.header.OpCode.IsControl() || left < directReadMin {
		return nil
	}
	d.grow(int(min(left, directReadRoom)))
	b := d.message
	return b.data[len(b.data):min(int64(cap(b.data)), int64(len(b.data))+left)]
}

// directDone takes n bytes that were put into what directRead returned. The
// caller then calls next, with nothing, for the event they may complete.
func (d *decoder) directDone(n int) error { return d.extend(n) }

// release gives up all buffers. The decoder must not be used after.
func (d *decoder) release() {
	for _, b := range [...]*buffer{d.message, d.delivered} {
		if b != nil {
			b.free()
		}
	}
	d.message, d.delivered = nil, nil
}

// take gives the data of the last event to the caller, in a buffer with room for n bytes more.
func (d *decoder) take(data []byte, n int) *buffer {
	if b := d.delivered; b != nil && b.room() >= n {
		d.delivered = nil
		return b
	}
	b := getBuffer(len(data) + n)
	b.data = append(b.data, data...)
	return b
}

// left is how much of the frame's payload has not come.
func (d *decoder) left() int64 { return d.header.Length - d.received }

// readHeader consumes a header or the part of one that p holds.
func (d *decoder) readHeader(p []byte) (n int, err error) {
	had := d.partialLen
	src := p
	if had > 0 {
		d.partialLen += copy(d.partial[had:], p)
		src = d.partial[:d.partialLen]
	}
	h, size, err := parseHeader(src)
	if err != nil {
		return 0, &closeError{StatusProtocolError, err.Error()}
	}
	if size == 0 {
		if had == 0 {
			d.partialLen = copy(d.partial[:], p)
		}
		return len(p), nil
	}
	d.partialLen = 0
	return size - had, d.begin(h)
}

// begin starts the frame of h, or says why it must not be.
func (d *decoder) begin(h ws.Header) error {
	state := ws.StateServerSide
	if d.fragmented {
		state = state.Set(ws.StateFragmented)
	}
	var err error
	if d.deflate {
		h, err = d.compressed.UnsetBits(h)
	}
	if err == nil {
		err = ws.CheckHeader(h, state)
	}
	if err != nil {
		return &closeError{StatusProtocolError, err.Error()}
	}
	if h.OpCode.IsData() {
		if h.Length > int64(d.messageLimit()-d.assembled()) {
			return tooBig(d.limit)
		}
		if h.OpCode != ws.OpContinuation {
			d.text = h.OpCode == ws.OpText
		}
		d.fragmented = !h.Fin
	}
	d.header, d.received, d.inPayload = h, 0, true
	d.frames++
	return nil
}

// messageLimit is the most bytes of the message as it comes.
func (d *decoder) messageLimit() int {
	if d.compressed.IsCompressed() {
		return inflateLimit(d.limit)
	}
	return d.limit
}

// mustBeUTF8 reports whether the message as it comes is text.
func (d *decoder) mustBeUTF8() bool { return d.text && !d.compressed.IsCompressed() }

// messageEvent is the event of the whole message. Without data it is a plain one: some
// compress it to nothing at all.
func (d *decoder) messageEvent(data []byte) event {
	return event{dataOpCode(d.text), data, len(data) > 0 && d.compressed.IsCompressed()}
}

// assembled is the size of the message so far.
func (d *decoder) assembled() int {
	if d.message == nil {
		return 0
	}
	return len(d.message.data)
}

// readControl consumes payload of a control frame, which is short: in pieces
// it is put together apart from the message that it may interrupt.
func (d *decoder) readControl(p []byte) (ev event, n int) {
	n = int(min(int64(len(p)), d.left()))
	data := p[:n]
	ws.Cipher(data, d.header.Mask, int(d.received))
	d.received += int64(n)
	if d.left() > 0 || len(d.control) > 0 {
		d.control = append(d.control, data...)
		data = d.control
	}
	if d.left() > 0 {
		return event{}, n
	}
	d.inPayload, d.control = false, nil
	return event{op: d.header.OpCode, data: data}, n
}

// readData consumes payload of a data frame. At the end of the frame inPayload
// is false, at the end of the message there is an event.
func (d *decoder) readData(p []byte) (ev event, n int, err error) {
	n = int(min(int64(len(p)), d.left()))
	if d.message == nil && d.header.Fin && int64(n) == d.header.Length {
		// The whole message is in p: deliver it from there.
		data := p[:n]
		ws.Cipher(data, d.header.Mask, 0)
		if d.mustBeUTF8() && !utf8.Valid(data) {
			return event{}, n, errNotUTF8
		}
		d.inPayload = false
		return d.messageEvent(data), n, nil
	}

	if n > 0 {
		d.grow(n)
		b := d.message
		copy(b.data[len(b.data):cap(b.data)], p[:n])
		if err := d.extend(n); err != nil {
			return event{}, n, err
		}
	}
	if d.left() > 0 {
		return event{}, n, nil
	}
	d.inPayload = false
	if !d.header.Fin {
		return event{}, n, nil
	}
	if d.mustBeUTF8() && d.checked < d.assembled() {
		return event{}, n, errNotUTF8 // the last character is cut off
	}
	d.delivered, d.message, d.checked = d.message, nil, 0
	var data []byte
	if d.delivered != nil { // nil after fragments without payload
		data = d.delivered.data
	}
	return d.messageEvent(data), n, nil
}

// grow makes room for n more bytes, at most what is left of the frame. It
// doubles, so that many small pieces cost linear time, and stays below what
// the message can become.
func (d *decoder) grow(n int) {
	if d.message != nil && d.message.room() >= n {
		return
	}
	size := d.assembled()
	most := d.messageLimit()
	if d.header.Fin {
		most = size + int(d.left())
	}
	if d.compressed.IsCompressed() {
		most += len(inflateTail) // for take
	}
	b := getBuffer(min(max(2*size, size+n), most))
	if old := d.message; old != nil {
		b.data = append(b.data, old.data...)
		old.free()
	}
	d.message = b
}

// extend adds to the message the n bytes that lie behind its end, masked.
func (d *decoder) extend(n int) error {
	b := d.message
	size := len(b.data)
	b.data = b.data[:size+n]
	ws.Cipher(b.data[size:], d.header.Mask, int(d.received%4))
	d.received += int64(n)
	if !d.mustBeUTF8() {
		return nil
	}
	valid := validPrefix(b.data[d.checked:])
	if valid < 0 {
		return errNotUTF8
	}
	d.checked += valid
	return nil
}

var errNotUTF8 = &closeError{StatusInvalidData, "text is not UTF-8"}

// validPrefix returns how much of p is UTF-8 when a last character that may
// still become complete is left out, or -1 if nothing that follows can mend p.
func validPrefix(p []byte) int {
	end := len(p)
	for i := end - 1; i >= 0 && i >= end-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				end = i
			}
			break
		}
	}
	if !utf8.Valid(p[:end]) {
		return -1
	}
	return end
}
