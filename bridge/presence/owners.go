package presence

import "sync"

// owners is a part of the owners, with what they track.
type owners struct {
	mu        sync.Mutex
	presences map[address]*presence
	holdings  map[Owner]*holdings
}

type address struct {
	owner      Owner
	topic, key string
}

// holdings is what one owner tracks, in no order.
type holdings struct {
	presences []*presence
	bytes     int
}

// add takes in a presence, of the address at. os.mu is held, as in the methods below.
func (os *owners) add(at address, p *presence) {
	if os.presences == nil {
		os.presences, os.holdings = map[address]*presence{}, map[Owner]*holdings{}
	}
	h := os.holdings[at.owner]
	if h == nil {
		h = &holdings{}
		os.holdings[at.owner] = h
	}
	os.presences[at] = p
	p.at = len(h.presences)
	h.presences = append(h.presences, p)
	h.bytes += p.bytes()
}

// replace puts next in the place of p.
func (os *owners) replace(at address, p, next *presence) {
	h := os.holdings[at.owner]
	os.presences[at] = next
	next.at = p.at
	h.presences[p.at] = next
	h.bytes += next.bytes() - p.bytes()
}

// remove takes a presence out.
func (os *owners) remove(p *presence) {
	delete(os.presences, address{p.owner, p.key.topic.name, p.key.name})
	h := os.holdings[p.owner]
	last := len(h.presences) - 1
	if last == 0 {
		delete(os.holdings, p.owner)
		return
	}
	moved := h.presences[last]
	h.presences[p.at], moved.at = moved, p.at
	h.presences[last] = nil
	h.presences = h.presences[:last]
	h.bytes -= p.bytes()
}
