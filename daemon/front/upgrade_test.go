package front

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

func TestUpgradeRefuses(t *testing.T) {
	sound := map[string]string{
		"Connection":            "Upgrade",
		"Upgrade":               "websocket",
		"Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key":     testKey,
	}
	cases := []struct {
		name    string
		method  string
		version string
		noHost  bool
		header  map[string]string // in place of sound ones; "": none
		status  int
		body    string
	}{
		{name: "plain request", header: map[string]string{"Connection": "", "Upgrade": ""}, status: 426, body: "ws://"},
		{name: "no upgrade", header: map[string]string{"Upgrade": ""}, status: 426, body: "ws://"},
		{name: "other upgrade", header: map[string]string{"Upgrade": "h2c"}, status: 426, body: "ws://"},
		{name: "no connection", header: map[string]string{"Connection": "keep-alive"}, status: 426, body: "ws://"},
		{name: "method", method: "POST", status: 405, body: "POST"},
		{name: "old HTTP", version: "HTTP/1.0", status: 505, body: "HTTP/1.0"},
		{name: "no host", noHost: true, status: 400, body: "Host"},
		{name: "old version", header: map[string]string{"Sec-WebSocket-Version": "8"}, status: 426, body: "must be 13"},
		{name: "no version", header: map[string]string{"Sec-WebSocket-Version": ""}, status: 426, body: "must be 13"},
		{name: "no key", header: map[string]string{"Sec-WebSocket-Key": ""}, status: 400, body: "Sec-WebSocket-Key"},
		{name: "short key", header: map[string]string{"Sec-WebSocket-Key": "AAAA"}, status: 400, body: "Sec-WebSocket-Key"},
		{name: "key not base64", header: map[string]string{"Sec-WebSocket-Key": strings.Repeat("!", 24)}, status: 400, body: "Sec-WebSocket-Key"},
		{name: "foreign page", header: map[string]string{"Origin": "https://evil.example"}, status: 403, body: "evil.example"},
		{name: "broken protocols", header: map[string]string{"Sec-WebSocket-Protocol": "a/b"}, status: 400, body: ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t, serverConfig{upgrade: UpgradeOptions{Protocols: []string{"z"}}})
			cl := dialRaw(t, s.addr)
			method, version := tc.method, tc.version
			if method == "" {
				method = "GET"
			}
			if version == "" {
				version = "HTTP/1.1"
			}
			host := s.addr
			if tc.noHost {
				host = ""
			}
			request := method + " / " + version + "\r\nHost: " + host + "\r\n"
			for name, value := range sound {
				if other, ok := tc.header[name]; ok {
					value = other
				}
				if value != "" {
					request += name + ": " + value + "\r\n"
				}
			}
			for name, value := range tc.header {
				if _, ok := sound[name]; !ok {
					request += name + ": " + value + "\r\n"
				}
			}
			cl.write([]byte(request + "\r\n"))

			response, err := http.ReadResponse(cl.br, nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != tc.status || !strings.Contains(string(body), tc.body) {
				t.Errorf("%d %q, %v; want %d %q", response.StatusCode, body, err, tc.status, tc.body)
			}
			if tc.status == 426 && (response.Header.Get("Upgrade") != "websocket" || response.Header.Get("Sec-WebSocket-Version") != "13") {
				t.Errorf("426 with header %v", response.Header)
			}
			refusal, ok := errors.AsType[*HandshakeError](receive(t, s.errs, "error"))
			if !ok || refusal.Status != tc.status || !strings.Contains(refusal.Error(), tc.body) {
				t.Errorf("error %v, want a HandshakeError of %d", refusal, tc.status)
			}
		})
	}
}

func TestUpgradeWithoutHijacker(t *testing.T) {
	w := httptest.NewRecorder()
	_, err := Upgrade(w, handshakeRequest(), UpgradeOptions{})
	refusal, ok := errors.AsType[*HandshakeError](err)
	if !ok || refusal.Status != 500 || w.Code != 500 {
		t.Errorf("error %v, status %d", err, w.Code)
	}
}

// handshakeRequest is a sound request to a handler under test.
func handshakeRequest() *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {testKey}}
	return r
}

// lostWriter is the response to a peer that is gone.
type lostWriter struct {
	http.ResponseWriter
	conn net.Conn
}

func (w lostWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.conn.Close()
	return w.conn, bufio.NewReadWriter(bufio.NewReader(w.conn), bufio.NewWriter(w.conn)), nil
}

func TestUpgradeOfLostConnection(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	_, err := Upgrade(lostWriter{httptest.NewRecorder(), here}, handshakeRequest(), UpgradeOptions{})
	if !errors.Is(err, io.ErrClosedPipe) || !strings.HasPrefix(err.Error(), "front: upgrade: ") {
		t.Errorf("error %v", err)
	}
}

func TestIsUpgrade(t *testing.T) {
	for _, tc := range []struct {
		connection, upgrade string
		want                bool
	}{
		{"Upgrade", "websocket", true},
		{"keep-alive, upgrade", "WebSocket", true},
		{"keep-alive", "websocket", false},
		{"Upgrade", "h2c", false},
		{"Upgrade", "", false},
		{"Upgraded", "websocket", false},
	} {
		r := &http.Request{Header: http.Header{"Connection": {tc.connection}, "Upgrade": {tc.upgrade}}}
		if got := IsUpgrade(r); got != tc.want {
			t.Errorf("IsUpgrade(%q, %q) = %v", tc.connection, tc.upgrade, got)
		}
	}
}

func TestUpgradeNegotiates(t *testing.T) {
	cases := []struct {
		name      string
		protocols []string
		header    http.Header
		offered   string
		want      string
	}{
		{name: "none offered", protocols: []string{"a"}},
		{name: "none spoken", offered: "a"},
		{name: "the client's first", protocols: []string{"a", "b"}, offered: "x, b, a", want: "b"},
		{name: "unknown", protocols: []string{"a"}, offered: "x"},
		{name: "chosen by header", protocols: []string{"a"}, header: http.Header{"Sec-Websocket-Protocol": {"b"}}, offered: "a, b", want: "b"},
		{name: "chosen but not offered", header: http.Header{"Sec-Websocket-Protocol": {"b"}}, offered: "a"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t, serverConfig{upgrade: UpgradeOptions{Protocols: tc.protocols, Header: tc.header}})
			cl := dialRaw(t, s.addr)
			lines := []string{"Sec-WebSocket-Extensions: permessage-deflate"}
			if tc.offered != "" {
				lines = append(lines, "Sec-WebSocket-Protocol: "+tc.offered)
			}
			cl.write(handshake(s.addr, lines...))
			response, err := http.ReadResponse(cl.br, nil)
			if err != nil || response.StatusCode != 101 {
				t.Fatal(response, err)
			}
			c := s.accept(t)
			if got := response.Header.Get("Sec-WebSocket-Protocol"); got != tc.want || c.Protocol() != tc.want {
				t.Errorf("protocol %q on the wire, %q in Conn; want %q", got, c.Protocol(), tc.want)
			}
			if got := response.Header["Sec-Websocket-Extensions"]; got != nil {
				t.Errorf("extensions %q", got)
			}
			if got := response.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
				t.Errorf("accept key %q", got)
			}
		})
	}
}

func TestUpgradeHeader(t *testing.T) {
	s := newServer(t, serverConfig{upgrade: UpgradeOptions{Header: http.Header{
		"Set-Cookie":               {"a=1", "b=2"},
		"x-app":                    {"yes"},
		"Upgrade":                  {"h2c"},
		"Content-Length":           {"5"},
		"Sec-Websocket-Accept":     {"forged"},
		"Sec-WebSocket-Extensions": {"permessage-deflate"},
	}}})
	cl := dialRaw(t, s.addr)
	cl.write(handshake(s.addr))
	response, err := http.ReadResponse(cl.br, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.accept(t)
	h := response.Header
	if len(h["Set-Cookie"]) != 2 || h.Get("X-App") != "yes" || len(h["Upgrade"]) != 1 || h.Get("Upgrade") != "websocket" ||
		h.Get("Content-Length") != "" || len(h["Sec-Websocket-Accept"]) != 1 || h["Sec-Websocket-Extensions"] != nil {
		t.Errorf("header %v", h)
	}
}

// Frames that come in one packet with the handshake are not lost.
func TestUpgradeKeepsEarlyFrames(t *testing.T) {
	s := newServer(t, serverConfig{})
	cl := dialRaw(t, s.addr)
	cut := frames(text, "third")
	cl.write(append(append(handshake(s.addr), frames(text, "first", bin, "second")...), cut[:7]...))
	if response, err := http.ReadResponse(cl.br, nil); err != nil || response.StatusCode != 101 {
		t.Fatal(response, err)
	}
	r := newRecorder()
	begin(s.accept(t), r)
	for _, want := range []message{{"first", true}, {"second", false}} {
		if got := r.message(t); got != want {
			t.Errorf("message %v, want %v", got, want)
		}
	}
	cl.write(cut[7:])
	if got := r.message(t); got != (message{"third", true}) {
		t.Errorf("message %v", got)
	}
}

func TestEarlyFailure(t *testing.T) {
	s := newServer(t, serverConfig{})
	cl := dialRaw(t, s.addr)
	cl.write(append(handshake(s.addr), frames(last, "x")...))
	if response, err := http.ReadResponse(cl.br, nil); err != nil || response.StatusCode != 101 {
		t.Fatal(response, err)
	}
	r := newRecorder()
	begin(s.accept(t), r)
	if got := cl.closeFrame(); got.code != StatusProtocolError {
		t.Errorf("close frame %v", got)
	}
	cl.expectEnd()
	cl.Close()
	r.close(t)
}

func TestUpgradeGobwasClient(t *testing.T) {
	s := newServer(t, serverConfig{upgrade: UpgradeOptions{Protocols: []string{"chat"}}})
	dialer := ws.Dialer{Protocols: []string{"chat"}}
	conn, br, hs, err := dialer.Dial(context.Background(), "ws://"+s.addr+"/")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if br != nil {
		ws.PutReader(br)
	}
	if hs.Protocol != "chat" {
		t.Errorf("protocol %q", hs.Protocol)
	}
	c := s.accept(t)
	r := newRecorder()
	r.onMessage = func(c *Conn, data []byte, text bool) bool {
		c.Send(data, text)
		return true
	}
	begin(c, r)
	for _, want := range []string{"hello", "", strings.Repeat("é", 100_000)} {
		if err := wsutil.WriteClientText(conn, []byte(want)); err != nil {
			t.Fatal(err)
		}
		got, err := wsutil.ReadServerText(conn)
		if err != nil || string(got) != want {
			t.Errorf("%.20q, %v; want %.20q", got, err, want)
		}
	}
	closeBody := ws.NewCloseFrameBody(ws.StatusGoingAway, "bye")
	if err := wsutil.WriteClientMessage(conn, ws.OpClose, closeBody); err != nil {
		t.Fatal(err)
	}
	if _, err := wsutil.ReadServerText(bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn))); err == nil {
		t.Error("no error after close")
	}
	if got := r.close(t); got != (closing{1001, "bye"}) {
		t.Errorf("closed %v", got)
	}
}
