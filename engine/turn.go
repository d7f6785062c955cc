package engine

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"

	"rowan/engine/value"
)

// Turn is a context at work: the time from an event's arrival until its microtasks have run. It is valid inside
// the function given to Thread.Run, on its goroutine.
type Turn struct {
	thread  *Thread
	context *Context
	owner   any
	span    Span // see SetSpan
	window  *Window
	budget  time.Duration

	polls    atomic.Uint32
	freeTime time.Duration // how long it may free memory beyond its budget
	cpu0     int64         // thread time at the first poll; 0 before
	slice0   int64         // thread time at which the present slice began
	stopped  Limit         // why the turn is being ended
	used     int64
	endStack string // where the script was when it was ended
	passed   bool   // a call was let through after that, see onInterrupt
	lost     string // why the context cannot be used on
	jobs     int
	live     uint64 // the heap that the last collection of the turn left; 0 before
	steps    uint32 // see step
	reports  int    // errors reported to the template's Uncaught
	nested   int    // calls from host functions back into the context under way
	pins     int    // see Pin

	// What Suspend keeps of the arena's scratch page.
	soft, limit   uint64
	hard, large   uint64
	over, refused uint32

	rejected     []rejection
	handledLater []jsValue // promises that were reported as rejected before somebody handled them
	spare        [][]byte  // scratch for encoded values, see buffer
	building     *builder  // while the template is being built
	reading      bool      // an error is being read
	seen         []uintptr // objects being encoded, to find cycles
}

// rejection is a promise that was rejected while nobody listened.
type rejection struct{ promise, reason jsValue }

// Func is a value that Go holds in a context: a function, a promise. It is an index into a table in the context's own
// heap, so the template's are the same in each of its forks.
type Func int32

// Context returns the context whose turn it is.
func (t *Turn) Context() *Context { return t.context }

// Owner returns what was given to Thread.RunFor: nil while a template is built.
func (t *Turn) Owner() any { return t.owner }

// Thread returns the thread that the turn runs on.
func (t *Turn) Thread() *Thread { return t.thread }

func (t *Turn) tls() *libc.TLS { return t.thread.tls }

// prepare sets what the watchdog may read.
func (t *Turn) prepare(owner any, c *Context, w *Window) {
	t.owner, t.context, t.window, t.budget = owner, c, w, c.limits.Turn
	t.span = nil
	t.polls.Store(0)
	t.freeTime = time.Duration(c.limits.HeapBytes>>20+1) * freePerMB
}

// begin arms the limits of the context, which is resident.
func (t *Turn) begin() {
	w := t.window
	w.turn = t
	t.cpu0, t.slice0, t.stopped, t.used, t.endStack, t.lost, t.jobs, t.live, t.reports = 0, 0, 0, 0, "", "", 0, 0, 0
	t.passed = false
	a, c := arenaAt(w.base), t.context
	a.over, a.refused = 0, 0
	limit := w.heapMax(&c.limits)
	heap := w.heap()
	if heap > limit {
		t.collect()
		heap = w.heap()
	}
	if heap <= limit {
		c.debt = 0
	} else if limit, c.debt = heap+graceBytes, c.debt+1; c.debt > debtMax {
		t.lost = fmt.Sprintf("its heap stayed beyond the limit of %s for %d turns", byteCount(int64(c.limits.HeapBytes)), debtMax)
	}
	a.limit, a.hard = limit, limit+reserveBytes
	a.large = uint64(min(max(largeBytes, c.limits.HeapBytes/8), reserveBytes/2))
	a.soft = min(limit, stateAt(w.base).collectAt)
}

// heapMax is malloc_size at a context's limit. What the window could not hold counts for nothing.
func (w *Window) heapMax(l *Limits) uint64 {
	room := uint64(w.tableOffset())
	return min(w.imageHeap+uint64(l.HeapBytes), room-room/8)
}

// finish runs the microtasks and settles what the turn left behind.
func (t *Turn) finish(err error) error {
	w := t.window
	if t.stopped == 0 {
		t.drain()
	}
	for len(t.rejected)+len(t.handledLater) > 0 && t.stopped == 0 {
		t.reportRejections()
		t.drain() // whoever was told may have called back
	}
	t.forgetRejections()
	if arenaAt(w.base).over != 0 && t.stopped == 0 {
		t.overHeap()
	}
	if t.stopped != 0 {
		if t.stopped == ended {
			t.context.state = stateEnded
		}
		t.dropJobs()
		err = t.limitError()
	}
	t.settleHeap()
	contextAt(w.ctx).Finterrupt_counter = interruptCounter
	return err
}

// settleHeap gives back what the turn no longer uses, and sets when garbage is to be collected next.
func (t *Turn) settleHeap() {
	w := t.window
	trim(w.base)
	heap := w.heap()
	if stateAt(w.base).collectAt > heap+heap/2 { // what was collected last is gone by now
		w.setCollectAt(heap)
	}
	// A context that stays resident may grow for long without being parked, and shrink.
	if own := max(heap, w.imageHeap) - w.imageHeap; differs(own, uint64(t.context.own.Load())) {
		t.context.own.Store(uint32(own)) // no window has 4 GB
	}
}

// differs reports whether two sizes are far apart. Small ones never are: a heap's size says little of the words that it differs in.
func differs(a, b uint64) bool { return max(a, b) > 128<<10 && max(a, b) > 2*min(a, b) }

// End ends the turn at once, in a way that the script cannot catch, and its context with it: Run returns ErrClosed, now
// and ever after. The owner still has to close the context, or to reset it. It is for host functions; their script goes
// on until the next poll, which is due at its next loop or call.
func (t *Turn) End() {
	t.stopped = ended
	contextAt(t.window.ctx).Finterrupt_counter = 0
}

func (t *Turn) limitError() error {
	if t.stopped == ended {
		return ErrClosed
	}
	l := &t.context.limits
	e := &LimitError{Limit: t.stopped, Used: t.used, Stack: t.endStack}
	switch t.stopped {
	case LimitTime:
		e.Max = int64(l.Turn)
	case LimitHeap:
		e.Max = int64(l.HeapBytes)
	case LimitJobs:
		e.Max = int64(l.Jobs)
	}
	return e
}

// drop forgets what a torn down turn had under way.
func (t *Turn) drop() {
	t.rejected, t.handledLater = t.rejected[:0], t.handledLater[:0]
	t.seen = t.seen[:0]
	t.nested, t.pins = 0, 0
	t.building, t.reading = nil, false
}

// Stopped returns the limit for which the turn is being ended, or 0.
func (t *Turn) Stopped() Limit { return t.stopped }

// drain runs microtasks until none is left.
func (t *Turn) drain() {
	w := t.window
	list := &w.runtime().Fjob_list
	head := listAddr(list)
	for list.Fnext != head && t.stopped == 0 {
		if t.jobs++; t.jobs > t.context.limits.Jobs {
			t.stopped, t.used = LimitJobs, int64(t.jobs)
			return
		}
		if lib.XJS_ExecutePendingJob(t.tls(), w.rt, 0) < 0 {
			if err := t.takeException(); t.stopped == 0 {
				t.uncaught(err)
			}
		}
	}
}

// dropJobs frees the microtasks that an ended turn leaves behind.
func (t *Turn) dropJobs() {
	w, tls := t.window, t.tls()
	list := &w.runtime().Fjob_list
	head := listAddr(list)
	if p := list.Fprev; p != head && t.passed { // an async function that another awaited tells it of its end
		args := slotsAt(p+jobArgs, int(jobAt(p).Fargc))
		t.noteEnd(args[len(args)-1])
	}
	for list.Fnext != head {
		p := list.Fnext
		job := jobAt(p)
		listAt(job.Flink.Fprev).Fnext, listAt(job.Flink.Fnext).Fprev = job.Flink.Fnext, job.Flink.Fprev
		for _, v := range slotsAt(p+jobArgs, int(job.Fargc)) {
			lib.XFreeValue(tls, w.ctx, v)
		}
		realm := job.Frealm
		lib.Xjs_free_rt(tls, w.rt, p)
		lib.XJS_FreeContext(tls, realm)
	}
}

// reportRejections hands promises that stayed rejected without a listener to the template's Reporter and Uncaught.
func (t *Turn) reportRejections() {
	rejected := t.rejected
	t.rejected = nil // there may come more on the way
	for _, r := range rejected {
		if t.stopped == 0 && !t.told(reporterRejected, r.promise, r.reason) && t.stopped == 0 {
			if err := t.errorOf(r.reason); t.stopped == 0 {
				t.uncaught(err)
			}
		}
		t.free(r.promise)
		t.free(r.reason)
	}
	handled := t.handledLater
	t.handledLater = nil
	for _, p := range handled {
		if t.stopped == 0 {
			t.told(reporterHandled, p)
		}
		t.free(p)
	}
}

// The exports of a template's Reporter.
const (
	reporterRejected = ".rejected"
	reporterThrown   = ".thrown"
	reporterHandled  = ".handled"
)

// told tells the template's Reporter of an error, and reports whether that keeps it from Uncaught.
func (t *Turn) told(export string, args ...jsValue) bool {
	tpl := t.window.tpl
	if tpl.spec.Reporter == "" || t.building != nil {
		return false
	}
	f, ok := tpl.exports[tpl.spec.Reporter+export]
	if !ok {
		return false
	}
	v, err := t.callValues(t.held(f), args...)
	if err != nil {
		t.uncaught(err)
		return false
	}
	defer t.free(v)
	return v.Ftag == tagBool && intOf(v) != 0
}

func (t *Turn) forgetRejections() {
	for _, r := range t.rejected {
		t.free(r.promise)
		t.free(r.reason)
	}
	t.rejected = t.rejected[:0]
	for _, p := range t.handledLater {
		t.free(p)
	}
	t.handledLater = t.handledLater[:0]
}

// free gives up a reference; values without one cost nothing.
func (t *Turn) free(v jsValue) {
	if v.Ftag < 0 {
		lib.XFreeValue(t.tls(), t.window.ctx, v)
	}
}

func (t *Turn) dup(v jsValue) jsValue { return lib.XDupValue(t.tls(), t.window.ctx, v) }

// Call calls a held function with Go values as arguments and returns what it returns, as a Go value. A promise that
// has settled by the end of the call stands for its outcome; a pending one is returned as a Promise, which the caller
// passes to Await or Release. What the script throws is returned as a *value.Error, a limit as a *LimitError.
func (t *Turn) Call(f Func, args ...any) (result any, err error) {
	nested := t.enterScript()
	v, err := t.call(f, args)
	if err == nil {
		result, err = t.result(v)
	}
	t.leaveScript(nested)
	return result, err
}

// Do is Call for a function whose result is of no interest. A promise that it returns, if rejected, is reported as
// unhandled.
func (t *Turn) Do(f Func, args ...any) error {
	nested := t.enterScript()
	v, err := t.call(f, args)
	t.free(v)
	t.leaveScript(nested)
	return err
}

// DoEncoded is Do with n arguments already encoded, see package value.
func (t *Turn) DoEncoded(f Func, args []byte, n int) error {
	nested := t.enterScript()
	v, err := t.callEncoded(f, args, n)
	t.free(v)
	t.leaveScript(nested)
	return err
}

// CallEncoded is Call with n arguments already encoded, and an encoded result appended to dst. A pending promise is
// returned as such.
func (t *Turn) CallEncoded(dst []byte, f Func, args []byte, n int) (_ []byte, p Promise, err error) {
	nested := t.enterScript()
	v, err := t.callEncoded(f, args, n)
	if err == nil {
		dst, p, err = t.resultEncoded(dst, v)
	}
	t.leaveScript(nested)
	return dst, p, err
}

func (t *Turn) call(f Func, args []any) (jsValue, error) {
	th := t.thread
	argv, err := th.push(len(args))
	if err != nil {
		return jsUndefined, err
	}
	slots := slotsAt(argv, len(args))
	made := 0
	for i, a := range args {
		v, e := t.scalar(a)
		if e == errNotScalar {
			b := t.buffer()
			if b, e = t.appendValue(b, a, value.PathArg(i)); e == nil {
				v, _, e = t.decode(b)
			}
			t.recycle(b)
		}
		if e != nil {
			err = e
			break
		}
		slots[i] = v
		made++
	}
	result := jsUndefined
	if err == nil {
		result, err = t.invoke(t.held(f), jsUndefined, argv, made)
	}
	for _, v := range slots[:made] {
		t.free(v)
	}
	th.argc -= len(args)
	return result, err
}

func (t *Turn) callEncoded(f Func, args []byte, n int) (jsValue, error) {
	th := t.thread
	argv, err := th.push(n)
	if err != nil {
		return jsUndefined, err
	}
	slots := slotsAt(argv, n)
	made := 0
	for ; made < n && err == nil; made++ {
		slots[made], args, err = t.decode(args)
		if err != nil {
			break
		}
	}
	result := jsUndefined
	if err == nil {
		result, err = t.invoke(t.held(f), jsUndefined, argv, made)
	}
	for _, v := range slots[:made] {
		t.free(v)
	}
	th.argc -= n
	return result, err
}

// invoke is JS_Call with its exception taken.
func (t *Turn) invoke(f, this jsValue, argv uintptr, n int) (jsValue, error) {
	if t.stopped != 0 {
		return jsUndefined, t.limitError()
	}
	v := lib.XJS_Call(t.tls(), t.window.ctx, f, this, int32(n), argv)
	if v.Ftag == tagException {
		return jsUndefined, t.takeException()
	}
	return v, nil
}

// Hold keeps the value of a global variable, or of a path of properties from it such as "app.handlers.open".
func (t *Turn) Hold(path string) (Func, error) {
	nested := t.enterScript()
	v, err := t.lookup(path)
	var f Func
	if err == nil {
		f, err = t.hold(v)
	}
	t.leaveScript(nested)
	return f, err
}

// Eval runs a script, with its name for stacks, and returns its completion value as Call does.
func (t *Turn) Eval(source, name string) (result any, err error) {
	nested := t.enterScript()
	v, err := t.eval(source, name, lib.MJS_EVAL_TYPE_GLOBAL)
	if err == nil {
		result, err = t.result(v)
	}
	t.leaveScript(nested)
	return result, err
}

func (t *Turn) eval(source, name string, flags int32) (jsValue, error) {
	tls := t.tls()
	if t.stopped != 0 {
		return jsUndefined, t.limitError()
	}
	s, n := cstring(tls, source), cstring(tls, name)
	v := lib.XJS_Eval(tls, t.window.ctx, s, lib.Tsize_t(len(source)), n, flags)
	libc.Xfree(tls, s)
	libc.Xfree(tls, n)
	if v.Ftag == tagException {
		return jsUndefined, t.takeException()
	}
	return v, nil
}

// Load evaluates a compiled program and returns its completion value as Call does; for a module, its namespace.
func (t *Turn) Load(p *Program) (result any, err error) {
	nested := t.enterScript()
	v, err := t.load(p, nil)
	if err == nil {
		result, err = t.result(v)
	}
	t.leaveScript(nested)
	return result, err
}

// LoadEncoded is Load with an encoded result. A value that cannot be sent, such as a function, is undefined, and so is a
// promise, which goes its own way.
func (t *Turn) LoadEncoded(p *Program) ([]byte, error) {
	v, err := t.load(p, nil)
	if err != nil {
		return nil, err
	}
	defer t.free(v)
	b, err := t.encodeWhole(nil, v)
	var unsendable *value.PathError
	if errors.As(err, &unsendable) {
		return value.AppendUndefined(nil), nil
	}
	return b, err
}

// Usage is what a context uses.
type Usage struct {
	Heap   int64 // bytes above the image
	Parked int64 // bytes of private state when last parked
	Limit  int64 // of Heap
}

// Usage returns what the turn's context uses now.
func (t *Turn) Usage() Usage {
	return Usage{
		Heap:   max(0, int64(t.window.heap())-int64(t.window.imageHeap)),
		Parked: int64(cmp.Or(t.context.delta.size, t.context.own.Load())), // a large one is dropped while it is resident
		Limit:  int64(t.context.limits.HeapBytes),
	}
}

// Pin keeps the turn from being suspended until Unpin, since it holds what the next turn of the same worker may wait for. Pins
// add up. They are for host functions that call back into their context, which undo them before they return.
func (t *Turn) Pin() { t.pins++ }

// Unpin undoes a Pin.
func (t *Turn) Unpin() { t.pins-- }

// TimeLeft is what is left of the turn's budget, negative once that is used up. It is for host functions that compute for
// long: the engine ends a turn only when its script goes on.
func (t *Turn) TimeLeft() time.Duration {
	now := threadTime()
	if t.cpu0 == 0 {
		t.cpu0, t.slice0 = now, now
	}
	return t.budget - time.Duration(now-t.cpu0)
}

// GiveWay lets the thread's owner serve other windows meanwhile, as when a turn stalls: the host function that calls it is about to
// wait, or computes for long.
func (t *Turn) GiveWay() {
	if t.thread.OnStall != nil && t.building == nil {
		t.thread.OnStall()
	}
}

// Suspend parks the context in the middle of its turn, so that others can run in its window while this goroutine waits;
// Resume goes on. Only Thread.OnSlice may do this. It is false for a turn that is pinned or was killed.
func (t *Turn) Suspend() bool {
	if t.pins > 0 || !t.thread.enterHost() {
		return false
	}
	w := t.window
	a := arenaAt(w.base)
	t.soft, t.limit, t.hard, t.large, t.over, t.refused = a.soft, a.limit, a.hard, a.large, a.over, a.refused
	w.park()
	w.turn = nil
	return true
}

// Resume ends a Suspend. The window must be free.
func (t *Turn) Resume() {
	w := t.window
	w.usedBy(t.thread)
	w.enter(t.context)
	w.turn = t
	a := arenaAt(w.base)
	a.soft, a.limit, a.hard, a.large, a.over, a.refused = t.soft, t.limit, t.hard, t.large, t.over, t.refused
	t.slice0 = threadTime()
	t.thread.leaveHost()
}
