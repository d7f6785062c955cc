package pool

import (
	"fmt"
	"sync"
	"sync/atomic"

	"rowan/engine"
)

// Kind is a kind of context: sessions, requests, one sort of actor. Its template is built when the first of its contexts has
// work to do, and in each further window when that is needed. A Kind belongs to one pool.
type Kind struct {
	pool *Pool
	spec engine.Spec

	counted string       // the name under which it is counted
	counts  []kindCounts // by worker
	retired atomic.Bool

	mu  sync.Mutex // held while a window is built
	tpl *engine.Template
	err error

	// Mailbox is how many tasks may wait for one of its contexts. Default: the pool's. Set it before the first context.
	Mailbox int
	// Lost is told that one of its contexts is gone, for a reason of type *engine.LostError. It runs on the worker. The
	// owner closes or resets the context.
	Lost func(c *Context, err error)
	// Over, if set, is asked after each turn of one of its contexts that has not been lost. True ends the context at once, before
	// another one enters its window, so that what it leaves behind is never kept. It runs on the worker.
	Over func(c *Context) bool
}

// NewKind makes a kind from a template's spec. The pool takes Spec.Settled, Uncaught and Panicked for itself.
func (p *Pool) NewKind(spec engine.Spec) *Kind {
	k := &Kind{pool: p, spec: spec, Mailbox: p.opts.Mailbox}
	k.counted, k.counts = p.kinds.of(spec.Name, len(p.workers))
	k.spec.Settled = settled
	k.spec.Uncaught = func(t *engine.Turn, err error) {
		if c := ContextOf(t); c != nil && p.opts.Uncaught != nil {
			p.opts.Uncaught(c, err)
		}
	}
	k.spec.Panicked = p.opts.Panicked
	return k
}

// Name is the kind's name.
func (k *Kind) Name() string { return k.spec.Name }

// Template returns the kind's template, or nil before Build or the first turn.
func (k *Kind) Template() *engine.Template {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.tpl
}

// Build builds the template now, with a window for each worker, so that errors in the bundle show before the first context and no first
// session waits. It computes on a thread of its own: the workers serve other kinds meanwhile.
func (k *Kind) Build() error {
	built := make(chan error)
	go func() {
		th := engine.NewThread()
		defer th.Close()
		built <- k.build(th)
	}()
	return <-built
}

func (k *Kind) build(th *engine.Thread) error {
	for _, w := range k.pool.workers {
		win, err := k.open(th)
		if err != nil {
			return err
		}
		if err := w.Do(func(*engine.Thread) { w.add(k, win) }); err != nil {
			win.Close()
			return err
		}
	}
	return nil
}

// Retire says that the kind gets no more contexts: its windows are closed with the last of those that it has.
func (k *Kind) Retire() {
	k.retired.Store(true)
	for _, w := range k.pool.workers {
		w.enqueue(item{do: func(*engine.Thread) { w.retire(k) }}, true)
	}
}

// open makes a window on the calling goroutine's thread.
func (k *Kind) open(th *engine.Thread) (w *engine.Window, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.err != nil:
		return nil, k.err
	case k.tpl != nil:
		return k.tpl.Open(th)
	}
	k.tpl, w, err = engine.NewTemplate(th, k.spec)
	if err != nil {
		k.tpl, k.err = nil, fmt.Errorf("%s: %w", k.spec.Name, err)
		return nil, k.err
	}
	return w, nil
}
