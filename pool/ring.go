package pool

// ring is a queue that grows as it must and shrinks once it is empty.
type ring struct {
	items []item
	head  int
	n     int
}

// ringKeep is the capacity that an empty ring keeps.
const ringKeep = 1024

func (r *ring) len() int { return r.n }

func (r *ring) push(it item) {
	if r.n == len(r.items) {
		grown := make([]item, max(64, 2*len(r.items)))
		k := copy(grown, r.items[r.head:])
		copy(grown[k:], r.items[:r.head])
		r.items, r.head = grown, 0
	}
	r.items[(r.head+r.n)%len(r.items)] = it
	r.n++
}

// pushFront puts items before all others, in their order.
func (r *ring) pushFront(items []item) {
	for r.n+len(items) > len(r.items) {
		grown := make([]item, max(64, 2*len(r.items)))
		k := copy(grown, r.items[r.head:])
		copy(grown[k:], r.items[:r.head])
		r.items, r.head = grown, 0
	}
	for i := len(items) - 1; i >= 0; i-- {
		r.head = (r.head + len(r.items) - 1) % len(r.items)
		r.items[r.head] = items[i]
		r.n++
	}
}

func (r *ring) pop() (item, bool) {
	if r.n == 0 {
		if len(r.items) > ringKeep {
			*r = ring{}
		}
		return item{}, false
	}
	it := r.items[r.head]
	r.items[r.head] = item{}
	r.head = (r.head + 1) % len(r.items)
	r.n--
	return it, true
}
