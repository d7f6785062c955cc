package presence

import (
	"sync"
	"time"
)

// topics is a part of the topics. One timer publishes the diffs of all of them, so that those of a topic are in order.
type topics struct {
	local *Local

	mu      sync.Mutex
	byName  map[string]*topic
	changed []due // in the order in which their time comes
	timer   *time.Timer
	running bool // the timer is set, or publish runs
}

// due is a topic that has changed, and when to publish that.
type due struct {
	topic *topic
	at    time.Time
}

// join adds a presence to a topic, under a key.
func (ts *topics) join(name, key string, p *presence) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	tp := ts.byName[name]
	if tp == nil {
		if ts.byName == nil {
			ts.byName = map[string]*topic{}
		}
		tp = newTopic(name)
		ts.byName[name] = tp
	}
	tp.join(p, key)
	ts.noteLocked(tp)
}

// update puts next in the place of p.
func (ts *topics) update(p, next *presence) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	p.key.topic.update(p, next)
	ts.noteLocked(p.key.topic)
}

// leave takes a presence away. told is its owner if that is told about it.
func (ts *topics) leave(p *presence, told Owner) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	p.key.topic.leave(p, told)
	ts.noteLocked(p.key.topic)
}

func (ts *topics) list(name string) []byte {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if tp := ts.byName[name]; tp != nil {
		return tp.list()
	}
	return []byte("{}")
}

// noteLocked sees to it that a topic's changes are published when its window is over.
func (ts *topics) noteLocked(tp *topic) {
	if tp.due || ts.local.closed.Load() {
		return
	}
	tp.due = true
	window := ts.local.opts.Window
	ts.changed = append(ts.changed, due{tp, time.Now().Add(window)})
	switch {
	case ts.running:
	case ts.timer == nil:
		ts.timer = time.AfterFunc(window, ts.publish)
	default:
		ts.timer.Reset(window)
	}
	ts.running = true
}

// publish publishes what is due. It runs once at a time.
func (ts *topics) publish() {
	l := ts.local
	if !ts.begin() {
		return
	}
	defer l.publishing.Done()
	for {
		topic, changes := ts.next()
		if len(changes) == 0 {
			return
		}
		for batch := range batches(changes, l.opts.Most, l.opts.MostBytes) {
			l.opts.Publish(topic, newDiff(batch))
		}
	}
}

// begin reports whether there is still anything to publish, and counts that in.
func (ts *topics) begin() bool {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.local.closed.Load() {
		return false
	}
	ts.local.publishing.Add(1)
	return true
}

// next is a topic whose window is over, and its changes; none if the timer is set for the next one or there is none.
func (ts *topics) next() (string, []*change) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for len(ts.changed) > 0 && !ts.local.closed.Load() {
		first := &ts.changed[0]
		if wait := time.Until(first.at); wait > 0 {
			ts.timer.Reset(wait)
			return "", nil
		}
		tp := first.topic
		*first = due{}
		ts.changed = ts.changed[1:]
		tp.due = false
		changes := tp.take()
		if tp.gone() {
			delete(ts.byName, tp.name)
		}
		if len(changes) > 0 {
			return tp.name, changes
		}
	}
	ts.changed, ts.running = nil, false
	return "", nil
}

// close ends the timer. The tracker is marked as closed already.
func (ts *topics) close() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.timer != nil {
		ts.timer.Stop()
	}
}
