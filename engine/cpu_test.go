package engine

import (
	"runtime"
	"testing"
	"time"
)

// TestCPUOfThread: what the OS thread has computed before, for somebody else, does not count.
func TestCPUOfThread(t *testing.T) {
	if !threadClocks {
		t.Skip("threads have no clocks here")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const before = 50 * time.Millisecond
	for clock := threadClock(); time.Duration(timeOfThread(clock)) < before; {
	}
	th := NewThread()
	defer th.Close()
	if d, ok := th.CPU(); !ok || d < 0 || d > before/2 {
		t.Errorf("a new thread has computed for %v, %v", d, ok)
	}
}
