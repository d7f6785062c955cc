//go:build unix && !linux

package engine

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapMemory reserves n bytes of zeroed memory, at address at where that is free.
func mapMemory(at uintptr, n int) (uintptr, error) {
	p, err := unix.MmapPtr(-1, 0, unsafe.Pointer(at), uintptr(n), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	return uintptr(p), err
}
