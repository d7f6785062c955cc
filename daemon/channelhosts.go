package daemon

import (
	"errors"
	"fmt"

	"rowan/daemon/channels"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// channelSocketOf returns the socket of channels whose turn it is.
func channelSocketOf(t *engine.Turn) (*channelSocket, error) {
	if c := pool.ContextOf(t); c != nil {
		if n, ok := c.Owner.(*channelSocket); ok {
			return n, nil
		}
	}
	return nil, errors.New("this context has no channels")
}

// onChannel makes a host function of one that works on a channel, whose number is the first argument, and returns nothing.
func onChannel(name string, f func(n *channelSocket, t *engine.Turn, channel int, args value.Args) error) engine.Host {
	return engine.Host{Name: name, Func: func(t *engine.Turn, args value.Args) (any, error) {
		n, err := channelSocketOf(t)
		if err != nil {
			return nil, err
		}
		channel, err := args.Int(0)
		if err != nil {
			return nil, err
		}
		return value.Undefined, f(n, t, channel, args)
	}}
}

// onText is onChannel for a function of a text, the second argument.
func onText(name string, f func(n *channelSocket, channel int, text string) error) engine.Host {
	return onChannel(name, func(n *channelSocket, _ *engine.Turn, channel int, args value.Args) error {
		text, err := args.String(1)
		if err != nil {
			return err
		}
		return f(n, channel, text)
	})
}

// channelHosts is the host's half of channels, see channel.ts and channelsocket.ts in jsapi/app.
func (s *Server) channelHosts() []engine.Host {
	return []engine.Host{
		{Name: "channelJoined", Func: func(t *engine.Turn, args value.Args) (any, error) {
			n, err := channelSocketOf(t)
			if err != nil {
				return nil, err
			}
			channel, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			response, binary, err := channels.Payload(args, 1)
			if err != nil {
				return nil, err
			}
			return n.socket.Joined(channel, response, binary)
		}},
		onChannel("channelRefused", func(n *channelSocket, _ *engine.Turn, channel int, args value.Args) error {
			response, binary, err := channels.Payload(args, 1)
			if err != nil {
				return err
			}
			return n.socket.Refused(channel, response, binary)
		}),
		onChannel("channelReply", func(n *channelSocket, _ *engine.Turn, channel int, args value.Args) error {
			ref, err := args.String(1)
			if err != nil {
				return err
			}
			ok, err := args.Bool(2)
			if err != nil {
				return err
			}
			response, binary, err := channels.Payload(args, 3)
			if err != nil {
				return err
			}
			return n.socket.Reply(channel, []byte(ref), ok, response, binary)
		}),
		{Name: "channelUnmatched", Func: func(t *engine.Turn, args value.Args) (any, error) {
			n, err := channelSocketOf(t)
			if err != nil {
				return nil, err
			}
			topic, err := args.String(0)
			if err != nil {
				return nil, err
			}
			ref, err := args.String(1)
			n.socket.Unmatched(topic, []byte(ref))
			return value.Undefined, err
		}},
		onText("channelLeft", func(n *channelSocket, channel int, ref string) error {
			n.socket.Left(channel, []byte(ref))
			return nil
		}),
		onChannel("channelClose", func(n *channelSocket, _ *engine.Turn, channel int, _ value.Args) error {
			n.socket.Close(channel)
			return nil
		}),
		onChannel("channelFailed", func(n *channelSocket, t *engine.Turn, channel int, args value.Args) error {
			n.failed(channel, t.Context().Template().Thrown(args.Raw(1)))
			return nil
		}),
		onText("channelCrash", func(n *channelSocket, channel int, reason string) error {
			topic := n.socket.Crash(channel)
			s.log.Warn(fmt.Sprintf("channel %s crashed, as its script wants: %s", topic, reason), contextFields(n.ctx.Load())...)
			return nil
		}),
		onChannel("channelWait", func(n *channelSocket, _ *engine.Turn, channel int, _ value.Args) error {
			n.socket.Wait(channel)
			return nil
		}),
		onChannel("channelDone", func(n *channelSocket, _ *engine.Turn, channel int, _ value.Args) error {
			n.socket.Done(channel)
			return nil
		}),
		onChannel("channelGone", func(n *channelSocket, _ *engine.Turn, channel int, _ value.Args) error {
			n.socket.Gone(channel)
			return nil
		}),
		onChannel("channelPush", func(n *channelSocket, _ *engine.Turn, channel int, args value.Args) error {
			event, err := args.String(1)
			if err != nil {
				return err
			}
			payload, binary, err := channels.Payload(args, 2)
			if err != nil {
				return err
			}
			return n.socket.Push(channel, event, payload, binary)
		}),
		onChannel("channelBroadcast", func(n *channelSocket, _ *engine.Turn, channel int, args value.Args) error {
			event, err := args.String(1)
			if err != nil {
				return err
			}
			toSelf, err := args.Bool(3)
			if err != nil {
				return err
			}
			return n.socket.Broadcast(channel, event, args.Raw(2), toSelf)
		}),
		onText("channelSubscribe", func(n *channelSocket, channel int, topic string) error { return n.socket.Subscribe(channel, topic) }),
		onText("channelUnsubscribe", func(n *channelSocket, channel int, topic string) error {
			n.socket.Unsubscribe(channel, topic)
			return nil
		}),
		onChannel("channelTrack", present((*channels.Socket).Track)),
		onChannel("channelUpdate", present((*channels.Socket).Update)),
		onText("channelUntrack", func(n *channelSocket, channel int, key string) error {
			n.socket.Untrack(channel, key)
			return nil
		}),
		{Name: "channelPresences", Func: func(t *engine.Turn, args value.Args) (any, error) {
			n, err := channelSocketOf(t)
			if err != nil {
				return nil, err
			}
			channel, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			list, err := n.socket.Presences(channel)
			return string(list), err
		}},
		{Name: "socketParams", Func: func(t *engine.Turn, _ value.Args) (any, error) {
			n, err := channelSocketOf(t)
			if err != nil {
				return nil, err
			}
			return engine.Encoded(n.params), nil
		}},
	}
}

// present makes the host function of a change of a presence: its arguments are a key and a meta.
func present(change func(s *channels.Socket, channel int, key string, meta []byte) error) func(*channelSocket, *engine.Turn, int, value.Args) error {
	return func(n *channelSocket, _ *engine.Turn, channel int, args value.Args) error {
		key, err := args.String(1)
		if err != nil {
			return err
		}
		meta, err := args.String(2)
		if err != nil {
			return err
		}
		return change(n.socket, channel, key, []byte(meta))
	}
}

// broadcastHosts is Rowan.broadcast(topic, event, payload).
func (s *Server) broadcastHosts() []engine.Host {
	return []engine.Host{{Name: "broadcast", Func: func(_ *engine.Turn, args value.Args) (any, error) {
		return value.Undefined, s.broadcast(args)
	}}}
}

// broadcast sends an event to every member of a channel's topic.
func (s *Server) broadcast(args value.Args) error {
	topic, err := args.String(0)
	if err != nil {
		return err
	}
	event, err := args.String(1)
	if err != nil {
		return err
	}
	return s.hub.Broadcast(topic, event, args.Raw(2))
}
