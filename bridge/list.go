package bridge

import "iter"

// All goes through the topics that have subscribers, with how many each has. Those that come or go meanwhile may be left out; no lock is
// held in the loop's body.
func (ts *Topics) All() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		var list []*topic
		var parts [][]*part
		for i := range ts.stripes {
			st := &ts.stripes[i]
			list, parts = list[:0], parts[:0]
			st.mu.RLock()
			for _, tp := range st.topics {
				list, parts = append(list, tp), append(parts, tp.parts)
			}
			st.mu.RUnlock()
			for i, tp := range list {
				n := 0
				for _, p := range parts[i] {
					n += int(p.live.Load())
				}
				if !yield(tp.name, n) {
					return
				}
			}
		}
	}
}

// Subscriptions are the topics that a context's scripts have subscribed to by Rowan.subscribe and BroadcastChannel.
func (b *Bridge) Subscriptions(c Context) []string {
	p := b.peers[c.Shard()].find(c.ID())
	if p == nil {
		return nil
	}
	names := p.member.Subscriptions()
	p.mu.Lock()
	ports := make([]*Member, 0, len(p.ports))
	for _, m := range p.ports {
		ports = append(ports, m)
	}
	p.mu.Unlock()
	for _, m := range ports {
		names = append(names, m.Subscriptions()...)
	}
	return names
}
