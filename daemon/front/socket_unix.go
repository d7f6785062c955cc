//go:build unix

package front

import (
	"io"
	"net"
	"os"
	"syscall"
)

// fdSocket is a socket on a file descriptor that the runtime's poller watches.
// It waits without holding a buffer and can write without waiting.
type fdSocket struct {
	net.Conn
	raw syscall.RawConn
	in  fdRead
	out fdWrite
}

// fdRead is one read. Its callback is made once, since each would be an
// allocation.
type fdRead struct {
	ready    func(fd uintptr) bool
	dst      []byte
	borrowed *buffer
	data     []byte
	err      error
}

// fdWrite is one write.
type fdWrite struct {
	ready func(fd uintptr) bool
	p     []byte
	wait  bool
	n     int
	full  bool
	err   error
}

// newSocket returns the best socket for conn. Only the types of package net
// are taken by their descriptor: a wrapper may change what goes over it.
func newSocket(conn net.Conn) socket {
	var raw syscall.RawConn
	var err error
	switch c := conn.(type) {
	case *net.TCPConn:
		raw, err = c.SyscallConn()
	case *net.UnixConn:
		raw, err = c.SyscallConn()
	default:
		return streamSocket{conn}
	}
	if err != nil {
		return streamSocket{conn}
	}
	s := &fdSocket{Conn: conn, raw: raw}
	s.in.ready = s.in.try
	s.out.ready = s.out.try
	return s
}

func (s *fdSocket) read(dst []byte) ([]byte, *buffer, error) {
	s.in.dst = dst
	err := s.raw.Read(s.in.ready)
	data, borrowed := s.in.data, s.in.borrowed
	if err == nil {
		err = s.in.err
	}
	s.in = fdRead{ready: s.in.ready}
	return data, borrowed, err
}

// try reads if there is something to read, and reports whether it is done.
func (r *fdRead) try(fd uintptr) bool {
	dst := r.dst
	if dst == nil {
		r.borrowed = getBuffer(readBufferSize)
		dst = r.borrowed.data[:readBufferSize]
	}
	n, err := retryEINTR(syscall.Read, fd, dst)
	if err == nil && n == 0 {
		err = io.EOF
	}
	if err == nil {
		r.data = dst[:n]
		return true
	}
	if r.borrowed != nil {
		r.borrowed.free()
		r.borrowed = nil
	}
	if err == syscall.EAGAIN {
		return false
	}
	r.err = err
	if err != io.EOF {
		r.err = os.NewSyscallError("read", err)
	}
	return true
}

func (s *fdSocket) tryWrite(p []byte) (n int, full bool, err error) {
	n, err = s.writeRaw(p, false)
	return n, s.out.full, err
}

func (s *fdSocket) write(p []byte) (int, error) { return s.writeRaw(p, true) }

func (s *fdSocket) writeRaw(p []byte, wait bool) (int, error) {
	s.out = fdWrite{ready: s.out.ready, p: p, wait: wait}
	err := s.raw.Write(s.out.ready)
	s.out.p = nil
	if err == nil {
		err = s.out.err
	}
	return s.out.n, err
}

// try writes what the kernel takes, and reports whether it is done.
func (w *fdWrite) try(fd uintptr) bool {
	n, err := retryEINTR(syscall.Write, fd, w.p)
	switch {
	case err == syscall.EAGAIN:
		w.full = true
		return !w.wait
	case err != nil:
		w.err = os.NewSyscallError("write", err)
	default:
		w.n = n
		w.full = n < len(w.p)
	}
	return true
}

func (s *fdSocket) closeWrite() { closeWrite(s.Conn) }

func retryEINTR(call func(fd int, p []byte) (int, error), fd uintptr, p []byte) (int, error) {
	for {
		n, err := call(int(fd), p)
		if err != syscall.EINTR {
			return n, err
		}
	}
}
