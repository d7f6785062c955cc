package channels

import (
	"slices"
	"time"

	"rowan/bridge"
	"rowan/bridge/presence"
	"rowan/daemon/front"
)

// Channel is one topic that a socket's client has joined, or is about to. Its socket's lock guards it.
type Channel struct {
	socket     *Socket
	number     int // by which the script knows it
	topic      string
	rawTopic   []byte // as JSON
	pattern    *Pattern
	joinRef    []byte // raw JSON; nil for none
	state      state
	superseded bool // the client has left, and joins the topic anew: the next channel is found by it

	// While it is joining: the join's ref, what leaves after the reply, and the channel that is then closed.
	ref       []byte // raw JSON
	held      []held
	heldBytes int
	replaced  *Channel

	home   *Partition     // where it is counted
	member *bridge.Member // of the topic's broadcasts
	infos  *bridge.Member // of topics that it listens to; nil before the first

	awaited bool        // a handler's promise is waited for
	timer   *time.Timer // for how long; nil before the first
}

// state is where a channel is in its life.
type state uint8

const (
	joining state = iota // the join has not been answered
	joined
	leaving // the client has left; the script has not come to that yet
	ended   // nothing reaches it any more; its script may still push
)

// held is a message that waits for the answer to a join.
type held struct {
	cast  bool         // it is of the topic, and waits for what the join pushes too
	frame *front.Frame // shared, or else:
	data  []byte
	text  bool
}

// live reports whether the channel counts as one of the socket's.
func (c *Channel) live() bool { return c.state != ended }

// Deliver takes a broadcast, on the worker's loop.
func (c *Channel) Deliver(m *bridge.Message) bool {
	s := c.socket
	if d, ok := m.With().(*presence.Diff); ok {
		if rest, own := d.Rest(c); own {
			return rest == nil || c.tell(rest, true)
		}
	}
	shared, err := m.Shared(newCast)
	if err != nil {
		return false
	}
	b := shared.(*cast)
	if c.pattern.intercepts(b.event) {
		return s.script.Out(c.number, m.Value()) == nil
	}
	f := b.frame(s)
	if f == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch c.state {
	case joining:
		return c.holdLocked(held{cast: true, frame: f}, f.Len())
	case leaving, ended:
		return false // a client that has left takes it for its next channel on the topic
	}
	s.transport.Queue(f)
	return true
}

// Flush writes the broadcasts that were delivered.
func (c *Channel) Flush() { c.socket.transport.Flush() }

// listener is a channel as a subscriber of the topics that it listens to.
type listener Channel

func (l *listener) Deliver(m *bridge.Message) bool {
	return l.socket.script.Info(l.number, m) == nil
}

// holdLocked keeps a message until the join is answered. The first is kept whatever its size, as in a send queue.
func (c *Channel) holdLocked(h held, size int) bool {
	if c.heldBytes > 0 && c.heldBytes+size > c.socket.settings.HeldBytes {
		c.socket.transport.Close(front.StatusTryAgainLater, "too much to send while a join waits")
		return false
	}
	c.heldBytes += size
	c.held = append(c.held, h)
	return true
}

// sendLocked sends a message of the channel, after the answer to its join. cast: after what the join pushes, too.
func (c *Channel) sendLocked(text, cast bool) {
	s := c.socket
	if c.state == joining {
		c.holdLocked(held{cast: cast, data: slices.Clone(s.buf), text: text}, len(s.buf))
		return
	}
	s.sendLocked(text)
}

// releaseLocked sends what was held: what the join has pushed, then what came for the topic meanwhile.
func (c *Channel) releaseLocked() {
	for _, casts := range []bool{false, true} {
		for _, h := range c.held {
			switch {
			case h.cast != casts:
			case h.frame != nil:
				c.socket.transport.Queue(h.frame)
			default:
				c.socket.transport.Send(h.data, h.text)
			}
		}
	}
	c.held, c.heldBytes = nil, 0
	c.socket.transport.Flush()
}

// tell sends a presence_diff to this channel alone; false if it has ended. cast: it is of others.
func (c *Channel) tell(diff []byte, cast bool) bool {
	s := c.socket
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !c.live() || cast && c.state == leaving:
		return false
	case c.pattern.intercepts(presenceDiff):
		s.script.Out(c.number, encodeCast(presenceDiff, encodeText(diff)))
	default:
		s.buf = s.version.AppendPush(s.buf[:0], nil, nil, c.topic, presenceDiff, diff)
		c.sendLocked(true, cast)
	}
	return true
}

// endLocked keeps everything from the channel that is not its script's.
func (c *Channel) endLocked() {
	if !c.live() {
		return
	}
	c.state = ended
	c.held = nil
	if c.timer != nil {
		c.timer.Stop()
	}
	c.member.Leave()
	if c.infos != nil {
		c.infos.Leave()
	}
	hub := c.socket.hub
	hub.Presence.Leave(c)
	c.home.channels.Add(-1)
}
