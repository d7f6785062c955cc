package websocket

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gobwas/ws"

	"rowan/engine/value"
	"rowan/jsapi/netguard"
)

// handshakeTimeout bounds the time from the script's call to the server's answer.
const handshakeTimeout = 60 * time.Second

// dial connects and makes the opening handshake (https://websockets.spec.whatwg.org/#concept-websocket-establish).
func dial(ctx context.Context, o Options, address string, protocols []string) (*socket, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", failed("the URL %q is not one that can be connected to", address)
	}
	if port, _ := strconv.Atoi(u.Port()); netguard.BadPort(port) {
		return nil, "", failed("port %d is not for WebSocket connections", port)
	}
	header := http.Header{}
	if o.UserAgent != "" {
		header.Set("User-Agent", o.UserAgent)
	}
	if u.User != nil {
		password, _ := u.User.Password()
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)))
		u.User = nil
	}
	d := ws.Dialer{
		Timeout:   handshakeTimeout,
		Protocols: protocols,
		Header:    ws.HandshakeHeaderHTTP(header),
		NetDial:   o.Policy.DialContext,
		TLSConfig: o.TLS,
	}
	conn, br, hs, err := d.Dial(ctx, u.String())
	var denied *netguard.DeniedError
	switch {
	case errors.As(err, &denied):
		return nil, "", &value.Error{Name: "TypeError", Code: "denied", Message: denied.Error()}
	case err != nil:
		return nil, "", failed("%v", err)
	case len(protocols) > 0 && hs.Protocol == "":
		conn.Close()
		return nil, "", failed("the server took none of the protocols")
	}
	return newSocket(conn, br), hs.Protocol, nil
}

// failed is an error that the script's error event tells of.
func failed(format string, args ...any) error {
	return &value.Error{Name: "NetworkError", Message: fmt.Sprintf(format, args...)}
}
