package channels

import (
	"sync/atomic"
	"time"

	"rowan/bridge"
	"rowan/bridge/presence"
)

// Hub is what the sockets of a server share.
type Hub struct {
	// Broadcasts are the topics of channels.
	Broadcasts *bridge.Topics
	// Topics are those that channels can listen to.
	Topics *bridge.Topics
	// Presence keeps who is present.
	Presence presence.Tracker

	// Workers counts by the worker of the contexts; as long as there are workers.
	Workers []Partition

	joins   atomic.Uint64
	crashes atomic.Uint64
}

// Partition counts what lives on one worker.
type Partition struct{ sockets, channels atomic.Int64 }

// Settings are the limits of a socket.
type Settings struct {
	// MaxChannels is how many channels a socket may have joined.
	MaxChannels int
	// Timeout is how long a handler's promise is waited for.
	Timeout time.Duration
	// HeldBytes is how much may wait for a channel whose join has not been answered. More closes the socket with 1013.
	HeldBytes int
}

// Stats are the sockets in numbers.
type Stats struct {
	Joins   uint64 // that were answered with ok, ever
	Crashes uint64 // of channels, ever
	Workers []PartitionStats
}

// PartitionStats are those of one worker.
type PartitionStats struct {
	Sockets  int // open
	Channels int // joined, or about to be
}

// Stats counts.
func (h *Hub) Stats() Stats {
	s := Stats{Joins: h.joins.Load(), Crashes: h.crashes.Load(), Workers: make([]PartitionStats, len(h.Workers))}
	for i := range h.Workers {
		p := &h.Workers[i]
		s.Workers[i] = PartitionStats{Sockets: int(p.sockets.Load()), Channels: int(p.channels.Load())}
	}
	return s
}

// Broadcast sends an event to every member of a topic, save some. payload is an encoded value: a string that is JSON, or bytes.
func (h *Hub) Broadcast(topic, event string, payload []byte, except ...*bridge.Member) error {
	_, err := h.Broadcasts.PublishEncoded(topic, encodeCast(event, payload), except...)
	return err
}

// PresenceDiff sends a presence_diff to every member of a topic in this process. Each channel gets what it has not had yet. It is
// the Publish of presence.Options.
func (h *Hub) PresenceDiff(topic string, d *presence.Diff) {
	h.Broadcasts.PublishHere(topic, encodeCast(presenceDiff, encodeText(d.Text())), d)
}

const presenceDiff = "presence_diff"
