package compression

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sync"

	"rowan/engine/value"
)

// decoder decompresses. The libraries' readers pull their input, while chunks are pushed by the script: the reader therefore
// has a goroutine, which runs only while an operation waits for it, and stops when it wants input or has given a piece. It ends with
// the data, or with Close.
type decoder struct {
	mu      sync.Mutex // held by the operation that is under way
	format  format
	started bool
	resumed chan struct{}
	steps   chan step

	// These are the goroutine's while it runs, and the operation's while it does not.
	input []byte // what is not read of the chunk
	last  bool   // no chunk will come

	given int64 // bytes of output
	over  error // why nothing more will be given; io.EOF after the end of the data

	closing sync.Once
	closed  chan struct{}
}

// step is why the goroutine stopped.
type step struct {
	piece []byte
	full  bool // there may be more without further input
	err   error
}

func newDecoder(f format) *decoder {
	return &decoder{format: f, resumed: make(chan struct{}), steps: make(chan step), closed: make(chan struct{})}
}

func (d *decoder) write(chunk []byte) (output, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if chunk != nil {
		d.input = chunk
	}
	return d.resume()
}

func (d *decoder) finish() (output, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = true
	return d.resume()
}

// Close ends the goroutine, when that next stops. It waits for nothing.
func (d *decoder) Close() { d.closing.Do(func() { close(d.closed) }) }

// resume has the goroutine run until it has a piece, wants more input, or is at the end.
func (d *decoder) resume() (output, error) {
	if d.over == nil {
		s := d.step()
		d.given += int64(len(s.piece))
		if d.given > OutputMax {
			s = step{err: &value.Error{Name: "RangeError", Code: "limit", Message: "the compressed data stands for more than 4 GiB"}}
			d.Close()
		}
		d.over = s.err
		if len(s.piece) > 0 {
			return output{s.piece, s.full || d.failed()}, nil
		}
	}
	if d.over == io.EOF && len(d.input) > 0 {
		d.over = errTrailing
	}
	if d.failed() {
		return output{}, d.over
	}
	return output{}, nil
}

func (d *decoder) step() step {
	if !d.started {
		d.started = true
		go d.run()
	}
	select {
	case d.resumed <- struct{}{}:
	case <-d.closed:
		return step{err: errClosed}
	}
	select {
	case s := <-d.steps:
		return s
	case <-d.closed:
		return step{err: errClosed}
	}
}

func (d *decoder) failed() bool { return d.over != nil && d.over != io.EOF }

// run is the goroutine.
func (d *decoder) run() {
	if !d.wait() {
		return
	}
	// The reader may ask for input in the middle of a Read into out, which stays where it is until that is over.
	out := make([]byte, pieceMax)
	sent, filled := 0, 0
	give := func(full bool) bool {
		piece := bytes.Clone(out[sent:filled])
		sent = filled
		return d.yield(step{piece: piece, full: full}) && d.wait()
	}
	in := bufio.NewReaderSize(&feed{d, func() bool { return give(false) }}, 4<<10)
	r, err := d.format.reader(in)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // within the header
	}
	for err == nil {
		if filled == len(out) && !give(true) {
			return
		}
		if sent == filled {
			sent, filled = 0, 0
		}
		var n int
		n, err = r.Read(out[filled:])
		filled += n
	}
	switch {
	case errors.Is(err, errClosed):
		return
	case err == io.EOF && in.Buffered() > 0:
		err = errTrailing
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = damaged("is cut off")
	case err != io.EOF:
		err = damaged("is damaged: %v", err)
	}
	d.yield(step{piece: out[sent:filled], err: err})
}

// yield hands a step to the operation, and reports false if none will want it.
func (d *decoder) yield(s step) bool {
	select {
	case d.steps <- s:
		return true
	case <-d.closed:
		return false
	}
}

// wait waits for the next operation, and reports false if none will come.
func (d *decoder) wait() bool {
	select {
	case <-d.resumed:
		return true
	case <-d.closed:
		return false
	}
}

var (
	errTrailing = damaged("ends before the input does")
	errClosed   = errors.New("compression: closed")
)

// feed reads the chunks that are pushed.
type feed struct {
	d *decoder
	// more waits until there may be input, and reports false if the goroutine is to end.
	more func() bool
}

func (f *feed) Read(p []byte) (int, error) {
	for len(f.d.input) == 0 {
		if f.d.last {
			return 0, io.EOF
		}
		if !f.more() {
			return 0, errClosed
		}
	}
	n := copy(p, f.d.input)
	f.d.input = f.d.input[n:]
	return n, nil
}
