package bridge

import (
	"context"
	"errors"

	"rowan/engine"
)

// Operation is something that an API group does for a script beyond the turn in which it asked, such as a fetch. It counts
// among the context's calls.
type Operation struct {
	peer *peer
	id   uint64
	span engine.Span // of the turn in which it began
}

var errNoContext = errors.New("this can only be done by a context, not while a template is made")

// Scope returns the context.Context that ends with the JavaScript context whose turn it is: the same one in each of its turns.
func (b *Bridge) Scope(t *engine.Turn) (context.Context, error) {
	c := ContextOf(t)
	if c == nil {
		return nil, errNoContext
	}
	p := b.peer(c)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.scope(t), nil
}

// ScopeOf is Scope for a context that has asked for it before; else nil.
func (b *Bridge) ScopeOf(c Context) context.Context {
	p := b.peers[c.Shard()].find(c.ID())
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

// Begin counts an operation of the context whose turn it is in, if there is room for one more.
func (b *Bridge) Begin(t *engine.Turn) (*Operation, error) {
	c := ContextOf(t)
	if c == nil {
		return nil, errNoContext
	}
	p := b.peer(c)
	if _, err := p.begin(t, b.opts.ContextOperations); err != nil {
		return nil, err
	}
	return &Operation{peer: p, id: b.NewCall(), span: t.Span()}, nil
}

// ID is the number under which the script finds its promise.
func (o *Operation) ID() uint64 { return o.id }

// Settle ends the operation and settles its promise. Call it once, from any goroutine.
func (o *Operation) Settle(result []byte, err error) {
	if o.peer.ended() || o.peer.bridge.closed.Load() {
		o.peer.finish()
		return
	}
	o.peer.bridge.settle(o.peer.context, o.id, result, err, o.span, o.peer.finish)
}
