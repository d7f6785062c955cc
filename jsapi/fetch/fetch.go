// Package fetch is the Go half of the API group "fetch": Headers, Request, Response and fetch(), after the Fetch Standard
// (https://fetch.spec.whatwg.org), on net/http.
//
// As in other server runtimes there is no origin to protect, and so no CORS, no forbidden header names, no cookies and no
// HTTP cache; redirect mode "manual" gives the response itself. What may be reached is the operator's to say: see
// [rowan/jsapi/netguard]. Left out besides: Service Workers, opaque responses, keepalive beyond the context's end.
package fetch

import (
	"context"
	"net"
	"net/http"
	"time"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
	"rowan/jsapi/netguard"
)

// Options are what scripts may take of the network.
type Options struct {
	// Policy says which hosts they may reach.
	Policy *netguard.Policy
	// UserAgent is what requests say they come from, unless the script says something else.
	UserAgent string
	// Timeout bounds the time until a response begins, and between two parts of a body. 0: none.
	Timeout time.Duration
	// BodyMax bounds a body that is gathered in memory, as by text() and json(). 0: 64 MB.
	BodyMax int64
	// Concurrent is how many fetches of a context may be under way; others wait. 0: 64.
	Concurrent int
}

const (
	defaultBodyMax    = 64 << 20
	defaultConcurrent = 64
)

// Client makes the requests of many contexts, which share its connections.
type Client struct {
	options   Options
	transport *http.Transport
}

// NewClient makes a Client. Close it.
func NewClient(o Options) *Client {
	if o.BodyMax == 0 {
		o.BodyMax = defaultBodyMax
	}
	if o.Concurrent == 0 {
		o.Concurrent = defaultConcurrent
	}
	return &Client{o, &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := o.Policy.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return quickAcked(c), nil
		},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // decoded says which encodings there are
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    32,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    30 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}}
}

// Close closes connections that no request uses.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Policy says which hosts the client reaches.
func (c *Client) Policy() *netguard.Policy { return c.options.Policy }

// Hosts are the group's host functions.
func (c *Client) Hosts(a *async.Async) []engine.Host {
	return []engine.Host{
		{Name: "dataURL", Func: dataURL, Template: engine.PureCall},
		{Name: "digest", Func: digest, Template: engine.PureCall},
		// open makes the context's share of the client, for request.
		{Name: "open", Func: func(t *engine.Turn, _ value.Args) (any, error) {
			return a.Put(t, &share{slots: make(chan struct{}, c.options.Concurrent)})
		}},
		{Name: "upload", Func: func(t *engine.Turn, _ value.Args) (any, error) { return a.Put(t, newUpload()) }},
		a.Op("write", func(ctx context.Context, args value.Args) (any, error) {
			u, err := objectOf[*upload](ctx, args)
			if err != nil {
				return nil, err
			}
			chunk, err := args.Bytes(1)
			if err != nil {
				return nil, err
			}
			return value.Undefined, u.write(ctx, chunk)
		}),
		{Name: "drop", Func: func(t *engine.Turn, args value.Args) (any, error) {
			number, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			return value.Undefined, a.Drop(t, number)
		}},
		{Name: "finish", Func: func(t *engine.Turn, args value.Args) (any, error) {
			number, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			if u, err := async.Get[*upload](a, t, number); err == nil {
				u.finish()
			}
			return value.Undefined, nil
		}},
		a.Op("request", c.request),
		a.Op("read", func(ctx context.Context, args value.Args) (any, error) {
			x, err := objectOf[*exchange](ctx, args)
			if err != nil {
				return nil, err
			}
			return x.read(ctx)
		}),
		a.Op("readAll", func(ctx context.Context, args value.Args) (any, error) {
			x, err := objectOf[*exchange](ctx, args)
			if err != nil {
				return nil, err
			}
			return x.readAll(ctx, c.options.BodyMax)
		}),
	}
}

// objectOf is the object whose number is the first argument.
func objectOf[T any](ctx context.Context, args value.Args) (T, error) {
	number, err := args.Int(0)
	if err != nil {
		var none T
		return none, err
	}
	return async.GetCtx[T](ctx, number)
}

func dataURL(_ *engine.Turn, args value.Args) (any, error) {
	url, err := args.String(0)
	if err != nil {
		return nil, err
	}
	mime, body, err := DataURL(url)
	if err != nil {
		return nil, &value.Error{Name: "TypeError", Message: err.Error()}
	}
	return []any{mime, body}, nil
}

// share is what a context has of a client: its turn to make a request. It is an object of the context's.
type share struct{ slots chan struct{} }
