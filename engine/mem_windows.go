package engine

import win "golang.org/x/sys/windows"

func mapMemory(at uintptr, n int) (uintptr, error) {
	const kind = win.MEM_RESERVE | win.MEM_COMMIT
	if p, err := win.VirtualAlloc(at, uintptr(n), kind, win.PAGE_READWRITE); err == nil {
		return p, nil
	}
	return win.VirtualAlloc(0, uintptr(n), kind, win.PAGE_READWRITE)
}

func unmapMemory(p uintptr, _ int) { win.VirtualFree(p, 0, win.MEM_RELEASE) }

func protect(p uintptr, n int, access bool) error {
	prot := uint32(win.PAGE_NOACCESS)
	if access {
		prot = win.PAGE_READWRITE
	}
	var old uint32
	return win.VirtualProtect(p, uintptr(n), prot, &old)
}
