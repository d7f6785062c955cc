package channels

import (
	"errors"
	"slices"
	"sync"

	"rowan/bridge"
	"rowan/daemon/channels/wire"
	"rowan/daemon/front"
	"rowan/pool"
)

// Socket is one client's connection with the channels that it has joined.
type Socket struct {
	hub       *Hub
	settings  Settings
	routes    *Routes
	version   wire.Version
	textOnly  bool // bytes go as {"base64": …}: version 1 has no frames for them, and long polls have only text
	transport Transport
	script    Script
	home      *Partition     // where it is counted
	control   *bridge.Member // of the socket's name; nil without one

	mu       sync.Mutex
	channels []*Channel // those that have ended too, until their script has done with them; few enough to look at each
	last     int        // number of a channel
	closed   bool
	buf      []byte // for encoding
}

// NewSocket makes the socket of a client that was admitted. id names it, "" is no name. Nothing comes from it before Receive.
func (h *Hub) NewSocket(v wire.Version, id string, t Transport, script Script, routes *Routes, settings Settings) *Socket {
	s := &Socket{hub: h, settings: settings, routes: routes, version: v, textOnly: v == wire.V1 || t.TextOnly(), transport: t, script: script}
	s.home = &h.Workers[script.Shard()]
	s.home.sockets.Add(1)
	if id != "" {
		s.control = h.Broadcasts.Join(script.Shard(), (*control)(s))
		s.control.Subscribe(id) // a name that cannot be a topic cannot be broadcast to either
	}
	return s
}

// control is a socket as a subscriber of its own name.
type control Socket

// Deliver closes the socket if it is told so.
func (c *control) Deliver(m *bridge.Message) bool {
	shared, err := m.Shared(newCast)
	if err == nil && shared.(*cast).event == "disconnect" {
		c.transport.Close(front.StatusGoingAway, "disconnected")
	}
	return err == nil
}

var errBinary = errors.New("version 1 has no binary frames")

// What the socket itself answers.
var (
	emptyObject     = []byte(`{}`)
	unmatchedTopic  = []byte(`{"reason":"unmatched topic"}`)
	tooManyChannels = []byte(`{"reason":"too many channels joined"}`)
	joinCrashed     = []byte(`{"reason":"join crashed"}`)
	channelCrash    = []byte(`{"reason":"channel_crash"}`)
)

// Receive takes a frame of the client. False: the script has no room, and the frame is to be given again.
func (s *Socket) Receive(frame []byte, text bool) bool {
	var m wire.Message
	var err error
	switch {
	case text:
		m, err = s.version.DecodeText(frame)
	case s.version == wire.V2:
		m, err = wire.DecodeBinary(frame)
	default:
		err = errBinary
	}
	if err != nil {
		s.transport.Close(front.StatusInternalError, "malformed frame")
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
	case string(m.Topic) == "phoenix":
		if string(m.Event) == "heartbeat" {
			s.replyLocked(nil, m.Ref, m.RawTopic, true, emptyObject)
		} else {
			s.unmatchedLocked(m)
		}
	case string(m.Event) == "phx_join":
		return s.joinLocked(m)
	default:
		return s.routeLocked(m)
	}
	return true
}

// routeLocked brings an event or a leave to its channel.
func (s *Socket) routeLocked(m wire.Message) bool {
	c := s.findLocked(m.Topic)
	leave := string(m.Event) == "phx_leave"
	switch {
	case c == nil && leave:
		s.replyLocked(m.JoinRef, m.Ref, m.RawTopic, true, emptyObject)
		return true
	case c == nil:
		s.unmatchedLocked(m)
		return true
	case !isNull(m.JoinRef) && !slices.Equal(m.JoinRef, c.joinRef):
		return true // stale: from before the client joined anew
	case c.state == leaving:
		return true // what comes after the leave is lost, as if the channel had gone
	case leave && c.state == joining:
		// The answer would be for nobody, and the client may want to join anew.
		s.replyLocked(c.joinRef, m.Ref, m.RawTopic, true, emptyObject)
		s.closeChannelLocked(c)
		c.endLocked()
		s.script.End(c.number, "left")
		return true
	case leave:
		if pool.Full(s.script.Left(c.number, refOf(m.Ref))) {
			return false
		}
		c.state = leaving
		return true
	}
	return !pool.Full(s.script.Push(c.number, m.Event, refOf(m.Ref), m.Payload, m.Binary))
}

// joinLocked begins a channel.
func (s *Socket) joinLocked(m wire.Message) bool {
	p := s.routes.find(m.Topic)
	if p == nil || m.Topic == nil {
		s.unmatchedLocked(m)
		return true
	}
	before := s.findLocked(m.Topic)
	if before == nil && s.joinedLocked() >= s.settings.MaxChannels {
		s.replyLocked(m.JoinRef, m.Ref, m.RawTopic, false, tooManyChannels)
		return true
	}
	s.last++
	c := &Channel{socket: s, number: s.last, topic: string(m.Topic), rawTopic: slices.Clone(m.RawTopic), pattern: p, joinRef: slices.Clone(m.JoinRef), ref: slices.Clone(m.Ref)}
	j := Join{Channel: c.number, Pattern: p.Topic, Topic: c.topic, Payload: m.Payload, Binary: m.Binary}
	switch {
	case before == nil:
	case before.state == leaving:
		j.Leaving = before.number
	default:
		j.Replaced = before.number
		c.replaced = before
	}
	c.member = s.hub.Broadcasts.Join(s.script.Shard(), c)
	// Before the app reads what it answers with, so that it misses nothing.
	if err := c.member.Subscribe(c.topic); err != nil { // no name for a topic: empty, or too long
		c.member.Leave()
		s.unmatchedLocked(m)
		return true
	}
	if err := s.script.Join(j); err != nil {
		c.member.Leave()
		if pool.Full(err) {
			return false
		}
		s.replyLocked(m.JoinRef, m.Ref, m.RawTopic, false, joinCrashed)
		return true
	}
	switch {
	case c.replaced != nil:
		c.replaced.endLocked()
	case before != nil:
		before.superseded = true
	}
	s.channels = append(s.channels, c)
	c.home = &s.hub.Workers[s.script.Shard()]
	c.home.channels.Add(1)
	return true
}

// findLocked returns the channel on a topic, or nil.
func (s *Socket) findLocked(topic []byte) *Channel {
	for _, c := range slices.Backward(s.channels) {
		if c.live() && !c.superseded && c.topic == string(topic) {
			return c
		}
	}
	return nil
}

// byNumberLocked returns the channel that the script calls by a number, or nil.
func (s *Socket) byNumberLocked(n int) *Channel {
	for _, c := range s.channels {
		if c.number == n {
			return c
		}
	}
	return nil
}

// joinedLocked returns the number of channels that the client has, as it sees it: without those that it has left.
func (s *Socket) joinedLocked() int {
	n := 0
	for _, c := range s.channels {
		if c.live() && c.state != leaving {
			n++
		}
	}
	return n
}

// bufKeep is the capacity of buf that a socket keeps: most messages are smaller.
const bufKeep = 1 << 10

// sendLocked sends the message that was encoded into buf.
func (s *Socket) sendLocked(text bool) {
	s.transport.Send(s.buf, text)
	if cap(s.buf) > bufKeep {
		s.buf = nil
	}
}

// replyLocked sends a reply with a response that is JSON.
func (s *Socket) replyLocked(joinRef, ref, rawTopic []byte, ok bool, response []byte) {
	s.buf = s.version.AppendReply(s.buf[:0], joinRef, ref, rawTopic, statusOf(ok), response)
	s.sendLocked(true)
}

func statusOf(ok bool) string {
	if ok {
		return "ok"
	}
	return "error"
}

// unmatchedLocked says that the client has not joined a topic.
func (s *Socket) unmatchedLocked(m wire.Message) {
	s.replyLocked(nil, m.Ref, m.RawTopic, false, unmatchedTopic)
}

// closeChannelLocked tells the client that a channel is closed.
func (s *Socket) closeChannelLocked(c *Channel) { s.endChannelLocked(c, "phx_close", emptyObject) }

// endChannelLocked sends the last event of a channel, whose references are both that of its join.
func (s *Socket) endChannelLocked(c *Channel, event string, payload []byte) {
	s.buf = s.version.AppendPush(s.buf[:0], c.joinRef, c.joinRef, c.topic, event, payload)
	s.sendLocked(true)
}

// Closed says that the transport has ended: everything of the socket that is not its script's goes.
func (s *Socket) Closed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	s.home.sockets.Add(-1)
	if s.control != nil {
		s.control.Leave()
	}
	for _, c := range s.channels {
		c.endLocked()
	}
}

// ContextLost says that the script's context is gone with all of its channels. replace gives the script another one, in which
// the client joins them anew.
func (s *Socket) ContextLost(replace func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	replace()
	for _, c := range s.channels {
		s.crashLocked(c)
	}
	s.channels = nil
}

// crashLocked ends a channel with an error.
func (s *Socket) crashLocked(c *Channel) {
	if !c.live() {
		return
	}
	s.hub.crashes.Add(1)
	if c.state == joining {
		s.answerJoinLocked(c, false, joinCrashed, false)
	} else {
		s.endChannelLocked(c, "phx_error", channelCrash)
	}
	c.endLocked()
}
