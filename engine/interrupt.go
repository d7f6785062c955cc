package engine

import (
	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// interruptCounter is JS_INTERRUPT_COUNTER_INIT: how many loops and calls there are between two polls.
const interruptCounter = 10000

// onInterrupt is QuickJS's interrupt handler: 1 ends the turn.
func onInterrupt(_ *libc.TLS, rt, _ uintptr) int32 {
	w := windowOfRuntime(rt)
	t := w.turn
	if t == nil {
		return 0 // the realm is being made
	}
	before := t.stopped
	if !t.poll() {
		return 0
	}
	// Whatever a script does about the exception, such as closing an iterator, ends at its next call or loop.
	contextAt(w.ctx).Finterrupt_counter = 0
	if before != 0 && before != ended && t.endStack == "" && !t.passed {
		t.passed = true
		return 0 // it may be an async function that rejects its promise: that brings the stack
	}
	return 1
}

// poll judges the turn and reports whether it is to end.
func (t *Turn) poll() bool {
	t.polls.Add(1)
	if t.stopped != 0 {
		return true
	}
	if arenaAt(t.window.base).over != 0 && t.overHeap() {
		return true
	}
	now := threadTime()
	if t.cpu0 == 0 {
		t.cpu0, t.slice0 = now, now
		return false
	}
	if used := now - t.cpu0; used > int64(t.budget) {
		t.stopped, t.used = LimitTime, used
		return true
	}
	if now-t.slice0 > int64(Slice) {
		if t.slice0 = now; t.thread.OnSlice != nil && t.building == nil {
			t.thread.OnSlice(t)
		}
	}
	return false
}

// step is a poll for Go code that walks the context's heap, at each value that it reads or makes.
func (t *Turn) step() error {
	const stepsPerPoll = 512
	if t.steps++; t.steps%stepsPerPoll == 0 && t.poll() {
		return t.limitError()
	}
	return nil
}

// overHeap is called when the heap grew beyond the mark set for the next collection. It ends the turn if what is left
// is beyond the limit.
func (t *Turn) overHeap() bool {
	w, a := t.window, arenaAt(t.window.base)
	a.over = 0
	heap := w.heap()
	if heap <= a.soft {
		return false // it was freed meanwhile
	}
	room := t.heapRoom()
	if heap > room && t.live != 0 && heap-t.live < 2*graceBytes {
		// The last collection in this turn left nearly as much: the next would not help, nor the many after it.
	} else if t.collect(); w.heap() <= room {
		return false
	}
	t.stopped, t.used = LimitHeap, int64(w.heap()-w.imageHeap+t.frameBytes())
	return true
}

// collect looks for garbage in cycles and sets the mark for the next time: when the heap has grown by half.
func (t *Turn) collect() {
	w := t.window
	start := Clock()
	t.thread.collecting.Store(true)
	lib.XJS_RunGC(t.tls(), w.rt)
	t.thread.collecting.Store(false)
	w.counts.Collections++
	w.counts.Collecting += Clock() - start
	t.live = w.heap()
	w.setCollectAt(t.live)
	a := arenaAt(w.base)
	a.soft = min(t.heapRoom(), stateAt(w.base).collectAt)
}

// setCollectAt sets when garbage is to be collected next, after live bytes were left. It counts from the image, not from
// zero.
func (w *Window) setCollectAt(live uint64) {
	above := live - min(live, w.imageHeap)
	stateAt(w.base).collectAt = w.imageHeap + max(gcSlack, above+above/2)
}

// onRejection is QuickJS's rejection tracker: it collects promises rejected while nobody listens, until the turn's end.
func onRejection(_ *libc.TLS, ctx uintptr, promise, reason jsValue, handled int32, _ uintptr) {
	t := windowOfContext(ctx).turn
	if t == nil {
		return
	}
	if t.stopped != 0 {
		t.noteEnd(reason)
		return
	}
	if handled == 0 {
		if len(t.rejected) < reportsMax {
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
	if t.window.tpl.spec.Reporter != "" && len(t.handledLater) < reportsMax {
		t.handledLater = append(t.handledLater, t.dup(promise))
	}
}
