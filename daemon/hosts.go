package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rowan/bridge"
	"rowan/bridge/presence"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
	"rowan/jsapi/blob"
	"rowan/jsapi/buffer"
	"rowan/jsapi/compression"
	"rowan/jsapi/console"
	"rowan/jsapi/crypto"
	"rowan/jsapi/encoding"
	"rowan/jsapi/events"
	"rowan/jsapi/intl"
	"rowan/jsapi/mail"
	"rowan/jsapi/navigator"
	"rowan/jsapi/node"
	"rowan/jsapi/performance"
	"rowan/jsapi/rowan"
	"rowan/jsapi/storage"
	"rowan/jsapi/streams"
	"rowan/jsapi/timers"
	"rowan/jsapi/url"
	"rowan/jsapi/worker"
	"rowan/pool"
)

// sessionOf returns the session whose turn it is.
func sessionOf(t *engine.Turn) (*session, error) {
	if c := pool.ContextOf(t); c != nil {
		if s := sessionOwner(c); s != nil {
			return s, nil
		}
	}
	return nil, errors.New("this context has no socket")
}

// hostFunctions gives each API group what it needs of the host, and what is the same for all contexts; newReach adds the rest.
func (s *Server) hostFunctions() map[string][]engine.Host {
	return map[string][]engine.Host{
		"internal": s.async.Hosts(),
		"app":      slices.Concat(socketHosts(), s.topicHosts(), s.requestHosts(s.async), s.channelHosts()),
		"console": console.Hosts(func(t *engine.Turn, level, text, stack string) {
			logConsole(s.log, t, level, text, stack)
		}),
		"channel":     slices.Concat(s.bridge.ChannelHosts(), s.ports.Hosts()),
		"blob":        blob.Hosts(s.async),
		"buffer":      buffer.Hosts(s.async),
		"compression": compression.Hosts(s.async),
		"crypto":      crypto.Hosts(s.async),
		"encoding":    encoding.Hosts(s.async),
		"events":      events.Hosts(func(t *engine.Turn, err error) { s.uncaught(pool.ContextOf(t), err) }),
		"intl":        intl.Hosts(),
		"locks":       s.locks.Hosts(),
		"navigator":   navigator.Hosts(s.opts.Version),
		"performance": performance.Hosts(s.async),
		"storage":     storage.Hosts(s.storage.Local()),
		"streams":     streams.Hosts(s.async),
		"url":         url.Hosts(s.async, ""),
		"worker":      worker.Hosts(s.workers),
		"workerscope": worker.ScopeHosts(workerScope{}),
		"rowan": slices.Concat(rowan.PasswordHosts(s.async), s.bridge.Hosts(), s.actors.Hosts(),
			presence.Hosts(s.presence, s.bridge.Scope), s.storage.Hosts(), waitHosts(), s.broadcastHosts()),
		"timers": timers.Hosts(),
	}
}

// nodeOptions is what the group "node" gets of a server: what scripts write is logged, and a script that exits ends its context.
func (s *Server) nodeOptions(env map[string]string) node.Options {
	return node.Options{
		Env:     env,
		Root:    s.opts.root,
		Version: s.opts.Version,
		Write: func(t *engine.Turn, isError bool, text string) {
			level := "log"
			if isError {
				level = "error"
			}
			logConsole(s.log, t, level, strings.TrimSuffix(text, "\n"), "")
		},
		Exit: func(t *engine.Turn, code int) error {
			reason := "normal"
			if code != 0 {
				reason = fmt.Sprintf("exit code %d", code)
			}
			return s.actors.Exit(t, reason)
		},
		CPU: func(t *engine.Turn) time.Duration {
			if c := pool.ContextOf(t); c != nil {
				return time.Duration(c.CPU())
			}
			return 0
		},
	}
}

// onSocket makes a host function of one that works on the session whose turn it is.
func onSocket(name string, f func(s *session, args value.Args) (any, error)) engine.Host {
	return engine.Host{Name: name, Func: func(t *engine.Turn, args value.Args) (any, error) {
		s, err := sessionOf(t)
		if err != nil {
			return nil, err
		}
		return f(s, args)
	}}
}

// socketHosts is the host's half of ServerWebSocket, see jsapi/app.
func socketHosts() []engine.Host {
	return []engine.Host{
		onSocket("about", func(s *session, args value.Args) (any, error) {
			what, err := args.String(0)
			return s.about(what), err
		}),
		onSocket("send", func(s *session, args value.Args) (any, error) {
			if value.Kind(args.Raw(0)).IsString() {
				text, err := args.UTF8(0)
				return s.conn.Send(text, true), err
			}
			data, err := args.View(0)
			return s.conn.Send(data, false), err
		}),
		onSocket("close", func(s *session, args value.Args) (any, error) {
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
		onSocket("terminate", func(s *session, _ value.Args) (any, error) {
			s.conn.Terminate()
			return value.Undefined, nil
		}),
		onSocket("ping", func(s *session, args value.Args) (any, error) {
			data, err := bytesOrText(args)
			return s.conn.Ping(data), err
		}),
		onSocket("state", func(s *session, _ value.Args) (any, error) { return int(s.conn.ReadyState()), nil }),
		onSocket("buffered", func(s *session, _ value.Args) (any, error) { return s.conn.BufferedAmount(), nil }),
		onSocket("cork", func(s *session, _ value.Args) (any, error) { s.conn.Cork(); return value.Undefined, nil }),
		onSocket("uncork", func(s *session, _ value.Args) (any, error) { s.conn.Uncork(); return value.Undefined, nil }),
	}
}

func bytesOrText(args value.Args) ([]byte, error) {
	if value.Kind(args.Raw(0)).IsString() {
		return args.UTF8(0)
	}
	return args.View(0)
}

// operations joins the bridge's operations to what API groups do asynchronously.
type operations struct{ *bridge.Bridge }

func (o operations) Begin(t *engine.Turn) (async.Operation, error) { return o.Bridge.Begin(t) }

// contexts is the server as API groups see it that call into contexts.
type contexts struct{ s *Server }

func (c contexts) Of(t *engine.Turn) (mail.Context, error) {
	if c := bridge.ContextOf(t); c != nil {
		return c, nil
	}
	return nil, errors.New("this can only be done by a context, not while a template is made")
}

func (c contexts) Scope(t *engine.Turn) (context.Context, error) { return c.s.bridge.Scope(t) }

func (c contexts) Uncaught(to mail.Context, err error) {
	if to, ok := to.(bridge.Context); ok {
		c.s.bridge.Uncaught(to, err)
	}
}
