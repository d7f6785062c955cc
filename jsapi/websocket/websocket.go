// Package websocket is the Go half of the API group "websocket", the client of the WebSockets Standard
// (https://websockets.spec.whatwg.org) and RFC 6455, over TLS too. Which hosts scripts may reach is decided as for fetch, by
// [rowan/jsapi/netguard].
//
// The script pulls: each message is read by an operation that it began, and what it sends is written by one operation
// at a time. A peer that sends more than the script takes is held up by TCP, and what a script sends faster than its peer takes it
// waits in the script's own memory, up to a bound. Left out are the extension permessage-deflate, cookies, and WebSocketStream.
package websocket

import (
	"context"
	"crypto/tls"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
	"rowan/jsapi/netguard"
)

// Options are what scripts may take of the network.
type Options struct {
	// Policy says which hosts they may reach.
	Policy *netguard.Policy
	// UserAgent is what handshakes say they come from. "" for nothing.
	UserAgent string
	// TLS is how servers are trusted; nil for the system's way.
	TLS *tls.Config
}

// messageMax bounds a message that is received.
const messageMax = 32 << 20

// Hosts are the group's host functions.
func Hosts(a *async.Async, o Options) []engine.Host {
	return []engine.Host{
		a.Op("connect", func(ctx context.Context, args value.Args) (any, error) {
			list := make([]string, args.Len())
			for i := range list {
				var err error
				if list[i], err = args.String(i); err != nil {
					return nil, err
				}
			}
			s, protocol, err := dial(ctx, o, list[0], list[1:])
			if err != nil {
				return nil, err
			}
			number, err := async.PutCtx(ctx, s)
			if err != nil {
				return nil, err
			}
			return []any{number, protocol}, nil
		}),
		a.Op("read", func(ctx context.Context, args value.Args) (any, error) {
			s, err := socketArg(ctx, args)
			if err != nil {
				return nil, err
			}
			m, err := s.read()
			switch {
			case err != nil:
				return nil, err
			case m.closing:
				return []any{m.code, string(m.data)}, nil
			case m.text:
				return string(m.data), nil
			}
			return m.data, nil
		}),
		a.Op("write", func(ctx context.Context, args value.Args) (any, error) {
			s, err := socketArg(ctx, args)
			if err != nil {
				return nil, err
			}
			messages, err := messagesOf(args.From(1))
			if err != nil {
				return nil, err
			}
			return nil, s.write(messages)
		}),
		a.Op("close", func(ctx context.Context, args value.Args) (any, error) {
			s, err := socketArg(ctx, args)
			if err != nil {
				return nil, err
			}
			code, err := args.Int(1)
			if err != nil {
				return nil, err
			}
			reason, err := args.String(2)
			if err != nil {
				return nil, err
			}
			return nil, s.sendClose(code, reason)
		}),
		a.Op("end", func(ctx context.Context, args value.Args) (any, error) {
			s, err := socketArg(ctx, args)
			if err != nil {
				return nil, err
			}
			s.end()
			number, err := args.Int(0)
			async.DropCtx(ctx, number)
			return nil, err
		}),
	}
}

func socketArg(ctx context.Context, args value.Args) (*socket, error) {
	number, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	return async.GetCtx[*socket](ctx, number)
}

func messagesOf(args value.Args) ([]message, error) {
	messages := make([]message, args.Len())
	for i := range messages {
		var err error
		if m := &messages[i]; value.Kind(args.Raw(i)).IsString() {
			var text string
			text, err = args.String(i)
			m.text, m.data = true, []byte(text)
		} else {
			m.data, err = args.Bytes(i)
		}
		if err != nil {
			return nil, err
		}
	}
	return messages, nil
}
