package front

import (
	"errors"
	"net"
	"os"
	"time"
)

// readBufferSize is how much is read at once, in bytes.
const readBufferSize = 4 << 10

// socket is the byte stream under a connection. One goroutine at a time reads
// and one writes; both may run at once, and beside the other methods, which are
// those of net.Conn.
type socket interface {
	Close() error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error

	// read waits for bytes and puts them into dst or, if dst is nil, into a
	// buffer from the pool, which the caller frees. An end of the stream is
	// io.EOF, a passed deadline os.ErrDeadlineExceeded.
	read(dst []byte) (data []byte, borrowed *buffer, err error)

	// tryWrite writes what the kernel takes without waiting. full reports that
	// the kernel took less because its buffer is full; n < len(p) without it
	// means that only write gets further.
	tryWrite(p []byte) (n int, full bool, err error)

	// write waits until at least one byte is written. It need not write all.
	write(p []byte) (n int, err error)

	// closeWrite ends the sending half, after what was written.
	closeWrite()
}

// streamSocket is a socket for any net.Conn, such as TLS.
type streamSocket struct{ net.Conn }

// streamWriteMax is the most bytes of one write, which is to make progress
// within the write timeout: one TLS record.
const streamWriteMax = 16 << 10

func (s streamSocket) read(dst []byte) ([]byte, *buffer, error) {
	if dst != nil {
		n, err := s.Read(dst)
		return dst[:n], nil, positiveRead(n, err)
	}
	b := getBuffer(readBufferSize)
	n, err := s.Read(b.data[:readBufferSize])
	if err = positiveRead(n, err); err != nil {
		b.free()
		return nil, nil, err
	}
	return b.data[:n], b, nil
}

func (s streamSocket) closeWrite() { closeWrite(s.Conn) }

// positiveRead drops the error of a read that brought bytes: the next one
// returns it again.
func positiveRead(n int, err error) error {
	if n > 0 {
		return nil
	}
	return err
}

func (s streamSocket) tryWrite([]byte) (int, bool, error) { return 0, false, nil }

func (s streamSocket) write(p []byte) (int, error) {
	n, err := s.Write(p[:min(len(p), streamWriteMax)])
	if n > 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	return n, err
}

// closeWrite ends the sending half of conn, if it has halves.
func closeWrite(conn net.Conn) {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}
