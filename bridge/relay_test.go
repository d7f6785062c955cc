package bridge_test

import (
	"fmt"
	"testing"

	"rowan/bridge"
	"rowan/engine/value"
)

// wireTo is a Relay to one other node in the same process.
type wireTo struct {
	t    *testing.T
	node *bridge.Bridge
}

func (w *wireTo) Relay(space, topic string, encoded []byte) {
	if err := w.node.Receive(space, topic, encoded); err != nil {
		w.t.Error(err)
	}
}

// Two nodes relay to each other: each message reaches the subscribers of both once, in order, in its own namespace.
func TestRelay(t *testing.T) {
	var nodes [2]*bridge.Bridge
	var loops [2]*loop
	var relays [2]wireTo
	for i := range nodes {
		loops[i] = new(loop)
		relays[i].t = t
		nodes[i] = bridge.New([]*loop{loops[i]}, bridge.Options{Relay: &relays[i]})
	}
	relays[0].node, relays[1].node = nodes[1], nodes[0]

	_, here := join(t, nodes[0].Topics, 0, "news")
	there, far := join(t, nodes[1].Topics, 0, "news")
	_, apart := join(t, nodes[1].Broadcasts, 0, "news")
	run := func() {
		for _, l := range loops {
			l.run()
		}
	}
	for i := range 3 {
		publish(t, nodes[0].Topics, "news", i, nil, 1) // those of the other node are not counted
	}
	publish(t, nodes[1].Topics, "news", "back", there, 0)
	run()
	here.expect(t, "news=0", "news=1", "news=2", "news=back")
	far.expect(t, "news=0", "news=1", "news=2") // the publisher is excepted on its own node
	apart.expect(t)

	publish(t, nodes[0].Broadcasts, "news", "cast", nil, 0)
	run()
	here.expect(t)
	far.expect(t)
	apart.expect(t, "news=cast")
}

// What is published here alone is not relayed, and brings subscribers in Go what its publisher sends along.
func TestPublishHere(t *testing.T) {
	l := new(loop)
	ts := bridge.New([]*loop{l}, bridge.Options{Relay: &wireTo{t: t}}).Topics // which has no node, and would panic
	_, here := join(t, ts, 0, "news")
	if n, err := ts.PublishHere("news", value.AppendInt(nil, 1), "along"); n != 1 || err != nil {
		t.Error(n, err)
	}
	l.run()
	here.expect(t, "news=1 with along")
	if _, err := ts.PublishHere("", nil, nil); err == nil {
		t.Error("no error for a topic without a name")
	}
}

func TestReceiveErrors(t *testing.T) {
	b := bridge.New([]*loop{new(loop)}, bridge.Options{})
	for _, test := range []struct{ space, topic, want string }{
		{"elsewhere", "news", `there is no namespace "elsewhere" of topics`},
		{"topics", "", "RangeError: the topic's name is empty"},
	} {
		if err := b.Receive(test.space, test.topic, value.AppendInt(nil, 1)); fmt.Sprint(err) != test.want {
			t.Errorf("%s/%s: %v, want %s", test.space, test.topic, err, test.want)
		}
	}
}
