//go:build unix

package daemon

import (
	"math"
	"net"
	"os"
	"syscall"
)

// descriptors is how many files and sockets the process may have open, and how many it has. The runtime has raised the soft limit to
// the hard one.
func descriptors() (limit, open int, err error) {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0, 0, err
	}
	list, err := os.ReadDir("/dev/fd")
	return int(min(uint64(l.Cur), math.MaxInt32)), len(list), err
}

// descriptorOf is a connection's descriptor; 0 if it has none.
func descriptorOf(c net.Conn) (number int) {
	if c, ok := c.(syscall.Conn); ok {
		if raw, err := c.SyscallConn(); err == nil {
			raw.Control(func(fd uintptr) { number = int(fd) })
		}
	}
	return number
}

// freeDescriptor is the lowest descriptor that is free.
func freeDescriptor() int {
	f, err := os.Open(os.DevNull)
	if err != nil {
		return math.MaxInt
	}
	defer f.Close()
	return int(f.Fd())
}
