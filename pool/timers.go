package pool

import (
	"container/heap"
	"time"

	"rowan/engine"
)

// timer is a one-shot timer of a context. It is in its worker's heap and in its context's list.
type timer struct {
	at         int64  // clock
	seq        uint64 // of timers with one deadline, the one that was started first comes first
	c          *Context
	id         uint32
	index      int  // in the heap
	quiet      bool // does not keep its context from being idle
	next, prev *timer
}

// timerHeap orders timers by deadline.
type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return t
}

// wait is how long to wait for the first timer; negative when there is none.
func (h timerHeap) wait(now int64) time.Duration {
	if len(h) == 0 {
		return -1
	}
	return time.Duration(max(0, h[0].at-now))
}

// startTimerLocked adds a timer to the heap and to its context's list.
func (w *Worker) startTimerLocked(t *timer) {
	heap.Push(&w.timers, t)
	c := t.c
	c.timerCount++
	if t.quiet {
		c.quietTimers++
	}
	if t.next = c.timers; t.next != nil {
		t.next.prev = t
	}
	c.timers = t
}

// endTimerLocked removes a timer from both.
func (w *Worker) endTimerLocked(t *timer) {
	heap.Remove(&w.timers, t.index)
	c := t.c
	c.timerCount--
	if t.quiet {
		c.quietTimers--
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		c.timers = t.next
	}
}

// dueLocked moves the timers that are due to the queue.
func (w *Worker) dueLocked(now int64) {
	for len(w.timers) > 0 && w.timers[0].at <= now {
		t := w.timers[0]
		w.endTimerLocked(t)
		w.queue.push(item{c: t.c, timer: t.id})
	}
}

// StartTimer has an export of the context's template called with id after delay: "timers.fire", for ids from 1<<31 on
// "rowan.wake", and from 3<<30 on "events.timeout"; these last keep a context from being idle only while they are held,
// see HoldTimer. It fails with ErrTimers when the context has too many pending. It is for host functions.
func (c *Context) StartTimer(id uint32, delay time.Duration) error {
	w := c.Worker()
	w.mu.Lock()
	defer w.mu.Unlock()
	if int(c.timerCount) >= w.pool.opts.Timers {
		return ErrTimers
	}
	w.startTimerLocked(&timer{at: clock() + int64(delay), seq: w.pool.next.Add(1), c: c, id: id, quiet: id >= abortTimers})
	return nil
}

// StopTimer ends the timer with that id, if it is pending.
func (c *Context) StopTimer(id uint32) {
	w := c.Worker()
	w.mu.Lock()
	defer w.mu.Unlock()
	for t := c.timers; t != nil; t = t.next {
		if t.id == id {
			w.endTimerLocked(t)
			return
		}
	}
}

// HoldTimer says whether the timer with that id, if it is pending, keeps its context from being idle.
func (c *Context) HoldTimer(id uint32, hold bool) {
	w := c.Worker()
	w.mu.Lock()
	defer w.mu.Unlock()
	for t := c.timers; t != nil; t = t.next {
		if t.id != id {
			continue
		}
		if t.quiet && hold {
			c.quietTimers--
		} else if !t.quiet && !hold {
			c.quietTimers++
		}
		t.quiet = !hold
		return
	}
}

// Timers is how many timers the context has pending.
func (c *Context) Timers() int {
	w := c.Worker()
	w.mu.Lock()
	defer w.mu.Unlock()
	return int(c.timerCount)
}

// endTimersLocked ends all timers of a context.
func (w *Worker) endTimersLocked(c *Context) {
	for c.timers != nil {
		w.endTimerLocked(c.timers)
	}
}

// The first of the ids that other groups than "timers" use, which may be switched off.
const (
	innerTimers = 1 << 31 // of "rowan"
	abortTimers = 3 << 30 // of "events"
)

// fireTimer runs a due timer. One that was stopped after it came due is unknown to the script's table, which ignores it.
func fireTimer(t *engine.Turn, c *Context, id uint32) error {
	export := "timers.fire"
	switch {
	case id >= abortTimers:
		export = "events.timeout"
	case id >= innerTimers:
		export = "rowan.wake"
	}
	f, ok := c.Template().Func(export)
	if !ok {
		return nil
	}
	return t.Do(f, int(id))
}

// finishTimer lets the script's table put right what a callback that a limit ended left behind: an interval is armed again.
type finishTimer struct{}

func (finishTimer) Run(t *engine.Turn) error {
	f, ok := t.Context().Template().Func("timers.finish")
	if !ok {
		return nil
	}
	return t.Do(f)
}

func (finishTimer) Done(error) {}

// Due tells how long it is until each of the context's timers is due, in no order.
func (c *Context) Due() []time.Duration {
	w := c.Worker()
	w.mu.Lock()
	defer w.mu.Unlock()
	now := clock()
	due := make([]time.Duration, 0, c.timerCount)
	for t := c.timers; t != nil; t = t.next {
		due = append(due, time.Duration(t.at-now))
	}
	return due
}
