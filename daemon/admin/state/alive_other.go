//go:build !unix

package state

import "os"

// alive reports whether the process runs. Where a process that is gone can be found, it is asked in vain, and the error tells.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	p.Release()
	return true
}
