package engine

import (
	"errors"
	"fmt"
	"math/rand"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// damageBed is a window in which contexts come to harm, and a safe one. A context in each runs the same program, so that
// what reached the first one's neighbour shows.
type damageBed struct {
	t         testing.TB
	th        *Thread
	w         *Window
	near, far *Context
	burst     Func
	digest    any // of freshSeed in a fresh fork
	rand      *rand.Rand
	outcomes  map[string]int
}

// A fresh fork runs freshSteps features that follow from freshSeed.
const freshSeed, freshSteps = 4711, 10

func newDamageBed(t testing.TB) *damageBed {
	th := testThread(t)
	_, windows := languageWindows(t, th, 2)
	b := &damageBed{t: t, th: th, w: windows[0], rand: rand.New(rand.NewSource(1)), outcomes: map[string]int{}}
	// The function is held in the images, so that every fork has it.
	for _, w := range windows {
		w.tpl.spec.Uncaught = func(*Turn, error) {}
		c := w.Fork(nil)
		if err := th.Run(c, func(tn *Turn) (err error) { b.burst, err = tn.Hold("burst"); return err }); err != nil {
			t.Fatal(err)
		}
		w.seal()
		w.occupant = nil
	}
	b.near, b.far = windows[0].Fork(nil), windows[1].Fork(nil)
	b.digest, _ = b.run(b.w.Fork(nil), freshSeed, freshSteps)
	return b
}

// run runs n features of the language that follow from a seed.
func (b *damageBed) run(c *Context, seed, n int) (v any, err error) {
	err = b.th.Run(c, func(t *Turn) (err error) {
		v, err = t.Call(b.burst, seed, n)
		return err
	})
	return v, err
}

// check lets the neighbour, its twin and a fresh fork run.
func (b *damageBed) check() {
	b.t.Helper()
	seed := b.rand.Intn(1 << 30)
	near, err := b.run(b.near, seed, 3)
	if err != nil {
		b.t.Fatalf("the neighbour failed: %v", err)
	}
	if far, err := b.run(b.far, seed, 3); near != far || err != nil {
		b.t.Fatalf("the neighbour says %v, its twin elsewhere %v, %v", near, far, err)
	}
	fresh := b.w.Fork(nil)
	defer fresh.Close()
	if v, err := b.run(fresh, freshSeed, freshSteps); v != b.digest || err != nil {
		b.t.Fatalf("a fresh fork says %v, %v; before it was %v", v, err, b.digest)
	}
}

// note counts an outcome. A fault or panic in the engine must come to nothing but a lost context.
func (b *damageBed) note(err error) (lost bool) {
	var e *LostError
	if !errors.As(err, &e) {
		b.outcomes[strings.TrimPrefix(fmt.Sprintf("%T", err), "*engine.")]++
		return false
	}
	reason, _, _ := strings.Cut(e.Reason, ":")
	b.outcomes["lost: "+reason]++
	return true
}

func trials(n int) int {
	switch {
	case raceEnabled:
		return n / 25
	case testing.Short():
		return n / 10
	}
	return n
}

// Any allocation may fail. That costs the context, and nobody else anything.
func TestFailedAllocations(t *testing.T) {
	b := newDamageBed(t)
	for i := range trials(2500) {
		seed := b.rand.Intn(1 << 30)
		count := b.allocations(seed)
		c := b.w.Fork(nil)
		k := 1 + b.rand.Int63n(max(count, 1))
		_, err := b.failing(c, seed, k)
		if lost := b.note(err); !lost && count > 0 {
			t.Fatalf("seed %d: allocation %d of %d failed, and the context lives: %v", seed, k, count, err)
		}
		c.Close()
		if i%10 == 0 {
			b.check()
		}
	}
	b.check()
	t.Log(b.outcomes)
}

// failing runs a burst whose k-th allocation fails.
func (b *damageBed) failing(c *Context, seed int, k int64) (left int64, err error) {
	err = b.th.Run(c, func(tn *Turn) error {
		a := arenaAt(b.w.base)
		a.failAt = k
		_, err := tn.Call(b.burst, seed, 2)
		left = a.failAt
		a.failAt = 0
		return err
	})
	return left, err
}

// allocations is how many pages and large blocks a burst asks for.
func (b *damageBed) allocations(seed int) int64 {
	const many = 1 << 40
	c := b.w.Fork(nil)
	defer c.Close()
	left, err := b.failing(c, seed, many)
	if err != nil {
		b.t.Fatal(err)
	}
	return many - left
}

// However little heap a context has left, running out of it never costs the context.
func TestScarceHeap(t *testing.T) {
	b := newDamageBed(t)
	for i := range trials(1000) {
		c := b.w.Fork(&Limits{HeapBytes: 1 + b.rand.Intn(300<<10), Turn: time.Minute})
		for range 1 + b.rand.Intn(3) {
			if _, err := b.run(c, b.rand.Intn(1<<30), 1+b.rand.Intn(8)); b.note(err) {
				t.Fatalf("trial %d, heap limit %s: %v", i, byteCount(int64(c.limits.HeapBytes)), err)
			}
		}
		roomy(c)
		if v, err := evalIn(b.th, c, "(() => {"+programJS+"return program() })()"); v != programResult || err != nil {
			t.Fatalf("trial %d: afterwards program() = %v, %v", i, v, err)
		}
		if i%10 == 0 {
			b.check()
		}
		c.Close()
	}
	b.check()
	t.Log(b.outcomes)
}

// Large requests may be refused wherever they are made: scripts catch that and go on, and nothing is amiss afterwards.
func TestRefusedRequests(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, readTestdata(t, "large.js"), Spec{Uncaught: func(*Turn, error) {}})
	rng := rand.New(rand.NewSource(1))
	right := func(c *Context, seed int) any {
		v, err := evalIn(th, c, fmt.Sprintf("work(%d)", seed))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	refused, ended := 0, 0
	for i := range trials(100) {
		limit := 100<<10 + rng.Intn(1<<20)
		c := w.Fork(&Limits{HeapBytes: limit, Turn: time.Minute})
		seed := rng.Intn(1 << 30)
		err := th.Run(c, func(tn *Turn) error {
			arenaAt(w.base).large = largeBytes
			v, err := tn.Eval(fmt.Sprintf("work(%d)", seed), "test.js")
			refused += strings.Count(fmt.Sprint(v), "!")
			return err
		})
		switch outcome(nil, err) {
		case "ok <nil>", "heap", "RangeError":
		default:
			t.Fatalf("seed %d, heap limit %d: %v", seed, limit, err)
		}
		if err != nil {
			ended++
		}
		if i%10 != 0 {
			c.Close()
			continue
		}
		roomy(c)
		c.limits.HeapBytes = 48 << 20
		fresh := w.Fork(&c.limits)
		eval(t, th, c, "kept.length = 0")
		if got, want := right(c, i), right(fresh, i); got != want {
			t.Fatalf("seed %d, heap limit %d: afterwards\n%v\nin a fresh context\n%v", seed, limit, got, want)
		}
		c.Close()
		fresh.Close()
	}
	t.Logf("%d requests refused, %d turns ended", refused, ended)
}

// A window may be taken away at any instant.
func TestKills(t *testing.T) {
	b := newDamageBed(t)
	var over atomic.Bool
	turns, done := make(chan time.Duration), make(chan struct{})
	go func() {
		for delay := range turns {
			b.th.killAfter(delay, &over)
			done <- struct{}{}
		}
	}()
	defer close(turns)
	for i := range trials(2000) {
		c := b.w.Fork(nil)
		over.Store(false)
		turns <- time.Duration(b.rand.Intn(300)) * time.Microsecond
		_, err := b.run(c, b.rand.Intn(1<<30), 20)
		over.Store(true)
		<-done
		if b.note(err) {
			var lost *LostError
			if errors.As(err, &lost); !lost.Killed {
				t.Fatalf("%v\n%s", err, lost.Stack)
			}
			c.Reset()
			if v, err := b.run(c, freshSeed, 1); err != nil {
				t.Fatalf("reset after kill %d: %v, %v", i, v, err)
			}
		}
		c.Close()
		if i%20 == 0 {
			b.check()
		}
	}
	b.check()
	t.Log(b.outcomes)
}

// killAfter waits for a turn to begin and takes its window away after a delay, as the watchdog does, unless it is over.
func (th *Thread) killAfter(delay time.Duration, over *atomic.Bool) {
	var begun time.Time
	for !over.Load() {
		s := th.state.Load()
		switch {
		case s&runMask != runActive:
		case begun.IsZero():
			begun = time.Now()
		case time.Since(begun) >= delay && th.state.CompareAndSwap(s, s&^runMask|runHeld):
			protect(th.turn.window.base, th.turn.window.size, false)
			th.state.Store(s&^runMask | runKilled)
			return
		}
		runtime.Gosched()
	}
}

func evalIn(th *Thread, c *Context, source string) (v any, err error) {
	err = th.Run(c, func(t *Turn) (err error) {
		v, err = t.Eval(source, "test.js")
		return err
	})
	return v, err
}
