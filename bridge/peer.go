package bridge

import (
	"context"
	"sync"

	"rowan/engine"
	"rowan/engine/value"
)

// peer is what the bridge keeps for a context that has called or subscribed.
type peer struct {
	bridge  *Bridge
	context Context
	member  *Member // of Rowan.subscribe

	mu       sync.Mutex
	gone     bool
	wanted   Names           // topics, while the context is moved; else nil
	ports    map[int]*Member // of BroadcastChannel objects, by the script's number for them
	underWay int             // calls
	begun    uint64          // calls, ever
	calls    context.Context // theirs, made for the first one
	cancel   context.CancelFunc
}

// peers are those of one worker's contexts, by the context's ID.
type peers struct {
	mu   sync.Mutex
	byID map[uint64]*peer
}

// peer finds or makes the peer of the context whose turn it is.
func (b *Bridge) peer(c Context) *peer {
	ps := &b.peers[c.Shard()]
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.byID[c.ID()]
	if p == nil {
		p = &peer{bridge: b, context: c}
		p.member = b.Topics.Join(c.Shard(), &inbox{peer: p, export: "rowan.deliver"})
		if ps.byID == nil {
			ps.byID = map[uint64]*peer{}
		}
		ps.byID[c.ID()] = p
	}
	return p
}

// find returns the peer of a context, or nil.
func (ps *peers) find(id uint64) *peer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.byID[id]
}

// take removes the peer of a context, if it has one.
func (ps *peers) take(id uint64) *peer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.byID[id]
	delete(ps.byID, id)
	return p
}

// end drops the peer's subscriptions and cancels its calls.
func (p *peer) end() {
	p.mu.Lock()
	p.gone = true
	ports, cancel := p.ports, p.cancel
	p.ports = nil
	p.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	p.member.Leave()
	for _, port := range ports {
		port.Leave()
	}
}

// ended reports whether nothing is to reach the context any more.
func (p *peer) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
}

// begin counts a call in, if fewer than most are under way, and returns the context that ends with the caller's.
func (p *peer) begin(t *engine.Turn, most int) (context.Context, error) {
	b := p.bridge
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.gone:
		return nil, value.Coded(CodeStopped, "the context is ending")
	case p.underWay >= most:
		return nil, value.OverLimit("%d calls of this context are under way", p.underWay)
	}
	if err := b.begin(); err != nil {
		return nil, err
	}
	p.underWay++
	p.begun++
	return p.scope(t), nil
}

// scope is the context of the peer's calls. p.mu is held.
func (p *peer) scope(t *engine.Turn) context.Context {
	if p.calls == nil {
		p.calls, p.cancel = context.WithCancel(context.WithValue(p.bridge.base, callerKey{}, callerIn(t, p.context)))
		if p.gone {
			p.cancel()
		}
	}
	return p.calls
}

// finish counts a call out.
func (p *peer) finish() {
	p.mu.Lock()
	p.underWay--
	p.mu.Unlock()
	p.bridge.finish()
}

// begin counts a call in, unless the bridge is closed or has too many.
func (b *Bridge) begin() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed.Load():
		return value.Coded(CodeStopped, "the server is stopping")
	case b.underWay >= b.opts.Calls:
		return value.OverLimit("%d calls of all contexts are under way", b.underWay)
	}
	b.underWay++
	b.running.Add(1)
	return nil
}

func (b *Bridge) finish() {
	b.mu.Lock()
	b.underWay--
	b.mu.Unlock()
	b.running.Done()
}

// Begun is how many calls a context has begun so far.
func (b *Bridge) Begun(c Context) uint64 {
	p := b.peers[c.Shard()].find(c.ID())
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.begun
}

// Calls is how many calls of a context are under way: begun by Rowan.call, and not yet in its mailbox as settled.
func (b *Bridge) Calls(c Context) int {
	p := b.peers[c.Shard()].find(c.ID())
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.underWay
}
