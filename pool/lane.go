package pool

import (
	"slices"
	"time"

	"rowan/engine"
)

// lane is a goroutine that can hold a worker's loop.
type lane struct {
	worker  *Worker
	thread  *engine.Thread
	grant   chan struct{} // the loop is yours
	deliver func(*engine.Turn) error
	it      item     // of the turn that is running
	current *Context // guarded by worker.mu: whose turn is running
	since   int64    // clock at which a long turn began to wait
	away    int64    // nanoseconds that it has waited
	began   int64    // clock at the turn's begin
	stack   string   // of a turn that was about to be slow
	noted   int64    // when that began
}

// newLane starts a lane that holds the loop from its first moment. The worker's mutex is held.
func (w *Worker) newLane() *lane {
	l := &lane{worker: w, grant: make(chan struct{}, 1)}
	l.deliver = l.turn
	w.pool.lanes.Add(1)
	go l.main()
	return l
}

func (l *lane) main() {
	w := l.worker
	defer w.pool.lanes.Done()
	l.thread = engine.NewThread()
	l.begins()
	l.thread.OnSlice = l.slice
	l.thread.OnStall = l.stall
	over := false
	defer func() {
		if !over {
			l.exited()
		}
		l.ends()
		l.thread.Close()
	}()
	l.loop()
	over = true
}

// turn is what a turn does.
func (l *lane) turn(t *engine.Turn) error {
	if l.it.task == nil {
		return fireTimer(t, l.it.c, l.it.timer)
	}
	return l.it.task.Run(t)
}

// loop holds the loop, or waits for it, until the worker stops.
func (l *lane) loop() {
	w := l.worker
	now := clock()
	w.mu.Lock()
	for {
		if w.holder != l {
			if !l.retireLocked() {
				w.mu.Unlock()
				return
			}
			now = clock()
			continue
		}
		if w.poller != nil && now-w.polled > pollEvery {
			w.polled = now
			w.mu.Unlock()
			w.poller.Wait(0)
			w.poller.Handle()
			w.mu.Lock()
		}
		if w.stopped && len(w.long) == 0 {
			w.endLocked(l)
			w.mu.Unlock()
			return
		}
		it, wait, ok := w.nextLocked(now)
		if next := w.longLocked(); next >= 0 && (!ok || now-w.long[next].since > int64(engine.Slice)) {
			if ok {
				w.queue.pushFront([]item{it})
			}
			w.grantLocked(next)
			continue
		}
		if !ok {
			if c := w.latest; c != nil && c.LeavesSoon() {
				now = l.parkEarlyLocked(c, now)
				continue
			}
			w.sleepLocked(wait)
			if now = w.polled; w.poller == nil {
				now = clock()
			}
			continue
		}
		if l.current = it.c; it.c != nil {
			w.latest = nil
		}
		w.mu.Unlock()
		l.began = now
		err := w.run(l, it)
		end := clock()
		if it.c != nil {
			took := end - now - l.away
			it.c.cpu.Add(took)
			if _, closes := it.task.(closing); !closes {
				it.c.counts().turn(took)
			}
			it.c.turns.Add(1)
			l.away = 0
			if took > w.pool.slow {
				l.tellSlow(it.c, took, err)
			}
		}
		now = end
		w.mu.Lock()
		w.settleLocked(l)
		if it.c != nil && w.holder == l {
			w.latest = it.c
		}
	}
}

// parkEarlyLocked parks the context of the last turn while there is nothing else to do, and returns the time.
func (l *lane) parkEarlyLocked(c *Context, now int64) int64 {
	w := l.worker
	w.latest = nil
	w.mu.Unlock()
	l.thread.ParkEarly(&c.Context)
	w.mu.Lock()
	parked := clock()
	w.polled += parked - now // which is no reason to poll before it sleeps
	return parked
}

// settleLocked ends a lane's turn: what waited for its context or its window goes on.
func (w *Worker) settleLocked(l *lane) {
	c := l.current
	l.current, l.it = nil, item{}
	if c == nil {
		return
	}
	if items, ok := w.busy[c]; ok {
		delete(w.busy, c)
		w.queue.pushFront(items)
	}
	if len(w.stalled) == 0 {
		return
	}
	for win, s := range w.stalled {
		if s == l {
			w.releaseLocked(win)
		}
	}
}

// releaseLocked makes a window usable again after a stalled turn.
func (w *Worker) releaseLocked(win *engine.Window) {
	delete(w.stalled, win)
	w.queue.pushFront(w.held[win])
	delete(w.held, win)
	w.wakeLocked()
}

// sleepLocked waits for a wake-up, or for the next timer.
func (w *Worker) sleepLocked(wait time.Duration) {
	w.asleep = true
	w.mu.Unlock()
	if w.poller != nil {
		w.poller.Wait(wait)
		w.mu.Lock()
		w.asleep, w.polled = false, clock() // nobody has to wake it for what Handle posts
		w.mu.Unlock()
		w.poller.Handle()
		w.mu.Lock()
		return
	}
	if wait < 0 {
		<-w.wake
	} else {
		t := time.NewTimer(wait)
		select {
		case <-w.wake:
			t.Stop()
			w.mu.Lock()
			return
		case <-t.C:
		}
		w.mu.Lock()
		if !w.asleep { // somebody woke us at the same moment
			<-w.wake
		}
		w.asleep = false
		return
	}
	w.mu.Lock()
}

// retireLocked parks a lane that does not hold the loop until it is given it; false means the worker has stopped.
func (l *lane) retireLocked() bool {
	w := l.worker
	if w.stopped && w.holder == nil {
		return false
	}
	w.idle = append(w.idle, l)
	w.mu.Unlock()
	<-l.grant
	w.mu.Lock()
	return w.holder == l || !w.stopped
}

// endLocked lets all other lanes end; the long turns are over by now.
func (w *Worker) endLocked(l *lane) {
	w.holder = nil
	for _, s := range w.idle {
		s.grant <- struct{}{}
	}
	w.idle = nil
}

// standInLocked gives the loop to a lane that has nothing else to do.
func (w *Worker) standInLocked() {
	if n := len(w.idle); n > 0 {
		l := w.idle[n-1]
		w.idle = w.idle[:n-1]
		w.holder = l
		l.grant <- struct{}{}
		return
	}
	w.holder = w.newLane()
}

// longLocked is the index of the long turn that has waited longest and can go on, which one whose window a stalled turn
// holds cannot; -1 if there is none.
func (w *Worker) longLocked() int {
	return slices.IndexFunc(w.long, func(l *lane) bool { return w.stalled[l.current.Window()] == nil })
}

// grantLocked gives the loop to a long turn. While tasks keep coming it has waited for a slice.
func (w *Worker) grantLocked(i int) {
	next := w.long[i]
	w.long = slices.Delete(w.long, i, i+1)
	w.slices++
	w.holder = next
	next.grant <- struct{}{}
}

// slice is called by the engine, inside a turn, when the turn has run for a slice: it makes room for others.
func (l *lane) slice(t *engine.Turn) {
	if l.current != nil && l.current.doomed.Load() {
		t.End()
		return
	}
	l.noteSlow(t)
	w := l.worker
	w.mu.Lock()
	mine := w.holder == l
	if l.current == nil || mine && (w.stopped || !w.pressedLocked() || len(w.long) >= w.pool.opts.Lanes) {
		w.mu.Unlock()
		return
	}
	w.mu.Unlock()
	if !t.Suspend() { // it is pinned: the other windows do not wait for it
		l.stall()
		return
	}
	w.mu.Lock()
	if w.holder == nil { // the worker has stopped while this turn was stalled: nobody would give it another slice
		w.mu.Unlock()
		t.Resume()
		return
	}
	if _, ok := w.busy[l.current]; !ok {
		w.busy[l.current] = nil
	}
	if win := l.current.Window(); w.stalled[win] == l {
		w.releaseLocked(win)
	}
	w.long = append(w.long, l)
	l.since = clock()
	if w.holder == l {
		w.standInLocked()
	} else {
		w.wakeLocked()
	}
	w.mu.Unlock()
	<-l.grant
	l.away += clock() - l.since
	t.Resume()
	if l.current.doomed.Load() {
		t.End()
	}
}

// pressedLocked reports whether anybody waits for the loop.
func (w *Worker) pressedLocked() bool {
	return w.queue.len() > 0 || len(w.long) > 0 || len(w.timers) > 0 && w.timers[0].at <= clock() || w.poller != nil && w.poller.Pending()
}

// stall is called by the watchdog when a turn has run for a slice without polling, and inside a turn that cannot be suspended or
// gives way: a stand-in takes the loop.
func (l *lane) stall() {
	w := l.worker
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.holder != l || l.current == nil {
		return
	}
	win := l.current.windowOrNil()
	if win == nil || w.stalled[win] != nil {
		return
	}
	w.stalls++
	w.stalled[win] = l
	if _, ok := w.busy[l.current]; !ok {
		w.busy[l.current] = nil
	}
	w.standInLocked()
}

// exited replaces a lane whose goroutine a host function ended.
func (l *lane) exited() {
	w := l.worker
	it := l.it
	w.mu.Lock()
	w.settleLocked(l)
	if w.holder == l {
		w.standInLocked()
	}
	w.mu.Unlock()
	if it.c != nil {
		w.finished(it, &engine.LostError{Reason: "a host function ended its goroutine"})
	}
}
