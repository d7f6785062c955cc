package channels_test

import (
	"slices"
	"testing"

	"rowan/bridge"
	"rowan/bridge/presence"
	"rowan/daemon/channels"
	"rowan/daemon/channels/wire"
	"rowan/daemon/front"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/internal/presencetest"
)

// loop is a worker whose loop the test turns by hand.
type loop struct{ queue []func(*engine.Thread) }

func (l *loop) Do(f func(*engine.Thread)) error {
	l.queue = append(l.queue, f)
	return nil
}

func (l *loop) run() {
	for len(l.queue) > 0 {
		f := l.queue[0]
		l.queue = l.queue[1:]
		f(nil)
	}
}

// client keeps what comes to it, and is the script of its socket too, which answers each join with ok.
type client struct {
	*channels.Socket
	got []string // frames, and what an out handler gets
}

func (c *client) Send(message []byte, _ bool) { c.got = append(c.got, string(message)) }
func (c *client) Queue(f *front.Frame)        { c.got = append(c.got, string(f.Payload())) }
func (c *client) TextOnly() bool              { return false }
func (c *client) Flush()                      {}
func (c *client) Close(int, string)           {}

func (c *client) Shard() int                                   { return 0 }
func (c *client) Join(channels.Join) error                     { return nil }
func (c *client) Push(int, []byte, []byte, []byte, bool) error { return nil }
func (c *client) Left(int, []byte) error                       { return nil }
func (c *client) Info(int, *bridge.Message) error              { return nil }
func (c *client) End(int, string)                              {}
func (c *client) TimedOut(string)                              {}

func (c *client) Out(_ int, cast []byte) error {
	args := value.MakeArgs(cast, 2)
	event, err := args.String(0)
	if err != nil {
		return err
	}
	payload, _, err := channels.Payload(args, 1)
	c.got = append(c.got, "out "+event+" "+string(payload))
	return err
}

// presenceRig is a hub whose diffs the test publishes when it wants.
type presenceRig struct {
	t         *testing.T
	loop      loop
	hub       *channels.Hub
	diffs     chan *presence.Diff
	next      chan struct{} // the tracker may make the next diff
	published bool
	refs      presencetest.Refs
}

func newPresenceRig(t *testing.T) *presenceRig {
	r := &presenceRig{t: t, diffs: make(chan *presence.Diff), next: make(chan struct{}, 1)}
	b := bridge.New([]*loop{&r.loop}, bridge.Options{})
	tracker := presence.New(presence.Options{Window: 1, Publish: func(_ string, d *presence.Diff) {
		r.diffs <- d
		<-r.next
	}})
	t.Cleanup(func() {
		close(r.next)
		tracker.Close()
	})
	r.hub = &channels.Hub{Broadcasts: b.Broadcasts, Topics: b.Topics, Presence: tracker, Workers: make([]channels.Partition, 1)}
	return r
}

// join makes a client that has joined the topic t.
func (r *presenceRig) join(out ...string) *client {
	r.t.Helper()
	routes, err := channels.MakeRoutes([]channels.Pattern{{Topic: "t", Out: out}})
	if err != nil {
		r.t.Fatal(err)
	}
	c := &client{}
	c.Socket = r.hub.NewSocket(wire.V2, "", c, c, routes, channels.Settings{MaxChannels: 1, HeldBytes: 1 << 20})
	c.Receive([]byte(`["1","1","t","phx_join",{}]`), true)
	if there, err := c.Joined(1, []byte("{}"), false); !there || err != nil {
		r.t.Fatal("the join was refused", err)
	}
	c.got = nil
	return c
}

// publish publishes the next diff: what has changed since the last one, which the tracker has been kept at.
func (r *presenceRig) publish() {
	if r.published {
		r.next <- struct{}{}
	}
	r.published = true
	r.hub.PresenceDiff("t", <-r.diffs)
}

func (r *presenceRig) track(c *client, key string) {
	r.t.Helper()
	if err := c.Track(1, key, []byte("{}")); err != nil {
		r.t.Fatal(err)
	}
}

func (r *presenceRig) expect(c *client, want ...string) {
	r.t.Helper()
	got := c.got
	for i := range got {
		got[i] = r.refs.Name(got[i])
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("got %q\nwant %q", got, want)
	}
	c.got = nil
}

const (
	joinsA  = `{"joins":{"a":{"metas":[{"phx_ref":"A"}]}},"leaves":{}}`
	leavesA = `{"joins":{},"leaves":{"a":{"metas":[{"phx_ref":"A"}]}}}`
	joinsB  = `{"joins":{"b":{"metas":[{"phx_ref":"B"}]}},"leaves":{}}`
)

func frame(diff string) string { return `[null,null,"t","presence_diff",` + diff + `]` }

// TestDiffsInOrder: what is left of a diff for a channel does not overtake the diffs before it, or who has left would stay.
func TestDiffsInOrder(t *testing.T) {
	r := newPresenceRig(t)
	a, b := r.join(), r.join()
	r.track(a, "a")
	r.publish()
	a.Untrack(1, "a")
	r.track(b, "b")
	r.publish()
	r.loop.run()
	r.expect(a, frame(joinsA), frame(leavesA), frame(joinsB))
	r.expect(b, frame(joinsB), frame(joinsA), frame(leavesA))
}

// TestDiffsToOut: an out handler gets every diff that the client would get.
func TestDiffsToOut(t *testing.T) {
	r := newPresenceRig(t)
	a, b := r.join("presence_diff"), r.join()
	r.track(a, "a")
	r.publish()
	r.track(b, "b")
	a.Untrack(1, "a")
	r.publish()
	r.loop.run()
	r.expect(a, "out presence_diff "+joinsA, "out presence_diff "+leavesA, "out presence_diff "+joinsB)
	r.expect(b, frame(joinsB), frame(joinsA), frame(leavesA))
}
