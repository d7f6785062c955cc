package presence_test

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"testing"

	"rowan/bridge/presence"
)

// meta is what the tests look at in one.
type meta struct {
	Ref  string `json:"phx_ref"`
	Prev string `json:"phx_ref_prev"`
	N    int    `json:"n"`
}

// state is who is present, as presence_state and each side of a presence_diff have it.
type state map[string]struct {
	Metas []meta `json:"metas"`
}

type diff struct{ Joins, Leaves state }

func parse[T any](t testing.TB, text []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// client is a member of a topic that does what the Presence class of the npm package phoenix does.
type client struct {
	owner presence.Owner
	keys  map[string][]meta
}

// sync is the arrival of a presence_state.
func (c *client) sync(s state) {
	c.keys = map[string][]meta{}
	for key, p := range s {
		c.keys[key] = p.Metas
	}
}

// apply is the arrival of a presence_diff: joins come behind those that are still there, then leaves go.
func (c *client) apply(d diff) {
	for key, p := range d.Joins {
		c.keys[key] = append(without(c.keys[key], p.Metas), p.Metas...)
	}
	for key, p := range d.Leaves {
		if c.keys[key] = without(c.keys[key], p.Metas); len(c.keys[key]) == 0 {
			delete(c.keys, key)
		}
	}
}

func without(metas, gone []meta) []meta {
	return slices.DeleteFunc(slices.Clone(metas), func(m meta) bool {
		return slices.ContainsFunc(gone, func(g meta) bool { return g.Ref == m.Ref })
	})
}

// refs are the names of the metas by key, in no order.
func refs(keys map[string][]meta) map[string][]string {
	by := map[string][]string{}
	for key, metas := range keys {
		for _, m := range metas {
			by[key] = append(by[key], m.Ref)
		}
		slices.Sort(by[key])
	}
	return by
}

// room is the members of topics, to whom diffs go.
type room struct {
	t       testing.TB
	tracker *presence.Local

	mu      sync.Mutex
	members map[string][]*client
	diffs   []string // as those got them who had nothing of their own in them
	rests   []map[presence.Owner]string
}

// newRoom makes a tracker whose diffs go to the room's members.
func newRoom(t testing.TB, opts presence.Options) *room {
	r := &room{t: t, members: map[string][]*client{}}
	opts.Publish = r.publish
	r.tracker = presence.New(opts)
	t.Cleanup(r.tracker.Close)
	return r
}

func (r *room) publish(topic string, shared []byte, own map[presence.Owner][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.diffs = append(r.diffs, string(shared))
	rests := map[presence.Owner]string{}
	for owner, rest := range own {
		rests[owner] = string(rest)
	}
	r.rests = append(r.rests, rests)
	for _, c := range r.members[topic] {
		text := shared
		if rest, has := own[c.owner]; has {
			text = rest
		}
		if text != nil {
			c.apply(parse[diff](r.t, text))
		}
	}
}

// enter makes an owner a member of a topic that gets a list, as a join does.
func (r *room) enter(topic string, owner presence.Owner) *client {
	c := &client{owner: owner, keys: map[string][]meta{}}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[topic] = append(r.members[topic], c)
	c.sync(parse[state](r.t, r.tracker.List(topic)))
	return c
}

func (r *room) exit(topic string, c *client) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[topic] = slices.DeleteFunc(r.members[topic], func(m *client) bool { return m == c })
}

// taken are the diffs since the last call.
func (r *room) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	diffs := r.diffs
	r.diffs = nil
	return diffs
}

// check compares what a member sees with what is present.
func (r *room) check(topic string, c *client) {
	r.t.Helper()
	present := &client{}
	present.sync(parse[state](r.t, r.tracker.List(topic)))
	if want, got := refs(present.keys), refs(c.keys); !maps.EqualFunc(want, got, slices.Equal) {
		r.t.Errorf("member %v of %s sees %v, present is %v", c.owner, topic, got, want)
	}
}
