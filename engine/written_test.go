package engine

import (
	"bytes"
	"math/rand"
	"strconv"
	"strings"
	"testing"
)

// TestWritten compares, after every turn, the delta of the pages that count as written with the delta of all pages.
func TestWritten(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, `
		var big = new Uint8Array(150_000).fill(1), list = [], map = new Map();
		for (let i = 0; i < 2000; i++) map.set(i, { i });
		const garbage = () => { for (let i = 0; i < 100; i++) list.push({ i, next: list }); list = [] };
	`, Spec{})
	if !w.writes.on {
		t.Skip("the system cannot tell which pages were written")
	}
	steps := []string{
		"list.push(list.length)", "map.set(N, { i: 1 })", "map.delete(N)", "garbage()", "big ? big[N] = 7 : 0",
		"big = null", "big = new Uint8Array(150_000)", "list = new Array(300).fill(N)",
		"undefined", // writes no more than any turn
	}
	rng := rand.New(rand.NewSource(1))
	contexts := make([]*Context, 6)
	for i := range contexts {
		contexts[i] = w.Fork(nil)
	}
	known := 0 // turns after which the system was not asked again
	check := func(step string) {
		t.Helper()
		if w.scanned.Load() && w.writes.faults() == w.faults {
			known++
		}
		found := append([]byte(nil), w.delta(nil, false)...)
		w.writes.on = false
		all := w.delta(nil, false)
		w.writes.on = true
		if !bytes.Equal(found, all) {
			t.Fatalf("after %s: a delta of %d bytes from the written pages, of %d bytes from all", step, len(found), len(all))
		}
	}
	n := 400
	if raceEnabled {
		n = 100
	}
	other := otherThread(t)
	for i := range n {
		c := contexts[rng.Intn(len(contexts))]
		step := strings.Replace(steps[rng.Intn(len(steps))], "N", strconv.Itoa(rng.Intn(2000)), 1)
		if rng.Intn(4) == 0 { // another thread goes on, whose faults are counted apart
			other(func(th *Thread) { eval(t, th, c, "void ("+step+")") })
		} else {
			eval(t, th, c, "void ("+step+")")
		}
		check(step)
		if i%90 == 89 {
			c.Reset()
			check("Reset")
		}
	}
	if w.writes.faults() >= 0 && known == 0 {
		t.Error("the system was asked at every turn")
	}
	wantLost(t, th, contexts[0], "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)")
	check("a kill")
	eval(t, th, contexts[1], "map.clear()")
	check("what follows a kill")
}

// otherThread returns a function that has something done by a thread of its own.
func otherThread(t *testing.T) func(func(*Thread)) {
	work, done := make(chan func(*Thread)), make(chan struct{})
	go func() {
		defer close(done)
		th := NewThread()
		defer th.Close()
		for f := range work {
			f(th)
			done <- struct{}{}
		}
	}()
	t.Cleanup(func() {
		close(work)
		<-done
	})
	return func(f func(*Thread)) {
		work <- f
		<-done
	}
}
