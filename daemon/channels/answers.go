package channels

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"rowan/daemon/channels/wire"
	"rowan/engine/value"
)

// What a script answers and sends. Its channels are known by their numbers; one that has ended meanwhile hears nothing more.

// isNull reports whether a reference is null, or missing.
func isNull(ref []byte) bool { return ref == nil || string(ref) == "null" }

// refOf is a reference as the script keeps it.
func refOf(ref []byte) []byte {
	if ref == nil {
		return []byte("null")
	}
	return ref
}

// with calls f with a channel, under the lock, unless it is gone.
func (s *Socket) with(number int, f func(c *Channel)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.byNumberLocked(number); c != nil {
		f(c)
	}
}

// Joined answers a join with ok. It returns whether the channel is there.
func (s *Socket) Joined(number int, response []byte, binary bool) (there bool, err error) {
	s.with(number, func(c *Channel) {
		if c.state != joining {
			return
		}
		if err = s.answerJoinLocked(c, true, response, binary); err == nil {
			there = true
			s.hub.joins.Add(1)
			c.state = joined
			c.releaseLocked()
		}
	})
	return there, err
}

// Refused answers a join with an error.
func (s *Socket) Refused(number int, response []byte, binary bool) (err error) {
	s.with(number, func(c *Channel) {
		if c.state != joining {
			return
		}
		if err = s.answerJoinLocked(c, false, response, binary); err == nil {
			c.endLocked()
		}
	})
	return err
}

// answerJoinLocked answers a join, and closes the channel that was on the topic before.
func (s *Socket) answerJoinLocked(c *Channel, ok bool, response []byte, binary bool) error {
	if err := s.respondLocked(c, c.ref, ok, response, binary); err != nil {
		return err
	}
	if c.replaced != nil {
		s.closeChannelLocked(c.replaced)
		c.replaced = nil
	}
	c.ref = nil
	return nil
}

// respondLocked sends a reply of a channel.
func (s *Socket) respondLocked(c *Channel, ref []byte, ok bool, response []byte, binary bool) error {
	if binary && s.textOnly {
		response, binary = base64Object(response), false
	}
	if !binary {
		s.replyLocked(c.joinRef, ref, c.rawTopic, ok, response)
		return nil
	}
	var err error
	if s.buf, err = wire.AppendBinaryReply(s.buf[:0], c.joinRef, ref, c.topic, statusOf(ok), response); err != nil {
		return tooLong(err)
	}
	s.sendLocked(false)
	return nil
}

// tooLong is what a script gets for a field that has no place in a binary frame.
func tooLong(err error) error { return &value.Error{Name: "RangeError", Message: err.Error()} }

// base64Object is a payload of bytes for clients that can only get JSON.
func base64Object(data []byte) []byte {
	dst := append(make([]byte, 0, base64.StdEncoding.EncodedLen(len(data))+len(`{"base64":""}`)), `{"base64":"`...)
	return append(base64.StdEncoding.AppendEncode(dst, data), `"}`...)
}

// Reply answers a client's event.
func (s *Socket) Reply(number int, ref []byte, ok bool, response []byte, binary bool) (err error) {
	s.with(number, func(c *Channel) {
		if c.live() {
			err = s.respondLocked(c, ref, ok, response, binary)
		}
	})
	return err
}

// Unmatched says to the client that it has not joined the topic that an event came for.
func (s *Socket) Unmatched(topic string, ref []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rawTopic, _ := json.Marshal(topic)
	s.replyLocked(nil, ref, rawTopic, false, unmatchedTopic)
}

// Push sends an event to a channel's client. Until the join is answered it waits.
func (s *Socket) Push(number int, event string, payload []byte, binary bool) (err error) {
	s.with(number, func(c *Channel) { err = c.pushLocked(event, payload, binary, false) })
	return err
}

// pushLocked is Push; cast: in the form of a broadcast.
func (c *Channel) pushLocked(event string, payload []byte, binary, cast bool) (err error) {
	s := c.socket
	if binary && s.textOnly {
		payload, binary = base64Object(payload), false
	}
	joinRef := c.joinRef
	if cast {
		joinRef = nil
	}
	switch {
	case !binary:
		s.buf = s.version.AppendPush(s.buf[:0], joinRef, nil, c.topic, event, payload)
	case cast:
		s.buf, err = wire.AppendBinaryBroadcast(s.buf[:0], c.topic, event, payload)
	default:
		s.buf, err = wire.AppendBinaryPush(s.buf[:0], joinRef, c.topic, event, payload)
	}
	if err != nil {
		return tooLong(err)
	}
	c.sendLocked(!binary, false)
	return nil
}

// Broadcast sends an event to all members of a channel's topic, with or without this one. payload is an encoded value.
func (s *Socket) Broadcast(number int, event string, payload []byte, toSelf bool) error {
	c := s.channel(number)
	if c == nil {
		return nil
	}
	if !toSelf {
		return s.hub.Broadcast(c.topic, event, payload, c.member)
	}
	if c.pattern.intercepts(event) {
		return s.hub.Broadcast(c.topic, event, payload)
	}
	// Its own client gets it at once, before the reply to the event in which it was sent.
	data, binary, err := Payload(value.MakeArgs(payload, 1), 0)
	if err != nil {
		return err
	}
	s.with(number, func(c *Channel) {
		if c.live() {
			err = c.pushLocked(event, data, binary, true)
		}
	})
	if err != nil {
		return err
	}
	return s.hub.Broadcast(c.topic, event, payload, c.member)
}

// channel returns a channel, or nil if it is gone. What is used of it does not change.
func (s *Socket) channel(number int) (found *Channel) {
	s.with(number, func(c *Channel) { found = c })
	return found
}

// Left answers a leave, and closes the channel.
func (s *Socket) Left(number int, ref []byte) {
	s.with(number, func(c *Channel) {
		if c.live() {
			s.replyLocked(c.joinRef, ref, c.rawTopic, true, emptyObject)
			s.closeChannelLocked(c)
			c.endLocked()
		}
	})
}

// Close closes a channel because the script wants it.
func (s *Socket) Close(number int) {
	s.with(number, func(c *Channel) {
		if c.live() {
			s.closeChannelLocked(c)
			c.endLocked()
		}
	})
}

// Crash ends a channel with an error, which has the client join anew. It returns the channel's topic, "" if it was gone.
func (s *Socket) Crash(number int) (topic string) {
	s.with(number, func(c *Channel) {
		if c.live() {
			topic = c.topic
			s.crashLocked(c)
		}
	})
	return topic
}

// Gone says that the script has done with a channel.
func (s *Socket) Gone(number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels = slices.DeleteFunc(s.channels, func(c *Channel) bool {
		if c.number == number {
			c.endLocked()
		}
		return c.number == number
	})
}

// Wait says that the promise of a channel's handler is waited for.
func (s *Socket) Wait(number int) {
	s.with(number, func(c *Channel) {
		c.awaited = c.live()
		switch {
		case !c.awaited:
		case c.timer == nil:
			c.timer = time.AfterFunc(s.settings.Timeout, func() { s.timedOut(c) })
		default:
			c.timer.Reset(s.settings.Timeout)
		}
	})
}

// Done says that it has settled.
func (s *Socket) Done(number int) {
	s.with(number, func(c *Channel) {
		c.awaited = false
		if c.timer != nil {
			c.timer.Stop()
		}
	})
}

// Awaited returns the number of the one channel whose handler's promise is waited for; 0 if there is none, or more than one.
func (s *Socket) Awaited() (number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.channels {
		switch {
		case !c.live() || !c.awaited:
		case number != 0:
			return 0
		default:
			number = c.number
		}
	}
	return number
}

// timedOut ends a channel whose handler has not come to an end.
func (s *Socket) timedOut(c *Channel) {
	if topic := s.Crash(c.number); topic != "" {
		s.script.TimedOut(topic)
		s.script.End(c.number, "crashed")
	}
}

// Subscribe has a channel listen to a topic.
func (s *Socket) Subscribe(number int, topic string) (err error) {
	s.with(number, func(c *Channel) {
		if !c.live() {
			return
		}
		if c.infos == nil {
			c.infos = s.hub.Topics.Join(s.script.Shard(), (*listener)(c))
		}
		err = c.infos.Subscribe(topic)
	})
	return err
}

// Unsubscribe ends that.
func (s *Socket) Unsubscribe(number int, topic string) {
	s.with(number, func(c *Channel) {
		if c.infos != nil {
			c.infos.Unsubscribe(topic)
		}
	})
}

// Track adds a presence under a key on a channel's topic, and tells its client at once. meta is a JSON object.
func (s *Socket) Track(number int, key string, meta []byte) error {
	return s.present(number, func(c *Channel) ([]byte, error) { return s.hub.Presence.Track(c.topic, key, c, meta) })
}

// Update replaces its meta.
func (s *Socket) Update(number int, key string, meta []byte) error {
	return s.present(number, func(c *Channel) ([]byte, error) { return s.hub.Presence.Update(c.topic, key, c, meta) })
}

// Untrack ends it.
func (s *Socket) Untrack(number int, key string) {
	s.present(number, func(c *Channel) ([]byte, error) { return s.hub.Presence.Untrack(c.topic, key, c), nil })
}

// present changes a presence of a channel and tells its client, whom the diff that all members get later leaves out.
func (s *Socket) present(number int, change func(c *Channel) ([]byte, error)) error {
	c := s.channel(number)
	if c == nil {
		return nil
	}
	diff, err := change(c)
	if err != nil {
		return err
	}
	if diff != nil && !c.tell(diff, false) {
		s.hub.Presence.Leave(c) // the channel ended meanwhile, and had left before this
	}
	return nil
}

// Presences is who is present on a channel's topic, as JSON.
func (s *Socket) Presences(number int) ([]byte, error) {
	c := s.channel(number)
	if c == nil {
		return nil, fmt.Errorf("the channel has ended")
	}
	return s.hub.Presence.List(c.topic), nil
}
