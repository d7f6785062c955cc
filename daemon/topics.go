package daemon

import (
	"rowan/bridge"
	"rowan/daemon/front"
	"rowan/engine"
	"rowan/engine/value"
)

// Deliver writes a topic's message to the socket, in a frame that all of the topic's sockets share. No JavaScript runs.
func (s *session) Deliver(m *bridge.Message) bool {
	frame, err := m.Shared(newFrame)
	if err != nil {
		return false // a value without a form on the wire, such as a bigint
	}
	return s.conn.QueueFrame(frame.(*front.Frame)) != 0
}

// Flush writes the messages that were delivered.
func (s *session) Flush() { s.conn.Flush() }

// newFrame is a topic's message as raw sockets get it.
func newFrame(m *bridge.Message) (any, error) {
	data, isText, err := m.Wire()
	if err != nil {
		return nil, err
	}
	return front.NewFrame(data, isText), nil
}

// topics returns the session's membership, which begins with its first subscription. It is called in the session's turns.
func (s *session) topics() *bridge.Member {
	m := s.member.Load()
	if m == nil {
		m = s.server.bridge.Topics.Join(s.ctx.Shard(), s)
		s.member.Store(m)
	}
	return m
}

// topicHosts are the host functions of ServerWebSocket that concern topics.
func (s *Server) topicHosts() []engine.Host {
	return []engine.Host{
		onSocket("subscribe", func(n *session, args value.Args) (any, error) {
			topic, err := args.String(0)
			if err != nil {
				return nil, err
			}
			return value.Undefined, n.topics().Subscribe(topic)
		}),
		onSocket("unsubscribe", func(n *session, args value.Args) (any, error) {
			topic, err := args.String(0)
			if m := n.member.Load(); err == nil && m != nil {
				m.Unsubscribe(topic)
			}
			return value.Undefined, err
		}),
		onSocket("subscriptions", func(n *session, _ value.Args) (any, error) {
			m := n.member.Load()
			if m == nil {
				return []string{}, nil
			}
			return m.Subscriptions(), nil
		}),
		onSocket("publish", func(n *session, args value.Args) (any, error) {
			topic, err := args.String(0)
			if err != nil {
				return nil, err
			}
			except := n.member.Load()
			if n.app.Load().publishToSelf {
				except = nil
			}
			return s.bridge.Topics.PublishEncoded(topic, args.Raw(1), except)
		}),
	}
}

// forget drops what is kept for a session.
func (s *Server) forget(n *session) {
	if m := n.member.Load(); m != nil {
		m.Leave()
	}
	s.forgetContext(n.ctx)
}
