package peer

import (
	"hash/maphash"
	"net/netip"
	"sync"

	"rowan/daemon/rate"
)

// table counts by address, in parts with a lock each.
type table [64]part

type part struct {
	mu sync.Mutex
	of map[netip.Addr]*entry
}

type entry struct {
	open     int
	connects rate.Meter
}

// stale is how many entries are looked at whenever one is added: those without connections that have been silent go. So there are
// never many more than are in use, without a goroutine that goes through them.
const stale = 4

var seed = maphash.MakeSeed()

func (t *table) part(a netip.Addr) *part { return &t[maphash.Comparable(seed, a)%uint64(len(t))] }

// enter counts one more connection of an address, if the rules let it have one.
func (t *table) enter(a netip.Addr, rules *Rules, now rate.Time) (why Refusal, ok bool) {
	p := t.part(a)
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.of[a]
	if e == nil {
		p.sweep(now)
		e = new(entry)
		if p.of == nil {
			p.of = map[netip.Addr]*entry{}
		}
		p.of[a] = e
	}
	switch {
	case rules.Connections > 0 && e.open >= rules.Connections:
		return TooMany, false
	case !e.connects.Take(rules.Connects, 1, now):
		return TooFast, false
	}
	e.open++
	return 0, true
}

// leave ends what enter has begun.
func (t *table) leave(a netip.Addr, now rate.Time) {
	p := t.part(a)
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.of[a]
	if e.open--; e.unused(now) {
		delete(p.of, a)
	}
}

func (e *entry) unused(now rate.Time) bool { return e.open == 0 && e.connects.Idle(now) }

// sweep looks at a few entries, which ones is up to chance.
func (p *part) sweep(now rate.Time) {
	n := 0
	for a, e := range p.of {
		if e.unused(now) {
			delete(p.of, a)
		}
		if n++; n == stale {
			return
		}
	}
}

func (t *table) len() (n int) {
	for i := range t {
		p := &t[i]
		p.mu.Lock()
		n += len(p.of)
		p.mu.Unlock()
	}
	return n
}
