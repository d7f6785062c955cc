//go:build unix

package daemon

import (
	"os"
	"syscall"
)

// descriptors is how many files and sockets the process may have open, and how many it has. The runtime has raised the soft limit to
// the hard one.
func descriptors() (limit uint64, open int, err error) {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0, 0, err
	}
	list, err := os.ReadDir("/dev/fd")
	return uint64(l.Cur), len(list), err
}
