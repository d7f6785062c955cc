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

// onChannels makes a host function of one that works on the socket whose turn it is.
func onChannels(name string, f func(n *channelSocket, t *engine.Turn, args value.Args) (any, error)) engine.Host {
	return engine.Host{Name: name, Func: func(t *engine.Turn, args value.Args) (any, error) {
		n, err := channelSocketOf(t)
		if err != nil {
			return nil, err
		}
		return f(n, t, args)
	}}
}

// onChannel is onChannels for a function of a channel, whose number is the first argument, that returns nothing.
func onChannel(name string, f func(n *channelSocket, t *engine.Turn, channel int, args value.Args) error) engine.Host {
	return onChannels(name, func(n *channelSocket, t *engine.Turn, args value.Args) (any, error) {
		channel, err := args.Int(0)
		if err != nil {
			return nil, err
		}
		return value.Undefined, f(n, t, channel, args)
	})
}

// onNumber is onChannel for a function of nothing else.
func onNumber(name string, f func(s *channels.Socket, channel int)) engine.Host {
	return onChannel(name, func(n *channelSocket, _ *engine.Turn, channel int, _ value.Args) error {
		f(n.socket, channel)
		return nil
	})
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

// onMeta is onChannel for a change of a presence: of a key and a meta.
func onMeta(name string, change func(s *channels.Socket, channel int, key string, meta []byte) error) engine.Host {
	return onChannel(name, func(n *channelSocket, _ *engine.Turn, channel int, args value.Args) error {
		key, meta, err := twoTexts(args, 1)
		if err != nil {
			return err
		}
		return change(n.socket, channel, key, []byte(meta))
	})
}

// twoTexts are the arguments from i on.
func twoTexts(args value.Args, i int) (first, second string, err error) {
	if first, err = args.String(i); err == nil {
		second, err = args.String(i + 1)
	}
	return first, second, err
}

// channelHosts is the host's half of channels, see channel.ts and channelsocket.ts in jsapi/app.
func (s *Server) channelHosts() []engine.Host {
	return []engine.Host{
		onChannels("channelJoined", func(n *channelSocket, _ *engine.Turn, args value.Args) (any, error) {
			channel, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			response, binary, err := channels.Payload(args, 1)
			if err != nil {
				return nil, err
			}
			n.spans.end(channel, joinRef, nil)
			return n.socket.Joined(channel, response, binary)
		}),
		onChannel("channelRefused", func(n *channelSocket, _ *engine.Turn, channel int, args value.Args) error {
			response, binary, err := channels.Payload(args, 1)
			if err != nil {
				return err
			}
			n.spans.end(channel, joinRef, errRefused)
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
			n.spans.end(channel, ref, replied(ok))
			return n.socket.Reply(channel, []byte(ref), ok, response, binary)
		}),
		onChannels("channelUnmatched", func(n *channelSocket, _ *engine.Turn, args value.Args) (any, error) {
			topic, ref, err := twoTexts(args, 0)
			if err == nil {
				n.socket.Unmatched(topic, []byte(ref))
			}
			return value.Undefined, err
		}),
		onText("channelLeft", func(n *channelSocket, channel int, ref string) error {
			n.socket.Left(channel, []byte(ref))
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
		onNumber("channelClose", (*channels.Socket).Close),
		onNumber("channelWait", (*channels.Socket).Wait),
		onNumber("channelDone", (*channels.Socket).Done),
		onChannel("channelNext", func(n *channelSocket, _ *engine.Turn, channel int, _ value.Args) error {
			n.next(channel)
			return nil
		}),
		onNumber("channelGone", (*channels.Socket).Gone),
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
		onMeta("channelTrack", (*channels.Socket).Track),
		onMeta("channelUpdate", (*channels.Socket).Update),
		onText("channelUntrack", func(n *channelSocket, channel int, key string) error {
			n.socket.Untrack(channel, key)
			return nil
		}),
		onChannels("channelPresences", func(n *channelSocket, _ *engine.Turn, args value.Args) (any, error) {
			channel, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			list, err := n.socket.Presences(channel)
			return string(list), err
		}),
		onChannels("socketParams", func(n *channelSocket, _ *engine.Turn, _ value.Args) (any, error) {
			return engine.Encoded(n.params), nil
		}),
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
