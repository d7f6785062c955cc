package websocket

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"rowan/engine/value"
	"rowan/jsapi/netguard"
)

// serve runs a WebSocket server whose connections f has.
func serve(t *testing.T, secure bool, f func(c net.Conn, rw *bufio.ReadWriter)) (address string, trust *tls.Config) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); r.URL.Path == "/private" && (user != "me" || password != "secret") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		u := ws.HTTPUpgrader{Protocol: func(p string) bool { return p == "chat" }}
		c, rw, _, err := u.Upgrade(r, w)
		if err != nil {
			return
		}
		defer c.Close()
		f(c, rw)
	}))
	t.Cleanup(s.Close)
	if secure {
		s.StartTLS()
		roots := x509.NewCertPool()
		roots.AddCert(s.Certificate())
		return "wss" + strings.TrimPrefix(s.URL, "https"), &tls.Config{RootCAs: roots}
	}
	s.Start()
	return "ws" + strings.TrimPrefix(s.URL, "http"), nil
}

func connect(t *testing.T, address string, trust *tls.Config) *socket {
	t.Helper()
	s, _, err := dial(context.Background(), Options{Policy: netguard.Everything(), TLS: trust}, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// readFrame reads a frame of a peer that the test trusts not to be large.
func readFrame(r io.Reader) (f ws.Frame, err error) {
	if f.Header, err = ws.ReadHeader(r); err == nil {
		f.Payload = make([]byte, f.Header.Length)
		_, err = io.ReadFull(r, f.Payload)
	}
	return f, err
}

func TestEcho(t *testing.T) {
	for _, secure := range []bool{false, true} {
		address, trust := serve(t, secure, func(c net.Conn, rw *bufio.ReadWriter) {
			for {
				f, err := readFrame(rw)
				if err != nil {
					return
				}
				ws.WriteFrame(c, ws.NewFrame(f.Header.OpCode, true, ws.UnmaskFrame(f).Payload))
			}
		})
		s := connect(t, address, trust)
		if err := s.write([]message{{data: []byte("one"), text: true}, {data: []byte{2}}}); err != nil {
			t.Fatal(err)
		}
		if m, err := s.read(); err != nil || !m.text || string(m.data) != "one" {
			t.Errorf("secure %t: read %+v, %v", secure, m, err)
		}
		if m, err := s.read(); err != nil || m.text || string(m.data) != "\x02" {
			t.Errorf("secure %t: read %+v, %v", secure, m, err)
		}
		if err := s.sendClose(3000, "over"); err != nil {
			t.Fatal(err)
		}
		if m, err := s.read(); err != nil || !m.closing || m.code != 3000 || string(m.data) != "over" {
			t.Errorf("secure %t: read %+v, %v", secure, m, err)
		}
	}
}

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name   string
		frames []ws.Frame
		want   string
		code   ws.StatusCode // that the peer is told, if what it sent is wrong
	}{
		{"fragments with a ping between", []ws.Frame{
			ws.NewFrame(ws.OpText, false, []byte("ab")), ws.NewPingFrame([]byte("?")), ws.NewFrame(ws.OpContinuation, true, []byte("cd")),
		}, "abcd", 0},
		{"not UTF-8", []ws.Frame{ws.NewTextFrame([]byte{0xff})}, "", ws.StatusInvalidFramePayloadData},
		{"a continuation of nothing", []ws.Frame{ws.NewFrame(ws.OpContinuation, true, nil)}, "", ws.StatusProtocolError},
		{"a message within another one", []ws.Frame{ws.NewFrame(ws.OpText, false, nil), ws.NewTextFrame(nil)}, "", ws.StatusProtocolError},
		{"masked", []ws.Frame{ws.MaskFrame(ws.NewTextFrame([]byte("a")))}, "", ws.StatusProtocolError},
		{"a close frame of one byte", []ws.Frame{ws.NewCloseFrame([]byte{3})}, "", ws.StatusProtocolError},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := make(chan ws.StatusCode, 1)
			address, _ := serve(t, false, func(conn net.Conn, rw *bufio.ReadWriter) {
				for _, f := range c.frames {
					ws.WriteFrame(conn, f)
				}
				for {
					f, err := readFrame(rw)
					if err != nil {
						return
					}
					if f.Header.OpCode == ws.OpClose {
						code, _ := ws.ParseCloseFrameData(ws.UnmaskFrame(f).Payload)
						told <- code
						return
					}
				}
			})
			m, err := connect(t, address, nil).read()
			if c.code == 0 {
				if err != nil || string(m.data) != c.want {
					t.Errorf("read %q, %v", m.data, err)
				}
				return
			}
			var b *brokenError
			if !errors.As(err, &b) {
				t.Fatalf("read %+v, %v", m, err)
			}
			if code := <-told; code != c.code {
				t.Errorf("the peer was told %d, want %d", code, c.code)
			}
		})
	}
}

// A length is no reason to take memory, nor is one beyond the bound to read.
func TestTooLong(t *testing.T) {
	address, _ := serve(t, false, func(conn net.Conn, rw *bufio.ReadWriter) {
		ws.WriteHeader(conn, ws.Header{Fin: true, OpCode: ws.OpBinary, Length: messageMax + 1})
		io.Copy(io.Discard, rw)
	})
	var b *brokenError
	if _, err := connect(t, address, nil).read(); !errors.As(err, &b) || b.code != ws.StatusMessageTooBig {
		t.Errorf("read: %v", err)
	}
}

func TestDial(t *testing.T) {
	address, _ := serve(t, false, func(c net.Conn, rw *bufio.ReadWriter) { io.Copy(io.Discard, rw) })
	local := Options{Policy: netguard.Everything()}
	for _, c := range []struct {
		name, address string
		options       Options
		protocols     []string
		want          string // part of the error
	}{
		{"plain", address, local, nil, ""},
		{"protocol", address, local, []string{"chat"}, ""},
		{"no such protocol", address, local, []string{"other"}, "none of the protocols"},
		{"credentials", strings.Replace(address, "//", "//me:secret@", 1) + "/private", local, nil, ""},
		{"without credentials", address + "/private", local, nil, "401"},
		{"private network", address, Options{Policy: netguard.Public()}, nil, "scripts may not reach 127.0.0.1"},
		{"bad port", "ws://127.0.0.1:6000/", local, nil, "port 6000"},
	} {
		s, protocol, err := dial(context.Background(), c.options, c.address, c.protocols)
		var e *value.Error
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want == "" && len(c.protocols) > 0 && protocol != c.protocols[0]:
			t.Errorf("%s: protocol %q", c.name, protocol)
		case c.want != "" && (!errors.As(err, &e) || !strings.Contains(e.Message, c.want)):
			t.Errorf("%s: error %v", c.name, err)
		}
		if s != nil {
			s.Close()
		}
	}
}
