package engine

import "golang.org/x/sys/windows"

func mapMemory(at uintptr, n int) (uintptr, error) {
	const kind = windows.MEM_RESERVE | windows.MEM_COMMIT
	if p, err := windows.VirtualAlloc(at, uintptr(n), kind, windows.PAGE_READWRITE); err == nil {
		return p, nil
	}
	return windows.VirtualAlloc(0, uintptr(n), kind, windows.PAGE_READWRITE)
}

func unmapMemory(p uintptr, _ int) { windows.VirtualFree(p, 0, windows.MEM_RELEASE) }

func protect(p uintptr, n int, access bool) error {
	prot := uint32(windows.PAGE_NOACCESS)
	if access {
		prot = windows.PAGE_READWRITE
	}
	var old uint32
	return windows.VirtualProtect(p, uintptr(n), prot, &old)
}
