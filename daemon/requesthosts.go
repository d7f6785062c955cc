package daemon

import (
	"context"
	"net"
	"net/http"
	"strconv"

	"rowan/daemon/front"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// onRequest makes a host function of one that works on the request whose turn it is.
func onRequest(name string, f func(q *request, t *engine.Turn, args value.Args) (any, error)) engine.Host {
	return engine.Host{Name: name, Func: func(t *engine.Turn, args value.Args) (any, error) {
		q, err := requestOf(t)
		if err != nil {
			return nil, err
		}
		return f(q, t, args)
	}}
}

// requestHosts is the host's half of an app's fetch, see jsapi/app.
func (s *Server) requestHosts(a *async.Async) []engine.Host {
	return []engine.Host{
		onRequest("respond", (*request).respond),
		onRequest("fail", func(q *request, t *engine.Turn, args value.Args) (any, error) {
			q.failed(t.Context().Template().Thrown(args.Raw(0)))
			return value.Undefined, nil
		}),
		onRequest("finish", func(q *request, _ *engine.Turn, _ value.Args) (any, error) {
			q.finished()
			return value.Undefined, nil
		}),
		onRequest("read", func(q *request, t *engine.Turn, args value.Args) (any, error) {
			return a.Start(t, args, func(context.Context, value.Args) (any, error) { return q.body.read() })
		}),
		onRequest("write", func(q *request, _ *engine.Turn, args value.Args) (any, error) {
			chunk, err := bytesOrText(args)
			if err != nil {
				return nil, err
			}
			return q.out.put(chunk), nil
		}),
		onRequest("room", func(q *request, t *engine.Turn, args value.Args) (any, error) {
			return a.Start(t, args, func(ctx context.Context, _ value.Args) (any, error) {
				select {
				case <-q.out.wait():
				case <-ctx.Done():
				}
				return value.Undefined, nil
			})
		}),
		onRequest("end", func(q *request, t *engine.Turn, args value.Args) (any, error) {
			var err error
			if args.Len() > 0 {
				err = t.Context().Template().Thrown(args.Raw(0))
				logUncaught(s.log, q.ctx, q.method+" "+q.path+" failed while its body was sent", err)
			}
			q.out.end(err)
			q.finished()
			return value.Undefined, nil
		}),
		onRequest("upgrade", (*request).upgrade),
		onRequest("claims", func(q *request, _ *engine.Turn, _ value.Args) (any, error) {
			return engine.Encoded(appendClaims(nil, q.claims)), nil
		}),
		onRequest("remote", func(q *request, _ *engine.Turn, _ value.Args) (any, error) { return addressOf(q.remote), nil }),
		{Name: "publishAll", Func: func(_ *engine.Turn, args value.Args) (any, error) {
			topic, err := args.String(0)
			if err != nil {
				return nil, err
			}
			return s.bridge.Topics.PublishEncoded(topic, args.Raw(1), nil)
		}},
		{Name: "subscribers", Func: func(_ *engine.Turn, args value.Args) (any, error) {
			topic, err := args.String(0)
			return s.bridge.Topics.Subscribers(topic), err
		}},
	}
}

// respond is respond(status, headers, body): see answer. It returns whether a body that is to follow is wanted.
func (q *request) respond(_ *engine.Turn, args value.Args) (any, error) {
	status, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	headers, err := texts(args, 1)
	if err != nil {
		return nil, err
	}
	a := answer{status: status, headers: headers, body: args.From(2).Copy()}
	follows := value.Kind(args.Raw(2)) == value.TagTrue
	if follows && (q.method == http.MethodHead || !bodyAllowed(status)) {
		a.body, follows = value.Args{}, false
	}
	given := q.give(a)
	if !follows || !given {
		q.finished()
	}
	return follows && given, nil
}

// upgrade is upgrade(headers): whether the request becomes a session, to which its context then belongs.
func (q *request) upgrade(_ *engine.Turn, args value.Args) (any, error) {
	headers, err := texts(args, 0)
	if err != nil {
		return nil, err
	}
	if q.answered.Load() { // q.http may be gone
		return false, nil
	}
	if front.IsUpgrade(q.http) {
		q.server.admits(q.app.origins, q.http, "websocket")
	}
	if !q.app.shape.WebSocket || front.CheckHandshake(q.http, q.app.origins) != nil {
		return false, nil
	}
	q.upgraded.Store(true)
	if !q.give(answer{upgrade: true, headers: headers}) { // the client has gone at this moment
		q.upgraded.Store(false)
		return false, nil
	}
	return true, nil
}

// waitHosts are the host functions of Rowan.waitUntil, which concern requests alone: other contexts last anyway.
func waitHosts() []engine.Host {
	hold := func(name string, f func(*request)) engine.Host {
		return engine.Host{Name: name, Func: func(t *engine.Turn, _ value.Args) (any, error) {
			if q, err := requestOf(t); err == nil {
				f(q)
			}
			return value.Undefined, nil
		}}
	}
	return []engine.Host{hold("hold", (*request).hold), hold("release", (*request).release)}
}

// texts is argument i, a list of strings.
func texts(args value.Args, i int) ([]string, error) {
	v, err := args.Any(i)
	if err != nil {
		return nil, err
	}
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, e := range list {
		out[i], _ = e.(string)
	}
	return out, nil
}

// addressOf is a client's address as server.requestIP tells it.
func addressOf(addr string) any {
	host, port, err := net.SplitHostPort(addr)
	n, e := strconv.Atoi(port)
	ip := net.ParseIP(host)
	if err != nil || e != nil || ip == nil {
		return nil
	}
	family := "IPv6"
	if ip.To4() != nil {
		family = "IPv4"
	}
	return value.Object{{Key: "address", Value: host}, {Key: "port", Value: n}, {Key: "family", Value: family}}
}
