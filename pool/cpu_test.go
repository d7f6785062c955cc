//go:build unix

package pool

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rowan/engine"
)

// processTime is the CPU time that the process has used.
func processTime(t *testing.T) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Idle workers use no CPU, however many contexts they have.
func TestIdle(t *testing.T) {
	p := testPool(t, Options{Workers: 2})
	k := testKind(t, p, "return { ping: x => x }", engine.Limits{})
	for range 10_000 {
		if err := p.Open(k, nil, nil).Call("app.ping", nil, 0, func([]byte, error) {}); err != nil {
			t.Fatal(err)
		}
	}
	for p.Stats().Turns < 10_000 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond) // the watchdog falls asleep
	turns, before := p.Stats().Turns, processTime(t)
	time.Sleep(500 * time.Millisecond)
	used := processTime(t) - before
	t.Logf("10,000 idle contexts used %v of CPU in 500 ms", used)
	if used > 5*time.Millisecond || p.Stats().Turns != turns {
		t.Errorf("idle workers used %v of CPU and ran %d turns", used, p.Stats().Turns-turns)
	}
}
