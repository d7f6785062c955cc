package bridge

import (
	"strings"
	"sync"
	"sync/atomic"
)

// group is the topics whose names are alike up to the first colon, "room:*", which are counted together: there may be a million
// topics, and clients choose their names.
type group struct {
	name          string
	subscriptions atomic.Int64
	messages      atomic.Uint64 // that had a subscriber
	deliveries    atomic.Uint64
	dropped       atomic.Uint64
}

// Bounds of groups.
const (
	groupsMax     = 100
	groupNameMax  = 64
	groupOfOthers = "other"
)

// groups are the groups of a namespace.
type groups struct {
	mu     sync.Mutex
	byName map[string]*group
}

// groupName is the name of a topic's group.
func groupName(topic string) string {
	prefix, _, found := strings.Cut(topic, ":")
	if len(prefix) > groupNameMax {
		return groupOfOthers
	}
	if prefix = strings.ToValidUTF8(prefix, "\uFFFD"); found {
		return prefix + ":*"
	}
	return prefix
}

// of returns the group of a topic. Those beyond the first groupsMax are one.
func (g *groups) of(topic string) *group {
	name := groupName(topic)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.byName == nil {
		g.byName = map[string]*group{}
	}
	if g.byName[name] == nil && len(g.byName) >= groupsMax {
		name = groupOfOthers
	}
	if g.byName[name] == nil {
		g.byName[name] = &group{name: name}
	}
	return g.byName[name]
}

// GroupStats are topics whose names begin alike, in numbers.
type GroupStats struct {
	Group         string // such as "room:*", a topic's whole name, or "other"
	Subscriptions int
	Messages      uint64 // that had a subscriber
	Deliveries    uint64 // of them, once for each subscriber
	Dropped       uint64 // deliveries for which there was no room
}

// Groups counts by groups of topics, of which there are 101 at most, in no order.
func (ts *Topics) Groups() []GroupStats {
	ts.groups.mu.Lock()
	defer ts.groups.mu.Unlock()
	all := make([]GroupStats, 0, len(ts.groups.byName))
	for _, g := range ts.groups.byName {
		all = append(all, GroupStats{
			Group: g.name, Subscriptions: int(g.subscriptions.Load()),
			Messages: g.messages.Load(), Deliveries: g.deliveries.Load(), Dropped: g.dropped.Load(),
		})
	}
	return all
}
