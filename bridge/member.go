package bridge

import (
	"slices"
	"sync/atomic"

	"rowan/engine/value"
)

// Subscriber gets the messages of topics.
type Subscriber interface {
	// Deliver takes a message. It is called on the worker's loop, must not block, and runs no JavaScript. It returns false
	// if it had to drop the message.
	Deliver(m *Message) bool
}

// Flusher is a Subscriber that gathers what it takes, such as a socket that writes several messages at once. Flush is called on
// the worker's loop after one or more messages, once the loop has no more of them or has gone on for a millisecond.
type Flusher interface {
	Subscriber
	Flush()
}

// Member is a subscriber with its subscriptions. Make one with Topics.Join.
type Member struct {
	topics     *Topics
	shard      *shard
	subscriber Subscriber
	flusher    Flusher // the subscriber, if it is one
	unflushed  bool    // it is in the shard's list; used by drain alone

	// Guarded by the shard's lock.
	subscriptions []*subscription // in the order in which they were made
	left          bool
}

// subscription is a Member's place among a topic's subscribers on its worker.
type subscription struct {
	member *Member
	part   *part
	at     int    // in part.list
	since  uint64 // the number of the last message that the shard got before it
	ended  atomic.Bool
}

// Join makes a Member of a subscriber that lives on the worker of that index.
func (ts *Topics) Join(shard int, s Subscriber) *Member {
	f, _ := s.(Flusher)
	return &Member{topics: ts, shard: ts.shards[shard], subscriber: s, flusher: f}
}

// Subscribe subscribes to a topic. Nothing happens if the member has already done so, or has left.
//
// # Errors
//
// A *value.Error with the code "limit" for a bad name, or for too many subscriptions.
func (m *Member) Subscribe(name string) error {
	if err := checkTopic([]byte(name)); err != nil {
		return err
	}
	st := m.topics.stripe([]byte(name))
	st.mu.Lock()
	defer st.mu.Unlock()
	m.shard.mu.Lock()
	defer m.shard.mu.Unlock()
	tp := st.topics[name]
	if m.left || m.findLocked(tp) != nil {
		return nil
	}
	if n := len(m.subscriptions); n >= m.topics.subscriptions {
		return value.OverLimit("there are %d subscriptions already", n)
	}
	if tp == nil {
		tp = st.add(name, m.topics.groups.of(name))
	}
	p := tp.partOn(m.shard)
	sub := &subscription{member: m, part: p, at: len(p.list), since: m.shard.number}
	p.list = append(p.list, sub)
	p.live.Add(1)
	tp.group.subscriptions.Add(1)
	m.shard.subscriptions.Add(1)
	m.subscriptions = append(m.subscriptions, sub)
	return nil
}

// Unsubscribe ends a subscription, if there is one. A message that waits for it is not delivered.
func (m *Member) Unsubscribe(name string) {
	st := m.topics.stripe([]byte(name))
	st.mu.Lock()
	defer st.mu.Unlock()
	m.shard.mu.Lock()
	defer m.shard.mu.Unlock()
	tp := st.topics[name]
	sub := m.findLocked(tp)
	if sub == nil {
		return
	}
	i := slices.Index(m.subscriptions, sub)
	m.subscriptions = slices.Delete(m.subscriptions, i, i+1)
	sub.ended.Store(true)
	tp.group.subscriptions.Add(-1)
	m.shard.subscriptions.Add(-1)
	if sub.part.removeLocked(sub) == 0 {
		st.drop(tp, sub.part)
	}
}

// Leave ends all subscriptions, and those to come.
func (m *Member) Leave() {
	m.shard.mu.Lock()
	m.left = true
	m.shard.mu.Unlock()
	for _, name := range m.Subscriptions() {
		m.Unsubscribe(name)
	}
}

// Subscriptions are the topics that the member has subscribed to, in the order in which it did.
func (m *Member) Subscriptions() []string {
	m.shard.mu.Lock()
	defer m.shard.mu.Unlock()
	names := make([]string, len(m.subscriptions))
	for i, s := range m.subscriptions {
		names[i] = s.part.topic.name
	}
	return names
}

// Subscribed reports whether the member has subscribed to a topic.
func (m *Member) Subscribed(name string) bool {
	m.shard.mu.Lock()
	defer m.shard.mu.Unlock()
	return slices.ContainsFunc(m.subscriptions, func(s *subscription) bool { return s.part.topic.name == name })
}

// findLocked is the member's subscription to a topic, or nil. Its subscriptions are few enough to look at each.
func (m *Member) findLocked(tp *topic) *subscription {
	if tp == nil {
		return nil
	}
	for _, s := range m.subscriptions {
		if s.part.topic == tp {
			return s
		}
	}
	return nil
}

// add puts a topic into the index. The stripe's lock is held.
func (st *stripe) add(name string, g *group) *topic {
	if st.topics == nil {
		st.topics = map[string]*topic{}
	}
	tp := &topic{name: name, group: g}
	st.topics[name] = tp
	return tp
}

// drop takes a part without subscribers away, and the topic with its last one. The stripe's lock is held.
func (st *stripe) drop(tp *topic, p *part) {
	tp.parts = slices.DeleteFunc(slices.Clone(tp.parts), func(q *part) bool { return q == p })
	if len(tp.parts) == 0 {
		delete(st.topics, tp.name)
	}
}

// partOn finds or makes the part of a topic on a shard. The locks of both are held.
func (tp *topic) partOn(s *shard) *part {
	for _, p := range tp.parts {
		if p.shard == s {
			return p
		}
	}
	p := &part{topic: tp, shard: s}
	tp.parts = append(slices.Clip(slices.Clone(tp.parts)), p)
	return p
}
