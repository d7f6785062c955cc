package locks

import "slices"

// Manager is the lock manager of an app: names, who holds them, who waits (Web Locks API, 3 API). The zero Manager has none.
// It is not safe for concurrent use.
type Manager struct {
	names map[string]*queue
	order uint64
}

// queue is a name that somebody holds or waits for.
type queue struct {
	held    []*Lock
	waiting []*Lock
}

// Lock is a request for a name, and the lock once it is held.
type Lock struct {
	Name   string
	Shared bool
	// Client is who asks.
	Client *Client
	// ID is the client's own number for the request.
	ID int

	held  bool
	order uint64
}

// Client is a context that has asked for locks.
type Client struct {
	// Name is what query calls it.
	Name string
	// Granted is told that the request is over: the lock is held, or it was asked for if available and is not.
	Granted func(id int, held bool)
	// Stolen is told that a lock was taken away.
	Stolen func(id int)

	locks map[int]*Lock
}

// Option is how a lock is asked for.
type Option uint8

const (
	// Wait for it.
	Wait Option = iota
	// IfAvailable takes it now or not at all.
	IfAvailable
	// Steal takes it away from those who hold it, before those who wait.
	Steal
)

// LocksMax is how many locks one client may hold and wait for.
const LocksMax = 1000

// Request asks for a lock. It reports false if the client has too many already.
func (m *Manager) Request(l *Lock, how Option) bool {
	if len(l.Client.locks) >= LocksMax {
		return false
	}
	if l.Client.locks == nil {
		l.Client.locks = map[int]*Lock{}
	}
	if m.names == nil {
		m.names = map[string]*queue{}
	}
	q := m.names[l.Name]
	if q == nil {
		q = &queue{}
		m.names[l.Name] = q
	}
	m.order++
	l.order = m.order
	switch how {
	case IfAvailable:
		if !q.grantable(l, q.waiting) {
			m.tidy(l.Name)
			l.Client.Granted(l.ID, false)
			return true
		}
	case Steal:
		for _, victim := range q.held {
			delete(victim.Client.locks, victim.ID)
			victim.held = false
			victim.Client.Stolen(victim.ID)
		}
		q.held = nil
		q.waiting = slices.Insert(q.waiting, 0, l)
	}
	if how != Steal {
		q.waiting = append(q.waiting, l)
	}
	l.Client.locks[l.ID] = l
	q.process()
	return true
}

// grantable reports whether nobody who holds the name, and nobody of those who wait, is in the lock's way.
func (q *queue) grantable(l *Lock, before []*Lock) bool {
	if len(before) > 0 {
		return false
	}
	return len(q.held) == 0 || l.Shared && q.held[0].Shared
}

// process grants what can be granted, in order.
func (q *queue) process() {
	for len(q.waiting) > 0 && q.grantable(q.waiting[0], nil) {
		l := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.held = append(q.held, l)
		l.held = true
		l.Client.Granted(l.ID, true)
	}
}

// End releases a client's lock, or takes its request back. It reports whether it was a request that still waited.
func (m *Manager) End(c *Client, id int) (waited bool) {
	l := c.locks[id]
	if l == nil {
		return false
	}
	delete(c.locks, id)
	q := m.names[l.Name]
	if l.held {
		q.held = slices.DeleteFunc(q.held, func(other *Lock) bool { return other == l })
	} else {
		q.waiting = slices.DeleteFunc(q.waiting, func(other *Lock) bool { return other == l })
	}
	q.process()
	m.tidy(l.Name)
	return !l.held
}

func (m *Manager) tidy(name string) {
	if q := m.names[name]; len(q.held)+len(q.waiting) == 0 {
		delete(m.names, name)
	}
}

// EndAll releases and takes back all that a client has.
func (m *Manager) EndAll(c *Client) {
	for _, l := range c.inOrder() {
		m.End(c, l.ID)
	}
}

// inOrder is newest first, so that no lock is granted to a client that is about to lose it.
func (c *Client) inOrder() []*Lock {
	list := make([]*Lock, 0, len(c.locks))
	for _, l := range c.locks {
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b *Lock) int { return int(b.order) - int(a.order) })
	return list
}

// Snapshot is what is held and what waits, each in the order of the requests.
func (m *Manager) Snapshot() (held, waiting []*Lock) {
	for _, q := range m.names {
		held = append(held, q.held...)
		waiting = append(waiting, q.waiting...)
	}
	byOrder := func(a, b *Lock) int { return int(a.order) - int(b.order) }
	slices.SortFunc(held, byOrder)
	slices.SortStableFunc(waiting, byOrder)
	return held, waiting
}
