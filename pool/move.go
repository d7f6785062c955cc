package pool

import (
	"errors"
	"slices"

	"rowan/engine"
)

// Move is how a context becomes a fork of another template, between two of its turns.
type Move struct {
	// Suspend runs in the context as it is. Its error ends the move.
	Suspend func(t *engine.Turn) error
	// To is asked then, on the worker, what the context becomes, with which limits; nil limits are the kind's own.
	To func() (*Kind, *engine.Limits, error)
	// Resume runs in the fork, before all that waits for the context. With its error the fork goes.
	Resume func(t *engine.Turn) error
	// Return runs in the context as it was, if it has been suspended and does not move after all.
	Return func(t *engine.Turn) error
	// Done is told the outcome, on the worker, once: nil, ErrBusy, engine.ErrClosed, ErrQueueFull, or what Suspend, Resume or the
	// new template's evaluation failed with. It must not block.
	Done func(err error)
}

// Why a context is not moved now.
var (
	// ErrBusy: it runs or has not begun, tasks wait for it, one of its timers is due, or Go waits for one of its promises.
	ErrBusy = errors.New("the context is busy")
	// ErrLeft: after Suspend there is a timer, or a promise, that would never be heard of again.
	ErrLeft = errors.New("it still has timers, or waits for something")
)

// Move has the context go on as a fork of another template, if nothing is under way in it but timers, which Suspend is to stop. Its
// ID, its owner and its worker stay, and so does what has been posted: no turn comes between Suspend and Resume. These turns are
// not cut into slices. It may be called from any goroutine.
func (c *Context) Move(m *Move) {
	w := c.Worker()
	if err := w.Do(func(th *engine.Thread) { m.Done(w.move(c, m, th)) }); err != nil {
		m.Done(err)
	}
}

// move is Move on the loop.
func (w *Worker) move(c *Context, m *Move, th *engine.Thread) error {
	switch state := c.state.Load(); {
	case state == dead || c.doomed.Load():
		return engine.ErrClosed
	case state == unborn, c.queued.Load() > 0, w.heldUp(c):
		return ErrBusy
	}
	if err := w.runOnLoop(c, th, m.Suspend); err != nil {
		return err
	}
	err := w.fork(c, m, th)
	if err == nil {
		return nil
	}
	if failed := w.runOnLoop(c, th, m.Return); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// heldUp reports whether a lane has the context or its window, Go waits for a promise of it, or one of its timers is due.
func (w *Worker) heldUp(c *Context) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, busy := w.busy[c]
	return busy || c.awaits > 0 || w.stalled[c.Window()] != nil || w.queue.hasTimer(c)
}

// hasTimer reports whether a timer of c is among the items.
func (r *ring) hasTimer(c *Context) bool {
	return slices.ContainsFunc(r.items, func(it item) bool { return it.c == c && it.task == nil })
}

// turnOnLoop runs a turn that keeps the loop until its end.
func (w *Worker) turnOnLoop(c *Context, th *engine.Thread, f func(*engine.Turn) error) error {
	start := clock()
	err := th.RunFor(c, &c.Context, f)
	took := clock() - start
	c.cpu.Add(took)
	c.turns.Add(1)
	w.turns.Add(1)
	counts := c.counts()
	counts.turn(took)
	if err != nil {
		counts.failed(err)
	}
	return err
}

// runOnLoop is turnOnLoop for a context that others know: they are told if it is lost.
func (w *Worker) runOnLoop(c *Context, th *engine.Thread, f func(*engine.Turn) error) error {
	err := w.turnOnLoop(c, th, f)
	if _, lost := errors.AsType[*engine.LostError](err); lost {
		w.endAwaits(c, err)
		if k := c.Kind(); k.Lost != nil {
			k.Lost(c, err)
		}
	}
	return err
}

// fork makes a suspended context a fork of the new kind, or leaves it as it is and says why.
func (w *Worker) fork(c *Context, m *Move, th *engine.Thread) error {
	w.mu.Lock()
	left, quiet := c.awaits > 0 || c.timerCount > c.quietTimers, w.timersLocked(c)
	w.mu.Unlock()
	if left {
		return ErrLeft
	}
	to, limits, err := m.To()
	if err != nil {
		return err
	}
	if limits == nil {
		limits = &to.spec.Limits
	}
	window, err := w.window(to, th)
	if err != nil {
		return err
	}
	was := c.Kind()
	var old engine.Context
	c.MoveTo(&old)
	window.ForkInto(&c.Context, limits)
	c.kind.Store(to)
	err = w.turnOnLoop(c, th, m.Resume)
	w.mu.Lock()
	for _, t := range w.timersLocked(c) { // which end with the script that has them
		if slices.Contains(quiet, t) == (err == nil) {
			w.endTimerLocked(t)
		}
	}
	w.mu.Unlock()
	if err != nil {
		c.Context.Close()
		old.MoveTo(&c.Context)
		c.kind.Store(was)
		return err
	}
	old.Close()
	was.counts[w.index].contexts.Add(-1)
	to.counts[w.index].contexts.Add(1)
	if was.retired.Load() {
		w.retire(was)
	}
	return nil
}

// timersLocked returns the timers of a context.
func (w *Worker) timersLocked(c *Context) (list []*timer) {
	for t := c.timers; t != nil; t = t.next {
		list = append(list, t)
	}
	return list
}
