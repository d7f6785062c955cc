package crypto

import (
	"context"
	"runtime"
	"sync"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// lanes are the order in which operations get to the processors. Each takes up to seconds of one, and a context may begin
// a thousand: were they all to run at once, the workers, which every message needs, would wait for their turns among them.
// So there are no more at a time than processors (two at least), and of one context no more than half as many.
type lanes struct {
	all chan struct{}

	mu        sync.Mutex
	byContext map[*engine.Context]*lane
}

// lane is that of one context, there as long as it has operations.
type lane struct {
	slots      chan struct{}
	operations int
}

func newLanes() *lanes {
	return &lanes{all: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), byContext: map[*engine.Context]*lane{}}
}

// begin is the host function begin(operation, ...): perform in its turn, on a goroutine of its own.
func (l *lanes) begin(a *async.Async) engine.HostFunc {
	return func(t *engine.Turn, args value.Args) (any, error) {
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
			return perform(args)
		})
		if err != nil {
			l.leave(c, own)
		}
		return id, err
	}
}

func (l *lanes) join(c *engine.Context) *lane {
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

func (l *lanes) leave(c *engine.Context, own *lane) {
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
