package front

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

// handshakeTimeout is the time for writing the answer to the handshake.
const handshakeTimeout = 10 * time.Second

// UpgradeOptions say how a handshake is answered.
type UpgradeOptions struct {
	// Protocols are the sub-protocols that the server speaks. The first one
	// that the client offers and that is in this list is chosen. Default: none.
	Protocols []string

	// Header has more fields for the answer, such as Set-Cookie. Fields that
	// belong to the handshake itself (Connection, Upgrade, Sec-WebSocket-*) and
	// to a body are left out, save one: a Sec-WebSocket-Protocol here takes the
	// place of Protocols.
	Header http.Header

	// Origins are those whose pages may connect, besides pages of the same host. A request without Origin, which
	// no browser makes, always may.
	Origins Origins

	// Remote is what Conn.RemoteAddr returns, for a client behind a proxy.
	// Default: the address of the connection.
	Remote net.Addr

	// Options are the limits of the connection.
	Options Options
}

// A wrapper is a connection that adds nothing to the bytes of the one below, from which unread has been read already. Upgrade takes that
// one over in its place.
type wrapper interface {
	Unwrap() (below net.Conn, unread []byte)
}

// HandshakeError is a request that Upgrade has refused and answered.
type HandshakeError struct {
	Status int    // of the HTTP answer
	Reason string // its body
}

func (e *HandshakeError) Error() string {
	return fmt.Sprintf("front: upgrade: %d %s: %s", e.Status, http.StatusText(e.Status), e.Reason)
}

// IsUpgrade reports whether r asks for a WebSocket, rightly or not.
func IsUpgrade(r *http.Request) bool {
	return headerHasToken(r.Header, "Connection", "upgrade") && headerHasToken(r.Header, "Upgrade", "websocket")
}

// Upgrade answers a WebSocket handshake and takes over the connection. The
// caller's HTTP handler should return soon after: it holds memory that the
// connection does not need.
//
// # Errors
//
// A *HandshakeError for a request that is no handshake or is not allowed: it
// has been answered with 400, 403, 405, 426, 500 or 505 and a text that says
// what is wrong. Any other error means that the connection was lost or cannot
// be taken over; nothing more can be sent.
func Upgrade(w http.ResponseWriter, r *http.Request, opts UpgradeOptions) (*Conn, error) {
	if refusal := CheckHandshake(r, opts.Origins); refusal != nil {
		refuse(w, refusal)
		return nil, refusal
	}

	protocols, header := opts.Protocols, answerHeader(opts.Header)
	if chosen := opts.Header.Get("Sec-WebSocket-Protocol"); chosen != "" {
		protocols = []string{chosen}
	}
	upgrader := ws.HTTPUpgrader{
		Timeout:  handshakeTimeout,
		Header:   header,
		Protocol: func(offered string) bool { return slices.Contains(protocols, offered) },
	}
	var deflate negotiation
	if opts.Options.PerMessageDeflate {
		upgrader.Negotiate = deflate.offer
	}
	conn, rw, handshake, err := upgrader.Upgrade(r, w)
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		if rejection, ok := errors.AsType[*ws.ConnectionRejectedError](err); ok {
			return nil, &HandshakeError{rejection.StatusCode(), rejection.Error()}
		}
		return nil, fmt.Errorf("front: upgrade: %w", err)
	}

	// The HTTP server may have read the client's first frames already.
	var early []byte
	if n := rw.Reader.Buffered(); n > 0 {
		buffered, _ := rw.Reader.Peek(n)
		early = slices.Clone(buffered)
	}
	remote := opts.Remote
	if remote == nil {
		remote = conn.RemoteAddr()
	}
	if w, ok := conn.(wrapper); ok {
		var unread []byte
		conn, unread = w.Unwrap()
		early = append(early, unread...)
	}
	c := newConn(conn, early, handshake.Protocol, opts.Options)
	c.remote = remote
	c.window, c.dec.deflate = deflate.window, deflate.window != 0
	return c, nil
}

// CheckHandshake returns why r cannot be upgraded, or nil. It asks for what
// package ws asks for, but before the connection is taken over, so that the
// HTTP server can answer.
func CheckHandshake(r *http.Request, origins Origins) *HandshakeError {
	switch {
	case r.ProtoMajor != 1 || r.ProtoMinor < 1:
		return &HandshakeError{http.StatusHTTPVersionNotSupported, "a WebSocket needs HTTP/1.1, this is " + r.Proto}
	case !IsUpgrade(r):
		return &HandshakeError{http.StatusUpgradeRequired, "this address is a WebSocket: connect with ws:// or wss://"}
	case r.Method != http.MethodGet:
		return &HandshakeError{http.StatusMethodNotAllowed, "a WebSocket handshake is a GET request, this is " + r.Method}
	case r.Host == "":
		return &HandshakeError{http.StatusBadRequest, "the Host header is missing"}
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		return &HandshakeError{http.StatusUpgradeRequired, "the Sec-WebSocket-Version header must be 13"}
	case !validKey(r.Header.Get("Sec-WebSocket-Key")):
		return &HandshakeError{http.StatusBadRequest, "the Sec-WebSocket-Key header must be 16 bytes in base64"}
	case !origins.Allow(r):
		return &HandshakeError{http.StatusForbidden, fmt.Sprintf("pages of origin %q may not connect to %q", r.Header.Get("Origin"), r.Host)}
	}
	return nil
}

// refuse answers a request that is not upgraded.
func refuse(w http.ResponseWriter, refusal *HandshakeError) {
	switch refusal.Status {
	case http.StatusUpgradeRequired:
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Sec-WebSocket-Version", "13")
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodGet)
	}
	http.Error(w, refusal.Reason, refusal.Status)
}

func validKey(key string) bool {
	raw, err := base64.StdEncoding.DecodeString(key)
	return err == nil && len(raw) == 16
}

// headerHasToken reports whether the list in a header names the token.
func headerHasToken(h http.Header, name, token string) bool {
	for _, line := range h[name] {
		for item := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(item), token) {
				return true
			}
		}
	}
	return false
}

// answerHeader is h without what the handshake or the lack of a body decides.
func answerHeader(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		name = http.CanonicalHeaderKey(name)
		switch {
		case name == "Connection", name == "Upgrade", name == "Content-Length", name == "Transfer-Encoding":
		case strings.HasPrefix(name, "Sec-Websocket-"):
		default:
			out[name] = append(out[name], values...)
		}
	}
	return out
}
