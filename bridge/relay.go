package bridge

import "fmt"

// Relay takes what is published in this process to the other nodes of a cluster, as Phoenix.PubSub's adapters do. The other side
// is [Bridge.Receive], which a node calls with what comes from its peers.
//
// Relay is called for every message on the goroutine of its publisher, often a worker's loop: it must not block, and must keep
// the order in which one goroutine calls it. Delivery stays at most once; a peer that cannot be reached gets nothing.
type Relay interface {
	// Relay takes a message: in which namespace ("topics" or "broadcasts") and on which topic it was published, and its encoded
	// value, which must be copied to be kept.
	Relay(space, topic string, encoded []byte)
}

// Spaces are the bridge's namespaces of topics, by their names.
func (b *Bridge) Spaces() map[string]*Topics {
	return map[string]*Topics{b.Topics.space: b.Topics, b.Broadcasts.space: b.Broadcasts}
}

// Receive publishes a message of another node to the subscribers of this process alone.
//
// # Errors
//
// A namespace that is not known, or a topic's name that is none.
func (b *Bridge) Receive(space, topic string, encoded []byte) error {
	for _, ts := range []*Topics{b.Topics, b.Broadcasts} {
		if ts.space != space {
			continue
		}
		_, err := ts.PublishHere(topic, encoded, nil)
		return err
	}
	return fmt.Errorf("there is no namespace %q of topics", space)
}
