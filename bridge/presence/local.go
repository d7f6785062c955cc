package presence

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"rowan/engine/value"
)

// stripes is how many parts owners and topics have each, so that workers seldom meet at their locks. Of the locks an
// owners' is taken first, then a topics'; never two of a kind.
const stripes = 64

// Local is the presences of one process. Make it with New.
type Local struct {
	opts   Options
	refs   refs
	seed   maphash.Seed
	owners [stripes]owners
	topics [stripes]topics

	closed     atomic.Bool
	publishing sync.WaitGroup
}

// New makes a Local without presences.
func New(opts Options) *Local {
	l := &Local{opts: opts.withDefaults(), seed: maphash.MakeSeed()}
	l.refs.seed = l.seed
	for i := range l.topics {
		l.topics[i].local = l
	}
	return l
}

func (l *Local) ownersOf(o Owner) *owners { return &l.owners[maphash.Comparable(l.seed, o)%stripes] }
func (l *Local) topicsOf(topic string) *topics {
	return &l.topics[maphash.String(l.seed, topic)%stripes]
}

// Track implements Tracker.
func (l *Local) Track(topic, key string, owner Owner, meta []byte) (own []byte, err error) {
	bare, err := l.check(topic, key, meta)
	if err != nil {
		return nil, err
	}
	p := l.presence(owner, bare, "")
	os := l.ownersOf(owner)
	os.mu.Lock()
	defer os.mu.Unlock()
	at := address{owner, topic, key}
	if l.closed.Load() {
		return nil, value.Coded(CodeStopped, "the server is stopping")
	}
	if os.presences[at] != nil {
		return nil, value.Coded(CodeAlreadyTracked, "%q on topic %q is tracked already; update replaces its meta", key, topic)
	}
	if err := l.room(os.holdings[owner], len(key)+len(p.meta), 1); err != nil {
		return nil, err
	}
	l.topicsOf(topic).join(topic, key, p)
	os.add(at, p)
	return ownDiff(p, nil), nil
}

// Update implements Tracker.
func (l *Local) Update(topic, key string, owner Owner, meta []byte) (own []byte, err error) {
	bare, err := l.check(topic, key, meta)
	if err != nil {
		return nil, err
	}
	os := l.ownersOf(owner)
	os.mu.Lock()
	defer os.mu.Unlock()
	at := address{owner, topic, key}
	p := os.presences[at]
	if p == nil {
		return nil, value.Coded(CodeNotTracked, "%q on topic %q is not tracked", key, topic)
	}
	next := l.presence(owner, bare, p.ref)
	if err := l.room(os.holdings[owner], len(next.meta)-len(p.meta), 0); err != nil {
		return nil, err
	}
	l.topicsOf(topic).update(p, next)
	os.replace(at, p, next)
	return ownDiff(next, p), nil
}

// Untrack implements Tracker.
func (l *Local) Untrack(topic, key string, owner Owner) (own []byte) {
	os := l.ownersOf(owner)
	os.mu.Lock()
	defer os.mu.Unlock()
	p := os.presences[address{owner, topic, key}]
	if p == nil {
		return nil
	}
	l.topicsOf(topic).leave(p, owner)
	os.remove(p)
	return ownDiff(nil, p)
}

// Leave implements Tracker.
func (l *Local) Leave(owner Owner) {
	l.leave(owner, func(*presence) bool { return true })
}

// LeaveTopic implements Tracker.
func (l *Local) LeaveTopic(topic string, owner Owner) {
	l.leave(owner, func(p *presence) bool { return p.key.topic.name == topic })
}

// leave takes away what which says of the owner's presences.
func (l *Local) leave(owner Owner, which func(*presence) bool) {
	os := l.ownersOf(owner)
	os.mu.Lock()
	defer os.mu.Unlock()
	h := os.holdings[owner]
	if h == nil {
		return
	}
	for i := len(h.presences) - 1; i >= 0; i-- { // backwards: remove moves the last one to where one was
		if p := h.presences[i]; which(p) {
			l.topicsOf(p.key.topic.name).leave(p, nil)
			os.remove(p)
		}
	}
}

// List implements Tracker.
func (l *Local) List(topic string) []byte { return l.topicsOf(topic).list(topic) }

// Close ends the publishing of diffs, and waits for Publish to return. Nothing can be tracked any more.
func (l *Local) Close() {
	l.closed.Store(true)
	for i := range l.topics {
		l.topics[i].close()
	}
	l.publishing.Wait()
}

// check checks what is to be tracked, and returns the meta as bareMeta does.
func (l *Local) check(topic, key string, meta []byte) (bare []byte, err error) {
	switch {
	case topic == "":
		return nil, value.OverLimit("the topic's name is empty")
	case len(topic) > l.opts.KeyBytes:
		return nil, value.OverLimit("the topic's name has %d bytes, more than %d", len(topic), l.opts.KeyBytes)
	case len(key) > l.opts.KeyBytes:
		return nil, value.OverLimit("the key has %d bytes, more than %d", len(key), l.opts.KeyBytes)
	case len(meta) > l.opts.MetaBytes:
		return nil, value.OverLimit("the meta has %d bytes as JSON, more than %d", len(meta), l.opts.MetaBytes)
	}
	return bareMeta(meta)
}

// presence makes a presence that stands nowhere yet. prev is the ref that it follows, "" if it follows none.
func (l *Local) presence(owner Owner, bare []byte, prev string) *presence {
	ref := l.refs.next(owner)
	return &presence{owner: owner, ref: ref, meta: fullMeta(bare, ref, prev)}
}

// room checks that an owner may have so many presences, of so many bytes, more than it has; h is nil if it has none.
func (l *Local) room(h *holdings, bytes, presences int) error {
	if h != nil {
		bytes += h.bytes
		presences += len(h.presences)
	}
	switch {
	case presences > l.opts.Presences:
		return value.OverLimit("%d presences are tracked already", presences-1)
	case bytes > l.opts.OwnerBytes:
		return value.OverLimit("the presences have %d bytes together, more than %d", bytes, l.opts.OwnerBytes)
	}
	return nil
}

var _ Tracker = (*Local)(nil)
