package daemon

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"rowan/daemon/channels"
	"rowan/daemon/channels/wire"
	"rowan/daemon/front"
	"rowan/daemon/rate"
)

// polls are the sockets of channels over long polling, which Phoenix's client falls back to where no WebSocket gets through. Every
// answer has HTTP status 200 and another one in its JSON.
type polls struct {
	server *Server

	mu   sync.Mutex
	open map[string]*poll // by token
}

// poll is one socket over long polling.
type poll struct {
	*channelSocket
	transport *channels.Poll

	taking sync.Mutex // held by the request that brings frames
	meters front.Meters
}

const (
	// pollsMax is how many sockets over long polling there may be: one needs no connection of its own.
	pollsMax = 100_000
	// pollFrames is how many frames a request brings; what follows is ignored.
	pollFrames = 100
	// pollOver is the status on which every client waits for a moment, and then begins anew and rejoins. Those before 1.8 take 410
	// for a new session and believe that its channels are still joined; 503 stops them all for good.
	pollOver = http.StatusInternalServerError
	// tokenHeader is where later clients put the token.
	tokenHeader = "X-Phoenix-Longpoll-Token"
)

// pollAnswer is the answer to a request.
type pollAnswer struct {
	Status   int      `json:"status"`
	Token    string   `json:"token,omitempty"`
	Messages []string `json:"messages"`
}

// serve answers a request of a client.
func (ps *polls) serve(w http.ResponseWriter, r *http.Request, a *app) {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	if r.Method == http.MethodOptions {
		header.Set("Access-Control-Allow-Methods", "get, post, options")
		header.Set("Access-Control-Allow-Headers", strings.Join(r.Header["Access-Control-Request-Headers"], ", "))
		w.WriteHeader(http.StatusOK)
		return
	}
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	answer := func(status int, token string, messages []string) {
		if messages == nil {
			messages = []string{}
		}
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.Encode(pollAnswer{status, token, messages})
	}
	params, err := wire.Params(r.URL.RawQuery)
	if err != nil {
		answer(http.StatusBadRequest, "", nil)
		return
	}
	version, known := wire.VersionOf(params)
	token := r.Header.Get(tokenHeader)
	if token == "" {
		token, _ = params["token"].(string)
	}
	p := ps.find(token)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		w.WriteHeader(http.StatusBadRequest)
	case !known || !ps.server.admits(a.channelOrigins, r, "channels"):
		answer(http.StatusForbidden, "", nil)
	case r.Method == http.MethodPost && p == nil:
		answer(http.StatusGone, "", nil)
	case r.Method == http.MethodPost:
		answer(p.take(w, r, a), "", nil)
	case p == nil:
		token, status := ps.begin(r, a, params, version)
		answer(status, token, nil)
	default:
		ctx, cancel := context.WithTimeout(r.Context(), time.Duration(a.config.Channels.LongPollWindow))
		defer cancel()
		switch messages, closed := p.transport.Take(ctx); {
		case len(messages) > 0:
			answer(http.StatusOK, token, messages)
		case closed:
			answer(pollOver, "", nil)
		default:
			answer(http.StatusNoContent, token, nil)
		}
	}
}

// find returns the socket of a token, or nil.
func (ps *polls) find(token string) *poll {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.open[token]
}

// begin makes a socket for a client, if the app admits it, and returns its token: that is what status 410 means.
func (ps *polls) begin(r *http.Request, a *app, params map[string]any, version wire.Version) (token string, status int) {
	s := ps.server
	if s.closing.Load() {
		return "", pollOver
	}
	client, ok := s.peers.Hold(r)
	if !ok {
		return "", pollOver
	}
	began := false
	defer func() {
		if !began {
			client.Leave()
		}
	}()
	n, refused := s.admit(http.Header{}, r, a, params, r.Header.Get("X-Phoenix-AuthToken"))
	switch refused {
	case 0:
	case http.StatusUnauthorized: // clients know but one status for who may not come
		return "", http.StatusForbidden
	case http.StatusServiceUnavailable:
		return "", pollOver
	default:
		return "", refused
	}
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	token = base64.RawURLEncoding.EncodeToString(raw)
	p := &poll{channelSocket: n}
	if !ps.add(token, p) { // before it can end, so that it is not left there
		n.discard()
		return "", pollOver
	}
	c := a.config.Channels
	p.transport = channels.NewPoll(int(c.BackpressureLimit), time.Duration(c.LongPollWindow)*3/2, func() {
		ps.drop(token)
		client.Leave()
		n.onceStarted(n.closed)
	})
	began = true
	n.start(p.transport, s.hub.NewSocket(version, n.id, p.transport, n, a.routes, a.channelSettings()))
	if s.closing.Load() {
		n.drain()
		return "", pollOver
	}
	return token, http.StatusGone
}

func (ps *polls) add(token string, p *poll) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if len(ps.open) >= pollsMax {
		return false
	}
	ps.open[token] = p
	return true
}

func (ps *polls) drop(token string) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.open, token)
}

// take brings the frames of a request to the socket: one a line, text as it is, binary ones in base64.
func (p *poll) take(w http.ResponseWriter, r *http.Request, a *app) (status int) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(a.config.Channels.MaxPayload)))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case err != nil:
		return http.StatusBadRequest
	}
	p.taking.Lock()
	defer p.taking.Unlock()
	ctx, cancel := context.WithTimeout(r.Context(), time.Duration(a.config.Channels.LongPollWindow))
	defer cancel()
	status = http.StatusOK
	err = wire.PollFrames(body, pollFrames, func(frame []byte, text bool) bool {
		if reason := p.tooMuch(a.front.Rates, len(frame)); reason != "" {
			p.link.Close(front.StatusPolicyViolation, reason)
			status = http.StatusTooManyRequests
			return false
		}
		for {
			news := p.transport.News()
			if p.receive(frame, text) {
				return true
			}
			select {
			case <-news:
			case <-ctx.Done():
				status = http.StatusRequestTimeout
				return false
			}
		}
	})
	if err != nil {
		return http.StatusBadRequest
	}
	return status
}

// tooMuch notes a frame of so many bytes. If that is more than a client may send, it returns why.
func (p *poll) tooMuch(r *front.Rates, n int) (reason string) {
	now := rate.At(time.Now())
	if reason = p.meters.Messages(r, &p.server.stats, 1, now); reason == "" {
		reason = p.meters.Bytes(r, &p.server.stats, n, now)
	}
	return reason
}
