package async

import (
	"context"
	"sync"

	"rowan/engine"
	"rowan/engine/value"
)

// Lanes are the order in which operations get to the processors that take up to seconds of one. A context may begin a thousand: were they
// all to run at once, the workers, which every message needs, would wait for their turns among them. So there are no more at a time than
// a number, and of one context no more than half as many. Make it with NewLanes.
type Lanes struct {
	all chan struct{}

	mu        sync.Mutex
	byContext map[*engine.Context]*lane
}

// lane is that of one context, there as long as it has operations.
type lane struct {
	slots      chan struct{}
	operations int
}

// NewLanes makes lanes for n operations at a time, two at least.
func NewLanes(n int) *Lanes {
	return &Lanes{all: make(chan struct{}, max(2, n)), byContext: map[*engine.Context]*lane{}}
}

// Op is [Async.Op] for an operation that waits for its turn.
func (l *Lanes) Op(a *Async, name string, f Func) engine.Host {
	return engine.Host{Name: name, Func: func(t *engine.Turn, args value.Args) (any, error) {
		c := t.Context()
		own := l.join(c)
		id, err := a.Start(t, args, func(ctx context.Context, args value.Args) (any, error) {
			defer l.leave(c, own)
			if err := enter(ctx, own.slots); err != nil {
				return nil, err
			}
			defer exit(own.slots)
			if err := enter(ctx, l.all); err != nil {
				return nil, err
			}
			defer exit(l.all)
			return f(ctx, args)
		})
		if err != nil {
			l.leave(c, own)
		}
		return id, err
	}}
}

func (l *Lanes) join(c *engine.Context) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.byContext[c]
	if own == nil {
		own = &lane{slots: make(chan struct{}, cap(l.all)/2)}
		l.byContext[c] = own
	}
	own.operations++
	return own
}

func (l *Lanes) leave(c *engine.Context, own *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if own.operations--; own.operations == 0 {
		delete(l.byContext, c)
	}
}

// enter waits for a free slot, or until the context that asked for the operation ends.
func enter(ctx context.Context, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func exit(slots chan struct{}) { <-slots }
