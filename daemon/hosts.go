package daemon

import (
	"errors"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/console"
	"rowan/jsapi/timers"
	"rowan/pool"
)

// sessionOf returns the session whose turn it is.
func sessionOf(t *engine.Turn) (*session, error) {
	if c := pool.ContextOf(t); c != nil {
		if s, ok := c.Owner.(*session); ok {
			return s, nil
		}
	}
	return nil, errors.New("this context has no socket")
}

// hostFunctions gives each API group what it needs of the host.
func (s *Server) hostFunctions() map[string][]engine.Host {
	return map[string][]engine.Host{
		"app": socketHosts(),
		"console": console.Hosts(func(t *engine.Turn, level, text, stack string) {
			logConsole(s.log, t, level, text, stack)
		}),
		"timers": timers.Hosts(func(t *engine.Turn, err error) { logUncaught(s.log, pool.ContextOf(t), "uncaught", err) }),
	}
}

// socketHosts is the host's half of ServerWebSocket, see jsapi/app.
func socketHosts() []engine.Host {
	on := func(name string, f func(s *session, args value.Args) (any, error)) engine.Host {
		return engine.Host{Name: name, Func: func(t *engine.Turn, args value.Args) (any, error) {
			s, err := sessionOf(t)
			if err != nil {
				return nil, err
			}
			return f(s, args)
		}}
	}
	return []engine.Host{
		on("info", func(s *session, _ value.Args) (any, error) { return s.info, nil }),
		on("send", func(s *session, args value.Args) (any, error) {
			if value.Kind(args.Raw(0)).IsString() {
				text, err := args.String(0)
				return s.conn.Send([]byte(text), true), err
			}
			data, err := args.Bytes(0)
			return s.conn.Send(data, false), err
		}),
		on("close", func(s *session, args value.Args) (any, error) {
			code, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			reason, err := args.String(1)
			if err != nil {
				return nil, err
			}
			return value.Undefined, s.conn.Close(code, reason)
		}),
		on("terminate", func(s *session, _ value.Args) (any, error) {
			s.conn.Terminate()
			return value.Undefined, nil
		}),
		on("ping", func(s *session, args value.Args) (any, error) {
			data, err := bytesOrText(args)
			return s.conn.Ping(data), err
		}),
		on("state", func(s *session, _ value.Args) (any, error) { return int(s.conn.ReadyState()), nil }),
		on("buffered", func(s *session, _ value.Args) (any, error) { return s.conn.BufferedAmount(), nil }),
		on("cork", func(s *session, _ value.Args) (any, error) { s.conn.Cork(); return value.Undefined, nil }),
		on("uncork", func(s *session, _ value.Args) (any, error) { s.conn.Uncork(); return value.Undefined, nil }),
	}
}

func bytesOrText(args value.Args) ([]byte, error) {
	if value.Kind(args.Raw(0)).IsString() {
		text, err := args.String(0)
		return []byte(text), err
	}
	return args.Bytes(0)
}
