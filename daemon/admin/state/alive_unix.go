//go:build unix

package state

import (
	"errors"
	"syscall"
)

// alive reports whether the process runs.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
