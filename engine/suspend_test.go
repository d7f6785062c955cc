package engine

import (
	"math/rand"
	"sync"
	"testing"
	"time"
)

// sharedWindow hands a window from thread to thread: its owner may suspend a turn at a poll, let others run in the
// window, and go on.
type sharedWindow struct {
	*Window
	token  sync.Mutex // whose turn it is
	slices int        // suspensions so far
}

// thread makes a thread that suspends its turns at every poll from a slice's end on, and polls often.
func (s *sharedWindow) thread(seed int64) *Thread {
	th := NewThread()
	rng := rand.New(rand.NewSource(seed))
	th.OnSlice = func(t *Turn) {
		if !t.Suspend() {
			return
		}
		s.slices++
		s.token.Unlock()
		s.token.Lock()
		t.Resume()
		t.slice0 = -int64(time.Hour) // suspend at the next poll again
		contextAt(s.ctx).Finterrupt_counter = int32(1 + rng.Intn(300))
	}
	return th
}

func (s *sharedWindow) run(th *Thread, c *Context, f func(*Turn) error) error {
	s.token.Lock()
	defer s.token.Unlock()
	return th.Run(c, func(t *Turn) error {
		now := threadTime()
		t.cpu0, t.slice0 = now, -int64(time.Hour)
		contextAt(s.ctx).Finterrupt_counter = 1
		return f(t)
	})
}

// TestSuspendAtPolls is the differential test with turns that are suspended at random polls, in mid-call, while contexts on
// other threads run in the same window, suspended themselves. Beside them vandals are ended and killed in that window.
func TestSuspendAtPolls(t *testing.T) {
	const threads = 4
	bursts, length := 12, 40
	if testing.Short() || raceEnabled {
		bursts, length = 3, 15
	}
	setup := testThread(t)
	source, windows := languageWindows(t, setup, 1)
	s := &sharedWindow{Window: windows[0]}
	var twins [threads][2]*twin
	for i := range twins {
		for j := range twins[i] {
			twins[i][j] = newTwin(t, setup, s.Window, source)
		}
	}
	var work, vandals sync.WaitGroup
	for i := range twins {
		work.Go(func() {
			th := s.thread(int64(i))
			defer th.Close()
			rng := rand.New(rand.NewSource(int64(i)))
			for range bursts {
				tw, seed := twins[i][rng.Intn(2)], rng.Intn(1<<20)
				var got any
				err := s.run(th, tw.Context, func(tn *Turn) error {
					burst, err := tn.Hold("burst")
					if err == nil {
						got, err = tn.Call(burst, seed, length)
						tn.Release(burst)
					}
					return err
				})
				if want := tw.call(t, "burst", seed, length); err != nil || got != want {
					t.Errorf("thread %d: burst(%d) = %v, %v, want %v", i, seed, got, err, want)
					return
				}
			}
		})
	}
	done, ended, lost := make(chan struct{}), 0, 0
	vandals.Go(func() {
		th := s.thread(-1)
		defer th.Close()
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			s.token.Lock()
			c := s.Fork(&Limits{Turn: 10 * time.Millisecond, HeapBytes: 2 << 20})
			s.token.Unlock()
			err := s.run(th, c, func(tn *Turn) error { _, err := tn.Eval(vandalism[i%len(vandalism)], "vandal.js"); return err })
			if lost++; !c.Lost() {
				lost, ended = lost-1, ended+1
			}
			if err == nil {
				t.Errorf("%s: not ended", vandalism[i%len(vandalism)])
			}
			s.token.Lock()
			c.Close()
			s.token.Unlock()
			time.Sleep(10 * time.Millisecond)
		}
	})
	work.Wait()
	close(done)
	vandals.Wait()
	t.Logf("%d suspensions; %d vandals ended, %d lost", s.slices, ended, lost)
	if s.slices < 20*bursts || ended == 0 || lost == 0 {
		t.Error("too few to prove anything")
	}
}

// vandalism is what must end a turn by a limit, or by taking the window away.
var vandalism = []string{
	"for (;;) ;",
	"Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
	"const kept = []; for (;;) kept.push({ kept })",
	"(function f() { Promise.resolve().then(f).then(f) })(); for (;;) [3, 1, 2].sort(() => { for (let i = 0; i < 1e4; i++) ; return 1 })",
	"for (let s = 'x'; ; s += s) globalThis.s = s",
	"function* g() { try { yield* g() } finally { for (;;) ; } } [...g()]; for (;;) ;",
	"globalThis.bytes = new Uint8Array(1e6).fill(7); Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)",
}

const spinJS = counterJS + `
function spin(n) { const o = { n: 0 }; for (let i = 0; i < n; i++) { o.n += i % 3; if (i % 1000 === 0) globalThis.last = { i } } return o.n + last.i }
function hang() { Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) }
function hoard(n) { globalThis.kept = []; for (let i = 0; i < n; i++) kept.push("kept " + i); return kept.length }
`

// between runs f while a context of the window is suspended in the middle of spin, once, and checks what spin returns.
func between(t *testing.T, w *Window, limits *Limits, f func()) {
	t.Helper()
	th := testThread(t)
	c := w.Fork(limits)
	suspended := false
	th.OnSlice = func(tn *Turn) {
		if suspended {
			return
		}
		suspended = true
		if !tn.Suspend() {
			t.Error("not suspended")
			return
		}
		f()
		tn.Resume()
	}
	n := 400_000
	if raceEnabled {
		n /= 10
	}
	for !suspended {
		var got any
		err := th.Run(c, func(tn *Turn) (err error) {
			spin, err := tn.Hold("spin")
			if err == nil {
				got, err = tn.Call(spin, n)
			}
			return err
		})
		if want := n/3*3 + n%3/2 + (n-1)/1000*1000; err != nil || got != want {
			t.Fatalf("spin() = %v, %v, want %v", got, err, want)
		}
	}
}

// onThread runs f with a thread of its own, on another goroutine.
func onThread(f func(th *Thread)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		th := NewThread()
		defer th.Close()
		f(th)
	}()
	<-done
}

func TestSuspendedTurnOutlives(t *testing.T) {
	limits := &Limits{Turn: 10 * time.Second}
	for _, tt := range []struct {
		name string
		f    func(t *testing.T, th *Thread, w *Window)
	}{
		{"a quiet neighbour", func(t *testing.T, th *Thread, w *Window) {
			c := w.Fork(nil)
			for n := range 100 {
				if got := eval(t, th, c, "inc()"); got != n+1 {
					t.Fatalf("inc() = %v, want %d", got, n+1)
				}
			}
			c.Close()
		}},
		{"one whose window is taken away", func(t *testing.T, th *Thread, w *Window) {
			c := w.Fork(&Limits{Turn: 5 * time.Millisecond})
			wantLost(t, th, c, "hang()")
			c.Reset()
			if got := eval(t, th, c, "inc()"); got != 1 {
				t.Errorf("inc() = %v after Reset, want 1", got)
			}
			c.Close()
		}},
		{"one that fills its heap", func(t *testing.T, th *Thread, w *Window) {
			c := w.Fork(&Limits{HeapBytes: 1 << 20, Turn: time.Second})
			err := th.Run(c, func(tn *Turn) error { _, err := tn.Eval("hoard(1e6)", "test.js"); return err })
			if err == nil || c.Lost() {
				t.Errorf("hoard: %v, want its limit", err)
			}
			c.Close()
		}},
		{"a large heap beside it", func(t *testing.T, th *Thread, w *Window) {
			c := w.Fork(limits)
			if got := eval(t, th, c, "hoard(1e5)"); got != 100_000 {
				t.Errorf("hoard() = %v", got)
			}
			c.Park()
			if c.OwnBytes() < 1<<20 {
				t.Errorf("parked in %d bytes", c.OwnBytes())
			}
			if got := eval(t, th, c, "kept[99_999]"); got != "kept 99999" {
				t.Errorf("kept %v", got)
			}
			c.Close()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			w := newTemplate(t, th, spinJS, Spec{})
			between(t, w, limits, func() { onThread(func(th *Thread) { tt.f(t, th, w) }) })
		})
	}
}

// The time that a turn is suspended is not the turn's, and neither are the flags that others leave in the arena.
func TestSuspendKeepsBudget(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, spinJS, Spec{})
	between(t, w, &Limits{Turn: time.Second}, func() {
		time.Sleep(1100 * time.Millisecond)
	})
}

func TestMidTurnMisuse(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, spinJS, Spec{})
	var c *Context
	wantPanic := func(what string, f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s in mid-turn does not panic", what)
			}
		}()
		f()
	}
	c = w.Fork(nil)
	err := th.Run(c, func(tn *Turn) error {
		wantPanic("Close", c.Close)
		wantPanic("Reset", c.Reset)
		wantPanic("Run", func() { th.Run(w.Fork(nil), func(*Turn) error { return nil }) })
		onThread(func(th *Thread) {
			wantPanic("Run on another thread", func() { th.Run(c, func(*Turn) error { return nil }) })
		})
		_, err := tn.Eval("inc()", "test.js")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := eval(t, th, c, "inc()"); got != 2 {
		t.Errorf("inc() = %v, want 2", got)
	}
}
