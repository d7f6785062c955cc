package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	lib "modernc.org/libquickjs"
)

// The watchdog sees to it that no turn outlasts its budget by much, whatever it does. QuickJS polls for interrupts only
// every 10,000 loops and calls, and in some native loops never. So while turns are running one goroutine looks at them
// every tick: a turn that it sees twice is made to poll at once; one that used a slice without polling is reported as
// stalled; and one that has used one and a half times its budget, and still does not poll, has its window taken away, so
// that its next access faults (see Thread.broken). While memory is being freed a turn cannot poll, but that ends by itself.
//
// Thread and watchdog shake hands over Thread.state, so that nothing is done to a turn that has ended: the watchdog
// acts only between changing runs to held and back, and whoever ends a turn waits while it is held.

const (
	watchTick = 2 * time.Millisecond
	// Slice is how long a turn runs before others are let in.
	Slice = 4 * time.Millisecond
	// freePerMB is how long a turn beyond its budget may go on freeing memory, for each megabyte of its heap limit.
	// Some milliseconds would do, but for a heap made to be slow to free.
	freePerMB = 10 * time.Millisecond
)

// Run states of a thread.
const (
	runIdle   = iota
	runActive // JavaScript is running: may be held
	runHost   // in a host function, or suspended: must not be held
	runHeld   // the watchdog is at work
	runKilled // the window is gone
	runBits   = 3
	runMask   = 1<<runBits - 1
)

// watch is what the watchdog knows of a thread's turn.
type watch struct {
	turn    uint64 // sequence
	cpu     int64  // of the thread when the turn was first seen
	polls   uint32 // when it was last seen
	still   int    // how often it was seen, since it polled last, with nothing to excuse it
	stalled bool
}

var watchdog watchdogs

type watchdogs struct {
	mu      sync.Mutex
	threads []*Thread
	running bool
	asleep  atomic.Bool
	wakeup  chan struct{}
	clock   atomic.Int64 // Clock at the last tick
}

var clockStart = time.Now()

// Clock is a monotonic clock: the time since the process began.
func Clock() time.Duration { return time.Since(clockStart) }

// Clock is what the clock showed when the watchdog last looked: some milliseconds ago. It takes a twentieth of the time that
// reading a clock does.
func (t *Turn) Clock() time.Duration { return time.Duration(watchdog.clock.Load()) }

func (d *watchdogs) add(th *Thread) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.threads = append(d.threads, th)
	if !d.running {
		d.running = true
		d.asleep.Store(false)
		d.wakeup = make(chan struct{}, 1)
		go d.run(d.wakeup)
	}
}

// remove forgets th; the watchdog's goroutine ends with the last thread.
func (d *watchdogs) remove(th *Thread) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, t := range d.threads {
		if t == th {
			d.threads = append(d.threads[:i], d.threads[i+1:]...)
			break
		}
	}
	d.wake()
}

func (d *watchdogs) wake() {
	d.clock.Store(int64(Clock()))
	if d.asleep.Swap(false) {
		d.wakeup <- struct{}{}
	}
}

func (d *watchdogs) run(wakeup chan struct{}) {
	tick := time.NewTicker(watchTick)
	defer tick.Stop()
	for idle := 0; ; {
		<-tick.C
		d.clock.Store(int64(Clock()))
		d.mu.Lock()
		if len(d.threads) == 0 {
			d.running = false
			d.mu.Unlock()
			return
		}
		active := false
		for _, th := range d.threads {
			active = th.look() || active
		}
		d.mu.Unlock()
		if idle++; active {
			idle = 0
		}
		if idle < 5 {
			continue
		}
		idle = 0
		tick.Stop()
		d.asleep.Store(true)
		if d.quiet() {
			<-wakeup
		} else if !d.asleep.Swap(false) {
			<-wakeup
		}
		tick.Reset(watchTick)
	}
}

// quiet reports that there is nothing to watch, seen after asleep was set: whoever begins a turn from now on wakes.
func (d *watchdogs) quiet() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, th := range d.threads {
		if th.state.Load()&runMask != runIdle {
			return false
		}
	}
	return len(d.threads) > 0
}

// look is the watchdog's view of one thread; it reports whether a turn is running.
func (th *Thread) look() bool {
	s := th.state.Load()
	switch s & runMask {
	case runIdle:
		return false
	case runActive:
	default:
		return true
	}
	v := &th.watch
	if turn := s >> runBits; turn != v.turn {
		*v = watch{turn: turn, cpu: timeOfThread(th.clock)}
		return true
	}
	used := time.Duration(timeOfThread(th.clock) - v.cpu)
	if !th.state.CompareAndSwap(s, s&^runMask|runHeld) {
		return true
	}
	w, budget := th.turn.window, th.turn.budget
	contextAt(w.ctx).Finterrupt_counter = 0
	w.forgetScan()
	polls := th.turn.polls.Load()
	moved := polls != v.polls
	v.polls = polls
	late := used - budget - budget/2
	if v.still++; moved || th.freeing(w) && late < th.turn.freeTime {
		v.still = 0
	}
	if late > 0 && v.still > 1 && protect(w.base, w.size, false) == nil {
		th.state.Store(s&^runMask | runKilled)
		return true
	}
	stall := used > Slice && !moved && !v.stalled && th.OnStall != nil
	th.state.Store(s)
	if stall {
		v.stalled = true
		th.OnStall()
	}
	return true
}

// freeing reports that memory is being freed, by a collection or since the last holder of something large let go of it.
func (th *Thread) freeing(w *Window) bool {
	gcPhase := runtimeAt(w.rt).F__ccgo1184
	return th.collecting.Load() || gcPhase != lib.EJS_GC_PHASE_NONE
}

// begin marks a turn as running.
func (th *Thread) begin() {
	th.state.Store((th.state.Load()>>runBits+1)<<runBits | runActive)
	if watchdog.asleep.Load() {
		watchdog.wake()
	}
}

// end marks the turn as over; it is false when the window was taken away meanwhile.
func (th *Thread) end() bool { return th.change(runActive, runIdle) }

// enterHost and leaveHost bracket Go code inside a turn, which the watchdog must not disturb.
func (th *Thread) enterHost() bool { return th.change(runActive, runHost) }
func (th *Thread) leaveHost() {
	th.turn.polls.Add(1) // the watchdog must not think that a native loop took the time
	th.state.Store(th.state.Load()&^runMask | runActive)
}

// enterScript is for JavaScript that a host function calls back into: the watchdog may look at it as at any other. It
// reports whether the call came from a host function; leaveScript wants to know.
func (t *Turn) enterScript() (nested bool) {
	if !t.thread.change(runHost, runActive) {
		return false
	}
	t.nested++
	return true
}

func (t *Turn) leaveScript(nested bool) {
	if !nested {
		return
	}
	if !t.thread.enterHost() {
		panic(errKilled)
	}
	t.nested--
}

// outside runs code of the embedder's inside a turn, out of the watchdog's reach.
func (t *Turn) outside(f func()) {
	entered := t.thread.enterHost() // not if a host function is under way, which is out of reach already
	f()
	if entered {
		t.thread.leaveHost()
	}
}

func (th *Thread) change(from, to uint64) bool {
	for {
		s := th.state.Load()
		switch s & runMask {
		case from:
			if th.state.CompareAndSwap(s, s&^runMask|to) {
				return true
			}
		case runHeld:
			runtime.Gosched()
		default:
			return false
		}
	}
}

// abandon ends a turn that was torn down, and reports whether the watchdog had taken its window away.
func (th *Thread) abandon() bool {
	for {
		s := th.state.Load()
		if s&runMask == runHeld {
			runtime.Gosched()
			continue
		}
		if th.state.CompareAndSwap(s, s&^runMask+runIdle) {
			return s&runMask == runKilled
		}
	}
}
