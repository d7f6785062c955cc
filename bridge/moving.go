package bridge

import "maps"

// Moving keeps the subscriptions of a context's script together while the context becomes a fork of another template: the script
// that follows makes those that it wants again, and misses no message of them.
type Moving struct {
	peer      *peer
	suspended Names
}

// Moving begins this, before the script is suspended. Until End nothing is unsubscribed in fact.
func (b *Bridge) Moving(c Context) *Moving {
	p := b.peers[c.Shard()].find(c.ID())
	m := &Moving{peer: p}
	if p == nil {
		return m
	}
	wanted := MakeNames(p.member.Subscriptions()...)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = wanted
	return m
}

// Forked says that a script begins afresh, without callbacks.
func (m *Moving) Forked() {
	if p := m.peer; p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		m.suspended, p.wanted = p.wanted, Names{}
	}
}

// Returned says that the one before goes on, with its own.
func (m *Moving) Returned() {
	if p := m.peer; p != nil && m.suspended != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.wanted = maps.Clone(m.suspended)
	}
}

// End ends the subscriptions that the script does not want any more.
func (m *Moving) End() {
	p := m.peer
	if p == nil {
		return
	}
	p.mu.Lock()
	wanted := p.wanted
	p.wanted = nil
	p.mu.Unlock()
	for _, name := range p.member.Subscriptions() {
		if _, ok := wanted[name]; !ok {
			p.member.Unsubscribe(name)
		}
	}
}

// wants notes that the script wants a topic or not, if it is being moved.
func (p *peer) wants(name string, wanted bool) (moving bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.wanted == nil:
		return false
	case wanted:
		p.wanted[name] = struct{}{}
	default:
		delete(p.wanted, name)
	}
	return true
}

// Ports is how many BroadcastChannels a context has.
func (b *Bridge) Ports(c Context) int {
	p := b.peers[c.Shard()].find(c.ID())
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ports)
}
