package engine

import (
	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// interruptCounter is JS_INTERRUPT_COUNTER_INIT: how many loops and calls there are between two polls.
const interruptCounter = 10000

// onInterrupt is QuickJS's interrupt handler. It judges the turn at a poll; 1 ends it.
func onInterrupt(_ *libc.TLS, rt, _ uintptr) int32 {
	w := windowOfRuntime(rt)
	t := w.turn
	if t == nil {
		return 0 // the template is being built
	}
	t.polls.Add(1)
	if t.stopped != 0 {
		return 1
	}
	if arenaAt(w.base).over != 0 && t.overHeap() {
		return 1
	}
	now := threadTime()
	if t.cpu0 == 0 {
		t.cpu0, t.slice0 = now, now
		return 0
	}
	if used := now - t.cpu0; used > int64(t.budget) {
		t.stopped, t.used = LimitTime, used
		return 1
	}
	if now-t.slice0 > int64(Slice) {
		if t.slice0 = now; t.thread.OnSlice != nil {
			t.thread.OnSlice(t)
		}
	}
	return 0
}

// overHeap is called when the soft limit was crossed: what a collection leaves decides.
func (t *Turn) overHeap() bool {
	w, a := t.window, arenaAt(t.window.base)
	lib.XJS_RunGC(t.tls(), w.rt)
	a.over = 0
	if w.heap() <= a.soft {
		return false
	}
	t.stopped, t.used = LimitHeap, int64(w.heap()-w.imageHeap)
	return true
}

// onRejection is QuickJS's rejection tracker: it collects promises rejected while nobody listens, until the turn's end.
func onRejection(_ *libc.TLS, ctx uintptr, promise, reason jsValue, handled int32, _ uintptr) {
	t := windowOfContext(ctx).turn
	if t == nil {
		return
	}
	if handled == 0 {
		if len(t.rejected) < rejectionsMax {
			t.rejected = append(t.rejected, rejection{t.dup(promise), t.dup(reason)})
		}
		return
	}
	for i, r := range t.rejected {
		if ptrOf(r.promise) == ptrOf(promise) {
			t.rejected = append(t.rejected[:i], t.rejected[i+1:]...)
			t.free(r.promise)
			t.free(r.reason)
			return
		}
	}
}

// rejectionsMax bounds how many unhandled rejections of one turn are reported.
const rejectionsMax = 100
