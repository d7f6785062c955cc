package swarm

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// epoll is the transport of clients without TLS on Linux.
type epoll struct {
	swarm   *Swarm
	fd      int
	timer   int       // wakes epoll_wait, which itself knows milliseconds only
	armed   time.Time // when the timer will
	sockets []*socket // by descriptor
	events  [256]unix.EpollEvent
	buf     [64 << 10]byte
}

// socket is a client's connection.
type socket struct {
	e       *epoll
	c       *Client
	fd      int
	waiting []byte // what the kernel has not taken
}

func newTransport(s *Swarm) (transport, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	e := &epoll{swarm: s, fd: fd}
	if e.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		unix.Close(fd)
		return nil, err
	}
	// Edge-triggered, so that an expiration is told once and need not be read.
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: int32(e.timer)}
	if err := unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, e.timer, &event); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func (e *epoll) close() {
	unix.Close(e.timer)
	unix.Close(e.fd)
}

// add takes the descriptor out of what the net package has made.
func (e *epoll) add(c *Client, conn net.Conn) (link, error) {
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return nil, err
	}
	k := &socket{e: e, c: c, fd: -1}
	var failed error
	err = raw.Control(func(fd uintptr) { k.fd, failed = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) })
	if err := errors.Join(err, failed); err != nil {
		return nil, explain(err)
	}
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(k.fd)}
	if err := unix.EpollCtl(e.fd, unix.EPOLL_CTL_ADD, k.fd, &event); err != nil {
		unix.Close(k.fd)
		return nil, err
	}
	for len(e.sockets) <= k.fd {
		e.sockets = append(e.sockets, nil)
	}
	e.sockets[k.fd] = k
	return k, nil
}

func (e *epoll) wait(d time.Duration) error {
	timeout := 0
	if d > 0 {
		timeout = -1
		if err := e.arm(d); err != nil {
			return err
		}
	}
	n, err := unix.EpollWait(e.fd, e.events[:], timeout)
	if err == unix.EINTR {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range e.events[:n] {
		event := &e.events[i]
		if int(event.Fd) == e.timer {
			e.armed = time.Time{}
			continue
		}
		k := e.sockets[event.Fd]
		if k != nil && event.Events&unix.EPOLLOUT != 0 {
			if err := k.flush(); err != nil {
				e.swarm.end(k.c, err)
			}
		}
		if k != nil && event.Events&^unix.EPOLLOUT != 0 {
			k.read()
		}
	}
	return nil
}

// arm sets the timer, unless it will wake the loop in time and not much too early.
func (e *epoll) arm(d time.Duration) error {
	at := time.Now().Add(d)
	if early := at.Sub(e.armed); early >= 0 && early < 5*time.Microsecond {
		return nil
	}
	e.armed = at
	return unix.TimerfdSettime(e.timer, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(d.Nanoseconds())}, nil)
}

// read takes what has come, or a part of it: the rest is told again.
func (k *socket) read() {
	if k.fd < 0 {
		return
	}
	n, err := unix.Read(k.fd, k.e.buf[:])
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
	case err != nil:
		k.e.swarm.end(k.c, err)
	case n == 0:
		k.e.swarm.end(k.c, io.ErrUnexpectedEOF)
	default:
		k.e.swarm.receive(k.c, k.e.buf[:n])
	}
}

func (k *socket) send(frame []byte) error {
	if len(k.waiting) > 0 {
		if len(k.waiting)+len(frame) > maxWaiting {
			return ErrFull
		}
		k.waiting = append(k.waiting, frame...)
		return nil
	}
	n, err := write(k.fd, frame)
	if err == nil && n < len(frame) {
		k.waiting = append(k.waiting, frame[n:]...)
		err = k.watch(unix.EPOLLIN | unix.EPOLLOUT)
	}
	return err
}

// flush sends what waits.
func (k *socket) flush() error {
	n, err := write(k.fd, k.waiting)
	if err != nil {
		return err
	}
	k.waiting = append(k.waiting[:0], k.waiting[n:]...)
	if len(k.waiting) == 0 {
		k.waiting = nil
		return k.watch(unix.EPOLLIN)
	}
	return nil
}

func (k *socket) watch(events uint32) error {
	return unix.EpollCtl(k.e.fd, unix.EPOLL_CTL_MOD, k.fd, &unix.EpollEvent{Events: events, Fd: int32(k.fd)})
}

func (k *socket) close() {
	unix.Close(k.fd)
	k.e.sockets[k.fd], k.fd = nil, -1
}

// write writes what the kernel takes at once.
func write(fd int, data []byte) (int, error) {
	for {
		n, err := unix.Write(fd, data)
		switch err {
		case unix.EINTR:
		case unix.EAGAIN:
			return 0, nil
		default:
			return max(n, 0), err
		}
	}
}

// lateBind has the kernel choose the port when the socket connects, so that a port can serve once for each address of the server.
func lateBind(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1) })
}
