//go:build unix

package bench

import (
	"time"

	"golang.org/x/sys/unix"
)

// openFiles is how many files this process may have open. Go has raised the soft limit to the hard one when the process began (package os).
func openFiles() (uint64, bool) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, false
	}
	return uint64(limit.Cur), true
}

// ownTime is the CPU time of this process.
func ownTime() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// collect asks a process to collect its garbage.
func collect(pid int) error { return unix.Kill(pid, unix.SIGUSR2) }
