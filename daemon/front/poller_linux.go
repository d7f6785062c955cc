package front

import (
	"encoding/binary"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// poller is an epoll set, level-triggered.
type poller struct {
	epoll  int
	event  int // an eventfd that ends a wait
	events []unix.EpollEvent
	n      int // of them, those of the last wait
}

// pollEvents is how many sockets one wait tells of.
const pollEvents = 256

func newPoller() (*poller, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		unix.Close(epoll)
		return nil, os.NewSyscallError("eventfd", err)
	}
	p := &poller{epoll: epoll, event: event, events: make([]unix.EpollEvent, pollEvents)}
	if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, event, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(event)}); err != nil {
		p.close()
		return nil, os.NewSyscallError("epoll_ctl", err)
	}
	return p, nil
}

func (p *poller) close() {
	unix.Close(p.event)
	unix.Close(p.epoll)
}

func (p *poller) wake() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	unix.Write(p.event, one[:]) // full means that it is awake
}

// wait waits for d at most; negative: for ever. handle then tells of what there is.
func (p *poller) wait(d time.Duration) {
	timeout := -1
	if d >= 0 {
		timeout = int(min((d+time.Millisecond-1)/time.Millisecond, 1<<30))
	}
	n, err := unix.EpollWait(p.epoll, p.events, timeout)
	if err != nil {
		n = 0 // interrupted: the caller polls again
	}
	p.n = n
}

// pending reports whether wait would find something.
func (p *poller) pending() bool {
	var one [1]unix.EpollEvent
	n, err := unix.EpollWait(p.epoll, one[:], 0)
	return n > 0 || err != nil
}

func (p *poller) handle(ready func(fd int, read, write bool)) {
	for _, e := range p.events[:p.n] {
		if int(e.Fd) == p.event {
			var count [8]byte
			unix.Read(p.event, count[:])
			continue
		}
		ready(int(e.Fd), e.Events&^unix.EPOLLOUT != 0, e.Events&unix.EPOLLOUT != 0)
	}
	p.n = 0
}

// change asks for what a socket is to be watched for, after what it was. It may be called from any goroutine, and fails where the system watches
// no more: fs.epoll.max_user_watches.
func (p *poller) change(fd int, from, to interest) error {
	op := unix.EPOLL_CTL_MOD
	switch {
	case from == interest{}:
		op = unix.EPOLL_CTL_ADD
	case to == interest{}:
		op = unix.EPOLL_CTL_DEL
	}
	e := unix.EpollEvent{Fd: int32(fd)}
	if to.read {
		e.Events |= unix.EPOLLIN | unix.EPOLLRDHUP
	}
	if to.write {
		e.Events |= unix.EPOLLOUT
	}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.epoll, op, fd, &e))
}

// detach takes the descriptor of a TCP connection away from the runtime, which forgets the connection.
func detach(s socket) (fd int, ok bool) {
	own, isFD := s.(*fdSocket)
	if !isFD {
		return 0, false
	}
	if _, isTCP := own.Conn.(*net.TCPConn); !isTCP {
		return 0, false
	}
	fd = -1
	err := own.raw.Control(func(raw uintptr) {
		fd, _ = unix.FcntlInt(raw, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err != nil || fd < 0 {
		return 0, false // also when there are no more descriptors
	}
	own.Conn.Close()
	return fd, true
}

// errAgain says that the kernel has nothing, or takes nothing.
const errAgain = syscall.EAGAIN

func readFD(fd int, p []byte) (int, error) {
	n, err := retryEINTR(syscall.Read, uintptr(fd), p)
	if err != nil && err != errAgain {
		err = os.NewSyscallError("read", err)
	}
	return max(n, 0), err
}

func writeFD(fd int, p []byte) (int, error) {
	n, err := retryEINTR(syscall.Write, uintptr(fd), p)
	if err != nil && err != errAgain {
		err = os.NewSyscallError("write", err)
	}
	return max(n, 0), err
}

func shutdownFD(fd int, both bool) {
	how := unix.SHUT_WR
	if both {
		how = unix.SHUT_RDWR
	}
	unix.Shutdown(fd, how)
}

func closeFD(fd int) { unix.Close(fd) }
