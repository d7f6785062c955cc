//go:build unix

package engine

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

func unmapMemory(p uintptr, n int) { unix.MunmapPtr(unsafe.Pointer(p), uintptr(n)) }

// protect takes a window away from whoever runs in it, or gives it back.
func protect(p uintptr, n int, access bool) error {
	prot := unix.PROT_NONE
	if access {
		prot = unix.PROT_READ | unix.PROT_WRITE
	}
	return unix.Mprotect(bytesAt(p, n), prot)
}
