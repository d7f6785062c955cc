package daemon

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"rowan/daemon/tracing"
	"rowan/engine"
)

// openTracing makes what traces requests and messages; nil if nothing is to be traced.
func openTracing(o Options) (*tracing.Tracer, error) {
	c := o.Config.Tracing
	if c.Endpoint == "" {
		return nil, nil
	}
	var told seldom
	return tracing.New(tracing.Options{
		Endpoint: c.Endpoint, Authorization: string(c.Authorization), Service: c.Service, Version: o.Version, OneIn: int(c.OneIn),
		Failed: func(err error) {
			if told.due(time.Minute) {
				o.Log.Warn("tracing: " + err.Error())
			}
		},
	})
}

// trace begins the span of a request, and returns what ends it.
func (q *request) trace(r *http.Request) (end func()) {
	q.span = q.server.tracer.Begin(r.Method, r.Header, "http.request.method", r.Method, "url.path", r.URL.Path, "server.address", r.Host)
	if q.span == nil {
		return func() {}
	}
	return func() {
		var failure error
		if q.status >= http.StatusInternalServerError {
			failure = errors.New(http.StatusText(q.status))
		}
		q.span.End(failure)
	}
}

// traceWait is how long the last spans have to be sent.
const traceWait = 2 * time.Second

func (s *Server) closeTracing() {
	ctx, cancel := context.WithTimeout(context.Background(), traceWait)
	defer cancel()
	s.tracer.Close(ctx)
}

// joinRef stands for a join where others have the reference of their reply.
const joinRef = "phx_join"

var (
	errNoReply = errors.New("the channel ended without a reply")
	errRefused = errors.New("the reply has the status error")
)

// replied says whether a reply is a success, for its span.
func replied(ok bool) error {
	if ok {
		return nil
	}
	return errRefused
}

// openSpans are the spans of a socket's events that wait for their reply.
type openSpans struct {
	mu   sync.Mutex
	open map[spanKey]engine.Span
}

// spanKey is a reply's channel and reference.
type spanKey struct {
	channel int
	ref     string
}

// add keeps a span until its reply. Without a reference there will be none.
func (o *openSpans) add(channel int, ref string, s engine.Span) {
	if s == nil || ref == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open == nil {
		o.open = map[spanKey]engine.Span{}
	}
	o.open[spanKey{channel, ref}] = s
}

// endAll ends those of a channel that get no reply, or all for 0.
func (o *openSpans) endAll(channel int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, s := range o.open {
		if channel == 0 || key.channel == channel {
			s.End(err)
			delete(o.open, key)
		}
	}
}

// end ends the span of a reply.
func (o *openSpans) end(channel int, ref string, err error) {
	o.mu.Lock()
	key := spanKey{channel, ref}
	s := o.open[key]
	delete(o.open, key)
	o.mu.Unlock()
	if s != nil {
		s.End(err)
	}
}
