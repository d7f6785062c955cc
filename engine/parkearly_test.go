package engine

import (
	"testing"
	"unsafe"
)

// TestParkEarly: a context is parked early where turns have been one context's after the other's, and not where one has come again.
func TestParkEarly(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS, Spec{})
	var cs []*Context
	for range changesExpected + 1 {
		cs = append(cs, w.Fork(nil))
	}
	inc := func(c *Context, want int) {
		t.Helper()
		if got := eval(t, th, c, "inc()"); got != want {
			t.Fatalf("inc() = %v, want %d", got, want)
		}
	}
	for round := range 3 {
		for i, c := range cs {
			inc(c, round+1)
			if leaves := round > 0 || i >= changesExpected-1; c.LeavesSoon() != leaves {
				t.Fatalf("round %d, context %d: leaves soon is %v", round, i, !leaves)
			}
			th.ParkEarly(c)
			if c.Resident() == (round > 0 || i >= changesExpected-1) {
				t.Fatalf("round %d, context %d: resident is %v", round, i, c.Resident())
			}
		}
	}
	last := cs[len(cs)-1]
	for n := range 3 { // it was parked in vain
		inc(last, 4+n)
		if th.ParkEarly(last); !last.Resident() {
			t.Fatal("a context that came again was parked early")
		}
	}
	for _, c := range cs {
		inc(c, map[bool]int{true: 7, false: 4}[c == last])
	}
	for _, c := range cs {
		c.Close()
	}
	th.ParkEarly(last) // nothing
}

// TestLostWhileParkingEarly: a context that cannot be parked is lost, alone, and its next turn tells.
func TestLostWhileParkingEarly(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS, Spec{})
	ns := newNeighbours(t, th, w)
	c := w.Fork(nil)
	eval(t, th, c, "inc(100)")
	w.changes = changesExpected
	image := w.image.image
	w.image.image = unsafe.Slice((*byte)(nil), 0) // reading it panics
	th.ParkEarly(c)
	w.image.image = image
	w.wipe()
	if !c.Lost() {
		t.Error("the context is not lost")
	}
	wantLostRun(t, th, c)
	c.Reset()
	if got := eval(t, th, c, "inc()"); got != 1 {
		t.Errorf("inc() = %v after a reset", got)
	}
	ns.check(t, th, w)
}
