package pool

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine"
)

// Worker is one loop of the pool.
type Worker struct {
	pool     *Pool
	index    int
	contexts atomic.Int64
	turns    atomic.Uint64
	open     atomic.Int64 // windows

	mu      sync.Mutex
	queue   ring
	wake    chan struct{} // to the holder, when it sleeps without a poller
	poller  Poller        // nil for none
	polled  int64         // clock, when last; the holder's
	asleep  bool
	stopped bool

	holder  *lane         // holds the loop
	latest  *Context      // of the last turn, once that is over
	idle    []*lane       // stand-ins without work
	lanes   []*lane       // all that have a thread
	ended   time.Duration // for which the threads of others have computed
	long    []*lane       // in mid-turn, waiting for their next slice, oldest first
	stalled map[*engine.Window]*lane
	held    map[*engine.Window][]item // tasks for a stalled window
	busy    map[*Context][]item       // contexts in mid-turn, with the tasks that wait for them
	timers  timerHeap
	awaits  map[uint64]await
	slices  uint64
	stalls  uint64

	windows map[*Kind][]*engine.Window // the lane that holds the loop, or a stalled one in its own window
}

// item is one entry of the queue: a task for a context, a due timer, or a function for the loop itself.
type item struct {
	c     *Context
	task  engine.Task
	timer uint32
	do    func(th *engine.Thread)
}

func newWorker(p *Pool, index int) *Worker {
	var poller Poller
	if p.opts.Poller != nil {
		poller = p.opts.Poller(index)
	}
	return &Worker{
		pool: p, index: index, poller: poller,
		wake:    make(chan struct{}, 1),
		stalled: map[*engine.Window]*lane{},
		held:    map[*engine.Window][]item{},
		busy:    map[*Context][]item{},
		awaits:  map[uint64]await{},
		windows: map[*Kind][]*engine.Window{},
	}
}

// Index is the worker's place in the pool.
func (w *Worker) Index() int { return w.index }

// Contexts is how many contexts live on the worker.
func (w *Worker) Contexts() int { return int(w.contexts.Load()) }

// Do runs f on the worker's loop, between turns. It fails with ErrQueueFull or ErrPoolClosed.
func (w *Worker) Do(f func(th *engine.Thread)) error {
	return w.enqueue(item{do: f}, false)
}

// enqueue adds an item. What ends something is always taken.
func (w *Worker) enqueue(it item, always bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return ErrPoolClosed
	}
	if !always && w.queue.len() >= w.pool.opts.Queue {
		return ErrQueueFull
	}
	w.queue.push(it)
	w.wakeLocked()
	return nil
}

func (w *Worker) wakeLocked() {
	if w.asleep {
		w.asleep = false
		if w.poller != nil {
			w.poller.Wake()
			return
		}
		w.wake <- struct{}{}
	}
}

func (w *Worker) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holder = w.newLane()
}

func (w *Worker) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.wakeLocked()
}

// dispose fails what is left in the queue and gives the windows back, after all lanes have ended.
func (w *Worker) dispose() {
	for {
		it, ok := w.queue.pop()
		if !ok {
			break
		}
		w.refuse(it, ErrPoolClosed)
	}
	for _, a := range w.awaits {
		a.reply(nil, ErrPoolClosed)
	}
	for _, ws := range w.windows {
		for _, win := range ws {
			win.Close()
		}
	}
	w.windows = nil
}

// refuse ends an item without a turn.
func (w *Worker) refuse(it item, err error) {
	switch t := it.task.(type) {
	case nil:
	case closing:
		if t.then != nil {
			t.then()
		}
	default:
		it.c.queued.Add(-1)
		t.Done(err)
	}
}

// nextLocked takes the next item that can be run now; what must wait for a context or a window is put aside. ok is
// false when the loop has nothing to do before wait has passed (negative: for ever).
func (w *Worker) nextLocked(now int64) (it item, wait time.Duration, ok bool) {
	w.dueLocked(now)
	for {
		it, ok = w.queue.pop()
		if !ok {
			return item{}, w.timers.wait(now), false
		}
		if it.c == nil {
			return it, 0, true
		}
		if items, busy := w.busy[it.c]; busy {
			w.busy[it.c] = append(items, it)
			continue
		}
		if win := w.stalledWindowLocked(it.c); win != nil {
			w.held[win] = append(w.held[win], it)
			continue
		}
		return it, 0, true
	}
}

// stalledWindowLocked is the window that a context has to wait for: its own, or, if it has none yet and there can be no more, any; nil
// if it need not wait.
func (w *Worker) stalledWindowLocked(c *Context) *engine.Window {
	if len(w.stalled) == 0 {
		return nil
	}
	if win := c.windowOrNil(); win != nil {
		if w.stalled[win] != nil {
			return win
		}
		return nil
	}
	ws := w.windows[c.Kind()]
	if len(ws) < w.pool.opts.WindowsMax || slices.ContainsFunc(ws, func(win *engine.Window) bool { return w.stalled[win] == nil }) {
		return nil
	}
	return ws[0]
}

// windowOrNil is the context's window, if it has one yet.
func (c *Context) windowOrNil() *engine.Window {
	if c.state.Load() != living {
		return nil
	}
	return c.Window()
}

// window finds the window in which the next context of kind k is to be, and opens one if there is reason to.
func (w *Worker) window(k *Kind, th *engine.Thread) (*engine.Window, error) {
	ws := w.windows[k]
	var best, spare *engine.Window
	for _, win := range ws {
		w.mu.Lock()
		stalled := w.stalled[win] != nil
		w.mu.Unlock()
		if stalled {
			continue
		}
		spare = win
		if !heavy(win) && (best == nil || win.Contexts() < best.Contexts()) {
			best = win
		}
	}
	if best != nil && (len(ws) >= w.pool.opts.Windows || best.Contexts() == 0) {
		return best, nil
	}
	if len(ws) >= w.pool.opts.WindowsMax {
		if best == nil {
			best = spare
		}
		return best, nil
	}
	win, err := k.open(th)
	if err != nil {
		if best != nil {
			return best, nil
		}
		return nil, err
	}
	w.add(k, win)
	return win, nil
}

// add makes a window one of the worker's.
func (w *Worker) add(k *Kind, win *engine.Window) {
	w.windows[k] = append(w.windows[k], win)
	w.open.Add(1)
}

// heavyBytes is the private state from which a context keeps its window: swapping it at each message would cost
// milliseconds.
const heavyBytes = 1 << 20

// heavy reports whether the window's contexts are too large to be swapped with newcomers.
func heavy(win *engine.Window) bool {
	n := win.Contexts()
	return n > 0 && win.ParkedBytes() > heavyBytes && win.ParkedBytes()/n > heavyBytes/16
}

// born gives an unborn context its place in a window.
func (w *Worker) born(c *Context, th *engine.Thread) error {
	win, err := w.window(c.Kind(), th)
	if err != nil {
		return err
	}
	limits := c.Limits()
	win.ForkInto(&c.Context, &limits)
	c.state.Store(living)
	return nil
}

// bury ends a context.
func (w *Worker) bury(c *Context) {
	if was := c.state.Swap(dead); was != dead {
		if was == living {
			c.Context.Close()
		}
		w.contexts.Add(-1)
		c.counts().contexts.Add(-1)
		w.mu.Lock()
		w.endTimersLocked(c)
		w.mu.Unlock()
		w.endAwaits(c, engine.ErrClosed)
		if k := c.Kind(); k.retired.Load() {
			w.retire(k)
		}
	}
}

// retire closes the windows of a kind that gets no more contexts, once the last one is gone.
func (w *Worker) retire(k *Kind) {
	for _, win := range w.windows[k] {
		if win.Contexts() > 0 {
			return
		}
	}
	for _, win := range w.windows[k] {
		k.counts[w.index].closed.Add(win.Counts())
		win.Close()
		w.open.Add(-1)
	}
	delete(w.windows, k)
}

// run runs one item on lane l, and returns how its turn ended.
func (w *Worker) run(l *lane, it item) (err error) {
	switch t := it.task.(type) {
	case nil:
		if it.do != nil {
			it.do(l.thread)
			return nil
		}
	case closing:
		w.bury(it.c)
		if t.then != nil {
			t.then()
		}
		return nil
	default:
		it.c.queued.Add(-1)
	}
	c := it.c
	switch state := c.state.Load(); {
	case state == dead || c.doomed.Load():
		err = engine.ErrClosed
	case state == unborn:
		err = w.born(c, l.thread)
	}
	if err == nil {
		l.it = it
		err = l.thread.RunFor(c, &c.Context, l.deliver)
		w.turns.Add(1)
	} else if it.task == nil {
		return nil // a timer that came due as its context ended
	}
	w.finished(it, err)
	w.endIfOver(l, c)
	return err
}

// finished tells whoever is concerned how a turn ended.
func (w *Worker) finished(it item, err error) {
	c := it.c
	if err != nil {
		c.counts().failed(err)
	}
	if it.task != nil {
		it.task.Done(err)
	} else if err != nil && !errors.Is(err, engine.ErrClosed) && w.pool.opts.Uncaught != nil { // a script may end its context
		w.pool.opts.Uncaught(c, err)
	}
	if err == nil {
		return
	}
	var limit *engine.LimitError
	if it.task == nil && errors.As(err, &limit) {
		c.Post(finishTimer{}) // with a full mailbox an interval that was cut short is not armed again
	}
	var lost *engine.LostError
	if errors.As(err, &lost) {
		w.endAwaits(c, err)
		if k := c.Kind(); k.Lost != nil {
			k.Lost(c, err)
		}
	}
}

// endIfOver ends the context of a turn that was its last. A lane that lost the loop meanwhile leaves that to whoever holds it.
func (w *Worker) endIfOver(l *lane, c *Context) {
	if over := c.Kind().Over; over == nil || c.state.Load() != living || c.Lost() || !over(c) {
		return
	}
	w.mu.Lock()
	holds := w.holder == l
	w.mu.Unlock()
	if holds {
		w.bury(c)
	} else {
		c.Close(nil)
	}
}

// Stats are this worker's part of the pool's.
func (w *Worker) Stats() (s Stats) {
	w.addStats(&s)
	return s
}

func (w *Worker) addStats(s *Stats) {
	s.Contexts += w.Contexts()
	s.Turns += w.turns.Load()
	w.mu.Lock()
	defer w.mu.Unlock()
	s.Queued += w.queue.len()
	s.Timers += len(w.timers)
	s.Slices += w.slices
	s.Stalls += w.stalls
	s.Windows += int(w.open.Load())
}
