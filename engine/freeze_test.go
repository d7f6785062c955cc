package engine

import (
	"math/rand"
	"testing"

	lib "modernc.org/libquickjs"
)

// liveBytes is what the blocks in use take, whatever slabs they lie in.
func liveBytes(w *Window) (n uint64) {
	n = w.heap()
	m := &w.runtime().Fmalloc_ctx
	for class, size := range slabBlock {
		head := listAddr(&m.Farena_list[class])
		for p := listAt(head).Fnext; p != head; p = listAt(p).Fnext {
			s := w.slabAt(uint32((p - w.base) / pageSize))
			n -= pageSize - uint64(s.Fn_used_blocks)*uint64(size)
		}
	}
	return n
}

// A template whose freeze is skipped is the twin of one that is frozen: random operations that tie frozen objects into
// garbage give the same results in both, and after a collection the same memory.
func TestFrozenLikeUnfrozen(t *testing.T) {
	steps := 12000
	if testing.Short() || raceEnabled {
		steps = 1500
	}
	group, err := Compile(readTestdata(t, "freeze_group.js"), "group.js", false)
	if err != nil {
		t.Fatal(err)
	}
	th := testThread(t)
	var twins [2]struct {
		*Context
		w *Window
	}
	for i := range twins {
		tw := &twins[i]
		tw.w = newTemplate(t, th, readTestdata(t, "freeze.js"), Spec{Groups: []Group{{Name: "group", Program: group}}, unfrozen: i == 1})
	}
	// both runs f in both twins and reports what it returned.
	both := func(f func(tn *Turn) (any, error)) (got [2]any) {
		t.Helper()
		for i, tw := range twins {
			err := th.Run(tw.Context, func(tn *Turn) (err error) {
				got[i], err = f(tn)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return got
	}
	script := func(source string) func(tn *Turn) (any, error) {
		return func(tn *Turn) (any, error) { return tn.Eval(source, "test.js") }
	}
	live := func(tn *Turn) (any, error) {
		lib.XJS_RunGC(tn.tls(), tn.window.rt)
		lib.XJS_RunGC(tn.tls(), tn.window.rt) // what the first one freed in cycles may hold more by weak references
		return liveBytes(tn.window), nil
	}
	rng := rand.New(rand.NewSource(1))
	for round := range 4 {
		for i := range twins {
			twins[i].Context = twins[i].w.Fork(nil)
		}
		var op Func
		both(func(tn *Turn) (any, error) {
			var err error
			op, err = tn.Hold("op")
			return nil, err
		})
		empty := both(live)
		ops := both(script("opCount"))[0].(int)
		for step := range steps / 4 {
			k, r := rng.Intn(ops), rng.Intn(1000)
			got := both(func(tn *Turn) (any, error) { return tn.Call(op, k, r) })
			if got[0] != got[1] {
				t.Fatalf("round %d, step %d: op(%d, %d) = %v, unfrozen %v", round, step, k, r, got[0], got[1])
			}
			if step%50 == 0 {
				now := both(live)
				frozen, unfrozen := now[0].(uint64)-empty[0].(uint64), now[1].(uint64)-empty[1].(uint64)
				if frozen != unfrozen {
					t.Fatalf("round %d, step %d: %d bytes live, unfrozen %d", round, step, int64(frozen), int64(unfrozen))
				}
			}
		}
		for k := range 20 {
			if got := both(script("drop(" + string(rune('0'+k%10)) + ")")); got[0] != got[1] {
				t.Fatalf("drop(%d) = %v, unfrozen %v", k, got[0], got[1])
			}
			both(live)
		}
		for i := range twins {
			twins[i].Context.Close()
		}
	}
}
