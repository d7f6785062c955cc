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
	diffs   []*presence.Diff
}

// newRoom makes a tracker whose diffs go to the room's members.
func newRoom(t testing.TB, opts presence.Options) *room {
	r := &room{t: t, members: map[string][]*client{}}
	opts.Publish = r.publish
	r.tracker = presence.New(opts)
	t.Cleanup(r.tracker.Close)
	return r
}

func (r *room) publish(topic string, d *presence.Diff) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.diffs = append(r.diffs, d)
	for _, c := range r.members[topic] {
		if text, _ := d.Rest(c.owner); text != nil {
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

// taken are the diffs since the last call, as those get them who have had nothing of them.
func (r *room) taken() (texts []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range r.diffs {
		texts = append(texts, string(d.Text()))
	}
	r.diffs = nil
	return texts
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
