//go:build unix

package pool

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// processTime is the CPU time that the process has used.
func processTime(t *testing.T) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
