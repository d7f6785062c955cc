package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
	"rowan/jsapi/netguard"
	"rowan/jsapi/url/weburl"
)

// partMax is how much of a body crosses to the script at once.
const partMax = 64 << 10

// exchange is a request and the response to it, until its body has been read. A script holds it by a number.
type exchange struct {
	cancel  context.CancelCauseFunc
	release func() // the share's slot
	timeout time.Duration

	reading sync.Mutex // held during a read, and to close the body
	body    io.ReadCloser
}

// request is the operation request(share, method, url, headers, body, upload, patient): headers are names and values in turn; body
// is bytes, or null if there is none or it comes by the upload of that number; patient takes the time limit from the body. It returns the number of an exchange, or 0 if nothing follows,
// the status, its text, and the headers in turn. Redirects are the script's to follow.
func (c *Client) request(ctx context.Context, args value.Args) (_ any, err error) {
	req, life, err := c.newRequest(ctx, args)
	if err != nil {
		return nil, err
	}
	s, err := objectOf[*share](ctx, args)
	if err != nil {
		life(nil)
		return nil, err
	}
	x := &exchange{cancel: life, timeout: c.options.Timeout, release: func() {}}
	defer func() {
		if err != nil {
			x.Close()
		}
	}()
	// The request outlives the operation, but until the response is there the script can cancel it.
	stop := context.AfterFunc(ctx, func() { life(context.Cause(ctx)) })
	defer stop()
	patient, err := args.BoolOr(6, false)
	if err != nil {
		return nil, err
	}
	defer x.watch("the response")()

	select {
	case s.slots <- struct{}{}:
		x.release = sync.OnceFunc(func() { <-s.slots })
	case <-req.Context().Done():
		return nil, &value.Error{Name: "TimeoutError", Code: "timeout", Message: fmt.Sprintf(
			"%d fetches of this context were under way all the time; read or cancel the bodies of their responses", cap(s.slots))}
	}
	res, err := c.traced(ctx, req)
	if err != nil {
		return nil, c.failure(req, err)
	}
	x.body = res.Body
	if res.StatusCode == http.StatusSwitchingProtocols {
		return nil, networkError("the server switched protocols")
	}
	number, isDecoded := 0, false
	if req.Method == http.MethodHead || nullBody(res.StatusCode) {
		x.Close()
	} else {
		if patient {
			x.timeout = 0
		}
		if x.body, err = decoded(res.Body, res.Header["Content-Encoding"]); err != nil {
			return nil, networkError(err.Error())
		}
		isDecoded = x.body != res.Body
		if !isDecoded && res.ContentLength >= 0 && res.ContentLength <= partMax {
			x.body = readAhead(res.Body, x.release)
		}
		if number, err = async.PutCtx(ctx, x); err != nil {
			return nil, err
		}
	}
	_, text, _ := strings.Cut(res.Status, " ")
	headers := make([]string, 0, 2*len(res.Header))
	for name, values := range res.Header {
		for _, v := range values {
			headers = append(headers, strings.ToLower(name), latin1(v))
		}
	}
	return []any{number, res.StatusCode, latin1(text), headers, isDecoded}, nil
}

// traced is roundTrip as a part of what the script was doing, if that is traced: the server is told, unless the script did.
func (c *Client) traced(ctx context.Context, req *http.Request) (*http.Response, error) {
	parent := engine.SpanOf(ctx)
	if parent == nil {
		return c.roundTrip(req)
	}
	span := parent.Child("fetch "+req.Method, "http.request.method", req.Method, "server.address", req.URL.Host, "url.path", req.URL.Path)
	if req.Header.Get("Traceparent") == "" {
		req.Header.Set("Traceparent", span.Parent())
	}
	res, err := c.roundTrip(req)
	if err == nil && res.StatusCode >= http.StatusInternalServerError {
		span.End(errors.New(res.Status))
	} else {
		span.End(err)
	}
	return res, err
}

// roundTrip sends a request, and sends it again on a new connection if the server says that it was misdirected to this one
// (status 421; Fetch, 4.6 HTTP-network-or-cache fetch).
func (c *Client) roundTrip(req *http.Request) (*http.Response, error) {
	res, err := c.transport.RoundTrip(req)
	if err != nil || res.StatusCode != http.StatusMisdirectedRequest || req.Body != nil && req.GetBody == nil {
		return res, err
	}
	res.Body.Close()
	c.transport.CloseIdleConnections()
	again := req.Clone(req.Context())
	if req.GetBody != nil {
		if again.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
	return c.transport.RoundTrip(again)
}

// newRequest makes the request that the arguments describe, and what ends it.
func (c *Client) newRequest(ctx context.Context, args value.Args) (*http.Request, context.CancelCauseFunc, error) {
	method, err := args.String(1)
	if err != nil {
		return nil, nil, err
	}
	address, err := args.String(2)
	if err != nil {
		return nil, nil, err
	}
	headers, err := args.Any(3)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := weburl.Parse(address, nil)
	if err != nil {
		return nil, nil, networkError(err.Error())
	}
	u := parsed.Request()
	if err := c.options.Policy.Check(u.Hostname(), port(u)); err != nil {
		return nil, nil, denied(err)
	}
	life, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	req := (&http.Request{Method: method, URL: u, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(life)
	c.setHeaders(req, headers)
	if err := setBody(ctx, req, args); err != nil {
		cancel(nil)
		return nil, nil, err
	}
	return req, cancel, nil
}

// setHeaders gives the request its headers, names and values in turn. What belongs to the connection is net/http's to say.
func (c *Client) setHeaders(req *http.Request, list any) {
	pairs, _ := list.([]any)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		text, _ := pairs[i+1].(string)
		switch v := bytesOf(text); name {
		case "host":
			req.Host = v
		case "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade":
		default:
			req.Header.Add(name, v)
		}
	}
	for name, v := range map[string]string{
		"Accept": "*/*", "Accept-Language": "*", "Accept-Encoding": acceptEncoding, "User-Agent": c.options.UserAgent,
	} {
		if req.Header[name] == nil {
			req.Header.Set(name, v)
		}
	}
}

func setBody(ctx context.Context, req *http.Request, args value.Args) error {
	if value.Kind(args.Raw(4)) != value.TagNull {
		body, err := args.Bytes(4)
		if err != nil {
			return err
		}
		req.ContentLength = int64(len(body))
		req.Body = http.NoBody
		if len(body) > 0 {
			req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(body))), nil }
			req.Body, _ = req.GetBody()
		}
		return nil
	}
	number, err := args.IntOr(5, 0)
	if err != nil || number == 0 {
		return err
	}
	u, err := async.GetCtx[*upload](ctx, number)
	if err != nil {
		return err
	}
	req.Body, req.ContentLength = u.reader, -1
	return nil
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// nullBody reports whether responses of the status have no body (Fetch, 2.2.3).
func nullBody(status int) bool {
	switch status {
	case http.StatusNoContent, http.StatusResetContent, http.StatusNotModified:
		return true
	}
	return false
}

// read returns the next part of the body, or null at its end.
func (x *exchange) read(ctx context.Context) (any, error) {
	part := make([]byte, partMax)
	n, err := x.fill(ctx, part)
	if n > 0 {
		return part[:n], nil // an error is the next read's
	}
	x.Close()
	if err == io.EOF {
		return nil, nil
	}
	return nil, err
}

// readAll returns what is left of the body.
func (x *exchange) readAll(ctx context.Context, limit int64) (any, error) {
	defer x.Close()
	var all []byte
	for part := make([]byte, partMax); ; {
		n, err := x.fill(ctx, part)
		all = append(all, part[:n]...)
		switch {
		case err == io.EOF:
			return all, nil
		case err != nil:
			return nil, err
		case int64(len(all)) > limit:
			return nil, &value.Error{Name: "RangeError", Code: "limit", Message: fmt.Sprintf("the body is larger than %d bytes; read it as a stream", limit)}
		}
	}
}

// fill reads into part; it waits for the first byte, no longer than the timeout, and not beyond the end of ctx.
func (x *exchange) fill(ctx context.Context, part []byte) (int, error) {
	x.reading.Lock()
	defer x.reading.Unlock()
	if x.body == nil {
		return 0, io.EOF
	}
	stop := context.AfterFunc(ctx, func() { x.cancel(context.Cause(ctx)) })
	defer stop()
	defer x.watch("the next part of the body")()
	for {
		n, err := x.body.Read(part)
		if n > 0 || err == io.EOF {
			return n, err
		}
		if err != nil {
			return 0, networkError("the response's body broke off: " + err.Error())
		}
	}
}

// watch ends the exchange if what is waited for does not come in time; the function that it returns calls that off.
func (x *exchange) watch(what string) (stop func()) {
	if x.timeout == 0 {
		return func() {}
	}
	t := time.AfterFunc(x.timeout, func() {
		x.cancel(&value.Error{Name: "TimeoutError", Code: "timeout", Message: fmt.Sprintf("%s did not come within %v", what, x.timeout)})
	})
	return func() { t.Stop() }
}

// Close ends the exchange, and a read of it.
func (x *exchange) Close() {
	x.cancel(context.Canceled)
	x.release()
	x.closeBody()
}

// closeBody closes the body once no read is at work: a decoder is not made for both at a time.
func (x *exchange) closeBody() {
	if !x.reading.TryLock() {
		return // the read ends now, and the transport closes what it reads from
	}
	defer x.reading.Unlock()
	if x.body != nil {
		x.body.Close()
		x.body = nil
	}
}

// failure is the error that a script gets for one of the transport.
func (c *Client) failure(req *http.Request, err error) error {
	var refused *netguard.DeniedError
	if errors.As(err, &refused) {
		return denied(refused)
	}
	if cause := context.Cause(req.Context()); cause != nil {
		var e *value.Error
		if errors.As(cause, &e) {
			return e
		}
		return networkError("aborted")
	}
	return networkError(err.Error())
}

// networkError is a TypeError, as the standard has it.
func networkError(message string) error {
	return &value.Error{Name: "TypeError", Message: "fetch failed: " + message}
}

func denied(err error) error {
	return &value.Error{Name: "TypeError", Code: "denied", Message: "fetch failed: " + err.Error()}
}

// latin1 makes a script's string of bytes: a character for each ("isomorphic decode").
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// bytesOf undoes latin1.
func bytesOf(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}
