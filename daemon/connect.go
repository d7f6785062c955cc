package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"rowan/daemon/channels"
	"rowan/daemon/channels/client"
	"rowan/daemon/channels/wire"
	"rowan/daemon/front"
	"rowan/engine/value"
)

// clientModule is the client that pages without packages import from a mount.
var clientModule = client.Handler()

// serveChannels answers a request below a mount of the app's channels; false if it is not for them.
func (s *Server) serveChannels(w http.ResponseWriter, r *http.Request, a *app) bool {
	for _, mount := range a.config.Channels.Mounts {
		rest, ok := strings.CutPrefix(r.URL.Path, strings.TrimSuffix(mount, "/"))
		switch {
		case !ok:
		case rest == "/websocket":
			s.openChannels(w, r, a)
			return true
		case rest == "/longpoll":
			s.polls.serve(w, r, a)
			return true
		case rest == "/client.js":
			clientModule.ServeHTTP(w, r)
			return true
		}
	}
	return false
}

// openChannels upgrades a request to a socket of channels, if the app's connect admits it. Clients of the protocol look at the
// status of a refusal at most, so it has no body.
func (s *Server) openChannels(w http.ResponseWriter, r *http.Request, a *app) {
	if !front.IsUpgrade(r) {
		http.Error(w, "this address is a WebSocket: the 'connection' header must contain 'upgrade'", http.StatusBadRequest)
		return
	}
	if s.closing.Load() {
		unavailable(w, "the server is shutting down")
		return
	}
	params, err := wire.Params(r.URL.RawQuery)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	token, offered, err := wire.Token(r)
	version, known := wire.VersionOf(params)
	if err != nil || !known || !s.admits(a.channelOrigins, r, "channels") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	n, status := s.admit(w.Header(), r, a, params, token)
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	opts := front.UpgradeOptions{Options: a.channelOptions(), Origins: a.channelOrigins}
	if offered {
		opts.Protocols = []string{wire.Protocol}
	}
	opts.Options.Stats = &s.stats
	conn, err := upgrade(w, r, opts)
	if err != nil {
		s.log.Debug("upgrade refused: " + err.Error())
		n.discard()
		return
	}
	link := webSocket{conn}
	n.start(link, s.hub.NewSocket(version, n.id, link, n, a.routes, a.channelSettings()))
	conn.StartOn(s.loopOf(n.ctx.Load()), n)
	if s.closing.Load() { // Shutdown may have counted the sockets before
		n.drain()
	}
}

// admit makes a context for a client whose token, if it has one, is valid, and asks the app's connect about it. Another status than 0
// refuses the client.
func (s *Server) admit(header http.Header, r *http.Request, a *app, params map[string]any, token string) (n *channelSocket, status int) {
	text, err := json.Marshal(params)
	if err != nil {
		return nil, http.StatusBadRequest
	}
	claims, status := s.claims(header, r)
	if status != 0 {
		return nil, status
	}
	n = &channelSocket{server: s, params: value.AppendString(nil, string(text))}
	n.app.Store(a)
	n.ctx.Store(n.newContext())
	if !a.shape.Connect {
		n.assigns = value.AppendObject(nil, 0)
		return n, 0
	}
	n.assigns, err = n.connect(r, token, claims)
	switch {
	case err != nil:
		n.discard()
		logUncaught(s.log, n.ctx.Load(), "connect failed", err)
		return nil, http.StatusInternalServerError
	case value.Kind(n.assigns) == value.TagFalse:
		n.discard()
		return nil, http.StatusForbidden
	}
	if v, _, err := value.Decode(n.assigns); err == nil {
		o, _ := v.(value.Object)
		id, _ := o.Get("id")
		n.id, _ = id.(string)
	}
	return n, 0
}

// connect calls the app's connect and waits for its answer, which is encoded: false, or the assigns.
func (n *channelSocket) connect(r *http.Request, token string, claims []byte) ([]byte, error) {
	args, err := value.Append(n.params[:len(n.params):len(n.params)], headersOf(r))
	if err != nil {
		return nil, err
	}
	args = value.AppendString(args, urlOf(r))
	args = value.AppendString(args, hostOf(r.RemoteAddr))
	if token == "" {
		args = value.AppendUndefined(args)
	} else {
		args = value.AppendString(args, token)
	}
	args = appendClaims(args, claims)
	type outcome struct {
		result []byte
		err    error
	}
	done := make(chan outcome, 1)
	if err := n.ctx.Load().Call("app.connect", args, 6, func(result []byte, err error) { done <- outcome{result, err} }); err != nil {
		return nil, err
	}
	limit := time.Duration(n.app.Load().config.Call.Timeout)
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	select {
	case o := <-done:
		return o.result, o.err
	case <-r.Context().Done():
		return value.AppendBool(nil, false), nil // nobody waits for the answer
	case <-timeout.C:
		return nil, fmt.Errorf("it has not settled within %v", limit)
	}
}

// discard ends the context of a client that did not become a socket.
func (n *channelSocket) discard() {
	c := n.ctx.Load()
	c.Close(func() { n.server.forgetContext(c) })
}

// channelSettings are the limits of the app's channels.
func (a *app) channelSettings() channels.Settings {
	c := a.config.Channels
	return channels.Settings{MaxChannels: int(c.MaxChannels), Timeout: time.Duration(a.config.Call.Timeout), HeldBytes: int(c.BackpressureLimit)}
}

// channelOptions are the limits of their WebSockets. Clients send heartbeats, so that nobody is pinged.
func (a *app) channelOptions() front.Options {
	c := a.config.Channels
	return front.Options{
		MaxPayloadLength: int(c.MaxPayload), BackpressureLimit: int(c.BackpressureLimit), CloseOnBackpressureLimit: true,
		IdleTimeout: time.Duration(c.IdleTimeout), IdleCode: front.StatusProtocolError, DisablePings: true,
		PerMessageDeflate: c.PerMessageDeflate, Rates: a.front.Rates,
	}
}

// broadcastAny is the handler "broadcast": topic, event and payload, which is bytes or becomes JSON.
func (s *Server) broadcastAny(_ context.Context, args value.Args) (any, error) {
	topic, err := args.String(0)
	if err != nil {
		return nil, err
	}
	event, err := args.String(1)
	if err != nil {
		return nil, err
	}
	payload := args.Raw(2)
	switch value.Kind(payload) {
	case value.TagArrayBuffer, value.TagTypedArray:
	case value.TagUndefined, value.TagNull:
		payload = value.AppendString(nil, "{}")
	default:
		text, err := value.JSON(nil, payload)
		if err != nil {
			return nil, err
		}
		payload = value.AppendString(nil, textOf(text))
	}
	return value.Undefined, s.hub.Broadcast(topic, event, payload)
}
