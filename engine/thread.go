package engine

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// Thread runs turns: a goroutine locked to its OS thread, with the C stack that QuickJS needs. Make one with NewThread
// on the goroutine that is to use it; only that goroutine may call its methods, WatchStall's callback aside.
type Thread struct {
	tls     *libc.TLS
	segment segmentTLS // the same, where frames lie in a segment; else nil
	clock   int32
	began   int64 // what the clock showed when it was made
	turn    Turn
	state   atomic.Uint64 // sequence of the turn << 3 | a run state, see watchdog.go
	argv    uintptr       // memory for arguments, outside of Go's heap
	argc    int           // of it in use by the calls under way
	short   uintptr       // memory for what is borrowed, if that is little

	boundSlots int         // arguments of the calls of bound functions under way
	collecting atomic.Bool // garbage is being collected

	// OnSlice, if set, is called at a poll once a turn has run for a slice; it may Suspend the turn and run
	// others, on other threads, before it Resumes it and returns.
	OnSlice func(*Turn)
	// OnStall, if set, is called by the watchdog's goroutine, once a turn, when a turn has run for a slice without
	// reaching a poll, and by Turn.GiveWay.
	OnStall func()

	watch watch
	dead  bool
}

// argvMax is how many arguments the calls under way on a thread may have together.
const argvMax = 1024

// NewThread locks the calling goroutine to its OS thread and makes it fit to run turns.
func NewThread() *Thread {
	runtime.LockOSThread()
	debug.SetPanicOnFault(true)
	th := &Thread{clock: threadClock()}
	th.began = timeOfThread(th.clock)
	th.newStack()
	th.argv = libc.Xcalloc(th.tls, argvMax, lib.Tsize_t(jsValueSize))
	th.short = libc.Xmalloc(th.tls, shortBytes)
	th.turn.thread = th
	watchdog.add(th)
	return th
}

// Close frees the thread's memory and unlocks its goroutine.
func (th *Thread) Close() {
	watchdog.remove(th)
	libc.Xfree(th.tls, th.argv)
	libc.Xfree(th.tls, th.short)
	th.tls.Close()
	runtime.UnlockOSThread()
	debug.SetPanicOnFault(false)
}

// ErrClosed is returned for a turn of a context that was closed, or that ended itself by Turn.End.
var ErrClosed = errors.New("context is closed")

// Run is RunFor without an owner.
func (th *Thread) Run(c *Context, f func(*Turn) error) error { return th.RunFor(nil, c, f) }

// RunFor runs one turn of c: what f does with the Turn, then microtasks until none is left. It returns f's error; a
// *LimitError when the turn was ended, whatever f made of that; a *LostError when c is lost, now or before. What a
// script throws is f's to see.
//
// owner is whatever the embedder ties to the context, and stays out of it: host functions find it by Turn.Owner.
// f must not keep the Turn. A panic or Goexit in f or below costs c alone.
func (th *Thread) RunFor(owner any, c *Context, f func(*Turn) error) (err error) {
	switch c.state {
	case stateLost:
		return &LostError{Reason: "it was lost in an earlier turn"}
	case stateEnded, stateClosed:
		return ErrClosed
	}
	t := &th.turn
	switch {
	case t.context != nil:
		panic("engine: Run inside a turn of the same thread")
	case c.running:
		panic("engine: Run of a context in mid-turn")
	}
	done := false
	defer func() {
		if !done {
			err = th.broken(c, recover())
		}
	}()
	c.running = true
	w := c.Window()
	t.prepare(owner, c, w)
	w.usedBy(th)
	w.enter(c) // before the watchdog looks: a heap that takes long to park is not this context's fault
	th.begin()
	t.begin()
	if c.state == stateNew && t.lost == "" {
		c.state = stateLive
		if err = t.first(); err != nil && t.lost == "" && t.stopped != ended {
			t.lost = "its bundle failed: " + err.Error()
		}
	}
	if err == nil && t.lost == "" {
		err = f(t)
	}
	err = t.finish(err)
	if !th.end() {
		panic(errKilled)
	}
	w.turn = nil
	t.context, t.owner, c.running = nil, nil, false
	done = true
	if t.lost != "" {
		return th.lose(c, &LostError{Reason: t.lost, Err: err})
	}
	return err
}

var errKilled = errors.New("engine: the turn's window was taken away")

// broken ends a turn that a panic, a fault or Goexit tore down.
func (th *Thread) broken(c *Context, fault any) error {
	killed := th.abandon()
	e := &LostError{Fault: fault}
	var runtimeErr runtime.Error
	switch {
	case killed:
		e.Reason, e.Killed = fmt.Sprintf("a native loop ran beyond twice the turn's budget of %v", c.limits.Turn), true
	case fault == errExhausted:
		e.Reason = fmt.Sprintf("an allocation failed beyond the heap limit of %s", byteCount(int64(c.limits.HeapBytes)))
	case fault == nil:
		e.Reason, th.dead = "the goroutine exited inside the turn", true
	default:
		e.Stack = debug.Stack()
		err, _ := fault.(error)
		if errors.As(err, &runtimeErr) {
			e.Reason = fmt.Sprintf("fault in the engine: %v", fault)
		} else {
			e.Reason = fmt.Sprintf("panic: %v", fault)
		}
	}
	if killed {
		w := c.Window()
		if err := protect(w.base, w.size, true); err != nil {
			panic(fmt.Sprintf("engine: give a window back: %v", err))
		}
	}
	// The C stack was left in mid-call: take a new one.
	th.tls.Close()
	th.newStack()
	th.argc, th.boundSlots = 0, 0
	th.turn.drop()
	return th.lose(c, e)
}

// lose gives up a context whose memory is not to be trusted.
func (th *Thread) lose(c *Context, e *LostError) error {
	w := c.Window()
	if o := w.occupant; o != nil && o != c {
		o.giveUp() // it was being parked
	}
	w.wipe()
	w.turn = nil
	th.turn.context, th.turn.owner = nil, nil
	c.giveUp()
	return e
}

// Dead reports that the thread's goroutine is exiting, by Goexit in a host function: it can run no more turns.
func (th *Thread) Dead() bool { return th.dead }

// push reserves n argument slots and returns their address; pop them with th.argc -= n.
func (th *Thread) push(n int) (uintptr, error) {
	if th.argc+n > argvMax {
		return 0, fmt.Errorf("more than %d arguments in the calls under way", argvMax)
	}
	p := th.argv + uintptr(th.argc)*jsValueSize
	th.argc += n
	return p, nil
}

func slotsAt(p uintptr, n int) []jsValue { return unsafe.Slice((*jsValue)(unsafe.Pointer(p)), n) }

// shortBytes is the size of Thread.short.
const shortBytes = 4 << 10

// borrow returns n bytes of C memory for something on its way into a context, until giveBack. Nothing else is borrowed meanwhile. Little comes
// from the thread: libc's allocator has a lock that all threads share.
func (th *Thread) borrow(n int) uintptr {
	if n <= shortBytes {
		return th.short
	}
	return libc.Xmalloc(th.tls, lib.Tsize_t(n))
}

func (th *Thread) giveBack(p uintptr) {
	if p != th.short {
		libc.Xfree(th.tls, p)
	}
}
