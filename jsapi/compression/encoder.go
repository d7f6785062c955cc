package compression

import (
	"bytes"
	"io"
	"sync"
)

// encoder compresses. Its output is never much more than its input, and waits in a buffer until it is asked for.
type encoder struct {
	mu     sync.Mutex
	format format
	w      io.WriteCloser // made with the first chunk
	out    bytes.Buffer
	ended  bool
}

func newEncoder(f format) *encoder { return &encoder{format: f} }

func (e *encoder) write(chunk []byte) (output, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(chunk) > 0 {
		if _, err := e.writer().Write(chunk); err != nil {
			return output{}, err
		}
	}
	return e.piece(), nil
}

func (e *encoder) finish() (output, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.ended {
		e.ended = true
		if err := e.writer().Close(); err != nil {
			return output{}, err
		}
		e.w = nil
	}
	return e.piece(), nil
}

func (e *encoder) writer() io.WriteCloser {
	if e.w == nil {
		e.w = e.format.writer(&e.out)
	}
	return e.w
}

func (e *encoder) piece() output {
	piece := bytes.Clone(e.out.Next(pieceMax))
	more := e.out.Len() > 0
	if !more {
		e.out = bytes.Buffer{}
	}
	return output{piece, more}
}

// Close has nothing to end: memory is all that an encoder has.
func (e *encoder) Close() {}
