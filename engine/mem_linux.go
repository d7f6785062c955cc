package engine

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapMemory reserves n bytes of zeroed memory at address at, or wherever there is room when that is taken or 0. A
// fixed address gives the same image in every process.
func mapMemory(at uintptr, n int) (uintptr, error) {
	const flags = unix.MAP_ANON | unix.MAP_PRIVATE | unix.MAP_NORESERVE
	if at != 0 {
		p, err := unix.MmapPtr(-1, 0, unsafe.Pointer(at), uintptr(n), unix.PROT_READ|unix.PROT_WRITE, flags|unix.MAP_FIXED_NOREPLACE)
		if err == nil && uintptr(p) == at {
			return at, nil
		}
		if err == nil { // kernels before 4.17 take the address for a hint
			unix.MunmapPtr(p, uintptr(n))
		}
	}
	p, err := unix.MmapPtr(-1, 0, nil, uintptr(n), unix.PROT_READ|unix.PROT_WRITE, flags)
	return uintptr(p), err
}

// threadClocks says that each thread has a CPU clock.
const threadClocks = true

// threadTime is the CPU time in nanoseconds that the calling OS thread has used. Call it on a locked thread.
func threadTime() int64 {
	var ts unix.Timespec
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts)
	return ts.Nano()
}

// threadClock identifies the calling OS thread's CPU clock to timeOfThread.
func threadClock() int32 {
	const perThread, sched = 4, 2 // CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED, see clock_getcpuclockid(3)
	return int32(^unix.Gettid())<<3 | perThread | sched
}

// timeOfThread reads another thread's CPU time; it is 0 once the thread has ended.
func timeOfThread(clock int32) int64 {
	var ts unix.Timespec
	if unix.ClockGettime(clock, &ts) != nil {
		return 0
	}
	return ts.Nano()
}

// discard gives whole pages back to the operating system; they read as zero afterwards.
func discard(p, n uintptr) bool {
	return unix.Madvise(bytesAt(p, int(n)), unix.MADV_DONTNEED) == nil
}
