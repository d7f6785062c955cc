package daemon

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"rowan/bridge"
	"rowan/daemon/channels/wire"
	"rowan/daemon/front"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// session is one WebSocket connection with its context, from upgrade to close. Whoever reads the connection, the worker's loop or a
// goroutine of its own, brings messages to the context's mailbox; what the script sends goes straight to the connection's queue.
type session struct {
	server *Server
	app    atomic.Pointer[app] // another one when it has moved
	conn   *front.Conn
	ctx    *pool.Context
	info   []byte // what the script can read of the handshake, see handshake

	holdback
	lost   atomic.Bool
	member atomic.Pointer[bridge.Member] // nil before its first subscription; set by the worker
}

// cork holds back what the turns of a session send, so that it leaves in one write.
func (s *session) cork()   { s.conn.Cork() }
func (s *session) uncork() { s.conn.Uncork() }

// eventDone logs what the handler threw and lets the connection go on if it had to wait.
func (s *session) eventDone(e *event, err error) {
	s.failed(strings.TrimPrefix(e.export, "app."), err)
	s.relieve(s.ctx, s.app.Load().mailbox, s.conn.Resume)
}

// openSession upgrades a request and starts its session.
func (s *Server) openSession(w http.ResponseWriter, r *http.Request, a *app) {
	if !a.shape.WebSocket {
		http.Error(w, "this app has no websocket handler", http.StatusNotFound)
		return
	}
	if s.closing.Load() {
		http.Error(w, "the server is shutting down", http.StatusServiceUnavailable)
		return
	}
	claims, ok := s.authorize(w, r)
	if !ok {
		return
	}
	s.admits(a.origins, r, "websocket")
	conn, err := s.upgradeSession(w, r, a, nil)
	if err != nil {
		s.log.Debug("upgrade refused: " + err.Error())
		return
	}
	n := &session{server: s, conn: conn}
	n.app.Store(a)
	n.ctx = s.pool.Open(a.session, a.limits, n)
	s.startSession(n, r, claims)
}

// startSession begins to read from a session's socket.
func (s *Server) startSession(n *session, r *http.Request, claims []byte) {
	n.info = handshake(r, claims)
	s.sessions.add(n)
	n.ctx.Post(&opening{s: n})
	n.conn.StartOn(s.loopOf(n.ctx), n)
	if s.closing.Load() { // Shutdown may have counted the sessions before
		n.drain()
	}
}

// offered is the first sub-protocol that the client offers: a session speaks whatever it is asked to. One that holds a token is none.
func offered(r *http.Request) []string {
	if r.Header["Sec-Websocket-Protocol"] == nil {
		return nil
	}
	_, protocols, _ := wire.Bearer(r)
	return protocols[:min(len(protocols), 1)]
}

// handshake copies what the script may want to know of the request, which the connection outlives: its URL, its headers, and the claims of
// its token, encoded, since few scripts ask and every session keeps it.
func handshake(r *http.Request, claims []byte) []byte {
	info := value.AppendString(nil, urlOf(r))
	info, err := value.Append(info, headersOf(r))
	if err != nil {
		panic(err) // a list of texts
	}
	return bytes.Clone(appendClaims(info, claims)) // no more room than it needs
}

// about is what the script asks of its socket.
func (s *session) about(what string) any {
	info := value.MakeArgs(s.info, 3)
	switch what {
	case "id":
		return s.ctx.String()
	case "protocol":
		return s.conn.Protocol()
	case "remoteAddress":
		return hostOf(s.conn.RemoteAddr().String())
	case "url":
		return engine.Encoded(info.Raw(0))
	case "claims":
		return engine.Encoded(info.Raw(2))
	default:
		return engine.Encoded(info.Raw(1))
	}
}

// urlOf is a request's URL as the script sees it.
func urlOf(r *http.Request) string { return r.URL.Scheme + "://" + r.Host + r.URL.RequestURI() }

// hostOf is the host of an address, without its port.
func hostOf(addr string) string {
	if i := strings.LastIndexByte(addr, ':'); i > 0 {
		return strings.Trim(addr[:i], "[]")
	}
	return addr
}

// headersOf is the headers of a handshake as pairs of name and value, sorted.
func headersOf(r *http.Request) []any {
	lines := make(map[string]string, len(r.Header)+1)
	for name, values := range r.Header {
		lines[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	lines["host"] = r.Host
	headers := make([]any, 0, len(lines))
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		headers = append(headers, []any{name, lines[name]})
	}
	return headers
}

// opening is the session's first event. If its handler throws or rejects, the socket closes with 1011.
type opening struct {
	s      *session
	corked bool
}

func (o *opening) Run(t *engine.Turn) error {
	f, ok := t.Context().Template().Func("app.open")
	if !ok {
		return errors.New("no export app.open")
	}
	o.s.conn.Cork()
	o.corked = true
	_, promise, err := t.CallEncoded(nil, f, nil, 0)
	if err != nil || promise == 0 {
		return err
	}
	return o.s.ctx.Await(t, promise, func(_ []byte, err error) {
		if err != nil {
			o.s.openFailed(err)
		}
	})
}

func (o *opening) Done(err error) {
	if o.corked {
		o.s.conn.Uncork()
	}
	if err != nil {
		o.s.openFailed(err)
	}
}

// openFailed ends a session whose open handler failed, or whose context could not be made.
func (s *session) openFailed(err error) {
	if errors.Is(err, engine.ErrClosed) || errors.Is(err, pool.ErrPoolClosed) {
		return
	}
	s.failed("open", err)
	s.conn.Close(front.StatusInternalError, "open failed")
}

// failed logs what a handler threw. That a context is lost is said once, by contextLost.
func (s *session) failed(handler string, err error) {
	if err == nil {
		return
	}
	var lost *engine.LostError
	if errors.As(err, &lost) || errors.Is(err, engine.ErrClosed) || errors.Is(err, pool.ErrPoolClosed) {
		return
	}
	logUncaught(s.server.log, s.ctx, "websocket "+handler+" failed", err)
}

// contextLost closes the socket of a session whose context is gone.
func (s *session) contextLost(err error) {
	if s.lost.Swap(true) {
		return
	}
	logUncaught(s.server.log, s.ctx, "session ended", err)
	s.conn.Close(front.StatusInternalError, "context lost")
}

// Message brings a message to the context's mailbox; false makes the connection wait when that is full.
func (s *session) Message(_ *front.Conn, data []byte, text bool) bool {
	e := newEvent(s, "app.message")
	if tracer := s.server.tracer; tracer != nil {
		e.span = tracer.Begin("message", nil, "rowan.context", s.ctx.String())
	}
	if text {
		e.args = value.AppendString(e.args, textOf(data))
	} else {
		e.args = value.AppendBytes(e.args, data)
	}
	e.n = 1
	if pool.Full(s.ctx.Post(e)) {
		s.hold(s.ctx, s.conn.Resume)
		return false
	}
	return true
}

// Drain tells the script that its send queue has emptied.
func (s *session) Drain(*front.Conn) {
	if s.app.Load().shape.has("drain") {
		s.ctx.Post(newEvent(s, "app.drain"))
	}
}

// Close runs the close handler and ends the context.
func (s *session) Close(_ *front.Conn, code int, reason string) {
	e := newEvent(s, "app.close")
	e.args = value.AppendString(value.AppendInt(e.args, int64(code)), reason)
	e.n = 2
	leave(s.conn)
	s.ctx.Finish(e, func() {
		s.server.forget(s)
		s.server.sessions.remove(s)
	})
}
