package engine

import "testing"

func benchCounter(b *testing.B) (*Thread, *Window, Func) {
	th := testThread(b)
	w := newTemplate(b, th, counterJS, Spec{})
	// Functions of a bundle are held by a group in practice; here by the template's own table.
	c := w.Fork(nil)
	var inc Func
	if err := th.Run(c, func(t *Turn) (err error) { inc, err = t.Hold("inc"); return err }); err != nil {
		b.Fatal(err)
	}
	w.seal()
	w.imageHeap = w.heap()
	w.occupant = nil
	return th, w, inc
}

func BenchmarkCallResident(b *testing.B) {
	th, w, inc := benchCounter(b)
	c := w.Fork(nil)
	n := 0
	f := func(t *Turn) error {
		v, err := t.Call(inc)
		n++
		if v != n {
			b.Fatalf("inc() = %v, want %d", v, n)
		}
		return err
	}
	for b.Loop() {
		if err := th.Run(c, f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCallParked(b *testing.B) {
	th, w, inc := benchCounter(b)
	cs := make([]*Context, 1000)
	for i := range cs {
		cs[i] = w.Fork(nil)
	}
	i := 0
	f := func(t *Turn) error {
		v, err := t.Call(inc)
		if v != i/len(cs)+1 {
			b.Fatalf("inc() = %v, want %d", v, i/len(cs)+1)
		}
		return err
	}
	for b.Loop() {
		if err := th.Run(cs[i%len(cs)], f); err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(float64(w.Image()), "B/image")
	b.ReportMetric(float64(cs[0].OwnBytes()), "B/parked")
}

func BenchmarkFork(b *testing.B) {
	th, w, inc := benchCounter(b)
	f := func(t *Turn) error {
		v, err := t.Call(inc)
		if v != 1 {
			b.Fatalf("inc() = %v, want 1", v)
		}
		return err
	}
	for b.Loop() {
		c := w.Fork(nil)
		if err := th.Run(c, f); err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}
