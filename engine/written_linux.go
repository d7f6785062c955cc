package engine

import (
	"os"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// writes knows a window's written pages from the kernel, which write-protects the pages and lets the first write to each
// through by itself: userfaultfd(2) with UFFD_FEATURE_WP_ASYNC, and the PAGEMAP_SCAN ioctl of proc_pid_pagemap(5). It needs
// Linux 6.7 and no privilege. Where that is not to be had, writes is not on.
type writes struct {
	on      bool
	arg     scanArg
	regions [64]scanRegion
}

// writesFiles are the process's, opened for the first window.
var writesFiles struct {
	sync.Once
	fault, pagemap int
	err            error
	countsFaults   bool
}

// From linux/userfaultfd.h.
const (
	uffdUserModeOnly  = 1
	uffdAPI           = 0xc018aa3f
	uffdRegister      = 0xc020aa00
	uffdVersion       = 0xaa
	uffdWPUnpopulated = 1 << 13
	uffdWPAsync       = 1 << 15
	uffdModeWP        = 1 << 1
)

// From linux/fs.h.
const (
	pagemapScan    = 0xc0606610
	scanWPMatching = 1 << 0
	scanCheckAsync = 1 << 1
	scanWritten    = 1 << 1
	scanPresent    = 1 << 3
)

// scanArg is struct pm_scan_arg.
type scanArg struct {
	size, flags, start, end, walkEnd, vec, vecLen, maxPages      uint64
	categoryInverted, categoryMask, categoryAnyOf, returnedMasks uint64
}

// scanRegion is struct page_region.
type scanRegion struct{ start, end, _ uint64 }

func ioctl(fd int, request uintptr, arg unsafe.Pointer) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(arg))
	return int(n), errno
}

func openWritesFiles() {
	f := &writesFiles
	fd, _, errno := unix.Syscall(unix.SYS_USERFAULTFD, unix.O_CLOEXEC|unix.O_NONBLOCK|uffdUserModeOnly, 0, 0)
	if errno != 0 {
		f.err = os.NewSyscallError("userfaultfd", errno)
		return
	}
	f.fault = int(fd)
	api := struct{ version, features, ioctls uint64 }{version: uffdVersion, features: uffdWPUnpopulated | uffdWPAsync}
	if _, errno := ioctl(f.fault, uffdAPI, unsafe.Pointer(&api)); errno != 0 {
		f.err = os.NewSyscallError("userfaultfd", errno)
	} else {
		f.pagemap, f.err = unix.Open("/proc/self/pagemap", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	}
	if f.err != nil {
		unix.Close(f.fault)
		return
	}
	f.countsFaults = countsFaults()
}

// faults is how many page faults the calling thread has had; negative where first writes to watched pages do not count.
func (*writes) faults() int64 {
	if !writesFiles.countsFaults {
		return -1
	}
	return threadFaults()
}

func threadFaults() int64 {
	var u unix.Rusage
	if _, _, errno := unix.RawSyscall(unix.SYS_GETRUSAGE, unix.RUSAGE_THREAD, uintptr(unsafe.Pointer(&u)), 0); errno != 0 {
		return -1
	}
	return u.Minflt + u.Majflt
}

// countsFaults tries whether the first write to a watched page counts as a fault of the thread.
func countsFaults() bool {
	const pages = 4
	base, err := mapMemory(0, pages*pageSize)
	if err != nil {
		return false
	}
	defer unmapMemory(base, pages*pageSize)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var s writes
	s.register(base, pages*pageSize)
	mem := bytesAt(base, pages*pageSize)
	clear(mem)
	if !s.on || !s.watch(base, pageRange{0, pages}) {
		return false
	}
	before := threadFaults()
	for page := range pages {
		mem[page*pageSize] = 1
	}
	return before >= 0 && threadFaults() >= before+pages
}

// open prepares a window, of which nothing is watched yet.
func (s *writes) open(base uintptr, size int) {
	writesFiles.Do(openWritesFiles)
	if writesFiles.err == nil {
		s.register(base, size)
	}
}

func (s *writes) register(base uintptr, size int) {
	register := struct{ start, length, mode, ioctls uint64 }{uint64(base), uint64(size), uffdModeWP, 0}
	_, errno := ioctl(writesFiles.fault, uffdRegister, unsafe.Pointer(&register))
	s.on = errno == 0
}

// watch makes the pages count as not written.
func (s *writes) watch(base uintptr, p pageRange) bool {
	for from := p.first; from < p.top; {
		if _, ok := s.call(base, pageRange{from, p.top}, scanWPMatching|scanCheckAsync); !ok {
			return false
		}
		from = s.walked(base)
	}
	return true
}

// scan appends the pages of p that were written since they were watched, and those that the process has no memory for.
func (s *writes) scan(dst []pageRange, base uintptr, p pageRange) ([]pageRange, bool) {
	for from := p.first; from < p.top; {
		n, ok := s.call(base, pageRange{from, p.top}, 0)
		if !ok {
			return dst, false
		}
		for _, r := range s.regions[:n] {
			dst = append(dst, pageRange{uint32((uintptr(r.start) - base) / pageSize), uint32((uintptr(r.end) - base) / pageSize)})
		}
		from = s.walked(base)
	}
	return dst, true
}

// call looks at the pages that are written or not present, into s.regions.
func (s *writes) call(base uintptr, p pageRange, flags uint64) (n int, ok bool) {
	s.arg = scanArg{
		size: uint64(unsafe.Sizeof(s.arg)), flags: flags,
		start: uint64(base + uintptr(p.first)*pageSize), end: uint64(base + uintptr(p.top)*pageSize),
		vec: uint64(uintptr(unsafe.Pointer(&s.regions))), vecLen: uint64(len(s.regions)),
		categoryInverted: scanPresent, categoryAnyOf: scanWritten | scanPresent, returnedMasks: scanWritten,
	}
	n, errno := ioctl(writesFiles.pagemap, pagemapScan, unsafe.Pointer(&s.arg))
	return n, errno == 0
}

// walked is the page up to which the last call got.
func (s *writes) walked(base uintptr) uint32 {
	return uint32((uintptr(s.arg.walkEnd) - base) / pageSize)
}
