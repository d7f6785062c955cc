package engine

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"rowan/engine/value"
)

// neighbours are contexts that share a window with one that goes wrong. Each has counted to a number of its own.
type neighbours []*Context

func newNeighbours(t testing.TB, th *Thread, w *Window) (ns neighbours) {
	for i := range 5 {
		c := w.Fork(nil)
		for range i + 1 {
			eval(t, th, c, "inc()")
		}
		ns = append(ns, c)
	}
	return ns
}

// check asks each for its number: whatever happened, they go on with their state, and the window makes new contexts.
func (ns neighbours) check(t testing.TB, th *Thread, w *Window) {
	t.Helper()
	for i, c := range ns {
		if got := eval(t, th, c, "count"); got != i+1 {
			t.Errorf("neighbour %d has counted to %v, want %d", i, got, i+1)
		}
	}
	c := w.Fork(nil)
	defer c.Close()
	if got := eval(t, th, c, "inc(2) + [3, 1, 2].sort().join() + new Map([[1, 2]]).get(1)"); got != "21,2,32" {
		t.Errorf("a new context answers %v", got)
	}
	if w.Contexts() != len(ns)+1 && w.Contexts() != len(ns)+2 {
		t.Errorf("%d contexts", w.Contexts())
	}
}

// TestFaultCostsOneContext: what breaks the engine in mid-call costs the context in which it happens, and nobody else.
func TestFaultCostsOneContext(t *testing.T) {
	const wild = 0x7000_dead_0000 // no memory is there
	for _, tt := range []struct {
		name, source string
		fault        func(tn *Turn) // run by the host function, or at a poll
		reason       string
	}{
		{"panic at a poll", "for (;;) ;", nil, "panic: at a poll"},
		{"panic at a poll inside of sort", "Array.from({ length: 1e5 }, (_, i) => i).sort((a, b) => { for (let i = 0; i < 100; i++) ; return b - a })", nil, "panic: at a poll"},
		{"panic at a poll below natives", "JSON.parse(JSON.stringify(Array(2000).fill(1)), (k, v) => 'x'.replace(/x/g, () => { for (let i = 0; i < 1000; i++) ; return v }))", nil, "panic: at a poll"},
		{"panic at a poll in a generator", "[...(function* () { for (;;) yield [...(function* () { for (let i = 0; i < 1e5; i++) yield i })()].length })()]", nil, "panic: at a poll"},
		{"job list", "host.act()", func(tn *Turn) { tn.window.runtime().Fjob_list.Fnext = wild }, "fault in the engine"},
		{"realm", "host.act(); (1).x", func(tn *Turn) { contextAt(tn.window.ctx).Fclass_proto = wild }, "fault in the engine"},
		{"atoms", "host.act(); globalThis['y' + 1] = 1", func(tn *Turn) { tn.window.runtime().Fatom_hash = wild }, "fault in the engine"},
		{"slabs", "host.act(); for (let i = 0; i < 1e3; i++) globalThis.o = { i }", func(tn *Turn) {
			m := &tn.window.runtime().Fmalloc_ctx
			for i := range m.Ffree_arena_list {
				m.Ffree_arena_list[i].Fnext = wild
			}
		}, "fault in the engine"},
		{"collector's list", "host.act(); ({})", func(tn *Turn) { tn.window.runtime().Fgc_obj_list.Fprev = wild }, "fault in the engine"},
		{"page table", "host.act()", func(tn *Turn) {
			for i := range table(tn.window.base) {
				table(tn.window.base)[i] = 0x12345600
			}
			tn.window.runtime().Fjob_list.Fnext = wild
		}, "fault in the engine"},
		{"first page", "host.act()", func(tn *Turn) {
			tn.window.runtime().Fjob_list.Fnext = wild
			clear(bytesAt(tn.window.base, pageSize))
			*arenaAt(tn.window.base) = arena{window: maxWindows - 1, pages: 1 << 31}
		}, "fault in the engine"},
		{"everything", "host.act(); 1", func(tn *Turn) {
			b := bytesAt(tn.window.base, int(tn.window.imageTop)*pageSize)
			for i := range b {
				b[i] = byte(i * 7)
			}
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			var act func(tn *Turn)
			w := hostTemplate(t, th, counterJS, Spec{Limits: Limits{Turn: time.Second}}, Host{Name: "act", Func: func(tn *Turn, _ value.Args) (any, error) {
				act(tn)
				return nil, nil
			}})
			ns := newNeighbours(t, th, w)
			victim := w.Fork(nil)
			eval(t, th, victim, "inc(100)")
			ns.check(t, th, w)
			if act = tt.fault; act == nil {
				th.OnSlice = func(tn *Turn) { panic("at a poll") }
			}
			lost := wantLost(t, th, victim, tt.source)
			th.OnSlice = nil
			if !strings.HasPrefix(lost.Reason, tt.reason) || lost.Killed || lost.Fault == nil || len(lost.Stack) == 0 {
				t.Errorf("lost for %q, fault %v, want %q and a stack", lost.Reason, lost.Fault, tt.reason)
			}
			var again *LostError
			if err := th.Run(victim, func(*Turn) error { return nil }); !errors.As(err, &again) {
				t.Errorf("the next turn of a lost context: %v", err)
			}
			ns.check(t, th, w)
			victim.Reset()
			if got := eval(t, th, victim, "inc()"); got != 1 {
				t.Errorf("inc() = %v after a reset", got)
			}
			ns.check(t, th, w)
		})
	}
}

// TestKillCostsOneContext: nor does it cost anybody else when a window is taken away, however often.
func TestKillCostsOneContext(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS, Spec{})
	ns := newNeighbours(t, th, w)
	victim := w.Fork(&Limits{Turn: 100 * time.Millisecond}) // time to fill 8 MB under the race detector
	for _, source := range []string{
		"Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
		"[3, 2, 1].sort(() => Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1))",
		"globalThis.big = new Uint8Array(8 << 20).fill(1); Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
	} {
		if lost := wantLost(t, th, victim, source); !lost.Killed {
			t.Errorf("%s: lost for %q", source, lost.Reason)
		}
		for range 30 { // beyond the number of parks after which pages are watched anew
			ns.check(t, th, w)
		}
		victim.Reset()
		if got := eval(t, th, victim, "inc() + typeof big"); got != "1undefined" {
			t.Errorf("after a reset: %v", got)
		}
		victim.Reset()
	}
}

// TestGoexit: a host function that ends its goroutine takes context and thread with it.
func TestGoexit(t *testing.T) {
	th := testThread(t)
	w := hostTemplate(t, th, counterJS, Spec{}, Host{Name: "exit", Func: func(*Turn, value.Args) (any, error) {
		runtime.Goexit()
		return nil, nil
	}})
	ns := newNeighbours(t, th, w)
	for _, source := range []string{"host.exit()", "[3, 1, 2].sort(() => host.exit())", "new Promise(() => host.exit())", "try { host.exit() } finally { inc() }"} {
		victim := w.Fork(nil)
		onThread(func(th *Thread) { eval(t, th, victim, "inc(100)") })
		dead := false
		onThread(func(th *Thread) {
			defer func() { dead = th.Dead() }()
			th.Run(victim, func(tn *Turn) error { _, err := tn.Eval(source, "test.js"); return err })
			t.Error("the goroutine goes on")
		})
		if !dead || !victim.Lost() {
			t.Errorf("%s: thread dead %v, context lost %v", source, dead, victim.Lost())
		}
		ns.check(t, th, w)
		victim.Reset()
		if got := eval(t, th, victim, "inc()"); got != 1 {
			t.Errorf("inc() = %v after a reset", got)
		}
		victim.Close()
	}
}

// TestLostWhileParking: when a resident context cannot be parked, it is lost too, rather than set back to an older state.
func TestLostWhileParking(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS, Spec{})
	ns := newNeighbours(t, th, w)
	resident, next := w.Fork(nil), w.Fork(nil)
	eval(t, th, resident, "inc(100)")
	resident.Park()
	eval(t, th, resident, "inc(100)")
	image := w.image.image
	w.image.image = unsafe.Slice((*byte)(nil), 0) // reading it panics
	lost := wantLostRun(t, th, next)
	w.image.image = image
	w.wipe()
	if !resident.Lost() || lost.Fault == nil {
		t.Errorf("the resident context is lost: %v, fault %v", resident.Lost(), lost.Fault)
	}
	resident.Reset()
	next.Reset()
	if got := eval(t, th, resident, "inc()"); got != 1 {
		t.Errorf("inc() = %v after a reset", got)
	}
	next.Close()
	ns.check(t, th, w)
}

func wantLostRun(t testing.TB, th *Thread, c *Context) *LostError {
	t.Helper()
	var lost *LostError
	if err := th.Run(c, func(*Turn) error { return nil }); !errors.As(err, &lost) {
		t.Fatalf("%v, want the context lost", err)
	}
	return lost
}
