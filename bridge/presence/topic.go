package presence

import "container/list"

// presence is a meta of an owner under a key of a topic.
type presence struct {
	key   *key
	owner Owner
	ref   string // the meta's phx_ref
	meta  []byte // its text, with the refs
	at    int    // among its owner's; guarded by the lock of those

	// Guarded by the lock of the topic.
	place  *list.Element // in key.presences
	number uint64        // in its topic, in the order in which they came
	change *change       // that will announce it; nil once one has
}

func (p *presence) bytes() int { return len(p.key.name) + len(p.meta) }

// key is a key of a topic, which is there while it has presences.
type key struct {
	topic     *topic
	name      string
	presences list.List     // of *presence, in the order in which they came
	place     *list.Element // in topic.order
}

// topic is what is present on a topic, and what has changed since the last diff. It is guarded by the lock of its stripe.
type topic struct {
	name    string
	keys    map[string]*key
	order   list.List // of *key, in the order in which they came
	last    uint64    // the number of the last presence
	shown   uint64    // the last presence that a list has shown
	text    []byte    // what list returns; nil if it must be made
	size    int       // of the last text
	changes list.List // of *change
	due     bool      // it waits for its diffs to be published
}

func newTopic(name string) *topic { return &topic{name: name, keys: map[string]*key{}} }

// change is what a diff will say of one presence, from what everyone knows of it to what there is now.
type change struct {
	join   *presence   // unless it has left
	leaves []*presence // what others may know, oldest first: what a diff has announced, then what lists have shown
	told   Owner       // who has had all this as its own; nil if nobody has
	place  *list.Element
}

func (c *change) entries() int {
	if c.join != nil {
		return len(c.leaves) + 1
	}
	return len(c.leaves)
}

func (c *change) bytes() int {
	n := 0
	if c.join != nil {
		n = c.join.bytes()
	}
	for _, p := range c.leaves {
		n += p.bytes()
	}
	return n
}

// join adds a presence, which the owner is told about.
func (tp *topic) join(p *presence, name string) {
	tp.add(p, name)
	c := &change{join: p, told: p.owner}
	c.place = tp.changes.PushBack(c)
	p.change = c
}

// leave takes a presence away. told is its owner if that is told about it.
func (tp *topic) leave(p *presence, told Owner) {
	tp.remove(p)
	tp.replace(p, nil, told)
}

// update puts next, which the owner is told about, in the place of p.
func (tp *topic) update(p, next *presence) {
	tp.add(next, p.key.name) // first, so that the key stays
	tp.remove(p)
	tp.replace(p, next, next.owner)
}

// replace notes that p has gone and next, or nothing if that is nil, has come instead.
func (tp *topic) replace(p, next *presence, told Owner) {
	c := p.change
	if c == nil { // a diff has announced p
		c = &change{}
		c.place = tp.changes.PushBack(c)
	}
	if p.change == nil || p.number <= tp.shown {
		c.leaves = append(c.leaves, p)
	}
	c.join, c.told = next, told
	if next != nil {
		next.change = c
	}
	if c.entries() == 0 {
		tp.changes.Remove(c.place)
	}
}

func (tp *topic) add(p *presence, name string) {
	k := tp.keys[name]
	if k == nil {
		k = &key{topic: tp, name: name}
		tp.keys[name] = k
		k.place = tp.order.PushBack(k)
	}
	tp.last++
	p.key, p.number = k, tp.last
	p.place = k.presences.PushBack(p)
	tp.text = nil
}

func (tp *topic) remove(p *presence) {
	k := p.key
	k.presences.Remove(p.place)
	if k.presences.Len() == 0 {
		delete(tp.keys, k.name)
		tp.order.Remove(k.place)
	}
	tp.text = nil
}

// list is the text of what is present.
func (tp *topic) list() []byte {
	tp.shown = tp.last
	if tp.text != nil {
		return tp.text
	}
	text := append(make([]byte, 0, tp.size+tp.size/8), '{')
	for e := tp.order.Front(); e != nil; e = e.Next() {
		if len(text) > 1 {
			text = append(text, ',')
		}
		k := e.Value.(*key)
		text = appendKey(text, k.name)
		for e := k.presences.Front(); e != nil; e = e.Next() {
			text = append(text, e.Value.(*presence).meta...)
			text = append(text, ',')
		}
		text = endKey(text)
	}
	tp.text = append(text, '}')
	tp.size = len(tp.text)
	return tp.text
}

// take hands over the changes since the last time: diffs are about to announce them.
func (tp *topic) take() []*change {
	changes := make([]*change, 0, tp.changes.Len())
	for e := tp.changes.Front(); e != nil; e = e.Next() {
		c := e.Value.(*change)
		if c.join != nil {
			c.join.change = nil
		}
		changes = append(changes, c)
	}
	tp.changes.Init()
	return changes
}

// gone reports whether the topic can be forgotten.
func (tp *topic) gone() bool { return len(tp.keys) == 0 && tp.changes.Len() == 0 }
