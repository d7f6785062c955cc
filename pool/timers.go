package pool

import (
	"container/heap"
	"time"

	"rowan/engine"
)

// timer is a one-shot timer of a context.
type timer struct {
	at  int64 // clock
	seq uint64
	c   *Context
	id  uint32
}

// timerHeap orders timers by deadline, and those of one deadline by their start.
type timerHeap []timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h timerHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)   { *h = append(*h, x.(timer)) }
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = timer{}
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

// forget removes a context's timers.
func (h *timerHeap) forget(c *Context) {
	kept := (*h)[:0]
	for _, t := range *h {
		if t.c != c {
			kept = append(kept, t)
		}
	}
	clear((*h)[len(kept):])
	*h = kept
	heap.Init(h)
}

// dueLocked moves the timers that are due to the queue.
func (w *Worker) dueLocked(now int64) {
	for len(w.timers) > 0 && w.timers[0].at <= now {
		t := heap.Pop(&w.timers).(timer)
		t.c.timers--
		w.queue.push(item{c: t.c, timer: t.id})
	}
}

// StartTimer has the export "timers.fire" of the context's template called with id after delay. It fails with
// ErrTimers when the context has too many pending. It is for host functions: call it on the worker.
func (c *Context) StartTimer(id uint32, delay time.Duration) error {
	w := c.worker
	w.mu.Lock()
	defer w.mu.Unlock()
	if int(c.timers) >= w.pool.opts.Timers {
		return ErrTimers
	}
	c.timers++
	heap.Push(&w.timers, timer{at: clock() + int64(delay), seq: w.pool.next.Add(1), c: c, id: id})
	return nil
}

// StopTimer ends the timer with that id, if it is pending.
func (c *Context) StopTimer(id uint32) {
	w := c.worker
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.timers == 0 {
		return
	}
	for i, t := range w.timers {
		if t.c == c && t.id == id {
			heap.Remove(&w.timers, i)
			c.timers--
			return
		}
	}
}

// Timers is how many timers the context has pending. Call it on the worker.
func (c *Context) Timers() int {
	c.worker.mu.Lock()
	defer c.worker.mu.Unlock()
	return int(c.timers)
}

// fireTimer runs a due timer. One that was stopped after it came due is unknown to the script's table, which ignores it.
func fireTimer(t *engine.Turn, c *Context, id uint32) error {
	f, ok := c.Template().Func("timers.fire")
	if !ok {
		return nil
	}
	return t.Do(f, int(id))
}
